"""What else happens to batches, through the API: undo, scrap, split, and what becomes of a refused scan."""

from __future__ import annotations

from typing import Annotated, TypeVar

from flask import Response, request
from msgspec import Meta, Struct

from kiosk import gate, taps
from kiosk.api_bodies import decoded, instant
from kiosk.api_shapes import Code, Id, Name, Person, Quantity, When
from kiosk.errors import NotHere, json_answer
from kiosk.services import Services, current
from ledger.corrections import LONGEST_REASON, Scrap
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.sentences import text_of

Why = Annotated[str, Meta(max_length=LONGEST_REASON)]
Said = Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]


class UndoBody(Struct, forbid_unknown_fields=True):
    """Taken back by a station of the link that scanned."""

    station: Name
    person: Person | None = None
    reason: Why = ""
    id: Id | None = None
    at: When | None = None


class ScrapBody(Struct, forbid_unknown_fields=True):
    """Units taken out of a batch at a station; with `rejected_from` as that previous link gave them."""

    station: Name
    batch: Code
    quantity: Quantity
    reason: Said
    rejected_from: Name | None = None
    person: Person | None = None
    id: Id | None = None
    at: When | None = None


class SplitBody(Struct, forbid_unknown_fields=True):
    """Some of what is in hand of a batch at a station, to go on under a code of its own."""

    station: Name
    batch: Code
    quantity: Quantity
    person: Person | None = None
    id: Id | None = None
    at: When | None = None


class SettleBody(Struct, forbid_unknown_fields=True):
    """A lead's word about a refused scan."""

    station: Name
    person: Annotated[str, Meta(min_length=1, max_length=taps.LONGEST_PERSON)]
    reason: Said
    id: Id | None = None
    at: When | None = None


class Corrected(Struct):
    """What was recorded, in one sentence."""

    text: str


class Parted(Struct):
    """The code of what was split off, and the sentence that says it."""

    batch: str
    text: str


T = TypeVar("T", UndoBody, ScrapBody, SplitBody, SettleBody)


def undo(event_id: str) -> Response:
    """Take back what a scan or a scrap recorded."""
    services = current()
    body, tap = _told(services, UndoBody, "the undo")
    return json_answer(Corrected(taps.undo(services, tap, event_id=event_id, why=body.reason)))


def scrap() -> Response:
    """Scrap units of a batch, or reject them as they came."""
    services = current()
    body, tap = _told(services, ScrapBody, "the scrap")
    what = Scrap(body.batch.strip(), body.quantity, body.reason, body.rejected_from)
    return json_answer(Corrected(taps.scrap(services, tap, what)))


def split() -> Response:
    """Split what is in hand of a batch."""
    services = current()
    body, tap = _told(services, SplitBody, "the split")
    parted = taps.split(services, tap, batch=body.batch.strip(), quantity=body.quantity)
    return json_answer(Parted(parted.part, parted.text))


def force(refused: int) -> Response:
    """Count a refused scan that skipped a link."""
    services = current()
    body, tap = _told(services, SettleBody, "the lead's word")
    return json_answer(Corrected(taps.force(services, tap, refused=refused, why=body.reason)))


def discard(refused: int) -> Response:
    """Let a refused scan never count."""
    services = current()
    body, tap = _told(services, SettleBody, "the lead's word")
    taps.discard(services, tap, refused=refused, why=body.reason)
    return json_answer(Corrected("discarded"))


def _told(services: Services, shape: type[T], what: str) -> tuple[T, Tap]:
    """The body, and who did it when; the station has to be one of the site."""
    body: T = decoded(request.get_data(), shape, what)
    stations = services.config.site.stations
    if body.station not in stations:
        raise RuleRefused(text_of(NotHere("station", body.station, stations)))
    at = taps.checked_at(instant(services, "at", body.at), services.clock())
    person = gate.person_at(body.station, body.person, at)
    return body, Tap(taps.checked_id(body.id), body.station, at, person)
