"""The two clocks of a flag: when each next step of a ladder is due, in the flagged link's working time.

A timer is only an instant. Whoever keeps it asks what is due by now; nothing has to run meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.calendar import Calendar
from shopfloor.flag_rules import ClockName, FlagRules, LadderRole
from shopfloor.instants import Duration, Instant


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs: since when, and how many steps of its ladder it has taken."""

    name: ClockName
    from_at: Instant
    steps: int = 0

    def after_step(self) -> Clock:
        """The same clock, one step up."""
        return Clock(self.name, self.from_at, self.steps + 1)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step of a ladder: its number from 1 on, who is told, and when."""

    step: int
    role: LadderRole
    due_at: Instant


def clock_of(state: str, *, since_at: Instant, promised_at: Instant | None) -> Clock | None:
    """The clock that runs for a flag in a state since an instant.

    An unanswered flag's runs from then on. A promise's runs from the promised time, or from `since_at` when that is
    later. An answer without a promised time runs none; a dispute is an answer, too, and a closed flag has no clock.
    """
    if state == "raised":
        return Clock("unanswered", since_at)
    if state == "answered" and promised_at is not None:
        return Clock("promise", max(promised_at, since_at))
    return None


def next_step(rules: FlagRules, clock: Clock, calendar: Calendar) -> NextStep | None:
    """The step that a clock takes next; None at the end of its ladder.

    Time stands still in breaks, nights and holidays of the calendar, which has to reach from the clock's beginning
    to the step: where it ends, the instant of its end comes out, and is to be asked for again then.
    """
    ladder = rules.ladder(clock.name)
    if clock.steps >= len(ladder):
        return None
    step = ladder[clock.steps]
    due_at = calendar.forward(clock.from_at, Duration(working_ms=step.after_ms))
    return NextStep(clock.steps + 1, step.role, due_at)


def silence_at(rules: FlagRules, latest_at: Instant, calendar: Calendar) -> Instant:
    """When a next link that has not flagged is silent; `calendar` is its own: who is not at work sees nothing."""
    return calendar.forward(latest_at, Duration(working_ms=rules.silence_ms))


def working_day_after(calendar: Calendar, at: Instant) -> Instant:
    """The end of the first working day that begins after an instant: until then a consequence can be disputed."""
    begun = [shift.on for shift in calendar.shifts if shift.start_at <= at]
    today = max(begun) if begun else None
    later = [shift for shift in calendar.shifts if shift.start_at > at and shift.on != today]
    return max((shift.end_at for shift in later if shift.on == later[0].on), default=calendar.ends_at)
