"""The shift leads: at the end of an hour they flag what is missing, and answer or dispute what they are flagged for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random

from interlock.demo.actions import Action, Answered, Disputed, Flagged, FlagKey, Ruled
from interlock.demo.agenda import Agenda
from interlock.demo.luck import Luck
from interlock.demo.pace import Pace
from interlock.demo.troubles import Troubles
from shopfloor.calendar_book import CalendarBook
from shopfloor.flags import PREVIOUS
from shopfloor.instants import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from shopfloor.site import Line, Link, Site

SEEN = 0.85
"""This share of what is missing is flagged at the end of its hour; the rest is looked at again an hour later."""
ANSWERED_SOON = 0.8
ANSWERED_LATER = 0.6
"""Of those that are not answered soon."""
DISPUTED = 0.15
"""This share of flags is said to be wrong instead of being answered."""
OVERTURNED = 0.5
"""Of those the supervisor agrees to."""
SUPERVISOR = "Sven Berg"
PROMISE_STEP_MS = 5 * MINUTE_MS
TROUBLE_FELT_MS = 3 * HOUR_MS
_OF_ITSELF = (
    ("setup", "Set-up took longer than planned"),
    ("people", "Short of one colleague this hour"),
    ("other", "Label was torn, printed again"),
)
_OF_A_DELIVERY = (
    ("material", "Lorry is late, driver has called"),
    ("material", "Delivery stands at goods in, papers are being checked"),
    ("quality", "Incoming inspection takes a second sample"),
)

_DISPUTES = (
    "Stood on the trolley at the end of the hour, nobody scanned it",
    "The quantity was agreed otherwise this morning",
    "You asked for the other order first",
)


class Leads:
    """One lead for each link. What has been given and what a link waits for is asked of the floor."""

    def __init__(
        self,
        site: Site,
        line: Line,
        *,
        agenda: Agenda,
        calendars: CalendarBook,
        pace: Pace,
        troubles: Troubles,
        luck: Luck,
        orders: Callable[[], Iterable[str]],
        given: Callable[[str, str], int],
        waits_for_previous: Callable[[str, str], bool],
        per_hour: Callable[[str], float],
    ) -> None:
        self._site, self._line = site, line
        self._agenda, self._calendars = agenda, calendars
        self._pace, self._troubles, self._luck = pace, troubles, luck
        self._orders, self._given, self._waits_for_previous = orders, given, waits_for_previous
        self._per_hour = per_hour
        self._open: dict[FlagKey, int] = {}
        """Open flags, each with the cumulative quantity that closes it."""
        self._flagged: set[FlagKey] = set()
        """Open or not."""
        self._disputed: set[FlagKey] = set()
        self._round: dict[FlagKey, int] = {}
        """How often each flag was raised or answered by a visitor: what was planned before counts no more."""
        for link in line.links:
            if line.next_links(link.id):
                self._note_hour_end(link, agenda.now)

    def opened(self, key: FlagKey, cumulative: int, *, by_visitor: bool, answered: bool = False) -> None:
        """A flag is open that was not raised here."""
        self._open[key] = cumulative
        self._flagged.add(key)
        self.spoken_for(key)
        if answered:
            return
        if by_visitor:
            dice = self._luck.of("visitor", key, self._agenda.now)
            self._note_answer(key, self._agenda.now + dice.randint(15, 45) * SECOND_MS)
        else:
            self._note_first_answer(key, self._agenda.now)

    def spoken_for(self, key: FlagKey) -> None:
        """A visitor acts on a flag: answers that were planned for it are dropped."""
        self._round[key] = self._round.get(key, 0) + 1

    def closed(self, key: FlagKey) -> None:
        """A flag was withdrawn or resolved, or could not be raised."""
        self._open.pop(key, None)

    def was_flagged(self, link: str, order: str) -> bool:
        """Whether a link was flagged for an order since everybody began."""
        return any((key.against, key.order) == (link, order) for key in self._flagged)

    def gave(self, link: str, order: str) -> None:
        """More of an order was given by a link: flags it was flagged with may be settled."""
        given = self._given(order, link)
        for key in [
            key for key, cumulative in self._open.items() if (key.against, key.order) == (link, order)
        ]:
            if self._open[key] <= given:
                del self._open[key]

    def _note_hour_end(self, link: Link, after_at: Instant) -> None:
        calendar = self._calendars.of_link(self._line, link.id, after_at)
        end_at = calendar.ends[calendar.last_hour_ending_by(after_at) + 1]
        self._agenda.note(end_at, partial(self._hour_ends, link))

    def _hour_ends(self, link: Link, now: Instant) -> Iterator[Action]:
        self._note_hour_end(link, now)
        for order in self._orders():
            if self._missing(link.id, order, now) <= 0:
                continue
            for taker in self._line.next_links(link.id):
                key = FlagKey(link.id, order, taker.id)
                dice = self._luck.of("flag", key, now)
                if key not in self._open and dice.random() < SEEN:
                    look_at = now + dice.randint(120, 600) * SECOND_MS
                    self._agenda.note(look_at, partial(self._look, key))
        yield from ()

    def _missing(self, link: str, order: str, at: Instant) -> int:
        return self._pace.owed_by(link, order, at) - self._given(order, link)

    def _look(self, key: FlagKey, now: Instant) -> Iterator[Action]:
        if key in self._open or self._missing(key.against, key.order, now) <= 0:
            return
        self._open[key] = self._pace.owed_by(key.against, key.order, now)
        self._flagged.add(key)
        self._note_first_answer(key, now)
        station = self._luck.of("who", key, now).choice(self._site.stations_of(self._line.id, key.raised_by))
        yield Flagged(now, station.id, key)

    def _note_first_answer(self, key: FlagKey, now: Instant) -> None:
        dice = self._luck.of("answer", key, now)
        if dice.random() < ANSWERED_SOON:
            self._note_answer(key, now + dice.randint(120, 540) * SECOND_MS)
        elif dice.random() < ANSWERED_LATER:
            self._note_answer(key, now + dice.randint(20, 50) * MINUTE_MS)

    def _note_answer(self, key: FlagKey, at: Instant) -> None:
        self._agenda.note(at, partial(self._answer, key, self._open[key], self._round.get(key, 0)))

    def _answer(self, key: FlagKey, cumulative: int, planned_in: int, now: Instant) -> Iterator[Action]:
        """The reason that there is, and a time that will mostly do; a broken promise is mostly replaced."""
        if self._open.get(key) != cumulative or self._round.get(key, 0) != planned_in:
            return
        station = self._luck.of("desk", key, now).choice(self._site.stations_of(self._line.id, key.against))
        if self._is_wrong(key, now):
            yield Disputed(now, station.id, key, self._luck.of("wrong", key, now).choice(_DISPUTES))
            return
        dice = self._luck.of("said", key, now)
        reason, comment = self._why(key, now, dice)
        promised_at = self._promise(key, cumulative, now, dice)
        yield Answered(now, station.id, key, reason, promised_at, comment)
        if reason == PREVIOUS:
            self._passed_back(key, now)
        if dice.random() < ANSWERED_LATER:
            self._note_answer(key, promised_at + dice.randint(3, 8) * MINUTE_MS)

    def _is_wrong(self, key: FlagKey, now: Instant) -> bool:
        """Whether the lead disputes it; a visitor's flag is answered. Then a supervisor rules soon."""
        if self._round.get(key, 0) or key in self._disputed:
            return False
        self._disputed.add(key)
        dice = self._luck.of("dispute", key, now)
        if dice.random() >= DISPUTED:
            return False
        self._agenda.note(now + dice.randint(8, 35) * MINUTE_MS, partial(self._rule, key, self._open[key]))
        return True

    def _rule(self, key: FlagKey, cumulative: int, now: Instant) -> Iterator[Action]:
        if self._open.get(key) != cumulative or self._round.get(key, 0):
            return
        if self._luck.of("ruling", key, now).random() < OVERTURNED:
            self._open.pop(key)
            yield Ruled(now, SUPERVISOR, key, "overturned", "Seen on the trolley")
        else:
            self._note_answer(key, now + 4 * MINUTE_MS)
            yield Ruled(now, SUPERVISOR, key, "upheld", "It was not at the place of handover")

    def _why(self, key: FlagKey, now: Instant, dice: Random) -> tuple[str, str]:
        if self._line.link(key.against).kind == "milestone":
            return dice.choice(_OF_A_DELIVERY)
        if self._waits_for_previous(key.against, key.order) and self._owing(key, now):
            names = " and ".join(link.name for link in self._line.previous_links(key.against))
            return PREVIOUS, f"{names} gave it to us late"
        felt = self._troubles.at_link(key.against, now - TROUBLE_FELT_MS, now)
        return (felt[-1].reason, felt[-1].comment) if felt else dice.choice(_OF_ITSELF)

    def _owing(self, key: FlagKey, now: Instant) -> list[FlagKey]:
        """The flags of a flagged link against those before it that owe it something, open ones among them."""
        own = (FlagKey(link.id, key.order, key.against) for link in self._line.previous_links(key.against))
        return [each for each in own if each in self._open or self._missing(each.against, key.order, now) > 0]

    def _passed_back(self, key: FlagKey, now: Instant) -> None:
        """With its answer the link has flagged the links before it: they answer, too."""
        for own in self._owing(key, now):
            if own not in self._open:
                self._open[own] = self._pace.owed_by(own.against, own.order, now)
                self._note_first_answer(own, now)

    def _promise(self, key: FlagKey, cumulative: int, now: Instant, dice: Random) -> Instant:
        from_at = max(
            [now, *(trouble.end_at for trouble in self._troubles.at_link(key.against, now, now + 1))]
        )
        if self._line.link(key.against).kind == "milestone":
            from_at += dice.randint(30, 100) * MINUTE_MS
        else:
            missing = max(0, cumulative - self._given(key.order, key.against))
            from_at += int(missing * HOUR_MS / self._per_hour(key.against)) + dice.randint(12, 30) * MINUTE_MS
        if self._waits_for_previous(key.against, key.order):
            from_at += dice.randint(30, 60) * MINUTE_MS
        return -(-from_at // PROMISE_STEP_MS) * PROMISE_STEP_MS
