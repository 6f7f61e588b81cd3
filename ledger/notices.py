"""What is to be told to people who are not looking, and how far each channel has told it.

A channel tells its notices in order. How far it is moves only after somebody has them: whoever is killed in between
tells the last ones again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.said import said_of
from ledger.store import Ledger, Row, Transaction
from shopfloor.channels import Channel, pause_ms
from shopfloor.instants import Instant

AT_ONCE = 500
"""Notices in one message, at most."""


def keep_channels(ledger: Ledger, channels: Iterable[Channel], now: Instant) -> None:
    """Only these channels from now on; a new one begins with what happens then."""
    ids = {channel.id for channel in channels}
    known = {row["channel"] for row in ledger.rows("SELECT channel FROM channels")}
    if ids == known:
        return
    with ledger.write(now, tell=False) as tx:
        tx.run_many("DELETE FROM channels WHERE channel = ?", [(gone,) for gone in known - ids])
        tx.run_many(
            "INSERT INTO channels (channel, told) VALUES (?, (SELECT IFNULL(MAX(sequence), 0) FROM notices))",
            [(new,) for new in sorted(ids - known)],
        )


def state(ledger: Ledger, channel: str) -> Row | None:
    """How a channel fares; None of one that nobody keeps."""
    return ledger.row("SELECT * FROM channels WHERE channel = ?", (channel,))


def waiting(ledger: Ledger, channel: Channel) -> list[Row]:
    """What a channel has to tell next, in order, with the flags as they are now."""
    return ledger.rows(
        'SELECT n.*, f.raised_by, f."order", f.quantity, f.batch, f.state, f.raised_at, f.closed_at,'  # noqa: S608  # marks alone
        " e.detail, x.at, x.moot FROM notices n JOIN flags f USING (flag) JOIN events e USING (sequence)"
        " JOIN escalations x ON x.flag = n.flag AND x.clock = n.clock AND x.step = n.step"
        "   AND x.from_at = json_extract(e.detail, '$.from_at')"
        f" WHERE n.sequence > (SELECT told FROM channels WHERE channel = ?) AND {_for(channel)}"
        f" ORDER BY n.sequence LIMIT {AT_ONCE}",
        (channel.id, *channel.roles, *channel.lines),
    )


def count_waiting(ledger: Ledger, channel: Channel) -> int:
    """How many notices a channel has not told yet."""
    row = ledger.row(
        "SELECT COUNT(*) FROM notices n WHERE n.sequence > (SELECT told FROM channels WHERE channel = ?)"  # noqa: S608  # marks alone
        f" AND {_for(channel)}",
        (channel.id, *channel.roles, *channel.lines),
    )
    return int(row[0]) if row else 0


def pass_over(ledger: Ledger, channel: Channel, now: Instant) -> None:
    """Nothing of what there is is for this channel: it need not be looked through again."""
    ahead = "told < (SELECT MAX(sequence) FROM notices)"
    if ledger.row(f"SELECT 1 FROM channels WHERE channel = ? AND {ahead}", (channel.id,)) is None:  # noqa: S608  # our own words
        return
    with ledger.write(now, tell=False) as tx:
        tx.run(
            "UPDATE channels SET told = (SELECT MAX(sequence) FROM notices) WHERE channel = ?"  # noqa: S608  # marks alone
            f" AND {ahead} AND NOT EXISTS"
            f" (SELECT 1 FROM notices n WHERE n.sequence > channels.told AND {_for(channel)})",
            (channel.id, *channel.roles, *channel.lines),
        )


def note_told(ledger: Ledger, channel: Channel, told: Sequence[int], now: Instant) -> None:
    """Somebody has these notices; with the channel all is well."""
    with ledger.write(now, tell=False) as tx:
        tx.run(
            "UPDATE channels SET told = MAX(told, ?), messages = messages + 1, last_sent_at = ?, is_on = 1,"
            " tries = 0, failing_since_at = NULL, next_try_at = NULL, fault = NULL, fault_said = NULL"
            " WHERE channel = ?",
            (max(told), now, channel.id),
        )
        tx.run_many(
            "UPDATE notices SET sent_at = ? WHERE sequence = ? AND sent_at IS NULL",
            [(now, sequence) for sequence in told],
        )


def note_switched(ledger: Ledger, channel: Channel, *, on: bool, now: Instant) -> None:
    """What is on as long as something is open was switched."""
    with ledger.write(now, tell=False) as tx:
        tx.run(
            "UPDATE channels SET is_on = ?, messages = messages + 1, last_sent_at = ?, tries = 0,"
            " failing_since_at = NULL, next_try_at = NULL, fault = NULL, fault_said = NULL WHERE channel = ?",
            (int(on), now, channel.id),
        )


def note_failed(
    ledger: Ledger, channel: Channel, why: str, now: Instant, *, next_try_at: Instant | None = None
) -> None:
    """It could not be told: it is tried again after a pause that grows."""
    with ledger.write(now, tell=False) as tx:
        row = tx.row("SELECT tries FROM channels WHERE channel = ?", (channel.id,))
        tries = (row["tries"] if row else 0) + 1
        tx.run(
            "UPDATE channels SET tries = ?, failing_since_at = IFNULL(failing_since_at, ?), next_try_at = ?,"
            " fault = ?, fault_said = ? WHERE channel = ?",
            (tries, now, next_try_at or now + pause_ms(tries), why, said_of(why), channel.id),
        )


def anything_told_is_open(ledger: Ledger, channel: Channel) -> bool:
    """Whether a flag is open of which this channel has told."""
    row = ledger.row(
        "SELECT 1 FROM flags f JOIN notices n USING (flag) WHERE f.closed_at IS NULL"  # noqa: S608  # marks alone
        f" AND n.sequence <= (SELECT told FROM channels WHERE channel = ?) AND {_for(channel)} LIMIT 1",
        (channel.id, *channel.roles, *channel.lines),
    )
    return row is not None


def anything_raised_is_open(ledger: Ledger, channel: Channel) -> bool:
    """Whether a flag is open on the channel's lines."""
    row = ledger.row(
        f"SELECT 1 FROM flags n WHERE n.closed_at IS NULL AND {_of_lines(channel)} LIMIT 1",  # noqa: S608  # marks alone
        channel.lines,
    )
    return row is not None


def ask_for_test(tx: Transaction, channel: str, person: str) -> None:
    """Somebody wants to see whether a channel works; whoever delivers does it."""
    tx.run(
        "UPDATE channels SET test_asked_at = ?, test_by = ?, test_done_at = NULL, test_fault = NULL,"
        " test_fault_said = NULL WHERE channel = ?",
        (tx.now, person, channel),
    )


def note_tested(ledger: Ledger, channel: Channel, asked_at: Instant, why_not: str, now: Instant) -> None:
    """How the test that was asked for ended; `why_not` is empty when it went out."""
    with ledger.write(now, tell=False) as tx:
        tx.run(
            "UPDATE channels SET test_done_at = ?, test_fault = ?, test_fault_said = ?"
            " WHERE channel = ? AND test_asked_at = ?",
            (now, why_not or None, said_of(why_not), channel.id, asked_at),
        )


def _for(channel: Channel) -> str:
    return f"n.role IN ({','.join('?' * len(channel.roles))}) AND {_of_lines(channel)}"


def _of_lines(channel: Channel) -> str:
    return f"n.line IN ({','.join('?' * len(channel.lines))})" if channel.lines else "1"
