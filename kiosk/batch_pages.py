"""Batches at a kiosk: what is on its way and what is here, and what is tapped of them."""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, Response, render_template, request

from kiosk import taps
from kiosk.errors import NotHere
from kiosk.htmx import make_response
from kiosk.names import known_station
from kiosk.pages import Message, tapped
from kiosk.photo_pages import told_photo
from kiosk.rendering import no_store
from kiosk.services import Services, current
from kiosk.views import batch_sheet, kiosk_page
from ledger.corrections import Scrap
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.orders_cells import LARGEST_QUANTITY
from shopfloor.sentences import counted, sentence

blueprint = Blueprint("batch_pages", __name__)

MOST_AT_ONCE = 200
"""Batches of one tap: they are recorded in one commit."""


@blueprint.get("/kiosk/<station>/batches")
def batches(station: str) -> Response:
    """What is on its way and what is here, as the kiosk's page has it."""
    page = kiosk_page(current(), known_station(station).id)
    return no_store(make_response(render_template("kiosk/_batches.html", page=page)))


@blueprint.get("/kiosk/<station>/batches/<batch>")
def sheet(station: str, batch: str) -> Response:
    """One batch with its traveller's details, and what can be done with it here."""
    page = batch_sheet(current(), known_station(station), batch.upper())
    if page is None:
        raise NotHere("batch of this line", batch, ())
    return no_store(make_response(render_template("kiosk/_sheet.html", page=page)))


@blueprint.route("/kiosk/<station>/batches/received", methods=["GET", "POST"])
def received(station: str) -> Any:
    """Batches have come: batches (codes with blanks between), quantity when one came short."""
    return _moved(station, "in")


@blueprint.route("/kiosk/<station>/batches/given", methods=["GET", "POST"])
def given(station: str) -> Any:
    """Batches go to the next link: batches, quantity when one goes with less."""
    return _moved(station, "out")


def _moved(station: str, way: Literal["in", "out"]) -> Any:
    def move(services: Services, tap: Tap) -> Message:
        codes, quantity = _codes(), _quantity(needed=False)
        answers = taps.move(services, tap, way, codes, _of_one(codes, quantity))
        return _together(answers, given=way == "out")

    return tapped(station, move)


@blueprint.route("/kiosk/<station>/batches/scrapped", methods=["GET", "POST"])
def scrapped(station: str) -> Any:
    """Units are scrapped: batch, quantity, reason; rejected_from: as that link gave them, perhaps with a photo."""

    def scrap(services: Services, tap: Tap) -> Message:
        quantity = _quantity(needed=True)
        what = Scrap(
            request.form.get("batch", "").strip(),
            quantity or 0,
            request.form.get("reason", "").strip(),
            request.form.get("rejected_from") or None,
        )
        photo = told_photo(request.form.get("photo", ""))
        return "recorded", taps.scrap(services, tap, what, photo)

    return tapped(station, scrap)


@blueprint.route("/kiosk/<station>/batches/split", methods=["GET", "POST"])
def split(station: str) -> Any:
    """Some units go on under a new code: batch, quantity."""

    def part(services: Services, tap: Tap) -> Message:
        quantity = _quantity(needed=True) or 0
        return "recorded", taps.split(
            services, tap, batch=request.form.get("batch", "").strip(), quantity=quantity
        ).text

    return tapped(station, part)


@blueprint.route("/kiosk/<station>/undo", methods=["GET", "POST"])
def undo(station: str) -> Any:
    """Take back one of the last actions: event."""

    def take_back(services: Services, tap: Tap) -> Message:
        return "recorded", taps.undo(services, tap, event_id=request.form.get("event", ""), why="")

    return tapped(station, take_back)


def _codes() -> list[str]:
    """The batches of a tap, each once."""
    codes = list(dict.fromkeys(request.form.get("batches", "").upper().split()))
    if not codes:
        raise RuleRefused(sentence("no batch was chosen; tap one first"))
    if len(codes) > MOST_AT_ONCE:
        raise RuleRefused(
            sentence(
                "%(count)s batches at once are too many; take %(most)s", count=len(codes), most=MOST_AT_ONCE
            )
        )
    return [code[: taps.LONGEST_CODE] for code in codes]


def _quantity(*, needed: bool) -> int | None:
    text = request.form.get("quantity", "").strip()
    if not text and not needed:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_QUANTITY)) and int(text)):
        raise RuleRefused(sentence("%(text)s is no number of units; type how many", text=text[:20] or "0"))
    return int(text)


def _of_one(codes: list[str], quantity: int | None) -> int | None:
    if quantity is not None and len(codes) > 1:
        raise RuleRefused(sentence("a quantity is of one batch; open the batch that came short by itself"))
    return quantity


def _together(answers: list[Any], *, given: bool) -> Message:
    """One sentence for all: how many were recorded, and of those that were not the first with its reason."""
    if len(answers) == 1:
        return answers[0].result, answers[0].text
    refused = [answer for answer in answers if answer.result == "refused"]
    done = len(answers) - len(refused)
    told = (
        counted("%(n)s batch given", "%(n)s batches given", done)
        if given
        else counted("%(n)s batch received", "%(n)s batches received", done)
    )
    if not refused:
        repeated = all(answer.result == "duplicate" for answer in answers)
        return ("duplicate" if repeated else "recorded"), told
    return "refused", sentence(
        "%(done)s, %(count)s refused: %(why)s", done=told, count=len(refused), why=refused[0].text
    )
