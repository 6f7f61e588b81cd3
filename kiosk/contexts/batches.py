"""Batches at a kiosk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.contexts.choice import Choice

Place = Literal["coming", "here", "given", "elsewhere"]


@dataclass(frozen=True, slots=True)
class BatchCard:
    """One batch in a list."""

    batch: str
    order: str
    product: str
    units: int
    age_min: int | None
    """Minutes on its way, or here; None at a first link before anybody scanned it."""
    givers: str
    """Names of the previous links that gave it, at a link that has several; empty at others."""
    awaits: str = ""
    """Names of the previous links whose part is still to come: without it nothing can be given."""


@dataclass(frozen=True, slots=True)
class Batches:
    """What a link can receive and what it can give: the oldest of each."""

    coming: tuple[BatchCard, ...]
    coming_more: bool
    """Whether there are more than those."""
    here: tuple[BatchCard, ...]
    """What can be given, then what waits for a part."""
    here_more: bool
    first_link: bool
    """Nothing comes from before: what is here is what was released."""
    next_names: str
    """Who gets what is given; empty for the last link, which ships."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was given so long ago that its kiosk asks for it: came, or not received."""

    batches: str
    """Codes with blanks between."""
    batch: str
    """The code when it is one batch; empty for an order that a milestone gave as a whole."""
    first_batch: str
    """What *not received* is said of: of a whole order its first batch, since a milestone owes nothing any more."""
    first_units: int
    count: int
    units: int
    order: str
    giver: str
    giver_name: str
    since: str
    """For example 10:02."""
    more: int
    """Others that are asked for after this one."""


@dataclass(frozen=True, slots=True)
class WayStep:
    """A batch at one link."""

    name: str
    state: Literal["done", "here", "coming", "ahead"]
    received: str
    """When, for example 09:12 or Tue 09:12; empty if it was not."""
    given: str
    units: int | None
    """As given, or in hand; None before it came."""
    lost: int
    is_here: bool
    """Whether it is the kiosk's own link."""


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """One batch with its traveller's details, and what can be done with it at a station."""

    station: str
    batch: str
    order: str
    customer: str
    product: str
    due: str
    number: int
    batches: int
    units: int
    """What is offered to receive, or in hand to give."""
    whole: int
    """As the traveller says."""
    place: Place
    where: str
    """At which link it is, when it is neither on its way to this one nor here."""
    coming_from: str
    next_names: str
    link_name: str
    givers: tuple[Choice, ...]
    """Previous links that gave it: against one of them it can be rejected."""
    reasons: tuple[Choice, ...]
    way: tuple[WayStep, ...]
