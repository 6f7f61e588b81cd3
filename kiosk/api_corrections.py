"""What else happens to batches, through the API: undo, scrap, split, and what becomes of a refused scan."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from msgspec import Meta, Struct

from kiosk import taps
from kiosk.api_shapes import Code, Name, Quantity
from kiosk.api_station import ByStation, told
from kiosk.errors import json_answer
from kiosk.services import current
from ledger.corrections import LONGEST_REASON, Scrap

Why = Annotated[str, Meta(max_length=LONGEST_REASON)]
Said = Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]


class UndoBody(ByStation, kw_only=True):
    """Taken back by a station of the link that scanned."""

    reason: Why = ""


class ScrapBody(ByStation, kw_only=True):
    """Units taken out of a batch at a station; with `rejected_from` as that previous link gave them."""

    batch: Code
    quantity: Quantity
    reason: Said
    rejected_from: Name | None = None


class SplitBody(ByStation, kw_only=True):
    """Some of what is in hand of a batch at a station, to go on under a code of its own."""

    batch: Code
    quantity: Quantity


class SettleBody(ByStation, kw_only=True):
    """A lead's word about a refused scan."""

    person: Annotated[str, Meta(min_length=1, max_length=taps.LONGEST_PERSON)]
    reason: Said


class Corrected(Struct):
    """What was recorded, in one sentence."""

    text: str


class Parted(Struct):
    """The code of what was split off, and the sentence that says it."""

    batch: str
    text: str


def undo(event_id: str) -> Response:
    """Take back what a scan or a scrap recorded."""
    services = current()
    body, tap = told(services, UndoBody, "the undo")
    return json_answer(Corrected(taps.undo(services, tap, event_id=event_id, why=body.reason)))


def scrap() -> Response:
    """Scrap units of a batch, or reject them as they came."""
    services = current()
    body, tap = told(services, ScrapBody, "the scrap")
    what = Scrap(body.batch.strip(), body.quantity, body.reason, body.rejected_from)
    return json_answer(Corrected(taps.scrap(services, tap, what)))


def split() -> Response:
    """Split what is in hand of a batch."""
    services = current()
    body, tap = told(services, SplitBody, "the split")
    parted = taps.split(services, tap, batch=body.batch.strip(), quantity=body.quantity)
    return json_answer(Parted(parted.part, parted.text))


def force(refused: int) -> Response:
    """Count a refused scan that skipped a link."""
    services = current()
    body, tap = told(services, SettleBody, "the lead's word")
    return json_answer(Corrected(taps.force(services, tap, refused=refused, why=body.reason)))


def discard(refused: int) -> Response:
    """Let a refused scan never count."""
    services = current()
    body, tap = told(services, SettleBody, "the lead's word")
    taps.discard(services, tap, refused=refused, why=body.reason)
    return json_answer(Corrected("discarded"))
