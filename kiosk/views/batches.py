"""Batches at a kiosk: lists, the question for what should have come, the sheet of one batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from kiosk.contexts import BatchCard, Batches, BatchSheet, Choice, Question, WayStep
from kiosk.contexts.batches import Place
from kiosk.services import Services
from kiosk.views.board import LineFacts
from kiosk.views.frame import minutes, when_text
from ledger import at_link
from ledger.store import Row
from ledger.whereabouts import whereabouts
from shopfloor.asking import is_asked_for
from shopfloor.instants import Instant
from shopfloor.site import Line, Link, Station
from shopfloor.whereabouts import Whereabouts, in_hand, pending_links

SHOWN_BATCHES = 24
"""Of each list; the others move up."""
ASKED_AT_ONCE = 200
"""Batches of an order that a milestone gave, in one question."""


def batches_of(services: Services, facts: LineFacts, link: Link, coming: list[Row]) -> Batches:
    """What a link can receive and give; `coming`: `at_link.coming`, one row more than is shown."""
    line, now, most = facts.line, facts.now, SHOWN_BATCHES + 1
    previous = line.previous_links(link.id)
    is_join = len(previous) > 1
    on_its_way = [
        _card(services, rows[0], now, units=min(row["units"] for row in rows), givers=_names(gave))
        for rows, gave in _by_batch(coming, previous if is_join else [])
    ]
    here = at_link.in_hand(services.ledger, line, link.id, most)
    cards = [_card(services, row, now) for row in here[:SHOWN_BATCHES]]
    half = at_link.half_received(services.ledger, line, link.id, SHOWN_BATCHES) if is_join else []
    for row in half:
        came = row["came"].split()
        cards.append(
            _card(services, row, now, awaits=_names(each for each in previous if each.id not in came))
        )
    return Batches(
        coming=tuple(on_its_way[:SHOWN_BATCHES]),
        coming_more=len(coming) > SHOWN_BATCHES,
        here=tuple(cards),
        here_more=len(here) > SHOWN_BATCHES,
        first_link=not link.after,
        next_names=_names(line.next_links(link.id)),
    )


def question_of(services: Services, facts: LineFacts, link: Link, coming: list[Row]) -> Question | None:
    """The longest that something was given and is not received, if that is too long; not what is flagged."""
    line, now = facts.line, facts.now
    calendar = services.calendars.of_link(line, link.id, now)
    told = {(flag["order"], flag["link"]) for flag in facts.flags if flag["raised_by"] == link.id}
    asked: dict[tuple[str, str], Row] = {}
    for row in coming:
        if not is_asked_for(calendar, row["since_at"], now):
            break  # the others were given later
        if (row["order"], row["giver"]) not in told:
            asked.setdefault((row["giver"], row["order"] if _whole(line, row) else row["batch"]), row)
    if not asked:
        return None
    first, *others = asked.values()
    whole = _whole(line, first)
    of = (line.id, link.id, first["giver"], first["order"])
    rows = at_link.coming_of_order(services.ledger, of, ASKED_AT_ONCE) if whole else [first]
    return Question(
        batches=" ".join(row["batch"] for row in rows),
        batch="" if whole else first["batch"],
        first_batch=rows[0]["batch"],
        first_units=rows[0]["units"],
        count=len(rows),
        units=sum(row["units"] for row in rows),
        order=first["order"],
        giver=first["giver"],
        giver_name=line.name_of(first["giver"]),
        since=when_text(first["since_at"], now, services.config.site.zone),
        more=len(others),
    )


def batch_sheet(services: Services, station: Station, code: str) -> BatchSheet | None:
    """One batch as a station sees it; None for no batch of its line."""
    site, now = services.config.site, services.clock()
    line = site.lines[station.line]
    link = line.link(station.link)
    with services.ledger.snapshot():
        row = at_link.batch(services.ledger, line.id, code)
        if row is None:
            return None
        where = whereabouts(services.ledger, row["batch"])
    place, units = _place(line, link, where, row["quantity"])
    coming = _coming_from(line, link, where)
    gave = [
        each for each in line.previous_links(link.id) if where.between(each.id, link.id).given_at is not None
    ]
    return BatchSheet(
        station=station.id,
        batch=row["batch"],
        order=row["order"],
        customer=row["customer"],
        product=site.product_name(row["product"]),
        due=when_text(row["due_at"], now, site.zone),
        number=row["number"],
        batches=row["batches"],
        units=units,
        whole=row["quantity"],
        place=place,
        where=_names(pending_links(line, link, where)),
        coming_from=_names(coming),
        next_names=_names(line.next_links(link.id)),
        link_name=link.name,
        givers=tuple(Choice(each.id, each.name) for each in gave),
        reasons=tuple(Choice(reason.id, reason.name) for reason in site.scrap_reasons),
        way=tuple(_step(services, line, each, where, row["quantity"], now, link) for each in line.links),
    )


def _by_batch(coming: list[Row], previous: Sequence[Link]) -> Iterator[tuple[list[Row], list[Link]]]:
    """The parts of each batch, where its first one stands, and which of the previous links gave them."""
    first: dict[str, int] = {}
    for number, row in enumerate(coming):
        first.setdefault(row["batch"], number)
    together = sorted(coming, key=lambda row: first[row["batch"]])
    for _, group in groupby(together, key=lambda row: row["batch"]):
        rows = list(group)
        givers = {row["giver"] for row in rows}
        yield rows, [each for each in previous if each.id in givers]


def _card(
    services: Services,
    row: Row,
    now: Instant,
    *,
    units: int | None = None,
    givers: str = "",
    awaits: str = "",
) -> BatchCard:
    since_at = row["since_at"]
    return BatchCard(
        batch=row["batch"],
        order=row["order"],
        product=services.config.site.product_name(row["product"]),
        units=row["units"] if units is None else units,
        age_min=None if since_at is None else minutes(now - since_at),
        givers=givers,
        awaits=awaits,
    )


def _whole(line: Line, row: Row) -> bool:
    """Whether a milestone gave it: then it is asked for as it was given, as a whole order."""
    return line.has_link(row["giver"]) and line.link(row["giver"]).kind == "milestone"


def _coming_from(line: Line, link: Link, where: Whereabouts) -> list[Link]:
    pending = pending_links(line, link, where)
    return [each for each in pending if where.between(each.id, link.id).given_at is not None]


def _place(line: Line, link: Link, where: Whereabouts, whole: int) -> tuple[Place, int]:
    """Where a batch is as a link sees it, and how many units it can receive or give."""
    if where.at(link.id).given_at is not None:
        return "given", 0
    coming = _coming_from(line, link, where)
    if coming:
        return "coming", min(where.between(each.id, link.id).quantity for each in coming)
    if pending_links(line, link, where) or link.kind == "milestone":
        return "elsewhere", 0
    return "here", in_hand(line, link, where, whole)


def _step(
    services: Services, line: Line, link: Link, where: Whereabouts, whole: int, now: Instant, own: Link
) -> WayStep:
    at, zone = where.at(link.id), services.config.site.zone
    place, units = _place(line, link, where, whole)
    if place == "given":
        nexts = line.next_links(link.id)
        gave = [where.between(link.id, each.id).quantity for each in nexts]
        units = max(gave) if gave else in_hand(line, link, where, whole)
    return WayStep(
        name=link.name,
        state={"given": "done", "here": "here", "coming": "coming", "elsewhere": "ahead"}[place],  # type: ignore[arg-type]  # one for each Place
        received="" if at.received_at is None else when_text(at.received_at, now, zone),
        given="" if at.given_at is None else when_text(at.given_at, now, zone),
        units=None if place == "elsewhere" else units,
        lost=at.lost,
        is_here=link.id == own.id,
    )


def _names(links: Iterable[Link]) -> str:
    return ", ".join(link.name for link in links)
