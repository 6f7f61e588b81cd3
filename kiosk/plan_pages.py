"""The planners' pages of time: the load of a line, and what if. Nothing is stored by them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from kiosk.errors import NotHere
from kiosk.names import known_line
from kiosk.rendering import render_page
from kiosk.services import current
from kiosk.views.load import load_page
from kiosk.views.what_if import what_if_page
from shopfloor.sentences import sentence

blueprint = Blueprint("plan_pages", __name__)


@blueprint.get("/plan")
def plan() -> Response:
    """The load of one line: line, zoom and from out of the address."""
    services = current()
    lines = services.config.site.lines
    if not lines:
        raise NotHere("line", sentence("to plan for"), ())
    line = known_line(request.args.get("line") or next(iter(lines)))
    page = load_page(services, line, request.args.get("zoom", ""), request.args.get("from", ""))
    return render_page("plan/plan.html", page)


@blueprint.get("/plan/what-if")
def what_if() -> Response:
    """The form, and what would happen; all that is asked stands in the address, so that it can be shared."""
    page = what_if_page(current(), request.args)
    answer = render_page("plan/what_if.html", page)
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if page.faults else HTTPStatus.OK
    return answer
