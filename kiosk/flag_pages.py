"""The pages of flags: the list with its chains and clocks, and one flag with its story and a supervisor's ruling."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request

from kiosk import flag_taps
from kiosk.errors import Malformed, NotHere
from kiosk.forms import Form, FormFaults, known_person, remember_person
from kiosk.names import known_line, no_flag
from kiosk.order_acts import event_id, new_tap
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views.flags import flag_page, flags_page
from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.flags import LARGEST_NUMBER
from shopfloor.flags import RULINGS
from shopfloor.sentences import sentence, text_of

SUPERVISOR = "supervisor"
"""In which role the name of who rules is remembered."""

blueprint = Blueprint("flag_pages", __name__)


@blueprint.get("/flags")
def flags() -> Response:
    """All open flags, of one line and link if they are named: line, link."""
    line, link = asked_line_and_link()
    return render_page("flags/flags.html", flags_page(current(), line=line, link=link))


def asked_line_and_link() -> tuple[str, str]:
    """Out of the address; both may be empty. NotHere for those that the site does not have."""
    line, link = request.args.get("line", ""), request.args.get("link", "")
    if not line:
        return "", ""
    found = known_line(line)
    if link and not found.has_link(link):
        raise NotHere(sentence("link of %(name)s", name=found.name), link, (each.id for each in found.links))
    return line, link


@blueprint.get("/flags/<int:number>")
def flag(number: int) -> Response:
    """One flag."""
    done = request.args.get("ruled", "")
    return _shown(number, done=done if done in RULINGS else "")


@blueprint.post("/flags/<int:number>/ruling")
def rule(number: int) -> Any:
    """A supervisor's ruling on a disputed flag: ruling, comment, person."""

    def ruled(services: Services, by: By, ruling: str, comment: str) -> None:
        flag_taps.rule_flag(services, by, flag=number, ruling=ruling, comment=comment)

    return _ruled(number, ruled)


@blueprint.post("/flags/<int:number>/consequence/ruling")
def settle(number: int) -> Any:
    """A supervisor's ruling on a disputed consequence: ruling, comment, person."""

    def ruled(services: Services, by: By, ruling: str, comment: str) -> None:
        flag_taps.rule_consequence(services, by, flag=number, ruling=ruling, comment=comment)

    return _ruled(number, ruled)


def _ruled(number: int, act: Callable[[Services, By, str, str], None]) -> Any:
    services = current()
    form = Form(request.form, services.config.site.zone)
    try:
        by = form.by(services.clock(), event_id(request.path, request.form))
        ruling = form.text("ruling", needed=sentence("choose one of the two rulings"))
        comment = form.text("comment")
        form.check()
        act(services, by, ruling, comment)
    except (FormFaults, RuleRefused, Malformed) as refused:
        return _shown(number, fault=text_of(refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = no_store(redirect(f"/flags/{number}?ruled={ruling}", HTTPStatus.SEE_OTHER))
    return remember_person(answer, by.person, SUPERVISOR)


def _shown(number: int, *, fault: str = "", done: str = "") -> Response:
    services = current()
    page = flag_page(
        services,
        min(number, LARGEST_NUMBER),
        person=known_person(SUPERVISOR) or known_person(),
        tap_id=new_tap(),
        fault=fault,
        done=done,
    )
    if page is None:
        raise no_flag(services, number)
    return render_page("flags/flag.html", page)
