"""What a kiosk's outbox sends: scans and taps in the order in which they happened there, each with its own answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from kiosk import identity, taps
from kiosk.api_bodies import decoded
from kiosk.api_shapes import Count, Id, Person, ScanResult
from kiosk.errors import Malformed, json_answer
from kiosk.names import known_station
from kiosk.outbox_acts import KINDS, NEEDS_OF, SCANS
from kiosk.services import Services, current
from ledger.acts import Act
from ledger.errors import LedgerError, RuleRefused
from ledger.tablets import Said
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan
from shopfloor.sentences import sentence, text_of
from shopfloor.site import Station
from shopfloor.tablets import device_of

MOST_ENTRIES = 200
"""A page of ours sends at most 50."""

blueprint = Blueprint("outbox", __name__)

Key = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Clock = Annotated[int, Meta(ge=0, le=2**53)]


class Entry(Struct, forbid_unknown_fields=True):
    """One scan or tap. `at` is when it happened: the site's time as far as the tablet knows it."""

    id: Id
    seq: Annotated[int, Meta(ge=1, le=2**53)]
    kind: Annotated[str, Meta(max_length=30)]
    at: Clock
    fields: dict[str, str] = {}
    person: Person | None = None


class Before(Struct, forbid_unknown_fields=True):
    """The tablet that this one was until it lost what it held."""

    tablet: Key
    next_seq: Count


class Batch(Struct, forbid_unknown_fields=True):
    """What a tablet says of itself, and its oldest entries; `waiting` are those that it sends later."""

    tablet: Key
    clock: Clock
    waiting: Count = 0
    oldest_at: Clock | None = None
    refused: Count = 0
    next_seq: Count = 1
    leaving: bool = False
    before: Before | None = None
    entries: list[msgspec.Raw] = []


class Heard(Struct):
    """The tablet's number, and what became of each entry."""

    tablet: int
    now: int
    answers: list[ScanResult]


@blueprint.post("/kiosk/<station>/outbox")
def take_in(station: str) -> Response:
    """Record what is in the body. An id among the answers is on disk, or refused for good."""
    services, at = current(), known_station(station)
    now = services.clock()
    batch: Batch = decoded(request.get_data(), Batch, "the outbox")
    if len(batch.entries) > MOST_ENTRIES:
        raise Malformed(
            sentence(
                "at most %(most_entries)s entries are taken at once, not %(entries)s",
                most_entries=MOST_ENTRIES,
                entries=len(batch.entries),
            )
        )
    try:
        number = services.tablets.hear(_said(batch, at.id, now), now)
        read = [_read(services, bytes(raw), device_of(at.id, number), at, now) for raw in batch.entries]
        items = [item for item in read if not isinstance(item, ScanResult)]
        answers = iter(services.recorder.record(items, now) if items else [])
    except LedgerError:
        services.tablets.note(_said(batch, at.id, now, held=len(batch.entries)), now)
        raise
    results = [each if isinstance(each, ScanResult) else _result(next(answers)) for each in read]
    return json_answer(Heard(number, now, results))


def _said(batch: Batch, station: str, now: Instant, held: int = 0) -> Said:
    """A tablet's words; `held` of this batch it has to keep."""
    waiting = batch.waiting + held
    return Said(
        batch.tablet,
        station,
        waiting=waiting,
        oldest_at=min(batch.oldest_at, now) if waiting and batch.oldest_at is not None else None,
        refused=batch.refused,
        next_seq=batch.next_seq,
        clock_offset_ms=max(-taps.BACK_MS, min(batch.clock - now, taps.BACK_MS)),
        leaving=batch.leaving,
        before=batch.before.tablet if batch.before else "",
        before_next_seq=batch.before.next_seq if batch.before else 1,
    )


def _read(
    services: Services, raw: bytes, device: str, at_station: Station, now: Instant
) -> Scan | Act | ScanResult:
    """What an entry is; an answer at once for one that cannot be read, which its tablet keeps and shows."""
    try:
        return _item(services, decoded(raw, Entry, "the entry"), raw, device, at_station, now)
    except (Malformed, RuleRefused, identity.NotAllowed) as fault:
        return ScanResult(_id_of(raw), "refused", text_of(fault))


def _item(
    services: Services, entry: Entry, raw: bytes, device: str, at_station: Station, now: Instant
) -> Scan | Act:
    told = Scan(
        device,
        entry.fields.get("code", "").strip()[: taps.LONGEST_CODE],
        now,
        scan_id=taps.checked_id(entry.id),
        device_at=entry.at,
        seq=entry.seq,
        person=identity.name_at(at_station, entry.at) or identity.believed(entry.person),
        payload=raw[: taps.KEPT_PAYLOAD_BYTES],
    )
    if entry.kind in SCANS:
        if not told.code:
            raise RuleRefused(sentence("nothing was read; scan again"))
        return replace(told, meant=SCANS[entry.kind])
    if entry.kind not in KINDS:
        raise Malformed(
            sentence(
                "%(kind)s is nothing that this server records; reload the page of the kiosk",
                kind=repr(entry.kind),
            )
        )
    identity.permit_as_of(NEEDS_OF[entry.kind], at_station, entry.at)
    content = msgspec.json.encode({"kind": entry.kind, "fields": entry.fields}, order="sorted").decode()
    do = KINDS[entry.kind](services, entry.fields)
    return Act(replace(told, code=content), do)


def _id_of(raw: bytes) -> str | None:
    """The id of an entry that cannot be read otherwise."""
    try:
        named: _Named = decoded(raw, _Named, "the entry")
    except Malformed:
        return None
    return named.id


class _Named(Struct):
    id: str | None = None


def _result(answer: Answer | None) -> ScanResult:
    if answer is None:
        raise AssertionError("a scan and an act have an answer")
    return ScanResult(answer.scan_id, answer.result, answer.text)
