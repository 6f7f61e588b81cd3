"""Ways out to people who are not looking: whom each channel tells, when it rests, and when it is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from pathlib import Path

from shopfloor.flag_rules import LADDER_ROLES, LadderRole
from shopfloor.instants import MINUTE_MS, SECOND_MS, Instant, moment_of
from shopfloor.report_times import ReportName
from shopfloor.sentences import sentence
from shopfloor.wall_time import wall_instant

FIRST_PAUSE_MS = 10 * SECOND_MS
LONGEST_PAUSE_MS = 5 * MINUTE_MS
DOWN_MS = 15 * MINUTE_MS
"""A channel that fails for so long is down: somebody has to look after it."""
COLLAPSE_MS = 5 * MINUTE_MS

EXTRA_MISSING = sentence(
    "messages need apprise, which is not installed: pip install %(extra)s", extra="'interlock[notify]'"
)
ADDRESS_UNKNOWN = sentence(
    "apprise does not know such an address; write for example mailto://... or json://..."
)
NOT_TAKEN = sentence("apprise could not send it")

Quiet = tuple[time, time]
"""From a wall time to another; an end at or before the start is on the next day."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An MQTT topic: a stack light, a siren, another program."""

    topic: str
    payload: str | None = None
    """None: the message as JSON."""
    payload_clear: str | None = None
    """Published when nothing of what was told is open any more."""
    retain: bool = False
    raised: bool = False
    """It is on as long as a flag is open, whoever was told; else from when somebody had to be told."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out: an address in a file, or a topic."""

    id: str
    roles: tuple[LadderRole, ...] = LADDER_ROLES
    lines: tuple[str, ...] = ()
    """Empty: of every line."""
    quiet: tuple[Quiet, ...] = ()
    """What is to be told then waits until the end."""
    collapse_ms: int = COLLAPSE_MS
    """What comes within this time of the last message waits, and becomes one message."""
    address_file: Path | None = None
    """Holds what apprise is to be given. It may be a secret, so nobody keeps its content."""
    topic: Topic | None = None
    reports: tuple[ReportName, ...] = ()
    """Sent by themselves, as files that hang on a message."""


def quiet_until(spans: Sequence[Quiet], now: Instant, zone: tzinfo) -> Instant | None:
    """When the quiet hours that hold now end; None outside of them."""
    until: Instant | None = None
    at = now
    for _ in range(len(spans) + 1):  # one span may begin where another ends
        ends = [end for span in spans for begin, end in _around(span, at, zone) if begin <= at < end]
        if not ends:
            break
        until = at = max(ends)
    return until


def _around(span: Quiet, at: Instant, zone: tzinfo) -> list[tuple[Instant, Instant]]:
    """The span of yesterday and of today."""
    today = moment_of(at, zone).date()
    return [_on(span, today - timedelta(days=days), zone) for days in (1, 0)]


def _on(span: Quiet, on: date, zone: tzinfo) -> tuple[Instant, Instant]:
    start, end = span
    last = on + timedelta(days=1) if end <= start else on
    return wall_instant(on, start, zone), wall_instant(last, end, zone)


def pause_ms(tries: int) -> int:
    """After so many failures in a row, at least one: each pause is twice the one before, up to five minutes."""
    return int(min(FIRST_PAUSE_MS << min(tries - 1, 10), LONGEST_PAUSE_MS))


def is_down(failing_since_at: Instant | None, now: Instant) -> bool:
    """Whether a channel has failed for so long that it is an alarm."""
    return failing_since_at is not None and now - failing_since_at >= DOWN_MS
