"""The hour-by-hour sheet of a link: read, printed, and written on by people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request

from kiosk.contexts.agreement import FormState
from kiosk.errors import Malformed, NotHere
from kiosk.forms import Form, FormFaults, known_person, remember_person
from kiosk.names import known_line
from kiosk.order_acts import event_id, new_tap
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views.hours import find_shift, hours_page
from ledger import hour_notes
from ledger.errors import RuleRefused
from ledger.hour_notes import HourNote
from shopfloor.calendar import Calendar, Shift
from shopfloor.sentences import sentence, text_of
from shopfloor.site import Line, Link

LONGEST_TEXT = 200

blueprint = Blueprint("hour_pages", __name__)


@blueprint.get("/hours/<line>/<link>")
def hours(line: str, link: str) -> Response:
    """One shift, hour by hour: the one that runs, or `shift` out of the address."""
    services = current()
    of_line, of_link, calendar, shift = _asked(services, line, link)
    form = FormState(person=known_person(), tap_id=new_tap())
    return render_page("hours/hours.html", hours_page(services, of_line, of_link, calendar, shift, form))


@blueprint.post("/hours/<line>/<link>")
def write(line: str, link: str) -> Any:
    """Note an hour, or sign the shift: the form says which in `act`."""
    services = current()
    of_line, of_link, calendar, shift = _asked(services, line, link)
    fields = request.form.to_dict()
    name = fields.get("act", "")
    acts = {"note": _note, "sign": _sign}
    if name not in acts:
        raise Malformed(
            sentence("act: %(name)s is none of %(acts)s", name=repr(name[:40]), acts=", ".join(acts))
        )
    form = Form(fields, services.config.site.zone)
    told = FormState(
        person=fields.get("person", ""),
        tap_id=new_tap(),
        act=f"{name}-{fields.get('start', '')}",
        typed=fields,
    )
    try:
        place = acts[name](services, form, fields, (of_line, of_link, calendar, shift))
    except FormFaults as faults:
        sentences = {fault.field: fault.text for fault in faults.faults}
        told = FormState(told.person, {}, told.tap_id, told.act, fields, sentences)
    except RuleRefused as refused:
        told = FormState(told.person, {}, told.tap_id, told.act, fields, {}, text_of(refused))
    else:
        there = f"/hours/{quote(of_line.id)}/{quote(of_link.id)}?shift={quote(shift.id)}#{place}"
        answer = no_store(redirect(there, HTTPStatus.SEE_OTHER))
        return remember_person(answer, fields.get("person", "").strip())
    page = hours_page(services, of_line, of_link, calendar, shift, told)
    return render_page("hours/hours.html", page), HTTPStatus.UNPROCESSABLE_ENTITY


_Sheet = tuple[Line, Link, Calendar, Shift]


def _asked(services: Services, line: str, link: str) -> _Sheet:
    of_line = known_line(line)
    if not of_line.has_link(link):
        raise NotHere(
            sentence("link of %(name)s", name=of_line.name), link, [each.id for each in of_line.links]
        )
    of_link = of_line.link(link)
    name = request.values.get("shift", "")
    found = find_shift(services, of_line, of_link, name)
    if found is None:
        now = services.clock()
        known = services.calendars.of_link(of_line, link, now).shifts
        raise NotHere(
            sentence("shift of %(name)s", name=of_link.name),
            name or sentence("that runs"),
            [shift.id for shift in known],
        )
    return of_line, of_link, *found


def _note(services: Services, form: Form, fields: dict[str, str], sheet: _Sheet) -> str:
    line, link, calendar, shift = sheet
    now = services.clock()
    begun = [hour for hour in calendar.hours if hour.shift == shift.id and hour.start_at <= now]
    hour = next((each for each in begun if str(each.start_at) == fields.get("start")), None)
    if hour is None:
        raise RuleRefused(sentence("that is no hour of this shift which has begun; open the sheet again"))
    reason = form.text("reason", longest=LONGEST_TEXT)
    known = [each.id for each in services.config.site.reasons]
    if reason and reason not in known:
        form.fault("reason", sentence("is none of %(known)s", known=", ".join(known)))
    note = HourNote(
        reason=reason or None,
        action=form.text("action", longest=LONGEST_TEXT),
        prevention=form.text("prevention", longest=LONGEST_TEXT),
        owner=form.text("owner", longest=LONGEST_TEXT),
        due_at=form.instant("due"),
    )
    seen = form.number("seen", 0, 10**6)
    by = form.by(now, event_id(f"hour/{line.id}/{link.id}", fields))
    form.check()
    hour_notes.note_hour(services.ledger, line.id, link.id, hour.start_at, note, by, seen=seen, now=now)
    return f"hour-{hour.start_at}"


def _sign(services: Services, form: Form, fields: dict[str, str], sheet: _Sheet) -> str:
    line, link, _, shift = sheet
    now = services.clock()
    if shift.start_at > now:
        form.fault("person", sentence("the shift has not begun yet"))
    remark = form.text("remark", longest=LONGEST_TEXT)
    side = next((each for each in hour_notes.SIDES if each == fields.get("side")), None)
    if side is None:
        form.fault("side", sentence("say whether you hand over or take over"))
    by = form.by(now, event_id(f"sign/{shift.id}", fields))
    form.check()
    if side is not None:
        hour_notes.sign_shift(
            services.ledger, line.id, link.id, shift.id, by, side=side, remark=remark, now=now
        )
    return "signs"
