"""Delay and responsibility: what each link of an order added itself, what it got from before, and who answers for it.

Lateness is counted in the line's working time, the union of its links' shifts: so it adds up, and nights do not inflate
it. All figures are whole minutes, so that what a screen shows adds up, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shopfloor.calendar import Calendar
from shopfloor.chain import links_forward
from shopfloor.instants import MINUTE_MS, Duration, Instant
from shopfloor.site import Line
from shopfloor.wall_time import days_away


@dataclass(frozen=True, slots=True)
class Part:
    """One link's part of an order."""

    late_min: int | None
    """Its actual finish less its planned one, below zero when early; None while it has not given all."""
    overdue_min: int = 0
    """Of an unfinished part: how long its planned finish has passed; 0 before that."""
    buffer_min: int = 0
    """Lateness that its next link does not feel."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How a link's lateness came about: late = inherited + own."""

    link: str
    late_min: int
    """Of an unfinished part what is certain by now: no less than what it has inherited."""
    inherited_min: int
    own_min: int
    """What it added itself; below zero it recovered."""
    controlled_by: str | None
    """The previous link that it inherited most from; None when it inherited nothing."""
    absorbed_min: int
    """What the buffer after its controlling previous link took off; 0 without one."""
    finished: bool


def lateness_min(line_time: Calendar, planned_at: Instant, at: Instant) -> int:
    """How much later than planned something is, in the line's working time; below zero when earlier.

    Less than a minute is none, either way.
    """
    return int(line_time.working_ms(planned_at, at) / MINUTE_MS)


def buffer_min(line_time: Calendar, buffer: Duration, planned_at: Instant) -> int:
    """A link's buffer in the line's working time; calendar days run from its planned finish."""
    if buffer.calendar_days:
        until_at = days_away(planned_at, buffer.calendar_days, line_time.zone)
        return line_time.working_ms(planned_at, until_at) // MINUTE_MS
    return buffer.working_ms // MINUTE_MS


def delays(line: Line, parts: Mapping[str, Part]) -> dict[str, Delay]:
    """The delay of each part, previous links before next ones; links that the order does not pass are left out."""
    found: dict[str, Delay] = {}
    for link_id in links_forward(line):
        part = parts.get(link_id)
        if part is None:
            continue
        felt, controlled_by = 0, None
        for previous in line.previous_links(link_id):
            before = found.get(previous.id)
            excess = before.late_min - parts[previous.id].buffer_min if before else 0
            # Of two that are felt alike the first by name: the order of the configuration decides nothing.
            if excess > felt or (
                excess == felt and controlled_by is not None and previous.id < controlled_by
            ):
                felt, controlled_by = excess, previous.id
        late = max(part.overdue_min, felt) if part.late_min is None else part.late_min
        absorbed = found[controlled_by].late_min - felt if controlled_by is not None else 0
        finished = part.late_min is not None
        found[link_id] = Delay(link_id, late, felt, late - felt, controlled_by, absorbed, finished)
    return found


def controlling_path(found: Mapping[str, Delay], last: str) -> tuple[str, ...]:
    """The links that decide how late a link is, from the one where it began to that link.

    Along it own delays less absorbed buffers are exactly the last one's lateness.
    """
    path: list[str] = []
    at: str | None = last
    while at is not None and at in found:
        path.append(at)
        at = found[at].controlled_by
    return tuple(reversed(path))


@dataclass(frozen=True, slots=True)
class Silence:
    """A next link that was owed something and did not say so."""

    silent: str
    running_min: int
    """The line's working time from the silence to the finish of the late link, or to now."""


def shared(own_min: int, late: str, silences: Sequence[Silence], share: Fraction) -> dict[str, int]:
    """Who answers for a link's own delay: of what it grew since a silence the silent links take their share.

    Together they take `share` of it, each as much as the others. What was recovered is nobody else's. The sum is
    always `own_min`.
    """
    answers = {late: own_min}
    if own_min <= 0:
        return answers
    longest: dict[str, int] = {}
    for silence in silences:
        if silence.silent != late:
            running_min = min(own_min, max(0, silence.running_min))
            longest[silence.silent] = max(longest.get(silence.silent, 0), running_min)
    began = sorted(longest.items(), key=lambda each: (-each[1], each[0]))
    for number, (_, running_min) in enumerate(began, 1):
        until = began[number][1] if number < len(began) else 0
        piece = int((running_min - until) * share)
        for place, (silent, _) in enumerate(began[:number]):
            part = piece // number + (1 if place < piece % number else 0)
            answers[silent] = answers.get(silent, 0) + part
            answers[late] -= part
    return answers


def charged(
    found: Iterable[Delay], silences: Mapping[str, Sequence[Silence]], share: Fraction
) -> dict[str, int]:
    """Own delays by who answers for them, silences counted; `silences` by the late link. The sum stays."""
    total: dict[str, int] = {}
    for delay in found:
        for link, part in shared(delay.own_min, delay.link, silences.get(delay.link, ()), share).items():
            total[link] = total.get(link, 0) + part
    return total
