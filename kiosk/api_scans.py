"""`POST /api/v1/scans`: one scan or a list, each with a result of its own, all in one commit."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from flask import Response, request

from kiosk import gate, taps
from kiosk.api_bodies import clock_instant, decoded
from kiosk.api_shapes import ScanBody, ScanResult
from kiosk.errors import Malformed, json_answer
from kiosk.services import Services, current
from ledger.tablets import STATION_DEVICE
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable
from shopfloor.sentences import sentence, text_of

MOST_SCANS = 500
_API = "api"
_HERE = "POST /api/v1/scans"


def post_scans() -> Response:
    """Record what is in the body."""
    services, body = current(), request.get_data()
    now = services.clock()
    if not body.lstrip().startswith(b"["):
        return _one(services, body, now)
    try:
        raws = _listed(body)
    except Malformed as fault:
        services.recorder.record([_unreadable(body, now, fault)], now)
        raise
    items = [_item(services, raw, now) for raw in raws]
    answers = services.recorder.record(items, now) if items else []
    return json_answer([_result(*each) for each in zip(raws, items, answers, strict=True)])


def _one(services: Services, body: bytes, now: Instant) -> Response:
    item = _item(services, body, now)
    (answer,) = services.recorder.record([item], now)
    if isinstance(item, Unreadable):
        raise Malformed(item.reason)
    result = _result(body, item, answer)
    # A refused scan leaves no event: one under its id is something else.
    taken = result.result == "refused" and item.scan_id and services.ledger.holds(item.scan_id)
    return json_answer(result, HTTPStatus.UNPROCESSABLE_ENTITY if taken else HTTPStatus.OK)


def _listed(body: bytes) -> list[bytes]:
    raws: list[msgspec.Raw] = decoded(body, list[msgspec.Raw], "the list of scans")
    if len(raws) > MOST_SCANS:
        raise Malformed(
            sentence(
                "at most %(most_scans)s scans are taken at once, not %(raws)s",
                most_scans=MOST_SCANS,
                raws=len(raws),
            )
        )
    return [bytes(raw) for raw in raws]


def _item(services: Services, raw: bytes, now: Instant) -> Scan | Unreadable:
    """A scan, or why it is none: that is kept and counted like a device's unreadable message."""
    try:
        return _scan(services, raw, now)
    except Malformed as fault:
        return _unreadable(raw, now, fault)


def _scan(services: Services, raw: bytes, now: Instant) -> Scan:
    body: ScanBody = decoded(raw, ScanBody, "the scan")
    if (body.device is None) == (body.station is None):
        raise Malformed(sentence("the scan names a device or a station, one of the two"))
    code = body.code.strip()
    if not code:
        raise Malformed(sentence("code is empty"))
    device_at = _device_at(clock_instant(services, "at", body.at), now)
    return Scan(
        device=body.device or f"{STATION_DEVICE}{body.station}",
        code=code,
        arrived_at=now,
        scan_id=None if body.id is None else taps.checked_id(body.id),
        device_at=device_at,
        seq=body.seq,
        quantity=body.quantity,
        person=gate.person_at(_station(services, body), body.person, device_at),
        payload=raw[: taps.KEPT_PAYLOAD_BYTES],
    )


def _station(services: Services, body: ScanBody) -> str:
    """Where it was read; empty for a device that the site does not know."""
    device = services.config.site.devices.get(body.device or "")
    return body.station or ("" if device is None else device.station)


def _device_at(at: Instant | None, now: Instant) -> Instant | None:
    """What the device's clock said. One that is years off was never set: far ahead, so that nobody believes it."""
    return at if at is None or abs(at - now) <= taps.BACK_MS else now + taps.BACK_MS


def _unreadable(raw: bytes, now: Instant, fault: Malformed) -> Unreadable:
    return Unreadable(_API, _HERE, now, raw[: taps.KEPT_PAYLOAD_BYTES], len(raw), text_of(fault))


def _result(raw: bytes, item: Scan | Unreadable, answer: Answer | None) -> ScanResult:
    if isinstance(item, Unreadable) or answer is None:
        return ScanResult(_id_of(raw), "refused", item.reason if isinstance(item, Unreadable) else "")
    return ScanResult(answer.scan_id, answer.result, answer.text)


def _id_of(raw: bytes) -> str | None:
    """The id of something that is no scan, if it has one at all."""
    try:
        named: _Named = decoded(raw, _Named, "the scan")
    except Malformed:
        return None
    return named.id


class _Named(msgspec.Struct):
    id: str | None = None
