"""[[line]] and [[line.link]]: the chains of the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Literal, cast

from shopfloor.instants import NO_TIME
from shopfloor.sentences import listed, sentence
from shopfloor.site import Line, Link
from station_config.chain import circles, in_chain_order, last_links
from station_config.durations import DURATION
from station_config.names import Names
from station_config.reader import Table
from station_config.shifts import Shifts, overlap_text, overtime_overlap_text
from station_config.values import BEFORE_REFERENCE, KIND, NAME, RATE, SHIFT_REFERENCE
from station_config.wording import quoted


@dataclass
class ReadLink:
    """A link with its table, so that later checks can report at its keys."""

    link: Link
    table: Table


@dataclass
class ReadLine:
    """A line with its links as read; `line` has them in chain order."""

    line: Line
    names: Names
    """The ids of its links."""
    links: dict[str, ReadLink] = field(default_factory=dict)


@dataclass
class Lines:
    """All lines by id."""

    names: Names
    by_id: dict[str, ReadLine] = field(default_factory=dict)


def capitalised(name: str) -> str:
    """The name that a thing gets from its id."""
    return name[:1].upper() + name[1:]


def read_lines(top: Table, shifts: Shifts) -> Lines:
    """All lines, their links in chain order; faults of links and chains are reported."""
    tables = top.tables("line", "line", needed=True)
    lines = Lines(Names("line", is_open=not top.sound("line")))
    for table in tables:
        found = _read_line(table, lines.names, shifts, link_lost=top.has("link"))
        first = lines.by_id.setdefault(found.line.id, found)
        if first is not found:
            first.names.is_open = True  # a reference may mean the links of the second line of that id
    return lines


def _read_line(table: Table, names: Names, shifts: Shifts, *, link_lost: bool) -> ReadLine:
    """`link_lost`: some link stands outside of its line."""
    line_id = names.read(table)
    name = table.may("name", NAME, capitalised(line_id))
    ship_buffer = table.may("ship_buffer", DURATION, NO_TIME)
    tables = table.tables("link", "line.link", needed=True)
    link_names = Names("link", is_open=link_lost or not table.sound("link"))
    every = [ReadLink(_read_link(link_table, link_names, shifts), link_table) for link_table in tables]
    links: dict[str, ReadLink] = {}
    for read in every:
        links.setdefault(read.link.id, read)
    for read in every:
        _check_after(read, link_names)
    if link_names.certain:
        _check_chain(links, line_id, table)
    # The links before are only kept where they exist, so that the order can be told even of a faulty line.
    after = {link: tuple(b for b in read.link.after if b in links) for link, read in links.items()}
    ordered = tuple(links[link].link for link in in_chain_order(after))
    return ReadLine(Line(line_id, name, ordered, ship_buffer), link_names, links)


def _read_link(table: Table, names: Names, shifts: Shifts) -> Link:
    link_id = names.read(table)
    kind = cast("Literal['work', 'milestone']", table.may("kind", KIND, "work"))
    link = Link(
        id=link_id,
        name=table.may("name", NAME, capitalised(link_id)),
        kind=kind,
        after=tuple(before for _, before in table.items("after", BEFORE_REFERENCE)),
        per_hour=_read_rate(table, kind),
        lead=table.may("lead", DURATION, NO_TIME),
        transfer=table.may("transfer", DURATION, NO_TIME),
        buffer=table.may("buffer", DURATION, NO_TIME),
        shifts=_read_link_shifts(table, shifts),
    )
    _check_overlaps(table, link, shifts)
    return link


def _read_rate(table: Table, kind: str) -> Fraction | None:
    if kind == "milestone":
        if table.has("per_hour"):
            text = sentence("a milestone delivers the whole order at once and has no rate")
            table.fault(
                "per_hour", sentence('%(written)s; take per_hour out, or write kind = "work"', written=text)
            )
        return None
    rate = table.may("per_hour", RATE, Fraction(1))
    if not table.has("per_hour") and table.sound("kind"):
        table.missing(
            "per_hour",
            sentence("write the units that one station makes in an hour, for example per_hour = 40"),
        )
    return rate


def _read_link_shifts(table: Table, shifts: Shifts) -> tuple[str, ...]:
    wanted = table.items("shifts", SHIFT_REFERENCE, needed=True)
    return tuple(shift for index, shift in wanted if shifts.names.check(table, "shifts", shift, index))


def _check_overlaps(table: Table, link: Link, shifts: Shifts) -> None:
    usable = [shift for shift in link.shifts if shift in shifts.comparable]
    for one, other in combinations(usable, 2):
        pair = shifts.patterns[one], shifts.patterns[other]
        advice = sentence("write shifts that follow each other")
        when = overlap_text(*pair)
        if when is None and shifts.holidays is not None:
            advice = sentence("take the date out of the overtime of one of them")
            when = overtime_overlap_text(*pair, shifts.holidays)
        if when is not None:
            text = sentence(
                "the shifts %(one)s and %(other)s overlap on %(when)s",
                one=quoted(one),
                other=quoted(other),
                when=when,
            )
            table.fault("shifts", sentence("%(fault)s; %(advice)s", fault=text, advice=advice))


def _check_after(read: ReadLink, names: Names) -> None:
    raw = read.table.raw("after")
    for index, before in enumerate(raw if isinstance(raw, list) else []):
        if before in read.link.after:
            names.check(read.table, "after", before, index)


def _check_chain(links: dict[str, ReadLink], line_id: str, table: Table) -> None:
    after = {link: tuple(b for b in read.link.after if b in links) for link, read in links.items()}
    for circle in circles(after):
        others = [quoted(link) for link in (*circle[1:], circle[0])]
        told = _after_each_other(others) if len(circle) > 1 else sentence("itself")
        text = sentence(
            "%(circle)s comes after %(told)s, but a chain has no circle", circle=quoted(circle[0]), told=told
        )
        links[circle[0]].table.fault(
            "after", sentence("%(written)s; take one of them out of its after", written=text)
        )
    lasts = last_links(after)
    # With an `after` that leads nowhere some link only seems to be the last.
    followed = all(
        read.table.sound("after") and set(read.link.after) <= set(links) for read in links.values()
    )
    if followed and len(lasts) > 1:
        told = listed([quoted(link) for link in lasts])
        text = sentence(
            "the line %(line_id)s ends in %(lasts)s links (%(told)s), but exactly one ships",
            line_id=quoted(line_id),
            lasts=len(lasts),
            told=told,
        )
        table.fault(
            "link",
            sentence("%(written)s; name the others in the after of the link that comes next", written=text),
        )


def _after_each_other(links: list[str]) -> str:
    told = links[0]
    for link in links[1:]:
        told = sentence("%(link)s, which comes after %(other)s", link=told, other=link)
    return told
