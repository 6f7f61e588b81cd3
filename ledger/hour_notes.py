"""What people say about an hour of a link, and who signed its shift: events, the last word about an hour stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import Instant
from shopfloor.sentences import sentence

Side = Literal["over", "taken"]
"""Who hands a shift over, and who takes it over."""
SIDES: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True, slots=True)
class HourNote:
    """Why an hour came short, what clears it now, what makes it never come back, whose it is, by when."""

    reason: str | None
    action: str
    prevention: str
    owner: str
    due_at: Instant | None

    @property
    def says_nothing(self) -> bool:
        return not (self.reason or self.action or self.prevention or self.owner or self.due_at)


def note_hour(
    ledger: Ledger,
    line: str,
    link: str,
    start_at: Instant,
    note: HourNote,
    by: By,
    *,
    seen: int,
    now: Instant,
) -> None:
    """Say something about an hour. RuleRefused when somebody has said something else meanwhile.

    `seen` is how often it had been noted when this was written.
    """
    with ledger.write(now) as tx:
        detail = {
            "start_at": start_at,
            "action": note.action,
            "prevention": note.prevention,
            "owner": note.owner,
            "due_at": note.due_at,
        }
        if by.said_before(tx, "hour_noted", detail) is not None:
            return
        row = tx.row(
            "SELECT notes FROM hour_notes WHERE line = ? AND link = ? AND start_at = ?",
            (line, link, start_at),
        )
        if (row["notes"] if row else 0) != seen:
            raise RuleRefused(sentence("somebody has noted this hour meanwhile; read that, then write again"))
        if row is None and note.says_nothing:
            raise RuleRefused(sentence("the note is empty; choose a reason or write what is done"))
        tx.append(
            by.said(
                "hour_noted",
                detail,
                unnamed=f"hour/{tx.sequence + 1}",
                link=f"{line}/{link}",
                reason=note.reason,
            )
        )


def sign_shift(
    ledger: Ledger, line: str, link: str, shift: str, by: By, *, side: Side, remark: str, now: Instant
) -> None:
    """Sign a link's shift, as the lead who hands over or the one who takes over; signing again changes the remark.

    The signature holds which flags of the link were open then. RuleRefused for one person on both sides.
    """
    with ledger.write(now) as tx:
        others = {
            row["person"]
            for row in tx.rows(
                "SELECT person FROM shift_signs WHERE line = ? AND link = ? AND shift = ? AND side = ?",
                (line, link, shift, "taken" if side == "over" else "over"),
            )
        }
        said = {"shift": shift, "remark": remark, "side": side}
        if by.said_before(tx, "shift_signed", said) is None:
            if by.person in others:
                raise RuleRefused(sentence("somebody else has to sign the other side of a handover"))
            detail = {**said, "flags": _open_flags(tx, line, link)}
            tx.append(
                by.said("shift_signed", detail, unnamed=f"hour/{tx.sequence + 1}", link=f"{line}/{link}")
            )


def notes(ledger: Ledger, line: str, link: str, from_at: Instant, to_at: Instant) -> dict[Instant, Row]:
    """The notes of a link's hours that start in [from, to), by their start."""
    rows = ledger.rows(
        "SELECT * FROM hour_notes WHERE line = ? AND link = ? AND start_at >= ? AND start_at < ?",
        (line, link, from_at, to_at),
    )
    return {row["start_at"]: row for row in rows}


def signs(ledger: Ledger, line: str, link: str, shift: str) -> list[Row]:
    """Who signed a shift, the first first."""
    return ledger.rows(
        "SELECT * FROM shift_signs WHERE line = ? AND link = ? AND shift = ? ORDER BY signed_at, person",
        (line, link, shift),
    )


def _open_flags(tx: Transaction, line: str, link: str) -> list[int]:
    rows = tx.rows(
        "SELECT flag FROM flags WHERE line = ?1 AND closed_at IS NULL AND (link = ?2 OR raised_by = ?2) ORDER BY flag",
        (line, link),
    )
    return [row["flag"] for row in rows]
