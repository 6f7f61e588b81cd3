"""Countermeasures: what is done against a reason, whose it is, and whether its minutes went down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.contexts.agreement import FormState
from kiosk.contexts.frame import Frame
from shopfloor.countermeasures import Span


@dataclass(frozen=True, slots=True)
class Countermeasure:
    """One of them; days as they are read, for example Tue 1 Dec."""

    measure: int
    line: str
    line_name: str
    link: str
    link_name: str
    reason: str
    reason_name: str
    what: str
    owner: str
    """The word for a role, or a link's name."""
    due: str
    overdue: bool
    """Open, and its day has passed."""
    state: str
    """open, in_effect or dropped."""
    since: str
    """Empty before it is in effect."""
    comment: str
    before: Span
    """Four weeks before it was in effect; of an open one the last four weeks."""
    after: Span | None
    went_down: bool | None
    """None while there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the picture: minutes for each hundred handoffs."""

    label: str
    """Its Monday."""
    rate: int | None
    minutes: int
    handoffs: int
    after: bool
    """It lies after the countermeasure was in effect, at least in part."""


@dataclass(frozen=True, slots=True)
class CountermeasuresPage:
    """All of the site, or of a line; and the form for a new one."""

    frame: Frame
    line: str
    lines: tuple[tuple[str, str], ...]
    rows: tuple[Countermeasure, ...]
    links: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Of each line its id, its name and its links: whose minutes they are."""
    reasons: tuple[tuple[str, str], ...]
    owners: tuple[tuple[str, str], ...]
    """Roles, then links: what a form offers."""
    chosen: Mapping[str, str]
    """What the form starts with: link, reason, due."""
    form: FormState
    open_form: bool
    done: str = ""


@dataclass(frozen=True, slots=True)
class CountermeasurePage:
    """One countermeasure with its weeks."""

    frame: Frame
    row: Countermeasure
    weeks: tuple[Week, ...]
    today: str
    """As a field for a day takes it."""
    form: FormState
    done: str = ""
