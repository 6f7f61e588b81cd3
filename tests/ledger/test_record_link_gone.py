"""A line that has lost a link since: what is told late of its batches neither fails nor changes what stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger import corrections, settling
from ledger.checking import faults
from ledger.corrections import Scrap
from ledger.errors import RuleRefused
from ledger.flags import Tap
from ledger.splitting import split
from shopfloor.scans import Answer, Scan
from tests.factory import Plant, china
from tests.ledger.recorded import JOIN_SITE, joined_plant, record

NOW = china("24 10:00")
GONE = "was scanned at a link that the line no longer has"


def without_casting() -> str:
    """The site of the join, its casting no more."""
    blocks = re.split(r"(?m)^(?=\[\[)", JOIN_SITE)
    kept = [
        block for block in blocks if '"cast"' not in block.replace(', "cast"]', "]") and "cast-1" not in block
    ]
    return "".join(kept).replace('"turn", "cast"', '"turn"')


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Of G-1 the first batch came to casting, the second to turning, and the third skipped both; then casting ended."""
    before = joined_plant(tmp_path / "site")
    first, second, third = before.codes("G-1")
    before.scan("scanner-cast", first, "24 09:00")
    before.scan("scanner-turn", second, "24 09:01")
    before.scan("scanner-cast", third, "24 09:02")
    before.scan("scanner-cast", third, "24 09:04")
    before.close()
    plant = Plant(before.folder, without_casting(), now="24 10:00")
    yield plant
    assert list(faults(plant.ledger)) == []
    plant.close()


def late(plant: Plant, device: str, code: str, at: str) -> Answer:
    (answer,) = record(plant, [Scan(device, code, NOW, f"{device} {code}", china(at), 1)], NOW)
    return answer


def positions(plant: Plant) -> list[tuple[object, ...]]:
    return [tuple(row) for row in plant.ledger.rows("SELECT * FROM positions WHERE link = 'cast'")]


def test_a_milestone_that_is_told_late_gives_what_it_has_not_given(plant: Plant) -> None:
    before = positions(plant)
    answer = late(plant, "scanner-steel", "G-1", "24 08:30")
    assert (answer.result, answer.text) == ("recorded", "G-1 given 08:30, recorded 10:00")
    (row,) = plant.ledger.rows("SELECT given FROM order_links WHERE \"order\" = 'G-1' AND link = 'steel'")
    assert row["given"] == 60
    assert positions(plant) == before
    assert late(plant, "scanner-turn", plant.codes("G-1")[0], "24 08:40").result == "recorded"


def test_a_milestone_is_told_again_as_before(plant: Plant) -> None:
    late(plant, "scanner-steel", "G-1", "24 08:30")
    again = record(plant, [Scan("scanner-steel", "G-1", NOW, "again", china("24 08:30"), 2)], NOW)
    assert [answer.result for answer in again] == ["duplicate"]


def forced(plant: Plant, tap: Tap) -> object:
    """Fitting's scan of the third batch, which turning has not had."""
    assert late(plant, "scanner-fit", plant.codes("G-1")[2], "24 09:30").result == "refused"
    (refused,) = plant.ledger.rows("SELECT id FROM refused WHERE word = 'skipped' ORDER BY id DESC LIMIT 1")
    return settling.force(
        plant.ledger, plant.recorder, tap, refused=refused["id"], why="scanner was down", now=NOW
    )


def parted(plant: Plant, tap: Tap) -> object:
    return split(plant.ledger, plant.recorder, tap, batch=plant.codes("G-1")[0], quantity=5, now=NOW)


def scrapped(plant: Plant, tap: Tap) -> object:
    what = Scrap(plant.codes("G-1")[0], 2, "torn")
    return corrections.scrap(plant.ledger, plant.recorder, tap, what, now=NOW)


@pytest.mark.parametrize("act", [forced, parted, scrapped])
def test_what_a_person_does_is_refused_in_a_sentence(
    plant: Plant, act: Callable[[Plant, Tap], object]
) -> None:
    with pytest.raises(RuleRefused, match=GONE):
        act(plant, Tap("tap", "fit-1" if act is forced else "turn-1", NOW, "Lead Chen"))
