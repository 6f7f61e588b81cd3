"""The live parts of each page: the id of an element, and the template that renders it."""

from __future__ import annotations

from typing import TypeAlias

from jinja2 import Environment
from markupsafe import Markup

from kiosk.contexts import BoardPage, FlagsPage, KioskPage
from kiosk.htmx import partial

Regions: TypeAlias = dict[str, str]
"""HTML by the id of its element."""

KIOSK_REGIONS = (
    ("kiosk-head", "kiosk/_head.html"),
    ("kiosk-hour", "kiosk/_hour.html"),
    ("kiosk-asked", "kiosk/_asked.html"),
    ("kiosk-incoming", "kiosk/_incoming.html"),
    ("kiosk-orders", "kiosk/_orders.html"),
    ("kiosk-against", "kiosk/_against.html"),
    ("kiosk-mine", "kiosk/_mine.html"),
    ("kiosk-last", "kiosk/_last.html"),
    ("kiosk-batches", "kiosk/_batches.html"),
)
_ONLY_MILESTONES = {"kiosk-orders"}
_NO_MILESTONES = {"kiosk-incoming", "kiosk-asked", "kiosk-batches"}


def board_regions(templates: Environment, page: BoardPage) -> Regions:
    """Every live part of a floor board."""
    row_template = templates.get_template("board/_row.html")
    return {
        "board-head": templates.get_template("board/_head.html").render(page=page),
        **{f"row-{row.link}": row_template.render(page=page, row=row) for row in page.rows},
        "board-tablets": templates.get_template("board/_tablets.html").render(page=page),
        "board-foot": templates.get_template("board/_foot.html").render(page=page),
    }


def kiosk_regions(templates: Environment, page: KioskPage) -> Regions:
    """Every live part of a kiosk."""
    elsewhere = _NO_MILESTONES if page.milestone else _ONLY_MILESTONES
    return {
        region: templates.get_template(name).render(page=page)
        for region, name in KIOSK_REGIONS
        if region not in elsewhere
    }


def flags_regions(templates: Environment, page: FlagsPage) -> Regions:
    """Every live part of the list of flags."""
    return {
        f"flags-{part}": templates.get_template(f"flags/_{part}.html").render(page=page)
        for part in ("sum", "open", "closed")
    }


def partials(regions: Regions) -> Markup:
    """Regions in one piece, each going where it belongs."""
    return Markup("").join(partial(region, html) for region, html in regions.items())
