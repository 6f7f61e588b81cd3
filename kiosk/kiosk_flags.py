"""What is tapped on a kiosk about flags besides raising and answering them: pass back, dispute, hold to account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request

from kiosk import flag_taps
from kiosk.contexts import Choice
from kiosk.errors import NotHere
from kiosk.htmx import make_response
from kiosk.names import known_station
from kiosk.pages import Message, replied, tapped
from kiosk.rendering import no_store
from kiosk.services import Services, current
from kiosk.views import kiosk_page
from ledger import consequences, reading
from ledger.flags import Tap
from shopfloor.flags import PREVIOUS
from shopfloor.sentences import sentence

blueprint = Blueprint("kiosk_flags", __name__)


@blueprint.route("/kiosk/<station>/flags/<int:flag>/pass", methods=["GET", "POST"])
def pass_back(station: str, flag: int) -> Any:
    """Pass a flag back to the previous link: promised_at, comment."""
    return replied(station, flag, PREVIOUS, sentence("passed back: the link before is flagged"))


@blueprint.route("/kiosk/<station>/flags/<int:flag>/dispute", methods=["GET", "POST"])
def dispute(station: str, flag: int) -> Any:
    """Say that a flag is wrong: comment."""
    return _disputed(station, flag, flag_taps.dispute_flag)


@blueprint.get("/kiosk/<station>/flags/<int:flag>/consequence")
def consequence_sheet(station: str, flag: int) -> Response:
    """What the next link may choose for a flag of its own."""
    services = current()
    page = kiosk_page(services, known_station(station).id)
    cards = {card.flag: card for card in page.mine if card.can_choose}
    row = reading.flag(services.ledger, flag) if flag in cards else None
    if row is None:
        raise NotHere(sentence("flag to hold to account here with number"), str(flag), map(str, cards))
    site = services.config.site
    open_to_it = [
        Choice(each.consequence.id, each.consequence.name)
        for each in consequences.choices(services.ledger, site, row, services.clock())
    ]
    html = render_template("kiosk/_consequence.html", page=page, flag=cards[flag], choices=open_to_it)
    return no_store(make_response(html))


@blueprint.post("/kiosk/<station>/flags/<int:flag>/consequence")
def choose(station: str, flag: int) -> Any:
    """Choose a consequence: consequence."""

    def pick(services: Services, tap: Tap) -> Message:
        flag_taps.choose_consequence(
            services, tap, flag=flag, consequence=request.form.get("consequence", "")
        )
        return "recorded", sentence("chosen: it takes effect after a working day unless it is disputed")

    return tapped(station, pick)


@blueprint.route("/kiosk/<station>/flags/<int:flag>/consequence/dispute", methods=["GET", "POST"])
def contest(station: str, flag: int) -> Any:
    """Say that a consequence is wrong: comment."""
    return _disputed(station, flag, flag_taps.dispute_consequence)


def _disputed(station: str, flag: int, dispute: Callable[..., None]) -> Any:
    def say(services: Services, tap: Tap) -> Message:
        dispute(services, tap, flag=flag, comment=request.form.get("comment", "").strip())
        return "recorded", sentence("disputed: a supervisor rules")

    return tapped(station, say)
