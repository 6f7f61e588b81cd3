"""The ledger of responsibility, as a page and for programs."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from kiosk.errors import Malformed, NotHere, json_answer
from kiosk.names import known_line
from kiosk.rendering import render_page
from kiosk.services import current
from kiosk.views.responsibility import PeriodRefused, period, responsibility_json, responsibility_page
from shopfloor.sentences import sentence, text_of

blueprint = Blueprint("responsibility", __name__)


@blueprint.get("/responsibility")
def responsibility() -> Response:
    """A line or one link of it: line, link, from and to out of the address."""
    services, asked = current(), request.args
    lines = services.config.site.lines
    if not lines:
        raise NotHere("line", sentence("to account for"), ())
    line = known_line(asked.get("line") or next(iter(lines)))
    link = asked.get("link", "")
    if link and not line.has_link(link):
        raise NotHere(sentence("link of %(name)s", name=line.name), link, [each.id for each in line.links])
    page = responsibility_page(services, line, link, asked.get("from", ""), asked.get("to", ""))
    answer = render_page("responsibility.html", page)
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if page.fault else HTTPStatus.OK
    return answer


@blueprint.get("/api/v1/responsibility/<line>")
def responsibility_api(line: str) -> Response:
    """Sums of each link of a line: from and to are production dates."""
    services, of_line = current(), known_line(line)
    try:
        first_on, last_on = period(services, request.args.get("from", ""), request.args.get("to", ""))
    except PeriodRefused as refused:
        raise Malformed(text_of(refused)) from None
    return json_answer(responsibility_json(services, of_line, first_on, last_on))
