"""What reports have to say, reckoned from the events and `site.toml` alone, by the words of DESIGN.md.

Nothing of the program is used: neither its read models nor its calendars. It knows one line whose orders were never
planned anew, as the demo's are; anything else is a fault.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"min": MINUTE_MS, "h": 60 * MINUTE_MS}


def instant(text: str) -> int:
    """Milliseconds of an ISO 8601 text."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class Time:
    """Working time: disjoint intervals in order."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self.spans and start <= self.spans[-1][1]:
                self.spans[-1] = self.spans[-1][0], max(end, self.spans[-1][1])
            else:
                self.spans.append((start, end))

    def between(self, start: int, end: int) -> int:
        """Signed, in milliseconds."""
        if end < start:
            return -self.between(end, start)
        return sum(max(0, min(end, b) - max(start, a)) for a, b in self.spans if b > start and a < end)


class Oracle:
    """One line of a site folder; minutes, handoffs and flags of its links over production dates."""

    def __init__(self, folder: Path) -> None:
        with (folder / "site.toml").open("rb") as opened:
            self.site = tomllib.load(opened)
        self.zone = ZoneInfo(self.site["site"]["timezone"])
        (self.line,) = self.site["line"]
        self.links = {link["id"]: link for link in self.line["link"]}
        followed = {before for link in self.links.values() for before in link.get("after", ())}
        (self.last,) = set(self.links) - followed
        with sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True) as ledger:
            ledger.row_factory = sqlite3.Row
            rows = ledger.execute("SELECT * FROM events ORDER BY sequence").fetchall()
        events = [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]
        assert not any(event["kind"] in ("order_replanned", "split") for event in events)
        void = {event["detail"]["voids"] for event in events if event["kind"] == "voided"}
        self.events = [event for event in events if event["event_id"] not in void]
        days = [datetime.fromisoformat(event["occurred_at"]).date() for event in events]
        self._set_calendars(min(days) - timedelta(days=4), max(days) + timedelta(days=10))
        self._read_orders()
        self._read_scans()
        self._judge_parts()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind that nobody took back."""
        return [event for event in self.events if event["kind"] == kind]

    def _set_calendars(self, first_on: date, last_on: date) -> None:
        self.hours: dict[str, list[tuple[int, int, str]]] = {link: [] for link in self.links}
        spans: dict[str, list[tuple[int, int]]] = {link: [] for link in self.links}
        shifts = {shift["id"]: shift for shift in self.site["shift"]}
        on = first_on
        while on <= last_on:
            for link, keys in self.links.items():
                for shift in (shifts[name] for name in keys["shifts"]):
                    if WEEKDAYS[on.weekday()] in shift["days"] and on.isoformat() not in self.site[
                        "site"
                    ].get("holidays", ()):
                        worked = self._worked(shift, on)
                        spans[link] += worked
                        self.hours[link] += self._hours(shift, on, worked)
            on += timedelta(days=1)
        self.time = {link: Time(spans[link]) for link in self.links}
        self.line_time = Time(span for link in self.links for span in spans[link])
        for each in self.hours.values():
            each.sort()

    def _wall(self, on: date, text: str, after: int = 0) -> int:
        """The instant of a time of day, the next day if it is not after another."""
        at = datetime.combine(on, time.fromisoformat(text), self.zone)
        found = round(at.astimezone(UTC).timestamp() * 1000)
        if found <= after:
            at = datetime.combine(on + timedelta(days=1), time.fromisoformat(text), self.zone)
            found = round(at.astimezone(UTC).timestamp() * 1000)
        return found

    def _worked(self, shift: dict[str, Any], on: date) -> list[tuple[int, int]]:
        start = self._wall(on, shift["start"])
        at, spans = start, []
        for text in shift.get("breaks", ()):
            begin, _, end = text.partition("-")
            pause = self._wall(on, begin, start), self._wall(on, end, start)
            spans.append((at, pause[0]))
            at = pause[1]
        return [*spans, (at, self._wall(on, shift["end"], start))]

    def _hours(
        self, shift: dict[str, Any], on: date, worked: list[tuple[int, int]]
    ) -> Iterable[tuple[int, int, str]]:
        time_of_shift = Time(worked)
        at, end = worked[0][0], worked[-1][1]
        while at < end:
            until = min(at + 60 * MINUTE_MS, end)
            if time_of_shift.between(at, until):
                yield at, until, f"{on}/{shift['id']}"
            at = until

    def _read_orders(self) -> None:
        self.wanted: dict[str, int] = {}
        self.product: dict[str, str] = {}
        self.batches: dict[str, dict[str, int]] = {}
        self.targets: dict[tuple[str, str], list[tuple[int, str, int, int]]] = {}
        """Of each order and link: an hour's end, its shift, what is to be given in it, and by its end in all."""
        for event in self.of("order_released"):
            order, detail = event["order"], event["detail"]
            self.wanted[order], self.product[order] = event["quantity"], detail["product"]
            self.batches[order] = dict(detail["batches"])
            for link, hours in detail["targets"].items():
                self.targets[order, link] = [
                    (end, shift, give, cumulative)
                    for _, end, shift, _, give, cumulative, _ in hours
                    if give > 0
                ]

    def _read_scans(self) -> None:
        self.gives: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
        """Of each order and link: when, how many, which batch; less what the next link rejected or found missing."""
        lacking: dict[tuple[str, str], int] = defaultdict(int)
        given = {
            (code, self._link(event)): units
            for event in self.of("given")
            for code, units in self._codes(event)
        }
        for event in self.of("received"):
            for giver in event["detail"]["parties"]:
                for code, units in self._codes(event):
                    short = given.get((code, giver), units) - units
                    lacking[code, giver] = max(lacking[code, giver], short)
        for event in self.of("scrapped"):
            self.wanted[event["order"]] -= event["quantity"]
            if event["detail"]["charged"] != self._link(event):
                lacking[event["batch"], event["detail"]["charged"]] += event["quantity"]
        for event in self.of("given"):
            for code, units in self._codes(event):
                link = self._link(event)
                at = instant(event["occurred_at"])
                self.gives[event["order"], link].append((at, units - lacking[code, link], code))
        for order, link in self.gives:
            numbers = {code: place for place, code in enumerate(self.batches[order])}
            self.gives[order, link].sort(key=lambda give, n=numbers: (give[0], n[give[2]]))

    def _codes(self, event: dict[str, Any]) -> list[tuple[str, int]]:
        if event["batch"] is None:
            return [(code, units) for code, units in event["detail"]["batches"]]
        return [(event["batch"], event["quantity"])]

    @staticmethod
    def _link(event: dict[str, Any]) -> str:
        return str(event["link"]).partition("/")[2]

    def _judge_parts(self) -> None:
        """Of each order what each link that has given all added: late = inherited + own."""
        self.flags = self._read_flags()
        self.late: dict[tuple[str, str], int] = {}
        self.planned_on: dict[tuple[str, str], str] = {}
        self.own: dict[tuple[str, str], int] = {}
        self.inherited: dict[tuple[str, str], int] = {}
        self.taken: dict[tuple[str, str], dict[str, int]] = {}
        finished: dict[tuple[str, str], int] = {}
        for part, targets in self.targets.items():
            at = self._finish(*part)
            if at is not None:
                end, shift, _, _ = targets[-1]
                finished[part], self.planned_on[part] = at, shift.partition("/")[0]
                self.late[part] = int(self.line_time.between(end, at) / MINUTE_MS)
        for order, link in self.late:
            felt = [
                self.late[order, before] - self._buffer_min(before)
                for before in self.links[link].get("after", ())
                if (order, before) in self.late
            ]
            self.inherited[order, link] = max([0, *felt])
            self.own[order, link] = self.late[order, link] - self.inherited[order, link]
            self.taken[order, link] = self._shared(order, link, finished[order, link])

    def _finish(self, order: str, link: str) -> int | None:
        """When the gives made up all that was wanted; an order that has shipped owes nothing any more."""
        total = 0
        for at, units, _ in self.gives[order, link]:
            total += units
            if total >= self.wanted[order]:
                return at
        shipped = sum(units for _, units, _ in self.gives[order, self.last]) >= self.wanted[order]
        return self.gives[order, link][-1][0] if shipped and self.gives[order, link] else None

    def _buffer_min(self, link: str) -> int:
        text = self.links[link].get("buffer", "0min")
        number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
        return int(number) * UNITS[text[len(number) :]] // MINUTE_MS

    def _shared(self, order: str, link: str, at: int) -> dict[str, int]:
        """Silence: half of what grew since goes to the silent link; in the demo each part has one next link."""
        silent = [
            flag for flag in self.flags if flag["order"] == order and flag["link"] == link and flag["silent"]
        ]
        if not silent or self.own[order, link] <= 0:
            return {}
        (raised_by,) = {flag["raised_by"] for flag in silent}
        grew = max(int(self.line_time.between(flag["raised_at"], at) / MINUTE_MS) for flag in silent)
        part = int(min(self.own[order, link], max(0, grew)) * Fraction(silent[0]["share"]))
        return {raised_by: part} if part else {}

    def _read_flags(self) -> list[dict[str, Any]]:
        """Flags that count: not withdrawn, not overturned, not closed as mistaken."""
        flags: dict[int, dict[str, Any]] = {}
        for event in (each for each in self.events if each["kind"].startswith("flag_")):
            detail, at = event["detail"], instant(event["occurred_at"])
            flag = flags.setdefault(
                detail["flag"],
                {
                    "order": event["order"],
                    "link": self._link(event),
                    "raised_at": at,
                    "raised_by": detail.get("raised_by"),
                    "silent": detail.get("silent", False),
                    "share": detail.get("share"),
                    "answered": [],
                    "asked": [],
                    "promised_at": None,
                    "closed_at": None,
                    "counts": True,
                },
            )
            match event["kind"]:
                case "flag_answered":
                    flag["answered"].append(at)
                    flag["promised_at"] = detail["promised_at"] or flag["promised_at"]
                case "flag_escalated" if detail["name"] == "unanswered":
                    flag["asked"].append(at)
                case "flag_resolved":
                    flag["closed_at"], flag["counts"] = at, True
                case "flag_withdrawn" | "flag_mistaken":
                    flag["closed_at"], flag["counts"] = at, False
                case "flag_ruled" if detail["ruling"] == "overturned":
                    flag["closed_at"], flag["counts"] = flag["closed_at"] or at, False
                case "flag_reopened":
                    flag["closed_at"], flag["counts"] = None, True
        return [flag for flag in flags.values() if flag["counts"]]

    def responsibility(self, link: str, first_on: date, last_on: date) -> dict[str, int]:
        """Everything that the ledger of responsibility tells of a link; both days are in it."""
        days = (first_on.isoformat(), last_on.isoformat())
        due = [late for on, late in self._handoffs(link) if days[0] <= on <= days[1]]
        parts = [p for p in self.late if days[0] <= self.planned_on[p] <= days[1]]
        mine = [part for part in parts if part[1] == link]
        flags = [flag for flag in self.flags if self._within(flag["raised_at"], first_on, last_on)]
        against = [flag for flag in flags if flag["link"] == link]
        own = sum(max(0, self.own[part]) for part in mine)
        shared = sum(sum(self.taken[part].values()) for part in mine)
        silence = sum(self.taken[part].get(link, 0) for part in parts)
        return {
            "handoffs_due": len(due),
            "on_time": due.count(False),
            "late": due.count(True),
            "own_minutes": own,
            "inherited_minutes": sum(self.inherited[part] for part in mine),
            "recovered_minutes": sum(max(0, -self.own[part]) for part in mine),
            "shared_minutes": shared,
            "silence_minutes": silence,
            "answers_for_minutes": own - shared + silence,
            "flags": len(against),
            "answered": sum(1 for flag in against if flag["answered"]),
            "answered_in_time": sum(1 for flag in against if self._in_time(flag)),
            "promises": sum(1 for flag in against if flag["promised_at"]),
            "promises_kept": sum(
                1
                for flag in against
                if flag["promised_at"] and flag["closed_at"] and flag["closed_at"] <= flag["promised_at"]
            ),
            "silences": sum(1 for flag in flags if flag["silent"] and flag["raised_by"] == link),
            "points": 0,  # the demo's site counts none
        }

    def _handoffs(self, link: str) -> Iterable[tuple[str, bool]]:
        """Each give of a link that has given all: the day of the first target that it and those before fill; late?"""
        for order, each in self.late:
            if each != link:
                continue
            targets, given, place = self.targets[order, link], 0, 0
            for at, units, _ in self.gives[order, link]:
                given += units
                while place < len(targets) - 1 and targets[place][3] < given:
                    place += 1
                end, shift, _, _ = targets[place]
                yield shift.partition("/")[0], at > end and self.time[link].between(end, at) > 0

    @staticmethod
    def _in_time(flag: dict[str, Any]) -> bool:
        """Answered before anybody had to be told that nobody had."""
        return bool(flag["answered"]) and not any(at <= flag["answered"][0] for at in flag["asked"])

    def _within(self, at: int, first_on: date, last_on: date) -> bool:
        return first_on <= datetime.fromtimestamp(at / 1000, self.zone).date() <= last_on

    def shift_hours(self, link: str, shift: str) -> list[tuple[str, int, int]]:
        """Each hour of a shift: its start by the wall, the target, and what was given in it."""
        hours = self.hours[link]
        starts = [start for start, _, _ in hours]
        given: dict[int, int] = defaultdict(int)
        target: dict[int, int] = defaultdict(int)
        for (_, each), gives in self.gives.items():
            for at, units, _ in gives if each == link else ():
                given[starts[bisect_right(starts, at) - 1]] += units
        for (_, each), targets in self.targets.items():
            for end, _, give, _ in targets if each == link else ():
                target[end] += give
        return [
            (self._wall_text(start), target[end], given[start]) for start, end, name in hours if name == shift
        ]

    def _wall_text(self, at: int) -> str:
        return datetime.fromtimestamp(at / 1000, self.zone).isoformat(timespec="seconds")
