"""Addresses of the live pages, and what makes each of them change."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, current_app

from kiosk.flag_pages import asked_line_and_link
from kiosk.names import known_line, known_station
from kiosk.regions import Regions, board_regions, flags_regions, kiosk_regions
from kiosk.services import Services, current
from kiosk.speech import language, speaking
from kiosk.stream import Channel, Hub, Stream
from kiosk.views import board_page, kiosk_page
from kiosk.views.flags import flags_page
from ledger.badged_in import who_is_at
from shopfloor.site import Line, Station

HUB = "interlock.hub"

blueprint = Blueprint("live", __name__)


@blueprint.get("/board/<line>/stream")
def board_stream(line: str) -> Response:
    """The floor board of a line, as it changes."""
    services, of_line = current(), known_line(line)
    templates = current_app.jinja_env

    def make() -> Channel:
        return Channel(
            _in_this_language(lambda: board_regions(templates, board_page(services, of_line.id))),
            links=frozenset(f"{of_line.id}/{link.id}" for link in of_line.links),
            shows_refusals=True,
        )

    return _answer(_hub().open(f"board/{of_line.id}/{language().tag}", make))


@blueprint.get("/kiosk/<station>/stream")
def kiosk_stream(station: str) -> Response:
    """The kiosk of a station, as it changes."""
    services, at = current(), known_station(station)
    templates = current_app.jinja_env

    def make() -> Channel:
        return Channel(
            _in_this_language(lambda: kiosk_regions(templates, kiosk_page(services, at.id))),
            links=_neighbours(services.config.site.lines[at.line], at),
            who=lambda: person_at(services, at),
        )

    return _answer(_hub().open(f"kiosk/{at.id}/{language().tag}", make))


@blueprint.get("/flags/stream")
def flags_stream() -> Response:
    """The list of flags, of one line and link if they are named, as it changes."""
    services = current()
    line, link = asked_line_and_link()
    lines = [line] if line else list(services.config.site.lines)
    templates = current_app.jinja_env

    def make() -> Channel:
        return Channel(
            _in_this_language(lambda: flags_regions(templates, flags_page(services, line=line, link=link))),
            links=frozenset(
                f"{each}/{one.id}" for each in lines for one in services.config.site.lines[each].links
            ),
        )

    return _answer(_hub().open(f"flags/{line}/{link}/{language().tag}", make))


def _in_this_language(render: Callable[[], Regions]) -> Callable[[], Regions]:
    """The hub renders a channel later and for all who watch it: in the language of the request that opened it."""
    chosen = language()

    def rendered() -> Regions:
        with speaking(chosen):
            return render()

    return rendered


def person_at(services: Services, station: Station) -> int | None:
    """The number of whoever's badge was read there last, and still counts."""
    badged = who_is_at(services.ledger, station.id, services.clock())
    return None if badged is None else badged.person.id


def _hub() -> Hub:
    hub: Hub = current_app.extensions[HUB]
    return hub


def _neighbours(line: Line, station: Station) -> frozenset[str]:
    """The station's link and those it receives from and gives to."""
    links = (line.link(station.link), *line.previous_links(station.link), *line.next_links(station.link))
    return frozenset(f"{line.id}/{link.id}" for link in links)


def _answer(stream: Stream) -> Response:
    return Response(
        stream,
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
