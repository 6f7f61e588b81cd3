"""The pages of flags: all that are open in their chains, and one with its story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kiosk.contexts import FlagPage, FlagRow, FlagsPage, StoryLine
from kiosk.services import Services
from kiosk.views.flag_cards import flag_card
from kiosk.views.frame import frame, when_text
from kiosk.views.rejects import reject_photos
from ledger import flag_reading, reading
from ledger.consequences import of_flag
from ledger.flag_reading import Happened
from ledger.flags import standing_of
from ledger.said import text_in, told_in
from ledger.steps import LATE_MS
from ledger.store import Row
from shopfloor.flags import why_not_rule
from shopfloor.handoffs import clock_text
from shopfloor.instants import DAY_MS, MINUTE_MS, Instant

CLOSED_DAYS = 3
SHOWN_CLOSED = 50
_ANYBODY = "somebody"


def flags_page(services: Services, *, line: str = "", link: str = "") -> FlagsPage:
    """Open flags, of one line or link if it is named, and those that were closed in the last days.

    Of a link those against it, and apart those that it raised itself.
    """
    site, now = services.config.site, services.clock()
    with services.ledger.snapshot():
        rows = reading.open_flags(services.ledger, line or None)
        raised = [row for row in rows if link and row["raised_by"] == link]
        against = [row for row in rows if link in ("", row["link"])]
        closed, more = flag_reading.closed_since(
            services.ledger, now - CLOSED_DAYS * DAY_MS, SHOWN_CLOSED, line=line, link=link
        )
        shown = tuple(_in_chains(services, against, now))
        mine = tuple(_in_chains(services, raised, now))
        cards = [row.card for row in (*shown, *mine)]
        return FlagsPage(
            frame=frame(services, now),
            open=shown,
            closed=tuple(_row(services, row, now) for row in closed),
            counts={
                "unanswered": sum(card.state == "raised" for card in cards),
                "broken": sum(card.promise_broken for card in cards),
                "disputed": sum(card.state == "disputed" for card in cards),
                "silent": sum(card.silent for card in cards),
            },
            lines=tuple((each.id, each.name) for each in site.lines.values()),
            links=tuple((each.id, each.name) for each in site.line_or_ghost(line).links),
            line=line,
            link=link,
            days=CLOSED_DAYS,
            closed_more=more,
            orders_open=sum(reading.open_orders(services.ledger, each) for each in site.lines),
            mine=mine,
        )


def flag_page(
    services: Services, number: int, *, person: str, tap_id: str, fault: str = "", done: str = ""
) -> FlagPage | None:
    """One flag; None when there is none of that number."""
    now = services.clock()
    with services.ledger.snapshot():
        row = reading.flag(services.ledger, number)
        if row is None:
            return None
        chosen = of_flag(services.ledger, number)
        zone = services.config.site.zone
        amount = ""
        if chosen is not None and chosen["kind"] != "word":
            amount = f"{chosen['amount']} {chosen['kind']}"
        return FlagPage(
            frame=frame(services, now),
            row=_row(services, row, now),
            chain=tuple(_in_chains(services, flag_reading.chain(services.ledger, number), now)),
            story=tuple(_story(services, row, now)),
            dispute=row["dispute"] or "",
            ruling=row["ruling"] or "",
            can_rule=why_not_rule(standing_of(row), "upheld", _ANYBODY) is None,
            can_rule_consequence=chosen is not None and chosen["state"] == "disputed",
            consequence_dispute=(chosen["dispute"] or "") if chosen else "",
            consequence_amount=amount,
            consequence_due=when_text(chosen["due_at"], now, zone) if chosen and chosen["due_at"] else "",
            person=person,
            tap_id=tap_id,
            fault=fault,
            done=done,
            rejects=reject_photos(services, row["order"], row["line"]),
        )


def _in_chains(services: Services, rows: Iterable[Row], now: Instant) -> Iterator[FlagRow]:
    """Each flag below the one that was passed back to it; the loudest chains first, then the oldest."""
    by_number = {row["flag"]: row for row in rows}
    children: dict[int, list[int]] = {}
    parents: dict[int, int] = {}
    for parent, child in flag_reading.links_of_chains(services.ledger, list(by_number)):
        if child in by_number and child not in parents:
            parents[child] = parent
            children.setdefault(parent, []).append(child)
    made = {number: _row(services, row, now) for number, row in by_number.items()}

    def below(number: int, depth: int) -> Iterator[FlagRow]:
        yield replace(made[number], depth=depth)
        for child in children.get(number, ()):
            yield from below(child, depth + 1)

    chains = [list(below(number, 0)) for number in by_number if number not in parents]
    for chain in sorted(chains, key=lambda chain: min(map(_quietness, chain))):
        yield from chain


def _quietness(row: FlagRow) -> tuple[bool, bool]:
    return row.card.state != "raised", not row.card.promise_broken


def _row(services: Services, row: Row, now: Instant) -> FlagRow:
    site = services.config.site
    line = site.line_or_ghost(row["line"])
    stations = site.stations_of(row["line"], row["link"])
    return FlagRow(
        card=flag_card(row, services, line, now),
        line=row["line"],
        line_name=line.name,
        link=row["link"],
        raised=when_text(row["raised_at"], now, site.zone),
        closed=when_text(row["closed_at"], now, site.zone) if row["closed_at"] else "",
        depth=0,
        kiosk=stations[0].id if stations else "",
        note=told_in(row["note_said"], row["note"] or ""),
    )


def _story(services: Services, row: Row, now: Instant) -> Iterator[StoryLine]:
    moot = flag_reading.moot_steps(services.ledger, row["flag"])
    for happened in flag_reading.story(services.ledger, row):
        yield _told(services, row, happened, moot, now)


def _told(
    services: Services, row: Row, happened: Happened, moot: set[tuple[str, int, int]], now: Instant
) -> StoryLine:
    site, detail, kind = services.config.site, happened.detail, happened.kind
    line = site.line_or_ghost(row["line"])
    reasons = {reason.id: reason.name for reason in site.reasons}
    by_next = kind in ("flag_raised", "flag_withdrawn", "consequence_chosen")
    name = line.name_of(row["raised_by"] if by_next else row["link"])
    step = (detail.get("name"), detail.get("from_at"), detail.get("step"))
    minutes = 0
    if kind == "flag_escalated":
        name = detail["role"]
        ladder = site.flags.ladder(detail["name"])
        number = int(detail["step"]) - 1
        minutes = ladder[number].after_ms // MINUTE_MS if number < len(ladder) else 0
    promised_at = detail.get("promised_at")
    is_late = happened.recorded_at - happened.at >= LATE_MS and kind != "flag_escalated"
    return StoryLine(
        at=when_text(happened.at, now, site.zone),
        kind=kind,
        name=name,
        person=happened.person,
        reason=reasons.get(happened.reason or "", happened.reason or ""),
        promised=when_text(promised_at, now, site.zone) if promised_at else "",
        words=detail.get("comment") or text_in(detail, "note"),
        detail=_detail(happened),
        minutes=minutes,
        moot=step in moot,
        late=clock_text(happened.recorded_at, site.zone) if is_late else "",
    )


def _detail(happened: Happened) -> str:
    detail = happened.detail
    match happened.kind:
        case "flag_escalated" | "consequence_chosen":
            return str(detail["name"])
        case "flag_ruled" | "consequence_ruled":
            return str(detail["ruling"])
        case "flag_raised":
            return "silent" if detail.get("silent") else "passed" if "chain" in detail else ""
        case _:
            return ""
