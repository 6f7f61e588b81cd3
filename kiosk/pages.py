"""The pages, and what is tapped on a kiosk."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Literal

from flask import Blueprint, Response, current_app, redirect, render_template, request

from kiosk import flag_taps, identity, taps
from kiosk.errors import Malformed, NotHere
from kiosk.htmx import Htmx, make_response, partial
from kiosk.names import known_line, known_station
from kiosk.regions import kiosk_regions, partials
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views import board_page, home_page, kiosk_page
from ledger.errors import RuleRefused
from ledger.flags import Tap
from ledger.said import text_in
from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence, text_of

blueprint = Blueprint("pages", __name__)
htmx = Htmx()

Kind = Literal["recorded", "duplicate", "refused"]
Message = tuple[Kind, str]


@blueprint.get("/")
def home() -> Response:
    """The ways in."""
    return render_page("home.html", home_page(current()))


@blueprint.get("/board/<line>")
def board(line: str) -> Response:
    """The floor board of a line."""
    return render_page("board/board.html", board_page(current(), known_line(line).id))


@blueprint.get("/kiosk/<station>")
def kiosk(station: str) -> Response:
    """The kiosk of a station."""
    return render_page("kiosk/kiosk.html", kiosk_page(current(), known_station(station).id))


@blueprint.route("/kiosk/<station>/flags", methods=["GET", "POST"])
def flags(station: str) -> Any:
    """Raise *not received*: against, order; or batch, perhaps with kind and against."""

    def raise_flag(services: Services, tap: Tap) -> Message:
        told = request.form
        batch = told.get("batch", "").strip()
        if batch:
            flag = flag_taps.raise_batch_flag(
                services,
                tap,
                batch=batch,
                against=told.get("against") or None,
                kind=told.get("kind") or None,
                order=told.get("order") or None,
            )
        else:
            flag = taps.raise_flag(
                services, tap, against=told.get("against", ""), order=told.get("order", "")
            )
        row = services.ledger.holds(tap.event_id)
        text = text_in(json.loads(row["detail"])) if row else ""
        return "recorded", text or sentence("flag %(flag)s raised", flag=str(flag))

    return tapped(station, raise_flag)


@blueprint.get("/kiosk/<station>/flags/<int:flag>/answer")
def answer_sheet(station: str, flag: int) -> Response:
    """What a lead fills in to answer one flag."""
    page = kiosk_page(current(), known_station(station).id)
    cards = {card.flag: card for card in page.against_me}
    if flag not in cards:
        raise NotHere(sentence("flag to answer here with number"), str(flag), map(str, cards))
    return no_store(make_response(render_template("kiosk/_answer.html", page=page, flag=cards[flag])))


@blueprint.post("/kiosk/<station>/flags/<int:flag>/answer")
def answer(station: str, flag: int) -> Any:
    """Answer a flag: reason, promised_at, comment."""
    return replied(station, flag, request.form.get("reason") or None, sentence("answer recorded"))


def replied(station: str, flag: int, reason: str | None, text: str) -> Any:
    """Answer a flag by what a form says: promised_at, comment, and how many answers there were (seen)."""

    def answer_flag(services: Services, tap: Tap) -> Message:
        taps.answer_flag(
            services,
            tap,
            flag=flag,
            reason=reason,
            promised_at=told_instant(services, request.form.get("promised_at", "")),
            comment=request.form.get("comment", "").strip(),
            seen=request.form.get("seen", type=int),
        )
        return "recorded", text

    return tapped(station, answer_flag)


@blueprint.route("/kiosk/<station>/flags/<int:flag>/withdraw", methods=["GET", "POST"])
def withdraw(station: str, flag: int) -> Any:
    """Take back a flag."""

    def withdraw_flag(services: Services, tap: Tap) -> Message:
        taps.withdraw_flag(services, tap, flag=flag)
        return "recorded", sentence("flag withdrawn")

    return tapped(station, withdraw_flag)


@blueprint.route("/kiosk/<station>/scans", methods=["GET", "POST"])
def scans(station: str) -> Any:
    """Record a scan: code."""

    def record(services: Services, tap: Tap) -> Message:
        code = request.form.get("code", "").strip()
        if not code:
            raise RuleRefused(sentence("nothing was read; scan again"))
        told = taps.scan(services, tap, code)
        return told.result, told.text

    return tapped(station, record)


def tapped(name: str, act: Callable[[Services, Tap], Message]) -> Any:
    """Do it and answer with all that may look different now; what a rule refuses is a message."""
    services, station = current(), known_station(name)
    if request.method == "GET":  # somebody loaded the address of a form again
        return redirect(f"/kiosk/{station.id}", HTTPStatus.SEE_OTHER)
    kind: Kind
    try:
        tap = Tap(
            taps.checked_id(request.form.get("tap_id")),
            station.id,
            services.clock(),
            identity.name_at(station),
        )
        kind, text = act(services, tap)
    except (RuleRefused, Malformed) as refused:
        kind, text = "refused", text_of(refused)
    if not htmx:
        return redirect(f"/kiosk/{station.id}", HTTPStatus.SEE_OTHER)
    regions = kiosk_regions(current_app.jinja_env, kiosk_page(services, station.id))
    message = render_template("kiosk/_message.html", result=kind, text=text)
    return no_store(make_response(partial("message", message) + partials(regions)))


def told_instant(services: Services, text: str) -> Instant | None:
    """An instant from a form's field; RuleRefused when it is none."""
    if not text:
        return None
    try:
        return instant_from_text(text, services.config.site.zone)
    except (ValueError, OverflowError):
        raise RuleRefused(
            sentence("%(written)s is no time; write for example 2026-11-24T14:30", written=text[:40])
        ) from None
