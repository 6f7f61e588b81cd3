"""Bytes and a profile make a scan, or an unreadable message with its reason. No bytes make this raise."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from shopfloor.instants import Instant, instant_from_text, moment_of
from shopfloor.scans import Scan, Unreadable

LARGEST_BYTES = 8_192
KEPT_BYTES = 2_000
LONGEST_CODE = 200
LONGEST_ID = 100
LONGEST_TIME = 64
LARGEST_SEQ = 2**63 - 1  # what the ledger's integers hold
LARGEST_QUANTITY = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""A dead clock says 1970 or 2036 and is only suspect; outside of these years it is no time at all."""

GROUP_SEPARATOR = "\x1d"  # FNC1 of a GS1 label: part of the code
_STATES = {"online": True, "Online": True, "offline": False, "Offline": False}


@dataclass(frozen=True, slots=True)
class Profile:
    """How a device's payload is read: the keys of its JSON object, or the bare text."""

    id: str
    code: str | None = None
    """None: there is no JSON, the whole text is the code."""
    scan_id: str | None = None
    seq: str | None = None
    at: str | None = None
    quantity: str | None = None


NATIVE = Profile("native", code="code", scan_id="id", seq="seq", at="at", quantity="quantity")
BARE = Profile("bare")
PROFILES: Mapping[str, Profile] = {profile.id: profile for profile in (NATIVE, BARE)}


class _NoScan(Exception):
    """Carries the one sentence that says why."""


def read_scan(
    payload: bytes,
    profile: Profile,
    *,
    device: str,
    topic: str,
    arrived_at: Instant,
    packet: int | None = None,
    redelivered: bool = False,
    size: int | None = None,
) -> Scan | Unreadable:
    """One message on a scan topic; `size` is given when `payload` was already cut short."""
    size = len(payload) if size is None else size
    try:
        fields = _fields(payload, profile, size)
        return Scan(
            device=device,
            code=_code(fields["code"]),
            arrived_at=arrived_at,
            scan_id=_scan_id(fields.get("scan_id")),
            device_at=_time(fields.get("at")),
            seq=_count("seq", fields.get("seq"), LARGEST_SEQ),
            quantity=_count("quantity", fields.get("quantity"), LARGEST_QUANTITY),
            packet=packet,
            redelivered=redelivered,
            payload=payload[:KEPT_BYTES],
        )
    except _NoScan as fault:
        return unreadable(payload, str(fault), device=device, topic=topic, arrived_at=arrived_at, size=size)


def unreadable(
    payload: bytes, reason: str, *, device: str, topic: str, arrived_at: Instant, size: int | None = None
) -> Unreadable:
    """A message that is no scan, cut to what is kept."""
    size = len(payload) if size is None else size
    return Unreadable(
        device=device,
        topic=topic,
        arrived_at=arrived_at,
        payload=payload[:KEPT_BYTES],
        size=size,
        reason=reason,
    )


def read_state(payload: bytes) -> bool | None:
    """Whether a device says it is online; None when it says nothing of the kind."""
    if len(payload) > LARGEST_BYTES:
        return None
    try:
        text = payload.decode().strip()
        said = _STATES.get(text)
        if said is None and text.startswith("{"):
            said = _object(text).get("online")
    except (UnicodeDecodeError, _NoScan):
        return None
    return said if isinstance(said, bool) else None


def _fields(payload: bytes, profile: Profile, size: int) -> dict[str, Any]:
    if size > LARGEST_BYTES:
        raise _NoScan(f"The message has {size} bytes; a scan has at most {LARGEST_BYTES}.")
    try:
        text = _trimmed(payload.decode())
    except UnicodeDecodeError as fault:
        raise _NoScan(f"Byte {fault.start + 1} of the message is not UTF-8.") from None
    if profile.code is None or not text.startswith(("{", "[")):
        return {"code": text}
    said = _object(text)
    if profile.code not in said:
        raise _NoScan(f"The message has no {profile.code!r}.")
    places = {
        "code": profile.code,
        "scan_id": profile.scan_id,
        "seq": profile.seq,
        "at": profile.at,
        "quantity": profile.quantity,
    }
    return {name: said.get(key) for name, key in places.items() if key is not None}


def _object(text: str) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError):
        raise _NoScan("The message begins like JSON but cannot be decoded.") from None
    except RecursionError:
        raise _NoScan("The message is JSON nested too deep to be a scan.") from None
    if not isinstance(said, dict):
        raise _NoScan("The message is a JSON list; a scan is one object.")
    return said


def _code(said: object) -> str:
    if not isinstance(said, str):
        raise _NoScan("The code is not text.")
    code = _trimmed(said)
    if not code:
        raise _NoScan("The code is empty.")
    if len(code) > LONGEST_CODE:
        raise _NoScan(f"The code has {len(code)} characters; a code has at most {LONGEST_CODE}.")
    if bad := _control(code.replace(GROUP_SEPARATOR, "")):
        raise _NoScan(f"The code holds the control character {bad}.")
    return code


def _scan_id(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str):
        raise _NoScan("The id is not text.")
    if not said:
        raise _NoScan("The id is empty; leave it out when there is none.")
    if len(said) > LONGEST_ID:
        raise _NoScan(f"The id has {len(said)} characters; an id has at most {LONGEST_ID}.")
    if bad := _control(said):
        raise _NoScan(f"The id holds the control character {bad}.")
    return said


def _count(name: str, said: object, largest: int) -> int | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int):
        raise _NoScan(f"The {name} is not a whole number.")
    if not 0 <= said <= largest:
        raise _NoScan(f"The {name} is not between 0 and {largest}.")
    return said


def _time(said: object) -> Instant | None:
    if said is None:
        return None
    if not isinstance(said, str):
        raise _NoScan("The time is not text; write for example 2026-11-24T14:52:03.120Z.")
    try:
        at = instant_from_text(said[:LONGEST_TIME])
        year = moment_of(at).year
    except (ValueError, OverflowError):
        raise _NoScan(
            f"The time {said[:LONGEST_TIME]!r} is not ISO 8601 with a zone; "
            "write for example 2026-11-24T14:52:03.120Z."
        ) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _NoScan(f"The time {said!r} is in the year {year}: set the device's clock.")
    return at


def _trimmed(text: str) -> str:
    """Without what scanners put around a code: CR, LF, blanks, and a leading STX of serial ones."""
    return text.strip(" \r\n").removeprefix("\x02").strip(" \r\n")


def _control(text: str) -> str | None:
    """The first control character or half of a surrogate pair, as U+001B; None when there is none."""
    if text.isprintable():
        return None
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs"):
            return f"U+{ord(sign):04X}"
    return None
