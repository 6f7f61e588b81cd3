"""The pages of countermeasures: all of them with a form for a new one, and one with its weeks."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request

from kiosk import countermeasure_acts as acts
from kiosk.contexts.agreement import FormState
from kiosk.errors import Malformed
from kiosk.forms import Form, FormFaults, known_person, remember_person
from kiosk.names import known_line
from kiosk.order_acts import event_id, new_tap
from kiosk.rendering import no_store, render_page
from kiosk.services import current
from kiosk.views.countermeasures import countermeasure_page, countermeasures_page
from ledger.errors import RuleRefused
from shopfloor.countermeasures import LONGEST_WHAT, Measure, State
from shopfloor.sentences import text_of

blueprint = Blueprint("countermeasure_pages", __name__)


@blueprint.get("/countermeasures")
def countermeasures() -> Response:
    """All of them, or of one line; link and reason open the form: line, link, reason."""
    asked = request.args
    line = known_line(asked["line"]).id if asked.get("line") else ""
    chosen = {"link": f"{line}/{asked['link']}"} if line and asked.get("link") else {}
    if asked.get("reason"):
        chosen["reason"] = asked["reason"]
    form = FormState(person=known_person(), tap_id=new_tap())
    done = "made" if asked.get("made") else ""
    page = countermeasures_page(current(), line, chosen, form, open_form=bool(chosen), done=done)
    return render_page("countermeasures/list.html", page)


@blueprint.post("/countermeasures")
def make() -> Any:
    """A new one: link ("line/link"), reason, what, owner, due, person."""
    services, fields = current(), request.form.to_dict()
    form = Form(fields, services.config.site.zone)
    line, _, link = fields.get("link", "").partition("/")
    try:
        by = form.by(services.clock(), event_id("countermeasures", fields))
        what = form.text("what", longest=LONGEST_WHAT)
        form.check()
        due_on = acts.needed_day(fields.get("due"))
        measure = Measure(fields.get("reason", ""), what, fields.get("owner", ""), due_on)
        number = acts.make(services, by, line=line, link=link, measure=measure)
    except (FormFaults, RuleRefused, Malformed) as refused:
        told = FormState(fields.get("person", ""), {}, new_tap(), "make", fields, {}, text_of(refused))
        page = countermeasures_page(services, "", {}, told, open_form=True)
        return render_page("countermeasures/list.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = no_store(redirect(f"/countermeasures/{number}?done=made", HTTPStatus.SEE_OTHER))
    return remember_person(answer, by.person)


@blueprint.get("/countermeasures/<int:number>")
def countermeasure(number: int) -> Response:
    """One of them."""
    form = FormState(person=known_person(), tap_id=new_tap())
    return _shown(number, form, request.args.get("done", ""))


@blueprint.post("/countermeasures/<int:number>")
def settle(number: int) -> Any:
    """Say that it is in effect since a day, or give it up: to, since, comment, person."""
    services, fields = current(), request.form.to_dict()
    form = Form(fields, services.config.site.zone)
    to: State = "dropped" if fields.get("to") == "dropped" else "in_effect"
    try:
        by = form.by(services.clock(), event_id(f"countermeasures/{number}", fields))
        comment = form.text("comment", longest=LONGEST_WHAT)
        form.check()
        acts.settle(
            services, by, number=number, to=to, since_on=acts.day(fields.get("since")), comment=comment
        )
    except (FormFaults, RuleRefused, Malformed) as refused:
        told = FormState(fields.get("person", ""), {}, new_tap(), to, fields, {}, text_of(refused))
        return _shown(number, told), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = no_store(redirect(f"/countermeasures/{number}?done={to}", HTTPStatus.SEE_OTHER))
    return remember_person(answer, by.person)


def _shown(number: int, form: FormState, done: str = "") -> Response:
    services = current()
    page = countermeasure_page(services, min(number, acts.LARGEST_NUMBER), form, done=done)
    if page is None:
        raise acts.none_such(services, number)
    return render_page("countermeasures/one.html", page)
