"""The plant as configured: frozen values that every rule reads and none changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from fractions import Fraction
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from shopfloor.flag_rules import USUAL_RULES, FlagRules
from shopfloor.instants import NO_TIME, Duration, Instant
from shopfloor.roles import ROLES, Role


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """A recurring rule in the site's wall time; an end at or before the start is past midnight."""

    id: str
    start: time
    end: time
    days: frozenset[int]
    """Weekdays of the production date, Monday = 0."""
    breaks: tuple[tuple[time, time], ...] = ()
    overtime: frozenset[date] = frozenset()
    """Production dates on which the shift works besides its days, also when they are holidays."""


@dataclass(frozen=True, slots=True)
class Link:
    """One stage of a line. `per_hour` is units per station and hour; a milestone has none."""

    id: str
    name: str
    kind: Literal["work", "milestone"] = "work"
    after: tuple[str, ...] = ()
    per_hour: Fraction | None = None
    lead: Duration = NO_TIME
    transfer: Duration = NO_TIME
    buffer: Duration = NO_TIME
    shifts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A chain of links, each after the links before it; exactly one link is the last."""

    id: str
    name: str
    links: tuple[Link, ...]
    ship_buffer: Duration = NO_TIME

    def link(self, link_id: str) -> Link:
        """The link of that id, or KeyError."""
        return self._by_id[link_id]

    def has_link(self, link_id: str) -> bool:
        return link_id in self._by_id

    def name_of(self, link_id: str) -> str:
        """A link's name; its id when the configuration no longer has it."""
        return self._by_id[link_id].name if link_id in self._by_id else link_id

    def next_links(self, link_id: str) -> tuple[Link, ...]:
        """Its customers inside the line; empty for the last link."""
        return self._following.get(link_id, ())

    def previous_links(self, link_id: str) -> tuple[Link, ...]:
        """Its suppliers inside the line; empty for a first link."""
        return self._before[link_id]

    @cached_property
    def has_milestones(self) -> bool:
        """Whether any of its links gives whole orders."""
        return any(link.kind == "milestone" for link in self.links)

    @property
    def last(self) -> Link:
        """The link that ships."""
        return next(link for link in self.links if not self.next_links(link.id))

    @cached_property
    def _before(self) -> dict[str, tuple[Link, ...]]:
        return {link.id: tuple(self.link(before) for before in link.after) for link in self.links}

    @cached_property
    def _following(self) -> dict[str, tuple[Link, ...]]:
        return {link.id: tuple(n for n in self.links if link.id in n.after) for link in self.links}

    @cached_property
    def _by_id(self) -> dict[str, Link]:
        return {link.id: link for link in self.links}


@dataclass(frozen=True, slots=True)
class Product:
    """What a line makes: units move in batches of `batch`; rates here override the link's."""

    id: str
    line: str
    name: str
    batch: int
    per_hour: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Station:
    """One place with a kiosk that works for a link."""

    id: str
    name: str
    line: str
    link: str
    out_of_service: tuple[tuple[Instant, Instant | None], ...] = ()
    """Half-open spans in which it makes nothing; without an end, until further notice."""


@dataclass(frozen=True, slots=True)
class Device:
    """A scanner, button or kiosk; it belongs to a station."""

    id: str
    station: str
    profile: str = "native"
    mode: Literal["auto", "in", "out"] = "auto"
    address: str = ""
    """What it calls itself in its maker's topics or payload; empty: its id."""

    @property
    def called(self) -> str:
        return self.address or self.id


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of a list of the site: reasons for an answer, or for scrap."""

    id: str
    name: str


@dataclass(frozen=True)
class Site:
    """One plant: one time zone, one configuration, one ledger."""

    id: str
    name: str
    zone: ZoneInfo
    holidays: frozenset[date]
    shifts: Mapping[str, ShiftPattern]
    lines: Mapping[str, Line]
    products: Mapping[str, Product]
    stations: Mapping[str, Station]
    devices: Mapping[str, Device]
    reasons: tuple[Reason, ...] = ()
    scrap_reasons: tuple[Reason, ...] = ()
    """Why units are scrapped or rejected."""
    flags: FlagRules = USUAL_RULES
    roles: tuple[Role, ...] = ROLES
    """Who has to confirm an order before it is released; with nobody an order is released when it is drafted."""

    def stations_of(self, line_id: str, link_id: str) -> tuple[Station, ...]:
        """The stations that work for a link, in the order of the configuration."""
        return tuple(s for s in self.stations.values() if (s.line, s.link) == (line_id, link_id))

    def line_or_ghost(self, line_id: str) -> Line:
        """A line; one without links when the configuration no longer has it."""
        return self.lines.get(line_id) or Line(line_id, line_id, ())

    def product_name(self, product_id: str) -> str:
        """A product's name; its id when the configuration no longer has it."""
        product = self.products.get(product_id)
        return product_id if product is None else product.name

    def scrap_reason_name(self, reason_id: str) -> str:
        """A scrap reason's name; the text itself when it is none of the list, as the API may tell it."""
        return next((reason.name for reason in self.scrap_reasons if reason.id == reason_id), reason_id)

    def per_hour(self, product_id: str, link: Link) -> Fraction | None:
        """Units of the product one station of the link makes in an hour; None for a milestone."""
        product = self.products.get(product_id)
        return link.per_hour if product is None else product.per_hour.get(link.id, link.per_hour)
