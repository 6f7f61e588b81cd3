"""Refused scans: what can be done about each, and a lead's word that settles one."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, get_args

from flask import Blueprint, Response, make_response, redirect, render_template, request

from kiosk import identity, taps
from kiosk.contexts.refused import RefusedOnePage, SettleForm, Show
from kiosk.errors import Malformed, NotHere
from kiosk.forms import LONGEST_PERSON, PERSON, Form, FormFaults, known_person, remember_person
from kiosk.order_acts import new_tap
from kiosk.pages import htmx
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views import refused_page
from kiosk.views.refused import refused_one
from ledger.corrections import LONGEST_REASON
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.sentences import sentence

blueprint = Blueprint("refused_pages", __name__)

_SETTLED = ("scan_forced", "scan_discarded")


@blueprint.get("/refused")
def refused() -> Response:
    """What was refused: show = open, forcible or settled; before = the number that a page begins below."""
    show: Show = request.args.get("show", "open")  # type: ignore[assignment]  # checked on the next line
    if show not in get_args(Show):
        raise NotHere("list of refused scans", show, get_args(Show))
    return render_page(
        "refused/refused.html", refused_page(current(), show, request.args.get("before", type=int))
    )


@blueprint.get("/refused/<int:number>")
def one(number: int) -> Any:
    """One refused scan, with the form that settles it; for htmx only its row."""
    services = current()
    page = _page(services, number, _empty_form(), _done(services, number, request.args.get("told", "")))
    return _answer(page)


@blueprint.route("/refused/<int:number>/<any(force, discard):act>", methods=["GET", "POST"])
def settle(number: int, act: str) -> Any:
    """A lead's word: station, person, why, sure."""
    if request.method == "GET":  # somebody loaded the address of a form again
        return redirect(f"/refused/{number}", HTTPStatus.SEE_OTHER)
    services = current()
    fields = {name: request.form.get(name, "") for name in ("tap_id", PERSON, "why", "station")}
    try:
        tap, why = _told(services)
        if act == "force":
            taps.force(services, tap, refused=number, why=why)
        else:
            taps.discard(services, tap, refused=number, why=why)
    except FormFaults as refused_form:
        faults = {fault.field: fault.text for fault in refused_form.faults}
    except (RuleRefused, Malformed) as refused_act:
        faults = {"": str(refused_act)}
    else:
        return remember_person(_told_done(services, number, tap), tap.person or "")
    form = SettleForm(fields["tap_id"], fields[PERSON], fields["why"], fields["station"], faults)
    return _answer(_page(services, number, form), HTTPStatus.UNPROCESSABLE_ENTITY)


def _told(services: Services) -> tuple[Tap, str]:
    """Who says it, where, and why; FormFaults for what is missing."""
    now = services.clock()
    form = Form(request.form, services.config.site.zone)
    person = identity.signed_in() or form.text(
        PERSON, needed=sentence("write your name"), longest=LONGEST_PERSON
    )
    why = form.text("why", needed=sentence("write why"), longest=LONGEST_REASON)
    station = form.text("station", needed=sentence("choose the station that you act for"))
    if station and station not in services.config.site.stations:
        form.fault("station", sentence("%(name)s is no station of this site", name=station))
    if request.form.get("sure") != "yes":
        form.fault("sure", sentence("tick that you have looked at the batch"))
    form.check()
    return Tap(taps.checked_id(request.form.get("tap_id")), station, now, person), why


def _told_done(services: Services, number: int, tap: Tap) -> Response:
    if htmx:
        return _answer(_page(services, number, _empty_form(), _done(services, number, tap.event_id)))
    return no_store(make_response(redirect(f"/refused/{number}?told={tap.event_id}", HTTPStatus.SEE_OTHER)))


def _answer(page: RefusedOnePage, status: int = HTTPStatus.OK) -> Response:
    """The page; for htmx, which swaps no refusal in, only the row and always as a success."""
    if htmx:
        return no_store(make_response(render_template("refused/_one.html", page=page, row=page.row)))
    return make_response(render_page("refused/one.html", page), status)


def _page(services: Services, number: int, form: SettleForm, done: str = "") -> RefusedOnePage:
    page = refused_one(services, number, form, done)
    if page is None:
        raise NotHere("refused scan", str(number), ())
    return page


def _empty_form() -> SettleForm:
    return SettleForm(new_tap(), known_person(), "", "", {})


def _done(services: Services, number: int, event_id: str) -> str:
    """What a lead's word recorded, if that was about this scan."""
    row = services.ledger.holds(event_id) if event_id else None
    if row is None or row["kind"] not in _SETTLED:
        return ""
    detail = json.loads(row["detail"])
    return str(detail["text"]) if detail["refused"] == number else ""
