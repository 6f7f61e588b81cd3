"""The ledger of responsibility, as a page and for programs."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request

from kiosk.errors import Malformed, NotHere, json_answer
from kiosk.names import known_line, no_order
from kiosk.rendering import render_page
from kiosk.services import current
from kiosk.views.part_events import part_page
from kiosk.views.responsibility import (
    PeriodRefused,
    period,
    responsibility_json,
    responsibility_page,
)
from ledger import reading
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
    causes = {name: asked.get(name, "") for name in ("reason", "product", "hour")}
    page = responsibility_page(services, line, link, asked.get("from", ""), asked.get("to", ""), causes)
    answer = render_page("responsibility.html", page)
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if page.fault else HTTPStatus.OK
    return answer


@blueprint.get("/responsibility/<line>/<link>")
def part(line: str, link: str) -> Response:
    """The events behind one link's part of an order: order out of the address."""
    services, of_line = current(), known_line(line)
    if not of_line.has_link(link):
        raise NotHere(
            sentence("link of %(name)s", name=of_line.name), link, [each.id for each in of_line.links]
        )
    order = request.args.get("order", "")
    if reading.order(services.ledger, order) is None:
        raise no_order(services, order)
    return render_page("part.html", part_page(services, of_line, link, order))


@blueprint.get("/api/v1/responsibility/<line>")
def responsibility_api(line: str) -> Response:
    """Sums of each link of a line: from and to are production dates."""
    services, of_line = current(), known_line(line)
    try:
        first_on, last_on = period(services, request.args.get("from", ""), request.args.get("to", ""))
    except PeriodRefused as refused:
        raise Malformed(text_of(refused)) from None
    return json_answer(responsibility_json(services, of_line, first_on, last_on))
