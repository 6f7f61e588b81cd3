"""Flags as the API tells them."""

from __future__ import annotations

from typing import Any

from kiosk.services import Services
from kiosk.views.flag_cards import next_role, passed_on
from ledger import reading
from ledger.consequences import of_flag
from ledger.store import Row
from shopfloor.instants import Instant, local_text


def flags_json(services: Services) -> dict[str, Any]:
    """All open flags, the oldest first."""
    return {"flags": [flag_row_json(services, row) for row in reading.open_flags(services.ledger)]}


def flag_json(services: Services, number: int) -> dict[str, Any] | None:
    """One flag, open or closed; None when there is no such flag."""
    row = reading.flag(services.ledger, number)
    return None if row is None else flag_row_json(services, row)


def flag_row_json(services: Services, row: Row) -> dict[str, Any]:
    """One flag from its row."""
    return {
        "flag": row["flag"],
        "kind": row["kind"],
        "state": row["state"],
        "line": row["line"],
        "against": row["link"],
        "raised_by": row["raised_by"],
        "station": row["station"] or None,
        "silent": bool(row["silent"]),
        "order": row["order"],
        "batch": row["batch"],
        "hour": {"start": _at(services, row["start_at"]), "end": _at(services, row["end_at"])},
        "quantity": row["quantity"],
        "raised_at": _at(services, row["raised_at"]),
        "reason": row["reason"],
        "promised_at": _at(services, row["promised_at"]),
        "comment": row["comment"],
        "answered_at": _at(services, row["answered_at"]),
        "answers": row["answers"],
        "chain": row["chain"],
        "passed_to": passed_to(row),
        "clock": _clock_json(services, row),
        "disputed_at": _at(services, row["disputed_at"]),
        "dispute": row["dispute"],
        "ruling": row["ruling"],
        "ruled_at": _at(services, row["ruled_at"]),
        "consequence": _consequence_json(services, row),
        "note": row["note"],
        "closed_at": _at(services, row["closed_at"]),
    }


def passed_to(row: Row) -> list[int]:
    """The flags against previous links to which a flag was passed on."""
    return sorted(passed_on(row))


def _clock_json(services: Services, row: Row) -> dict[str, Any] | None:
    if row["clock"] is None:
        return None
    return {
        "name": row["clock"],
        "since": _at(services, row["clock_from_at"]),
        "told": row["told"],
        "next_role": next_role(services, row),
        "next_at": _at(services, row["clock_due_at"]),
    }


def _consequence_json(services: Services, flag: Row) -> dict[str, Any] | None:
    row = of_flag(services.ledger, flag["flag"]) if flag["consequence"] is not None else None
    if row is None:
        return None
    return {
        "consequence": row["consequence"],
        "name": row["name"],
        "kind": row["kind"],
        "amount": row["amount"],
        "state": row["state"],
        "due": _at(services, row["due_at"]),
    }


def _at(services: Services, at: Instant | None) -> str | None:
    return None if at is None else local_text(at, services.config.site.zone)
