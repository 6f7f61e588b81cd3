"""Command codes and badges: a station without a tablet takes back, flags and says who is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger import flags, reading
from ledger.flags import Tap
from ledger.recorder import Recorder
from ledger.store import Transaction
from shopfloor.codes import badge_code, command_code
from shopfloor.handoffs import Refusal
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan
from tests.factory import Plant, china, kept_whole, worked_order
from tests.ledger.recorded import state

UNDO = command_code("undo")
ABSENT = command_code("not-received")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """The worked example on Tuesday afternoon: cutting owes 40 by 15:00, and 40 more by 16:00."""
    with kept_whole(Plant(tmp_path / "site")) as plant:
        plant.release(worked_order())
        yield plant


def open_flags(plant: Plant) -> list[tuple[str, str, int]]:
    return [(row["raised_by"], row["link"], row["quantity"]) for row in reading.open_flags(plant.ledger)]


def said(answer: Answer) -> tuple[str, str]:
    return answer.result, answer.text


def test_undo_takes_back_what_the_scanner_recorded_last(plant: Plant) -> None:
    code = plant.codes()[0]
    plant.scan("scanner-cut", code, "24 14:10")
    before = state(plant)
    plant.scan("scanner-cut", code, "24 14:40")
    assert said(plant.scan("scanner-cut", UNDO, "24 14:41")) == ("recorded", f"undone: {code} given 14:40")
    assert state(plant) == before
    (row,) = plant.ledger.rows("SELECT * FROM events WHERE kind = 'voided'")
    assert (row["source"], row["station"], row["reason"]) == (
        "scanner-cut",
        "cut-1",
        "undone where it was scanned",
    )


def test_undo_again_takes_back_what_was_recorded_before_that(plant: Plant) -> None:
    first, second = plant.codes()[:2]
    plant.scan("scanner-cut", first, "24 14:10:00")
    plant.scan("scanner-cut", second, "24 14:10:30")
    assert plant.scan("scanner-cut", UNDO, "24 14:11:00").text == f"undone: {second} received 14:10"
    assert plant.scan("scanner-cut", UNDO, "24 14:11:00.900").text == f"undone: {second} received 14:10"
    assert plant.scan("scanner-cut", UNDO, "24 14:11:05").text == f"undone: {first} received 14:10"
    nothing = "nothing was recorded here in the last 2 minutes; undo it at the kiosk"
    assert said(plant.scan("scanner-cut", UNDO, "24 14:11:10")) == ("refused", nothing)


def test_undo_reaches_two_minutes_back_and_no_further(plant: Plant) -> None:
    code = plant.codes()[0]
    plant.scan("scanner-cut", code, "24 14:10:00")
    assert plant.scan("scanner-cut", UNDO, "24 14:12:01").result == "refused"
    plant.scan("scanner-cut", code, "24 14:20:00")
    assert plant.scan("scanner-cut", UNDO, "24 14:22:00").text == f"undone: {code} given 14:20"


def test_undo_is_of_the_scanners_own_scans_and_not_of_what_others_go_on_from(plant: Plant) -> None:
    code = plant.codes()[0]
    plant.scan("scanner-cut", code, "24 14:10:00")
    assert plant.scan("scanner-sew", UNDO, "24 14:10:10").result == "refused"
    plant.scan("scanner-cut", code, "24 14:10:20")
    plant.scan("scanner-sew", code, "24 14:10:30")
    refused = plant.scan("scanner-cut", UNDO, "24 14:10:40")
    assert said(refused) == ("refused", f"{code} has moved on: Sewing scanned it 14:10; undo that first")
    assert (
        plant.ledger.rows("SELECT reason, word FROM refused ORDER BY id DESC LIMIT 1")[0]["word"] == "command"
    )


def test_undo_takes_back_what_a_milestone_gave(floor: Plant) -> None:
    floor.scan("scanner-steel", "G-1", "24 14:10:00")
    assert floor.scan("scanner-steel", UNDO, "24 14:10:30").text == "undone: G-1 given 14:10"
    assert floor.ledger.rows("SELECT 1 FROM handoffs") == []


def test_the_same_id_twice_takes_back_once_and_answers_alike(plant: Plant) -> None:
    first, second = plant.codes()[:2]
    plant.scan("scanner-cut", first, "24 14:10:00")
    plant.scan("scanner-cut", second, "24 14:10:30")
    answer = plant.scan("scanner-cut", UNDO, "24 14:11:00", scan_id="u1")
    again = plant.scan("scanner-cut", UNDO, "24 14:11:30", scan_id="u1")
    assert (answer.result, again.result, again.text) == ("recorded", "duplicate", answer.text)
    other = plant.scan("scanner-cut", ABSENT, "24 14:11:40", scan_id="u1")
    assert said(other) == ("refused", "id u1 was used before for another scan")
    assert len(plant.ledger.rows("SELECT 1 FROM events WHERE kind = 'voided'")) == 1


def test_the_same_packet_twice_takes_back_once(plant: Plant) -> None:
    first, second = plant.codes()[:2]
    plant.scan("scanner-cut", first, "24 14:10:00")
    plant.scan("scanner-cut", second, "24 14:10:30")
    answers = []
    for arrived, redelivered in (("24 14:11:00", False), ("24 14:11:20", True)):
        now = china(arrived)
        scan = Scan("scanner-cut", UNDO, now, packet=7, redelivered=redelivered)
        answers += plant.recorder.record([scan], now)
    assert [answer.result for answer in answers if answer] == ["recorded", "duplicate"]
    assert len(plant.ledger.rows("SELECT 1 FROM events WHERE kind = 'voided'")) == 1


def test_an_id_that_a_batch_had_is_no_commands_id(plant: Plant) -> None:
    code = plant.codes()[0]
    plant.scan("scanner-cut", code, "24 14:10", scan_id="a1")
    assert (
        plant.scan("scanner-cut", UNDO, "24 14:11", scan_id="a1").text
        == "id a1 was used before for another scan"
    )
    plant.scan("scanner-cut", UNDO, "24 14:11:30", scan_id="u1")
    assert (
        plant.scan("scanner-cut", code, "24 14:12", scan_id="u1").text
        == "id u1 was used before for another scan"
    )


def test_not_received_says_what_it_would_flag_and_flags_it_when_scanned_again(plant: Plant) -> None:
    asked = plant.scan("scanner-sew", ABSENT, "24 15:01:00")
    assert said(asked) == ("refused", "scan again within 10 s to flag Cutting for 40 of A-1")
    assert open_flags(plant) == []
    done = plant.scan("scanner-sew", ABSENT, "24 15:01:06")
    assert said(done) == ("recorded", "Cutting flagged: 40 of A-1 not received")
    assert open_flags(plant) == [("sew", "cut", 40)]
    (row,) = plant.ledger.rows("SELECT * FROM events WHERE kind = 'flag_raised'")
    assert (row["source"], row["station"]) == ("scanner-sew", "sew-1")
    third = plant.scan("scanner-sew", ABSENT, "24 15:01:12")
    assert said(third) == ("refused", "all that is owed to Sewing is flagged already")


@pytest.mark.parametrize(
    ("again", "flagged"),
    [("24 15:01:00.500", False), ("24 15:01:01", True), ("24 15:01:10", True), ("24 15:01:11", False)],
)
def test_a_trigger_that_reads_twice_does_not_confirm_and_neither_does_a_late_scan(
    plant: Plant,
    again: str,
    flagged: bool,  # noqa: FBT001  # a row of the table
) -> None:
    plant.scan("scanner-sew", ABSENT, "24 15:01:00")
    plant.scan("scanner-sew", ABSENT, again)
    assert bool(open_flags(plant)) == flagged


def test_what_was_asked_for_has_to_be_what_is_owed_when_it_is_confirmed(plant: Plant) -> None:
    plant.release(worked_order("A-2", due="26 17:00"))
    plant.scan("scanner-sew", ABSENT, "24 15:01:00")
    tap = Tap("t1", "sew-1", china("24 15:01:03"))
    flags.raise_flag(plant.ledger, plant.site, tap, against="cut", order="A-1", now=tap.at)
    answer = plant.scan("scanner-sew", ABSENT, "24 15:01:05")
    assert answer.result == "refused"
    assert len(open_flags(plant)) == 1


def test_at_a_join_one_link_after_the_other_is_flagged_the_longest_overdue_first(floor: Plant) -> None:
    floor.now = china("27 16:59:00")
    told = [floor.scan("scanner-fit", ABSENT, f"27 16:59:{second:02d}").text for second in range(0, 40, 5)]
    assert told[0].startswith("scan again within 10 s to flag ")
    assert told[1].endswith(" flagged: 60 of G-1 not received")
    assert {flag[1] for flag in open_flags(floor)} == {"turn", "cast"}
    assert told[4:] == ["all that is owed to Fitting is flagged already"] * 4


def test_nothing_is_owed_to_a_first_link_or_before_the_first_target(plant: Plant) -> None:
    first = "Cutting is a first link; no link before it owes anything"
    assert said(plant.scan("scanner-cut", ABSENT, "24 15:01")) == ("refused", first)
    early = "nothing is owed to Sewing at this hour"
    assert said(plant.scan("scanner-sew", ABSENT, "24 14:30")) == ("refused", early)


def test_the_same_id_asks_once_and_flags_once(plant: Plant) -> None:
    ask = [plant.scan("scanner-sew", ABSENT, "24 15:01:00", scan_id="n1") for _ in range(2)]
    assert ask[0] == ask[1]
    again = plant.scan("scanner-sew", ABSENT, "24 15:01:05", scan_id="n1")
    assert again == ask[0]
    assert open_flags(plant) == []
    done = [plant.scan("scanner-sew", ABSENT, "24 15:01:06", scan_id="n2") for _ in range(2)]
    assert [answer.result for answer in done] == ["recorded", "duplicate"]
    assert done[0].text == done[1].text
    assert len(open_flags(plant)) == 1


def test_a_command_out_of_a_buffer_is_refused_and_kept(plant: Plant) -> None:
    plant.scan("scanner-cut", plant.codes()[0], "24 14:10")
    now = china("24 14:16:30")
    scan = Scan("scanner-cut", UNDO, now, "u1", china("24 14:11"), 1)
    (answer,) = plant.recorder.record([scan], now)
    assert answer is not None
    assert said(answer) == ("refused", "scanned 14:11 by its clock, that is too long ago; do it at the kiosk")
    assert len(plant.ledger.rows("SELECT 1 FROM refused WHERE scan_id = 'u1'")) == 1
    assert plant.ledger.rows("SELECT 1 FROM events WHERE kind = 'voided'") == []


@dataclass
class Faces:
    """Ten lines that know two people."""

    names: dict[str, str]
    there: dict[str, str] = field(default_factory=dict)

    def knows(self, tx: Transaction, code: str) -> bool:
        del tx
        return code in self.names

    def badge_in(
        self, tx: Transaction, station: str, code: str, at: Instant, *, device: str
    ) -> str | Refusal:
        del tx, at, device
        if code not in self.names:
            return Refusal("badge", "nobody's")
        self.there[station] = self.names[code]
        return f"hello {self.names[code]}"

    def person_at(self, tx: Transaction, station: str, at: Instant) -> str | None:
        del tx, at
        return self.there.get(station)


def test_who_badged_in_is_who_scans_there_from_then_on(plant: Plant) -> None:
    mei, code = badge_code(7), plant.codes()[0]
    plant.recorder = Recorder(plant.ledger, plant.site, Faces({mei: "Mei"}))
    plant.scan("scanner-cut", code, "24 14:00")
    assert said(plant.scan("scanner-cut", mei, "24 14:01", scan_id="b1")) == ("recorded", "hello Mei")
    assert said(plant.scan("scanner-cut", mei, "24 14:02", scan_id="b1")) == ("duplicate", "hello Mei")
    plant.scan("scanner-cut", code, "24 14:10")
    plant.scan("scanner-sew", code, "24 14:20")
    told = plant.ledger.rows("SELECT person FROM events WHERE batch IS NOT NULL ORDER BY sequence")
    assert [row["person"] for row in told] == [None, "Mei", None]
    stranger = plant.scan("scanner-cut", badge_code(8), "24 14:03", scan_id="b1")
    assert stranger.text == "id b1 was used before for another scan"


def test_a_badge_that_nobody_knows_is_refused_and_its_code_is_kept_nowhere(plant: Plant) -> None:
    badge = badge_code(7)
    answer = plant.scan("scanner-cut", badge, "24 14:01")
    assert said(answer) == ("refused", "this badge is nobody's here; ask for one")
    for table in ("commands", "refused", "events", "scans"):
        assert not any(badge in str(tuple(row)) for row in plant.ledger.rows(f"SELECT * FROM {table}"))  # noqa: S608  # our own names


def test_a_reader_whose_profile_says_badge_reads_badges_whatever_the_code(plant: Plant) -> None:
    plant.recorder = Recorder(plant.ledger, plant.site, Faces({"04A224B2": "Mei"}))
    now = china("24 14:01")
    (answer,) = plant.recorder.record([Scan("scanner-cut", "04A224B2", now, declared="badge")], now)
    assert answer is not None
    assert answer.text == "hello Mei"


def test_a_card_that_is_somebodys_badge_is_one_at_every_reader_and_its_code_is_kept_nowhere(
    plant: Plant,
) -> None:
    card = "04A224B2"
    plant.recorder = Recorder(plant.ledger, plant.site, Faces({card: "Mei"}))
    assert said(plant.scan("scanner-cut", card, "24 14:01", scan_id="b1")) == ("recorded", "hello Mei")
    assert said(plant.scan("scanner-cut", card, "24 14:02", scan_id="b1")) == ("duplicate", "hello Mei")
    for table in ("commands", "refused", "events", "scans"):
        assert not any(card in str(tuple(row)) for row in plant.ledger.rows(f"SELECT * FROM {table}"))  # noqa: S608  # our own names
