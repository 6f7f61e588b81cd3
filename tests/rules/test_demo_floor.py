"""The simulated people: what they do is seeded, in order, and what a real floor would accept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.demo.actions import (
    Action,
    Answered,
    Disputed,
    Flagged,
    FlagKey,
    Ruled,
    Scanned,
    Scrapped,
    Undone,
)
from interlock.demo.breaks import with_other_breaks
from interlock.demo.floor import Floor
from interlock.demo.luck import Luck
from interlock.demo.measures import take_on
from interlock.demo.order_desk import OrderDesk
from interlock.demo.troubles import Troubles
from ledger import countermeasures, reading
from ledger.corrections import Scrap, scrap, undo
from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.flag_disputes import dispute_flag, rule_flag
from ledger.flags import Tap, answer_flag, raise_flag
from ledger.recorder import Recorder
from ledger.store import Ledger
from ledger.whereabouts import last_seqs, open_orders, whereabouts
from shopfloor.calendar_book import CalendarBook
from shopfloor.instants import DAY_MS, HOUR_MS, MINUTE_MS, Instant, instant_from_text
from shopfloor.scans import Scan
from shopfloor.site import Site
from station_config import load, write_template

BEGIN: Instant = instant_from_text("2026-11-16T10:00:00+01:00")
STEP_MS = 30 * MINUTE_MS
DAYS = 6
WARM_UP_DAYS = 2


def gearbox_plant(folder: Path) -> Site:
    write_template("gearbox", folder)
    return load(folder).site


class Life:
    """A plant with its people and a real ledger, without anything between them."""

    def __init__(self, folder: Path, seed: str = "test") -> None:
        self.site = gearbox_plant(folder)
        self.line = self.site.lines["gearbox"]
        self.ledger = Ledger(folder / "ledger.db", create=True)
        self.recorder = Recorder(self.ledger, self.site)
        self.luck = Luck(seed)
        self.numbers: dict[FlagKey, int] = {}
        self.counted: dict[tuple[str, str], str] = {}
        self.wrong: list[tuple[Scanned, str]] = []
        self.scanned: list[Scanned] = []
        self.not_flagged = 0
        self.done: Counter[str] = Counter()
        self.begin(BEGIN)

    def begin(self, at: Instant) -> None:
        """New people, who know only what the ledger knows."""
        self.now = at
        self.floor = Floor(self.site, self.line, self.luck, at)
        self.desk = OrderDesk(self.ledger, self.site, self.line, self.luck, lambda: self.now)
        self.seqs = Counter(last_seqs(self.ledger))
        for order in open_orders(self.ledger, "gearbox"):
            self.floor.take_in(order)
        self.floor.resume()

    def live(self, until: Instant) -> None:
        while self.now < until:
            for order in self.desk.work(self.now):
                self.floor.take_in(order)
            self.now = min(self.now + STEP_MS, until)
            for action in self.floor.advance(self.now):
                self.done[type(action).__name__] += 1
                if isinstance(action, Scanned):
                    self.scanned.append(action)
                else:
                    self.record()
                    self.tell(action)
            self.record()

    def record(self) -> None:
        """All that was scanned so far, in one commit; what came of it is compared with what was meant."""
        scans = [self.scan(action) for action in self.scanned]
        answers = self.recorder.record(scans, self.now)
        for scan, action, answer in zip(scans, self.scanned, answers, strict=True):
            assert answer is not None
            happened: str = answer.result
            if happened == "recorded":
                row = self.ledger.row("SELECT kind FROM events WHERE event_id = ?", (scan.scan_id,))
                happened = row["kind"] if row else "nothing"
            if happened != action.meant:
                self.wrong.append((action, answer.text))
        self.scanned.clear()

    def scan(self, action: Scanned) -> Scan:
        self.seqs[action.device] += 1
        seq = self.seqs[action.device]
        scan_id = f"demo-{action.device}-{seq}"
        if action.quantity is not None:
            self.counted[action.device, action.code] = scan_id
        return Scan(
            action.device,
            action.code,
            self.now,
            scan_id=scan_id,
            device_at=action.at,
            seq=seq,
            quantity=action.quantity,
        )

    def tell(self, action: Flagged | Answered | Disputed | Ruled | Undone | Scrapped) -> None:
        if isinstance(action, Ruled):
            by = By(action.person, "test", action.at)
            flag, ruling = self.numbers[action.key], action.ruling
            rule_flag(self.ledger, self.site, by, flag=flag, ruling=ruling, comment="", now=self.now)
            return
        tap = Tap(f"{action}", action.station, action.at)
        if isinstance(action, Undone):
            scan_id = self.counted.pop((action.device, action.code))
            undo(self.ledger, self.recorder, tap, event_id=scan_id, why=action.why, now=self.now)
            return
        if isinstance(action, Scrapped):
            what = Scrap(action.code, action.quantity, action.reason, action.rejected_from)
            scrap(self.ledger, self.recorder, tap, what, now=self.now)
            return
        key = action.key
        if isinstance(action, Flagged):
            try:
                self.numbers[key] = raise_flag(
                    self.ledger, self.site, tap, against=key.against, order=key.order, now=self.now
                )
            except RuleRefused:
                self.not_flagged += 1
        elif isinstance(action, Disputed):
            flag = self.numbers[key]
            dispute_flag(self.ledger, self.site, tap, flag=flag, comment=action.comment, now=self.now)
        else:
            answer_flag(
                self.ledger,
                self.site,
                tap,
                flag=self.numbers[key],
                reason=action.reason,
                promised_at=action.promised_at,
                comment=action.comment,
                now=self.now,
            )
            for flag in reading.open_flags(self.ledger, "gearbox"):  # also what was passed back
                self.numbers[FlagKey(flag["link"], flag["order"], flag["raised_by"])] = flag["flag"]

    def on_target(self, from_at: Instant, to_at: Instant) -> float:
        hours = [row for row in reading.hour_counts(self.ledger, "gearbox", from_at, to_at) if row["target"]]
        return sum(1 for row in hours if row["given"] >= row["target"]) / len(hours)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    life = Life(tmp_path_factory.mktemp("week"))
    life.live(BEGIN + (WARM_UP_DAYS + DAYS) * DAY_MS)
    yield life
    life.ledger.close()


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Life]:
    life = Life(tmp_path, seed="day")
    life.live(BEGIN + 2 * DAY_MS + 5 * HOUR_MS + 7 * MINUTE_MS)
    yield life
    life.ledger.close()


def test_some_flags_are_disputed_and_a_supervisor_rules_both_ways(week: Life) -> None:
    rulings = [row["ruling"] for row in week.ledger.rows("SELECT ruling FROM flags WHERE ruling IS NOT NULL")]
    assert week.done["Disputed"] >= len(rulings) > 0
    assert set(rulings) == {"upheld", "overturned"}


def test_countermeasures_are_taken_on_once_against_what_cost_most(week: Life) -> None:
    for _ in range(2):
        take_on(week.ledger, week.site, week.line, week.now)
    rows = countermeasures.measures(week.ledger)
    assert [row["state"] for row in rows] == ["open", "in_effect"]
    assert all(row["reason"] != "previous" for row in rows)


def test_every_scan_means_what_it_was_meant_to_and_only_slips_are_refused(week: Life) -> None:
    assert week.wrong == []
    assert week.not_flagged == 0
    assert week.done["Scanned"] > 1_000 * DAYS
    words = {row["word"] for row in week.ledger.rows("SELECT DISTINCT word FROM refused")}
    assert words == {"unknown", "given", "skipped"}


def test_most_hours_are_on_target_and_some_are_not(week: Life) -> None:
    assert 0.80 < week.on_target(BEGIN + WARM_UP_DAYS * DAY_MS, week.now - HOUR_MS) < 0.97


def test_most_orders_ship_on_time_and_the_plant_is_well_filled(week: Life) -> None:
    orders = reading.orders(week.ledger, 1_000)
    shipped = [row for row in orders if row["shipped_at"]]
    assert sum(row["shipped_at"] <= row["due_at"] for row in shipped) > 0.9 * len(shipped)
    hours = reading.hour_counts(week.ledger, "gearbox", BEGIN + WARM_UP_DAYS * DAY_MS, week.now)
    units = sum(row["given"] for row in hours if row["link"] == "shipping")
    assert 24 < units / (DAYS * 21.75) < 31  # of the 32 to 35 an hour that the slowest link can make


def test_orders_for_the_next_day_and_a_half_are_always_released(week: Life) -> None:
    (row,) = week.ledger.rows("SELECT MAX(due_at) AS last FROM orders")
    assert row["last"] > week.now + 36 * HOUR_MS


def test_what_is_late_is_flagged_mostly_answered_and_resolved_by_what_arrives(week: Life) -> None:
    flags = week.ledger.rows("SELECT * FROM flags")
    assert len(flags) > 5 * DAYS
    assert sum(row["state"] == "resolved" for row in flags) > 0.9 * len(flags)
    lasting = [row for row in flags if (row["closed_at"] or week.now) > row["raised_at"] + 10 * MINUTE_MS]
    assert sum(row["answered_at"] is not None for row in lasting) > 0.7 * len(lasting)
    reasons = {reason.id for reason in week.site.reasons}
    assert len({row["reason"] for row in flags} & reasons) > len(reasons) / 2


def test_a_batch_that_was_not_scanned_out_is_given_by_the_next_links_scan(week: Life) -> None:
    implied = week.ledger.rows("SELECT 1 FROM events WHERE detail LIKE '%\"implied\":true%'")
    assert 0 < len(implied) < 0.02 * week.done["Scanned"]


def test_some_receipts_come_short_and_are_undone_and_units_are_spoilt_or_rejected(week: Life) -> None:
    short = week.ledger.rows(
        "SELECT event_id, json_extract(detail, '$.short[0][1]') AS units FROM events"
        " WHERE kind = 'received' AND json_extract(detail, '$.short') IS NOT NULL"
    )
    voids = week.ledger.rows("SELECT json_extract(detail, '$.voids') AS of FROM events WHERE kind = 'voided'")
    assert 2 * DAYS < len(short) < 12 * DAYS
    assert {row["units"] for row in short} == {1}
    assert {row["event_id"] for row in short} <= {row["of"] for row in voids}
    scraps = week.ledger.rows("SELECT * FROM scraps")
    assert {row["charged"] for row in scraps} == {"testrun", "shipping"}
    assert DAYS < len(scraps) < 4 * DAYS


def test_what_was_lost_keeps_no_order_open_and_no_flag(week: Life) -> None:
    """An order of which everybody has handed on what is left is shipped; what it lacks is scrap."""
    for row in week.ledger.rows(
        "SELECT * FROM orders WHERE lost > 0 AND due_at < ?", (week.now - 12 * HOUR_MS,)
    ):
        assert row["state"] == "shipped", row["order"]
        units = {each.link: each for each in reading.sums(week.ledger, row["order"])}
        assert units["shipping"].good == row["quantity"] - row["lost"]
        assert units["shipping"].scrapped + units["testrun"].scrapped == row["lost"]
    assert not week.ledger.rows(
        'SELECT 1 FROM flags f JOIN orders o USING ("order") WHERE f.closed_at IS NULL AND o.shipped_at > 0'
    )
    open_now = set(week.floor._orders)
    assert {
        row["order"] for row in week.ledger.rows("SELECT * FROM orders WHERE shipped_at IS NULL")
    } == open_now


def test_the_same_seed_and_the_same_orders_make_the_same_day(day: Life) -> None:
    def lived(seed: str) -> list[Action]:
        floor = Floor(day.site, day.line, Luck(seed), day.now)
        for order in open_orders(day.ledger, "gearbox"):
            floor.take_in(order)
        floor.resume()
        return list(floor.advance(day.now + 8 * HOUR_MS))

    first = lived("one")
    assert first == lived("one")
    assert first != lived("two")


def test_actions_come_in_time_order_and_within_the_time_that_was_asked_for(day: Life) -> None:
    from_at = day.now
    actions = [
        action
        for until in range(from_at + STEP_MS, from_at + 6 * HOUR_MS, STEP_MS)
        for action in day.floor.advance(until)
    ]
    times = [action.at for action in actions]
    assert len(times) > 20
    assert times == sorted(times)
    assert all(from_at <= at < from_at + 6 * HOUR_MS for at in times)


def test_a_cut_and_a_start_from_the_ledger_scan_nothing_twice(day: Life) -> None:
    cut_at = day.now
    for _ in range(3):
        day.begin(day.now + 20 * MINUTE_MS)
        day.live(day.now + 3 * HOUR_MS + 11 * MINUTE_MS)
    day.live(cut_at + 20 * HOUR_MS)
    assert day.wrong == []
    assert day.on_target(cut_at + 2 * HOUR_MS, cut_at + 19 * HOUR_MS) > 0.7
    (row,) = day.ledger.rows('SELECT COUNT(*) AS number, COUNT(DISTINCT "order") AS different FROM orders')
    assert row["number"] == row["different"]


def test_a_batch_that_a_visitor_scanned_goes_on_from_where_it_is(day: Life) -> None:
    found = day.floor.waiting_longest()
    assert found is not None
    code, device = found
    (answer,) = day.recorder.record([Scan(device, code, day.now, scan_id="visitor")], day.now)
    assert answer is not None
    assert " given " in answer.text
    day.floor.put_right(code, whereabouts(day.ledger, code))
    day.live(day.now + 12 * HOUR_MS)
    assert day.wrong == []
    taken_in = day.ledger.rows("SELECT 1 FROM events WHERE batch = ? AND kind = 'received'", (code,))
    assert len(taken_in) > 1


def test_a_flag_of_a_visitor_is_answered_within_a_minute(day: Life) -> None:
    key = FlagKey("gears", open_orders(day.ledger, "gearbox")[-1].order, "hardening")
    day.floor.leads.opened(key, 10_000, by_visitor=True)
    answers = [
        action
        for action in day.floor.advance(day.now + MINUTE_MS)
        if isinstance(action, Answered) and action.key == key
    ]
    assert len(answers) == 1
    assert answers[0].promised_at > answers[0].at
    assert day.site.stations[answers[0].station].link == "gears"


def test_troubles_are_the_same_however_they_are_asked_for(tmp_path: Path) -> None:
    site = gearbox_plant(tmp_path)
    line = site.lines["gearbox"]
    at_once = Troubles(site, line, Luck("t")).at_link("gears", BEGIN, BEGIN + 4 * DAY_MS)
    troubles = Troubles(site, line, Luck("t"))
    one_by_one = {
        trouble
        for hour in range(4 * 24)
        for trouble in troubles.at_link("gears", BEGIN + hour * HOUR_MS, BEGIN + (hour + 1) * HOUR_MS)
    }
    assert set(at_once) == one_by_one
    assert at_once


def test_colleagues_break_at_other_times_and_work_as_long_in_every_hour(tmp_path: Path) -> None:
    site = gearbox_plant(tmp_path)
    line = site.lines["gearbox"]
    plan = CalendarBook(site).of_link(line, "gears", BEGIN)
    others = CalendarBook(with_other_breaks(site)).of_link(line, "gears", BEGIN)
    assert others.hours == plan.hours
    breaks = [hour for hour in plan.hours if hour.working_ms < HOUR_MS]
    assert breaks
    for hour in breaks:
        instants = range(hour.start_at, hour.end_at, MINUTE_MS)
        assert all(
            plan.working_ms(at, at + MINUTE_MS) or others.working_ms(at, at + MINUTE_MS) for at in instants
        )
