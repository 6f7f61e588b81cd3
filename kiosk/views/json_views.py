"""The API's answers: the same numbers as the screens, instants in the site's time with offset."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from kiosk.contexts import BoardRow
from kiosk.services import Services
from kiosk.views.board import LineFacts, board_row, line_facts
from kiosk.views.json_flags import flag_row_json
from kiosk.views.json_plans import (
    agreement_json,
    agreements_json,
    confirmations_json,
    draft_head_json,
    planned_json,
    versions_json,
)
from kiosk.views.why_late import why_late, why_late_json
from ledger import drafts, reading
from ledger.store import Row
from shopfloor.agreement import Confirmation
from shopfloor.instants import Instant, local_text
from shopfloor.roles import Role

SHOWN_ORDERS = 500
_NOT_RELEASED: dict[str, Any] = {
    "plan_version": None,
    "versions": [],
    "links": [],
    "batches": [],
    "flags": [],
    "delays": None,
}


def board_json(services: Services, line_id: str) -> dict[str, Any]:
    """A line's board; KeyError for an unknown line."""
    line = services.config.site.lines[line_id]
    now = services.clock()
    with services.ledger.snapshot():
        facts = line_facts(services, line, now)
        return {
            "site": services.config.site.id,
            "line": line.id,
            "now": _at(services, now),
            "sequence": reading.last_sequence(services.ledger),
            "shift": facts.shift.id if facts.shift else None,
            "orders_open": reading.open_orders(services.ledger, line.id),
            "orders_at_risk": reading.orders_at_risk(services.ledger, line.id, now),
            "refused": reading.refused_ever(services.ledger),
            "links": [_link_json(services, facts, board_row(services, facts, link)) for link in line.links],
            "flags": [flag_row_json(services, row) for row in facts.flags],
        }


def _link_json(services: Services, facts: LineFacts, row: BoardRow) -> dict[str, Any]:
    hours = sorted((count for (link, _), count in facts.counts.items() if link == row.link), key=_start)
    return {
        "link": row.link,
        "name": row.name,
        "state": row.state,
        "late_minutes": row.late_min,
        "behind": row.behind,
        "shift_target": row.shift_target,
        "shift_given": row.shift_given,
        "hours": [
            {
                "start": _at(services, count["start_at"]),
                "end": _at(services, count["end_at"]),
                "shift": count["shift"],
                "target": count["target"],
                "given": count["given"],
            }
            for count in hours
        ],
        "flags": [flag.flag for flag in row.flags],
    }


def orders_json(services: Services, numbers: Collection[str] | None = None) -> dict[str, Any]:
    """Open orders by due, then the last shipped ones, then drafts by due; the first of each, or those of a number."""
    ledger = services.ledger
    with ledger.snapshot():
        found = drafts.drafts(ledger)
        if numbers is None:
            rows, found = reading.orders(ledger, SHOWN_ORDERS), found[:SHOWN_ORDERS]
        else:
            rows = [row for number in numbers if (row := reading.order(ledger, number)) is not None]
            found = [draft for draft in found if draft.order.order in numbers]
        agreed = agreements_json(services, found, services.clock())
        changes = {draft.order.order: agreeing for draft, agreeing in agreed if draft.version > 1}
        given = drafts.confirmations_in_force(ledger, [row["order"] for row in rows])
        released = [
            _head_json(services, row, changes.get(row["order"]), given.get(row["order"], {})) for row in rows
        ]
        new = [draft_head_json(services, draft, each) for draft, each in agreed if draft.version == 1]
        return {"orders": released + new}


def order_json(services: Services, number: str) -> dict[str, Any] | None:
    """One order with its links, batches and flags; None when there is no such order."""
    ledger = services.ledger
    with ledger.snapshot():
        row = reading.order(ledger, number)
        draft = drafts.draft(ledger, number)
        agreeing, planned = None, []
        if draft is not None:
            plan = services.desk.look(draft, services.clock()).plan
            agreeing, planned = agreement_json(services, draft, plan), planned_json(services, plan)
        if row is None:
            if draft is None or agreeing is None:
                return None
            head = draft_head_json(services, draft, agreeing)
            return {**head, **_NOT_RELEASED, "planned": planned}
        links = {link["link"]: link for link in reading.order_links(ledger, number)}
        targets = reading.targets(ledger, number)
        line = services.config.site.line_or_ghost(row["line"])
        why = why_late(services, number, line, services.clock())
        return {
            **_head_json(
                services, row, agreeing, drafts.confirmations(ledger, row["order"], row["plan_version"])
            ),
            "plan_version": row["plan_version"],
            "versions": versions_json(services, number),
            "planned": planned,
            "links": [
                _progress_json(services, link.id, links[link.id], targets)
                for link in line.links
                if link.id in links
            ],
            "batches": _batches_json(services, number),
            "flags": [flag_row_json(services, flag) for flag in reading.order_flags(ledger, number)],
            "delays": None if why is None else why_late_json(why),
        }


def events_json(services: Services, after: int, limit: int) -> dict[str, Any]:
    """Events after a sequence, and the sequence to ask for next."""
    rows = reading.events_after(services.ledger, after, limit)
    events = [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]
    return {"events": events, "last": rows[-1]["sequence"] if rows else after}


def _head_json(
    services: Services, row: Row, agreeing: dict[str, Any] | None, given: Mapping[Role, Confirmation]
) -> dict[str, Any]:
    return {
        "order": row["order"],
        "line": row["line"],
        "product": row["product"],
        "quantity": row["quantity"],
        "due": _at(services, row["due_at"]),
        "customer": row["customer"],
        "priority": row["priority"],
        "state": row["state"],
        "shipped_at": _maybe(services, row["shipped_at"]),
        "feasible": None,
        "earliest_ship": None,
        "confirmations": confirmations_json(services, given.values()),
        "waits_for": [],
        "agreeing": agreeing,
    }


def _progress_json(services: Services, link: str, progress: Row, targets: list[Row]) -> dict[str, Any]:
    return {
        "link": link,
        "received": progress["received"],
        "given": progress["given"],
        "unmet_since": _maybe(services, progress["unmet_end_at"]),
        "latest": _maybe(services, progress["unmet_latest_at"]),
        "hours": [
            {
                "start": _at(services, hour["start_at"]),
                "end": _at(services, hour["end_at"]),
                "shift": hour["shift"],
                "make": hour["make"],
                "give": hour["give"],
                "cumulative": hour["cumulative"],
                "latest": _at(services, hour["latest_at"]),
            }
            for hour in targets
            if hour["link"] == link
        ],
    }


def _batches_json(services: Services, number: str) -> list[dict[str, Any]]:
    at: dict[str, list[dict[str, Any]]] = {}
    for row in reading.positions(services.ledger, number):
        at.setdefault(row["batch"], []).append(
            {
                "link": row["link"],
                "received_at": _maybe(services, row["received_at"]),
                "given_at": _maybe(services, row["given_at"]),
            }
        )
    return [
        {
            "batch": row["batch"],
            "quantity": row["quantity"],
            "positions": at.get(row["batch"], []),
            "part_of": row["part_of"],
        }
        for row in reading.batches(services.ledger, number)
    ]


def _at(services: Services, at: Instant) -> str:
    return local_text(at, services.config.site.zone)


def _maybe(services: Services, at: Instant | None) -> str | None:
    return None if at is None else _at(services, at)


def _start(row: Row) -> Instant:
    return int(row["start_at"])
