"""Delay and responsibility: what each link of an order added itself, what it got from before, and who answers for it.

Lateness is counted in the line's working time, the union of its links' shifts: so it adds up, and nights do not inflate
it. All figures are whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shopfloor.calendar import Calendar
from shopfloor.chain import links_forward
from shopfloor.instants import Duration, Instant
from shopfloor.site import Line
from shopfloor.wall_time import days_away


@dataclass(frozen=True, slots=True)
class Part:
    """One link's part of an order."""

    late_ms: int | None
    """Its actual finish less its planned one, below zero when early; None while it has not given all."""
    overdue_ms: int = 0
    """Of an unfinished part: how long its planned finish has passed; 0 before that."""
    buffer_ms: int = 0
    """Lateness that its next link does not feel."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How a link's lateness came about: late = inherited + own."""

    link: str
    late_ms: int
    """Of an unfinished part what is certain by now: no less than what it has inherited."""
    inherited_ms: int
    own_ms: int
    """What it added itself; below zero it recovered."""
    controlled_by: str | None
    """The previous link that it inherited most from; None when it inherited nothing."""
    absorbed_ms: int
    """What the buffer after its controlling previous link took off; 0 without one."""
    finished: bool


def lateness_ms(line_time: Calendar, planned_at: Instant, at: Instant) -> int:
    """How much later than planned something is, in the line's working time; below zero when earlier."""
    return line_time.working_ms(planned_at, at)


def buffer_ms(line_time: Calendar, buffer: Duration, planned_at: Instant) -> int:
    """A link's buffer in the line's working time; calendar days run from its planned finish."""
    if buffer.calendar_days:
        return line_time.working_ms(planned_at, days_away(planned_at, buffer.calendar_days, line_time.zone))
    return buffer.working_ms


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
            excess = before.late_ms - parts[previous.id].buffer_ms if before else 0
            # Of two that are felt alike the first by name: the order of the configuration decides nothing.
            if excess > felt or (
                excess == felt and controlled_by is not None and previous.id < controlled_by
            ):
                felt, controlled_by = excess, previous.id
        late = max(part.overdue_ms, felt) if part.late_ms is None else part.late_ms
        absorbed = found[controlled_by].late_ms - felt if controlled_by is not None else 0
        finished = part.late_ms is not None
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
    running_ms: int
    """The line's working time from the silence to the finish of the late link, or to now."""


def shared(own_ms: int, late: str, silences: Sequence[Silence], share: Fraction) -> dict[str, int]:
    """Who answers for a link's own delay: of what it grew since a silence the silent links take their share.

    Together they take `share` of it, each as much as the others. What was recovered is nobody else's. The sum is
    always `own_ms`.
    """
    answers = {late: own_ms}
    if own_ms <= 0:
        return answers
    longest: dict[str, int] = {}
    for silence in silences:
        if silence.silent != late:
            running_ms = min(own_ms, max(0, silence.running_ms))
            longest[silence.silent] = max(longest.get(silence.silent, 0), running_ms)
    began = sorted(longest.items(), key=lambda each: (-each[1], each[0]))
    for number, (_, running_ms) in enumerate(began, 1):
        until = began[number][1] if number < len(began) else 0
        piece = int((running_ms - until) * share)
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
        for link, ms in shared(delay.own_ms, delay.link, silences.get(delay.link, ()), share).items():
            total[link] = total.get(link, 0) + ms
    return total
