"""A site with one thing changed, to try out what that does. The site itself stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import count

from shopfloor.calendar import works_on
from shopfloor.instants import Duration, Instant
from shopfloor.kinds import kind_word
from shopfloor.sentences import sentence
from shopfloor.site import Line, Link, Site, Station


class CannotChange(ValueError):
    """A change that this site cannot have; one sentence."""


def with_station(site: Site, line: str, link: str) -> Site:
    """One more station at a link that works, in service all the time."""
    changed = _work_link(site, line, link)
    number = next(
        n for n in count(len(site.stations_of(line, link)) + 1) if f"{link}-{n}" not in site.stations
    )
    station = Station(f"{link}-{number}", f"{changed.name} {number}", line, link)
    return replace(site, stations={**site.stations, station.id: station})


def with_station_out(site: Site, station: str, from_at: Instant, until_at: Instant | None = None) -> Site:
    """A station out of service in [from, until); without an end, until further notice."""
    if station not in site.stations:
        raise CannotChange(_unknown("station", station, site.stations))
    if until_at is not None and until_at <= from_at:
        raise CannotChange(
            sentence("station %(station)s would be back before it is out; give a later end.", station=station)
        )
    found = site.stations[station]
    found = replace(found, out_of_service=(*found.out_of_service, (from_at, until_at)))
    return replace(site, stations={**site.stations, station: found})


def with_overtime(site: Site, shift: str, on: date) -> Site:
    """A shift that works on a production date besides its days, holiday or not."""
    if shift not in site.shifts:
        raise CannotChange(_unknown("shift", shift, site.shifts))
    pattern = site.shifts[shift]
    if works_on(pattern, on, site.holidays):
        raise CannotChange(
            sentence(
                "shift %(shift)s works on %(on)s already; choose another date.",
                shift=shift,
                on=on.isoformat(),
            )
        )
    return replace(site, shifts={**site.shifts, shift: replace(pattern, overtime=pattern.overtime | {on})})


def with_closed_day(site: Site, on: date) -> Site:
    """A production date without any shift: a holiday, and its overtime dropped."""
    shifts = {
        shift: replace(pattern, overtime=pattern.overtime - {on}) for shift, pattern in site.shifts.items()
    }
    return replace(site, holidays=site.holidays | {on}, shifts=shifts)


def with_rate(site: Site, line: str, link: str, per_hour: Fraction, product: str | None = None) -> Site:
    """Another rate per station of a link: its own, or that of one product.

    The link's own leaves products with a rate of their own as they are.
    """
    changed = _work_link(site, line, link)
    if per_hour <= 0:
        raise CannotChange(
            sentence(
                "a rate of %(per_hour)s at link %(line)s/%(link)s makes nothing; give one above 0.",
                per_hour=str(per_hour),
                line=line,
                link=link,
            )
        )
    if product is None:
        return _with_link(site, line, replace(changed, per_hour=per_hour))
    if product not in site.products or site.products[product].line != line:
        made = [each.id for each in site.products.values() if each.line == line]
        raise CannotChange(
            sentence("line %(line)s: %(what)s", line=line, what=_unknown("product", product, made))
        )
    found = site.products[product]
    found = replace(found, per_hour={**found.per_hour, link: per_hour})
    return replace(site, products={**site.products, product: found})


def with_buffer(site: Site, line: str, link: str, buffer: Duration) -> Site:
    """Another buffer between a link's targets and its latest; the last link's is the ship buffer."""
    return _with_link(site, line, replace(_link(site, line, link), buffer=buffer))


def with_ship_buffer(site: Site, line: str, ship_buffer: Duration) -> Site:
    """Another room between a line's last target and the due."""
    changed = replace(_line(site, line), ship_buffer=ship_buffer)
    return replace(site, lines={**site.lines, line: changed})


def _with_link(site: Site, line: str, link: Link) -> Site:
    found = site.lines[line]
    links = tuple(link if each.id == link.id else each for each in found.links)
    return replace(site, lines={**site.lines, line: replace(found, links=links)})


def _line(site: Site, line: str) -> Line:
    if line not in site.lines:
        raise CannotChange(_unknown("line", line, site.lines))
    return site.lines[line]


def _link(site: Site, line: str, link: str) -> Link:
    found = _line(site, line)
    if not found.has_link(link):
        raise CannotChange(
            sentence(
                "line %(line)s: %(what)s",
                line=line,
                what=_unknown("link", link, (each.id for each in found.links)),
            )
        )
    return found.link(link)


def _work_link(site: Site, line: str, link: str) -> Link:
    found = _link(site, line, link)
    if found.kind != "work":
        raise CannotChange(
            sentence(
                "link %(line)s/%(link)s is a milestone: it has no stations and no rate.", line=line, link=link
            )
        )
    return found


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return sentence(
        "there is no %(what)s %(name)s; choose one of %(known)s.",
        what=kind_word(what),
        name=repr(name),
        known=", ".join(sorted(known)) or sentence("none"),
    )
