"""A page from its context: in the theme that was asked for, and kept by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from flask import Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from kiosk import appearance
from kiosk.contexts import Frame
from kiosk.htmx import make_response
from kiosk.identity import allowed, caller
from kiosk.languages import choices
from kiosk.services import current
from kiosk.theme import theme

R = TypeVar("R", bound=AnyResponse)


def render_page(template: str, page: Any) -> Response:
    """The answer for a page; `page` is a frozen context with a frame."""
    framed = replace(page, frame=for_caller(page.frame))
    return no_store(make_response(render_template(template, page=framed, theme=theme())))


def for_caller(frame: Frame) -> Frame:
    """The frame as the caller of this request sees it."""
    who = caller()
    return replace(
        frame,
        theme=theme(),
        hand=appearance.chosen("hand"),
        letters=appearance.chosen("letters"),
        layouts=appearance.layouts(),
        languages=choices(),
        person="" if who.person is None else who.person.name,
        mine=() if who.person is None else _led(who.person.rights.links),
        secured=who.secured,
        csrf=who.csrf,
        may=allowed(),
    )


def _led(links: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Of those that the site still has: line, link and name."""
    lines = current().config.site.lines
    places = [(line, link) for line, _, link in (each.partition("/") for each in sorted(links))]
    return tuple(
        (line, link, lines[line].name_of(link))
        for line, link in places
        if line in lines and lines[line].has_link(link)
    )


def no_store(response: R) -> R:
    """What stands on a page is true only now."""
    response.headers["Cache-Control"] = "no-store"
    return response
