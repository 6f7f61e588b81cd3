"""The list of orders, and the page of one."""

from __future__ import annotations

from datetime import tzinfo

from kiosk.addresses import asked, with_query
from kiosk.contexts import (
    BatchRow,
    FormState,
    Note,
    OrderLink,
    OrderPage,
    OrderRow,
    OrdersPage,
    Version,
    VersionMove,
)
from kiosk.contexts.orders import LostRoom
from kiosk.contexts.plan import PlanPicture
from kiosk.forms import field_text
from kiosk.services import Services
from kiosk.views.agreement import SHOWN_DRAFTS, agreement, commitment, draft_rows
from kiosk.views.agreement_log import log_rows
from kiosk.views.feasibility import date_text, whole_minute
from kiosk.views.flag_cards import flag_card
from kiosk.views.frame import frame, minutes, when_text
from kiosk.views.lost_room import lost_room
from kiosk.views.plan_lanes import in_order
from kiosk.views.plan_picture import plan_picture
from kiosk.views.rejects import reject_photos
from kiosk.views.why_late import why_late
from ledger import drafts, plans, reading
from ledger.agreement_log import agreement_log
from ledger.store import Row
from shopfloor.agreement import Draft
from shopfloor.board import LinkState, link_state
from shopfloor.instants import Instant
from shopfloor.lost_hours import hours_to_come
from shopfloor.orders import LinkTargets
from shopfloor.sentences import sentence
from shopfloor.site import Line, Link
from shopfloor.versions import moved_links

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


def orders_page(services: Services, note: Note | None = None) -> OrdersPage:
    """What is to be agreed, open orders by due, then those shipped last."""
    now = services.clock()
    with services.ledger.snapshot():
        rows = reading.orders(services.ledger, SHOWN_ORDERS)
        agreed = drafts.drafts(services.ledger)
        changes = {draft.order.order: draft for draft in agreed if draft.version > 1}
        lost = lost_room(services, [row for row in rows if row["shipped_at"] is None], now)
        progress = reading.links_of_orders(services.ledger, [row["order"] for row in rows])
        flags: dict[str, list[Row]] = {}
        for flag in reading.open_flags(services.ledger):
            flags.setdefault(flag["order"], []).append(flag)
        return OrdersPage(
            frame=frame(services, now),
            rows=tuple(
                _summary(
                    services,
                    row,
                    progress.get(row["order"], []),
                    flags.get(row["order"], []),
                    now,
                    changes.get(row["order"]),
                    lost.get(row["order"]),
                )
                for row in rows
            ),
            drafts=tuple(draft_rows(services, agreed, now, most=None if asked("drafts") else SHOWN_DRAFTS)),
            drafts_in_all=len(agreed),
            note=note,
        )


def order_page(
    services: Services, number: str, *, form: FormState | None = None, note: Note | None = None
) -> OrderPage | None:
    """A released order, or None when there is no such order."""
    now = services.clock()
    with services.ledger.snapshot():
        row = reading.order(services.ledger, number)
        if row is None:
            return None
        zone = services.config.site.zone
        line = services.config.site.line_or_ghost(row["line"])
        flags = [flag for flag in reading.order_flags(services.ledger, number) if flag["closed_at"] is None]
        progress = reading.order_links(services.ledger, number)
        change = drafts.draft(services.ledger, number)
        given = drafts.confirmations(services.ledger, number, row["plan_version"])
        log = agreement_log(services.ledger, number)
        draft = None if change is None else agreement(services, change, now, log)
        lost = None if row["shipped_at"] else lost_room(services, [row], now).get(number)
        due_at, is_kept = (
            _due_to_propose(services, row, now) if lost and draft is None else (row["due_at"], True)
        )
        other = draft is not None and draft.picture is not None
        shows_change = other and asked("show") == "change"
        return OrderPage(
            frame=frame(services, now),
            row=_summary(services, row, progress, flags, now, change, lost),
            links=tuple(
                _link(services, line, line.link(part["link"]), part, flags, now)
                for part in _in_chain(line, progress)
            ),
            batches=tuple(_batches(services, number, line)),
            flags=tuple(flag_card(flag, services, line, now) for flag in flags),
            rejects=reject_photos(services, number, row["line"]),
            confirmed=tuple(commitment(each, now, services) for each in given.values()),
            versions=tuple(_versions(services, row, line, now)),
            draft=draft,
            due_value=field_text(due_at, zone),
            earliest="" if is_kept else date_text(due_at, now, zone),
            form=form or FormState(),
            note=note,
            zone=zone.key,
            log=log_rows(services, log, now),
            picture=draft.picture if draft and shows_change else _picture(services, number, line, now),
            shows_change=shows_change,
            show_other=with_query("plan", show="" if shows_change else "change", note="") if other else "",
            why=why_late(services, number, line, now),
        )


def _due_to_propose(services: Services, row: Row, now: Instant) -> tuple[Instant, bool]:
    """What can be kept of an order that is planned anew: its due, or the earliest; and whether it is its due."""
    again = Draft(plans.order_of(row), row["plan_version"] + 1, 0, now, "")
    plan = services.desk.look(again, now).plan
    if plan.feasible or plan.earliest_ship_at is None:
        return row["due_at"], True
    return whole_minute(plan.earliest_ship_at), False


def _picture(services: Services, number: str, line: Line, now: Instant) -> PlanPicture | None:
    """The plan in force with what was given so far; None when the configuration has its line no more."""
    released = plans.released_order(services.ledger, number)
    if released is None or not line.links:
        return None
    known = [part for part in released.links if line.has_link(part.link)]
    return plan_picture(services, line, known, zoom=asked("zoom"), given=released.given, at=now)


def _versions(services: Services, row: Row, line: Line, now: Instant) -> list[Version]:
    """All plans of an order, the newest first, each with what it moved."""
    number, in_force = row["order"], row["plan_version"]
    zone = services.config.site.zone
    found: list[Version] = []
    before: tuple[LinkTargets, ...] = ()
    places = {link.id: n for n, link in enumerate(in_order(line))}
    progress = reading.order_links(services.ledger, number)
    given = {part["link"] for part in progress if part["given"] >= row["quantity"]}
    for plan in plans.plan_versions(services.ledger, number):
        targets = plans.targets_of(services.ledger, number, plan.version)
        moves = moved_links(before, targets, plan.planned_at) if found else ()
        to_come = {link for link, _ in hours_to_come(targets, plan.planned_at)}
        moving = {move.link for move in moves}
        found.append(
            Version(
                version=plan.version,
                planned=date_text(plan.planned_at, now, zone),
                person=plan.person,
                why=plan.why,
                due=date_text(plan.due_at, now, zone),
                in_force=plan.version == in_force,
                moved=tuple(
                    VersionMove(
                        line.name_of(link.link),
                        _span(link.start_before, link.finish_before, now, zone),
                        _span(link.start_after, link.finish_after, now, zone),
                        all_given=link.link in given,
                    )
                    for link in sorted(moves, key=lambda move: places.get(move.link, len(places)))
                ),
                finished=tuple(
                    line.name_of(link)
                    for link in places
                    if found and link in given and link not in to_come and link not in moving
                ),
            )
        )
        before = targets
    return found[::-1]


def _span(start_at: Instant | None, end_at: Instant | None, now: Instant, zone: tzinfo) -> str:
    """For example Tue 24 Nov 14:00 to Wed 25 Nov 10:00; empty for no time at all."""
    if start_at is None or end_at is None:
        return ""
    return sentence(
        "%(start)s to %(end)s", start=date_text(start_at, now, zone), end=date_text(end_at, now, zone)
    )


def _summary(
    services: Services,
    row: Row,
    progress: list[Row],
    flags: list[Row],
    now: Instant,
    change: Draft | None,
    lost: LostRoom | None,
) -> OrderRow:
    """`progress` is of all links, `flags` are the open ones."""
    site = services.config.site
    line = site.line_or_ghost(row["line"])
    parts = [] if row["shipped_at"] else _in_chain(line, progress)
    on_target: tuple[str, LinkState, int] = ("", "on_target", 0)
    states = [(str(part["link"]), *_state(services, line, part, flags, now)) for part in parts]
    worst, state, late_min = max(
        states, key=lambda each: (LOUDNESS.index(each[1]), each[2]), default=on_target
    )
    return OrderRow(
        order=row["order"],
        line=line.id,
        line_name=line.name,
        product=site.product_name(row["product"]),
        quantity=row["quantity"],
        customer=row["customer"],
        due=date_text(row["due_at"], now, site.zone),
        shipped=sum(part["given"] for part in progress if line.links and part["link"] == line.last.id),
        done=row["shipped_at"] is not None,
        state=state,
        worst_link=line.name_of(worst) if late_min > 0 else "",
        late_min=late_min,
        changing=change is not None,
        change_waits_for=() if change is None else change.waits_for(site.roles),
        lost=lost,
    )


def _in_chain(line: Line, progress: list[Row]) -> list[Row]:
    """Of the links that the line has, in its order."""
    found = {part["link"]: part for part in progress}
    return [found[link.id] for link in line.links if link.id in found]


def _state(
    services: Services, line: Line, part: Row, flags: list[Row], now: Instant
) -> tuple[LinkState, int]:
    """How a link stands with an order, and the minutes that it is late."""
    unmet_at = part["unmet_end_at"]
    state = link_state(
        flags=tuple(flag["state"] for flag in flags if flag["link"] == part["link"]),
        unmet_end_at=unmet_at,
        unmet_latest_at=part["unmet_latest_at"],
        has_targets=True,
        behind_pace=True,
        silent_devices=False,
        now=now,
    )
    if unmet_at is None or unmet_at > now:
        return state, 0
    return state, minutes(services.calendars.of_link(line, part["link"], now).working_ms(unmet_at, now))


def _link(
    services: Services, line: Line, link: Link, progress: Row, flags: list[Row], now: Instant
) -> OrderLink:
    unmet_at = progress["unmet_end_at"]
    target = (
        None if unmet_at is None else reading.target_at(services.ledger, progress["order"], link.id, unmet_at)
    )
    due_now = reading.due_by(services.ledger, progress["order"], link.id, now)
    state, late_min = _state(services, line, progress, flags, now)
    return OrderLink(
        link=link.id,
        name=link.name,
        received=progress["received"],
        given=progress["given"],
        missing=max(0, due_now - progress["given"]),
        state=state,
        late_min=late_min,
        next_quantity=target["cumulative"] - progress["given"] if target else 0,
        next_by="" if unmet_at is None else when_text(unmet_at, now, services.config.site.zone),
    )


def _batches(services: Services, number: str, line: Line) -> list[BatchRow]:
    by_batch: dict[str, dict[str, Row]] = {}
    for row in reading.positions(services.ledger, number):
        by_batch.setdefault(row["batch"], {})[row["link"]] = row
    return [
        BatchRow(
            row["batch"],
            row["quantity"],
            *_where(line, by_batch.get(row["batch"], {})),
            part_of=row["part_of"] or "",
        )
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
