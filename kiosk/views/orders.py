"""The list of orders, and the page of one."""

from __future__ import annotations

from kiosk.contexts import BatchRow, OrderLink, OrderPage, OrderRow, OrdersPage
from kiosk.services import Services
from kiosk.views.frame import flag_card, frame, minutes
from ledger import reading
from ledger.store import Row
from shopfloor.board import LinkState, link_state
from shopfloor.instants import Instant, moment_of
from shopfloor.site import Line, Link

SHOWN_ORDERS = 60
LOUDNESS: tuple[LinkState, ...] = (
    "idle",
    "on_target",
    "due_soon",
    "late",
    "answered",
    "stands_still",
    "flagged",
)


def orders_page(services: Services) -> OrdersPage:
    """Open orders by due, then those shipped last."""
    now = services.clock()
    with services.ledger.snapshot():
        rows = reading.orders(services.ledger, SHOWN_ORDERS)
        return OrdersPage(
            frame=frame(services, now), rows=tuple(_summary(services, row, now) for row in rows)
        )


def order_page(services: Services, number: str) -> OrderPage | None:
    """One order, or None when there is no such order."""
    now = services.clock()
    with services.ledger.snapshot():
        row = reading.order(services.ledger, number)
        if row is None:
            return None
        line = services.config.site.line_or_ghost(row["line"])
        flags = [flag for flag in reading.order_flags(services.ledger, number) if flag["closed_at"] is None]
        return OrderPage(
            frame=frame(services, now),
            row=_summary(services, row, now),
            links=tuple(_links(services, row, line, now)),
            batches=tuple(_batches(services, number, line)),
            flags=tuple(flag_card(flag, services, line, now) for flag in flags),
        )


def _summary(services: Services, row: Row, now: Instant) -> OrderRow:
    site = services.config.site
    line = site.line_or_ghost(row["line"])
    moment = moment_of(row["due_at"], site.zone)
    links = [] if row["shipped_at"] else list(_links(services, row, line, now))
    worst = max(links, key=lambda link: (LOUDNESS.index(link.state), link.late_min), default=None)
    late = worst is not None and worst.late_min > 0
    return OrderRow(
        order=row["order"],
        line=line.id,
        line_name=line.name,
        product=site.product_name(row["product"]),
        quantity=row["quantity"],
        customer=row["customer"],
        due=f"{moment:%a} {moment.day} {moment:%b %H:%M}",
        shipped=_shipped(services, row["order"], line),
        done=row["shipped_at"] is not None,
        state=worst.state if worst else "on_target",
        worst_link=worst.name if worst and late else "",
        late_min=worst.late_min if worst else 0,
    )


def _shipped(services: Services, number: str, line: Line) -> int:
    """Units that the last link has given."""
    progress = reading.order_links(services.ledger, number)
    return sum(part["given"] for part in progress if line.links and part["link"] == line.last.id)


def _links(services: Services, row: Row, line: Line, now: Instant) -> list[OrderLink]:
    progress = {part["link"]: part for part in reading.order_links(services.ledger, row["order"])}
    flags = reading.order_flags(services.ledger, row["order"])
    return [
        _link(services, line, link, progress[link.id], flags, now)
        for link in line.links
        if link.id in progress
    ]


def _link(
    services: Services, line: Line, link: Link, progress: Row, flags: list[Row], now: Instant
) -> OrderLink:
    unmet_at = progress["unmet_end_at"]
    calendar = services.calendars.of_link(line, link.id, now)
    target = (
        None if unmet_at is None else reading.target_at(services.ledger, progress["order"], link.id, unmet_at)
    )
    due_now = reading.due_by(services.ledger, progress["order"], link.id, now)
    return OrderLink(
        link=link.id,
        name=link.name,
        received=progress["received"],
        given=progress["given"],
        missing=max(0, due_now - progress["given"]),
        state=link_state(
            flags=tuple(f["state"] for f in flags if f["link"] == link.id and f["closed_at"] is None),
            unmet_end_at=unmet_at,
            unmet_latest_at=progress["unmet_latest_at"],
            has_targets=True,
            behind_pace=True,
            silent_devices=False,
            now=now,
        ),
        late_min=minutes(calendar.working_ms(unmet_at, now))
        if unmet_at is not None and unmet_at <= now
        else 0,
        next_quantity=target["cumulative"] - progress["given"] if target else 0,
        next_by="" if unmet_at is None else f"{moment_of(unmet_at, services.config.site.zone):%a %H:%M}",
    )


def _batches(services: Services, number: str, line: Line) -> list[BatchRow]:
    by_batch: dict[str, dict[str, Row]] = {}
    for row in reading.positions(services.ledger, number):
        by_batch.setdefault(row["batch"], {})[row["link"]] = row
    return [
        BatchRow(row["batch"], row["quantity"], *_where(line, by_batch.get(row["batch"], {})))
        for row in reading.batches(services.ledger, number)
    ]


def _where(line: Line, at: dict[str, Row]) -> tuple[str, str]:
    """The place of a batch; while its parts are on several branches, each of their places."""
    shipped = at.get(line.last.id) if line.links else None
    if shipped is not None and shipped["given_at"] is not None:
        return "", "shipped"
    here = [link.name for link in line.links if link.id in at and at[link.id]["given_at"] is None]
    if here:
        return " + ".join(here), "at"
    going = {
        after.name
        for link in line.links
        if link.id in at
        for after in line.next_links(link.id)
        if after.id not in at
    }
    return (" + ".join(sorted(going)), "on its way") if going else ("", "waiting")
