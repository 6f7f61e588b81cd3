"""Which reports each channel has sent by itself: up to when those that became due are done."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.store import Ledger
from shopfloor.channels import Channel
from shopfloor.instants import Instant
from shopfloor.report_times import ReportDue, ReportName
from shopfloor.site import Site


def reports_of(channel: Channel, site: Site) -> list[tuple[ReportName, str]]:
    """Names and lines of what a channel sends: a shift's report is of one line, a week's of all that it is for."""
    lines = channel.lines or tuple(site.lines)
    found: list[tuple[ReportName, str]] = []
    if "shift" in channel.reports:
        found += [("shift", line) for line in lines]
    if "responsibility" in channel.reports:
        found += [("responsibility", line) for line in channel.lines or ("",)]
    return found


def keep_reports(ledger: Ledger, channels: Iterable[Channel], site: Site, now: Instant) -> None:
    """Only these from now on; a new one begins with what becomes due then."""
    wanted = {(channel.id, *each) for channel in channels for each in reports_of(channel, site)}
    known = {tuple(row) for row in ledger.rows("SELECT channel, report, line FROM reports_sent")}
    if wanted == known:
        return
    with ledger.write(now, tell=False) as tx:
        tx.run_many(
            "DELETE FROM reports_sent WHERE channel = ? AND report = ? AND line = ?", sorted(known - wanted)
        )
        tx.run_many(
            "INSERT INTO reports_sent (channel, report, line, until_at) VALUES (?, ?, ?, ?)",
            [(*each, now) for each in sorted(wanted - known)],
        )


def sent_until(ledger: Ledger, channel: str) -> dict[tuple[ReportName, str], Instant]:
    """By report and line: up to when what became due was sent."""
    rows = ledger.rows("SELECT report, line, until_at FROM reports_sent WHERE channel = ?", (channel,))
    return {(row["report"], row["line"]): row["until_at"] for row in rows}


def note_reported(ledger: Ledger, channel: Channel, report: ReportDue, now: Instant) -> None:
    """Somebody has it; with the channel all is well."""
    with ledger.write(now, tell=False) as tx:
        tx.run(
            "UPDATE reports_sent SET until_at = ? WHERE channel = ? AND report = ? AND line = ?",
            (report.due_at, channel.id, report.name, report.line),
        )
        tx.run(
            "UPDATE channels SET messages = messages + 1, reported_at = ?, tries = 0, failing_since_at = NULL,"
            " next_try_at = NULL, fault = NULL, fault_said = NULL WHERE channel = ?",
            (now, channel.id),
        )
