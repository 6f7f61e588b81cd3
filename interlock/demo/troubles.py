"""What goes wrong in the plant: which link stands, when, how long, and what people say about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from interlock.demo.luck import Luck
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from shopfloor.site import Line, Site

PER_DAY = 8
LONGEST_MS = 4 * HOUR_MS
_KINDS = (
    # share of the stations, minutes at least, minutes at most, how often
    (0.0, 60, 150, 30),  # one station alone
    (0.5, 40, 100, 40),
    (1.0, 30, 60, 30),
    (0.8, 150, 240, 5),  # now and then a long one, that makes orders late
)
_SAID = {
    "gears": (
        ("tool", "Hob broke, a new one is being set"),
        ("machine", "Chip conveyor stands, fitter is here"),
        ("setup", "Changeover to the next module took longer"),
    ),
    "hardening": (
        ("machine", "Furnace fell below temperature"),
        ("quality", "Charge hardened again"),
        ("people", "Nobody at the furnace after the shift change"),
    ),
    "housing": (
        ("tool", "Milling head worn, being changed"),
        ("machine", "Spindle alarm"),
        ("setup", "Fixture had to be aligned again"),
    ),
    "assembly": (
        ("people", "Two colleagues are ill, help is on its way"),
        ("quality", "Bearing seats are being reworked"),
        ("drawing", "Drawing of the flange was missing"),
    ),
    "testrun": (
        ("machine", "Test rig leaks oil"),
        ("quality", "Noise above the limit, second run"),
    ),
    "shipping": (("people", "Only one of us is packing"), ("other", "No pallets left, lorry brings some")),
}
_SAID_ELSEWHERE = (("machine", "Machine stopped"), ("people", "People missing"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Some stations of a link stand in [start, end)."""

    link: str
    stations: int
    """The first so many of the link's stations."""
    start_at: Instant
    end_at: Instant
    reason: str
    comment: str


class Troubles:
    """The troubles of every day, the same whenever they are asked for."""

    def __init__(self, site: Site, line: Line, luck: Luck) -> None:
        self._stations = {
            link.id: len(site.stations_of(line.id, link.id)) for link in line.links if link.kind == "work"
        }
        self._luck = luck
        self._days: dict[int, tuple[Trouble, ...]] = {}
        self._more: list[Trouble] = []

    def add(self, link: str, start_at: Instant, end_at: Instant) -> None:
        """One trouble more, at all stations of a link but one."""
        stations = max(1, self._stations[link] - 1)
        self._more.append(Trouble(link, stations, start_at, end_at, *self._said(link, start_at)))

    def at_link(self, link: str, from_at: Instant, to_at: Instant) -> list[Trouble]:
        """The link's troubles that touch [from, to), by their start."""
        touching = [
            trouble
            for trouble in (*self._around(from_at, to_at), *self._more)
            if trouble.link == link and trouble.start_at < to_at and trouble.end_at > from_at
        ]
        return sorted(touching, key=lambda trouble: trouble.start_at)

    def at_station(self, link: str, station: int, from_at: Instant, to_at: Instant) -> list[Trouble]:
        """The troubles that make one station stand."""
        return [trouble for trouble in self.at_link(link, from_at, to_at) if station < trouble.stations]

    def _around(self, from_at: Instant, to_at: Instant) -> Iterator[Trouble]:
        for day in range((from_at - LONGEST_MS) // DAY_MS, to_at // DAY_MS + 1):
            if day not in self._days:
                self._days[day] = tuple(self._on(day))
            yield from self._days[day]

    def _on(self, day: int) -> Iterator[Trouble]:
        """Those that begin on a day, counted in UTC since 1970."""
        for number in range(PER_DAY):
            dice = self._luck.of("trouble", day, number)
            if dice.random() < 0.15:  # noqa: PLR2004  # some days have fewer
                continue
            link = dice.choice(sorted(self._stations))
            share, least, most, _ = dice.choices(_KINDS, [kind[3] for kind in _KINDS])[0]
            start_at = day * DAY_MS + dice.randrange(DAY_MS)
            minutes = dice.randint(least, most)
            stations = max(1, round(share * self._stations[link]))
            yield Trouble(
                link, stations, start_at, start_at + minutes * MINUTE_MS, *self._said(link, start_at)
            )

    def _said(self, link: str, start_at: Instant) -> tuple[str, str]:
        return self._luck.of("said", link, start_at).choice(_SAID.get(link, _SAID_ELSEWHERE))
