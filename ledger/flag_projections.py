"""Read models of flags: how each kind of event about them changes flags, chains, escalations and consequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.delay_projections import judge_silence_again
from ledger.said import said_of, text_in

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.store import Transaction
    from shopfloor.instants import Instant

_STATE_AGAIN = "CASE WHEN answers > 0 THEN 'answered' ELSE 'raised' END"


def _flag_raised(tx: Transaction, event: Event) -> None:
    line, link = event.place
    detail = event.detail
    tx.run(
        'INSERT INTO flags (flag, line, link, raised_by, station, "order", start_at, end_at, quantity, cumulative,'
        " state, raised_at, kind, batch, silent, share) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'raised', ?, ?, ?, ?, ?)",
        (
            detail["flag"],
            line,
            link,
            detail["raised_by"],
            event.station or "",
            event.order,
            detail["start_at"],
            detail["end_at"],
            event.quantity,
            detail["cumulative"],
            event.occurred_at,
            detail.get("kind", "hour"),
            event.batch,
            int(detail.get("silent", False)),
            detail.get("share"),
        ),
    )
    if "chain" in detail:
        _join(tx, detail["chain"], detail["flag"])
    _set_clock(tx, event)


def _flag_answered(tx: Transaction, event: Event) -> None:
    """A promise can be replaced, never taken back."""
    detail = event.detail
    tx.run(
        "UPDATE flags SET state = 'answered', reason = ?, comment = ?, promised_at = IFNULL(?, promised_at),"
        " answered_at = ?, answers = answers + 1 WHERE flag = ?",
        (event.reason, detail["comment"], detail["promised_at"], event.occurred_at, detail["flag"]),
    )
    for child in detail.get("passed_to", ()):
        _join(tx, detail["flag"], child)
    _set_clock(tx, event)
    _mark_moot(tx, detail["flag"], event.occurred_at)


def _flag_resolved(tx: Transaction, event: Event) -> None:
    _close(tx, event.detail["flag"], "resolved", event.occurred_at)
    _mark_moot(tx, event.detail["flag"], event.occurred_at)
    judge_silence_again(tx, event.detail["flag"])


def _flag_withdrawn(tx: Transaction, event: Event) -> None:
    _close(tx, event.detail["flag"], "withdrawn", event.occurred_at)
    _mark_moot(tx, event.detail["flag"], event.occurred_at)


def _flag_mistaken(tx: Transaction, event: Event) -> None:
    """It should not have been raised: a dispute was right, and whoever was told need not have been."""
    flag = event.detail["flag"]
    _close(tx, flag, "resolved", event.occurred_at, text_in(event.detail, "note"))
    tx.run("UPDATE flags SET state = 'overturned' WHERE flag = ? AND disputed_at IS NOT NULL", (flag,))
    tx.run("UPDATE escalations SET moot = 1 WHERE flag = ?", (flag,))
    _drop_consequence(tx, flag)
    judge_silence_again(tx, flag)


def _flag_reopened(tx: Transaction, event: Event) -> None:
    tx.run(
        f"UPDATE flags SET state = {_STATE_AGAIN}, closed_at = NULL, note = ?, note_said = ? WHERE flag = ?",  # noqa: S608  # our own words
        (event.detail["note"], said_of(text_in(event.detail, "note")), event.detail["flag"]),
    )
    _set_clock(tx, event)
    judge_silence_again(tx, event.detail["flag"])


def _flag_disputed(tx: Transaction, event: Event) -> None:
    detail = event.detail
    tx.run(
        "UPDATE flags SET state = 'disputed', disputed_at = ?, dispute = ? WHERE flag = ?",
        (event.occurred_at, detail["comment"], detail["flag"]),
    )
    _set_clock(tx, event)
    _mark_moot(tx, detail["flag"], event.occurred_at)


def _flag_ruled(tx: Transaction, event: Event) -> None:
    detail = event.detail
    flag, ruling = detail["flag"], detail["ruling"]
    tx.run(
        "UPDATE flags SET ruling = ?, ruled_at = ?, ruling_comment = ? WHERE flag = ?",
        (ruling, event.occurred_at, detail["comment"], flag),
    )
    if ruling == "overturned":
        tx.run(
            "UPDATE flags SET state = 'overturned', closed_at = IFNULL(closed_at, ?) WHERE flag = ?",
            (event.occurred_at, flag),
        )
        _drop_consequence(tx, flag)
    else:
        tx.run(f"UPDATE flags SET state = {_STATE_AGAIN} WHERE flag = ? AND state = 'disputed'", (flag,))  # noqa: S608  # our own words
    _set_clock(tx, event)
    judge_silence_again(tx, flag)


def _flag_escalated(tx: Transaction, event: Event) -> None:
    detail = event.detail
    tx.run(
        "INSERT INTO escalations (flag, clock, from_at, step, role, at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            detail["flag"],
            detail["name"],
            detail["from_at"],
            detail["step"],
            detail["role"],
            event.occurred_at,
        ),
    )
    _set_clock(tx, event)


def _set_clock(tx: Transaction, event: Event) -> None:
    """What runs from this event on; an event that says nothing of it leaves the clock as it is."""
    if "clock" not in event.detail:
        return
    clock: dict[str, Any] = event.detail["clock"] or {}
    tx.run(
        "UPDATE flags SET clock = ?, clock_from_at = ?, clock_steps = ?, clock_due_at = ? WHERE flag = ?",
        (
            clock.get("name"),
            clock.get("from_at"),
            clock.get("steps", 0),
            clock.get("due_at"),
            event.detail["flag"],
        ),
    )


def _mark_moot(tx: Transaction, flag: int, at: Instant) -> None:
    """What happened before a step was taken, and is known only now, makes that step needless."""
    tx.run("UPDATE escalations SET moot = 1 WHERE flag = ? AND at > ?", (flag, at))


def _close(tx: Transaction, flag: int, state: str, at: Instant, note: str | None = None) -> None:
    tx.run(
        "UPDATE flags SET state = ?, closed_at = ?, note = ?, note_said = ?, clock = NULL, clock_from_at = NULL,"
        " clock_steps = 0, clock_due_at = NULL WHERE flag = ?",
        (state, at, note, None if note is None else said_of(note), flag),
    )


def _join(tx: Transaction, parent: int, child: int) -> None:
    tx.run("INSERT OR IGNORE INTO flag_chains (parent, child) VALUES (?, ?)", (parent, child))


def _consequence_chosen(tx: Transaction, event: Event) -> None:
    line, link = event.place
    detail = event.detail
    tx.run(
        "INSERT INTO consequences (flag, line, link, consequence, name, kind, amount, state, chosen_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'chosen', ?, ?)",
        (
            detail["flag"],
            line,
            link,
            detail["consequence"],
            detail["name"],
            detail["kind"],
            detail["amount"],
            event.occurred_at,
            detail["due_at"],
        ),
    )


def _consequence_disputed(tx: Transaction, event: Event) -> None:
    tx.run(
        "UPDATE consequences SET state = 'disputed', due_at = NULL, disputed_at = ?, dispute = ? WHERE flag = ?",
        (event.occurred_at, event.detail["comment"], event.detail["flag"]),
    )


def _consequence_ruled(tx: Transaction, event: Event) -> None:
    detail = event.detail
    state = "in_effect" if detail["ruling"] == "upheld" else "overturned"
    tx.run(
        "UPDATE consequences SET state = ?, ruled_at = ?, ruling_comment = ? WHERE flag = ?",
        (state, event.occurred_at, detail["comment"], detail["flag"]),
    )


def _consequence_in_effect(tx: Transaction, event: Event) -> None:
    tx.run(
        "UPDATE consequences SET state = 'in_effect', due_at = NULL WHERE flag = ?", (event.detail["flag"],)
    )


def _drop_consequence(tx: Transaction, flag: int) -> None:
    """What was chosen for a flag that should not have been raised falls with it."""
    tx.run("UPDATE consequences SET state = 'overturned', due_at = NULL WHERE flag = ?", (flag,))


PROJECTIONS = {
    "flag_raised": _flag_raised,
    "flag_answered": _flag_answered,
    "flag_resolved": _flag_resolved,
    "flag_mistaken": _flag_mistaken,
    "flag_reopened": _flag_reopened,
    "flag_withdrawn": _flag_withdrawn,
    "flag_disputed": _flag_disputed,
    "flag_ruled": _flag_ruled,
    "flag_escalated": _flag_escalated,
    "flag_clock_set": _set_clock,
    "consequence_chosen": _consequence_chosen,
    "consequence_disputed": _consequence_disputed,
    "consequence_ruled": _consequence_ruled,
    "consequence_in_effect": _consequence_in_effect,
}
