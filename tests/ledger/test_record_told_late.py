"""Scans, scraps, splits and undos: the record is the same however late and often scans are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.checking import faults
from shopfloor.instants import SECOND_MS, Instant
from tests.factory import Plant, china
from tests.ledger.recorded import CHAIN, JOIN, again, joined_plant
from tests.ledger.told_late import Deed, in_order, numbered, told_late

START = china("24 08:00")
STATIONS = {device: f"{device.removeprefix('scanner-').partition('-')[0]}-1" for device in (*CHAIN, *JOIN)}
KINDS = ("scan",) * 9 + ("scrap", "split", "split", "undo")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from((*CHAIN, *JOIN)),
        st.integers(0, 5),
        st.integers(0, 4 * 60 * 60),
        st.sampled_from((None, None, None, None, 18)),
    ),
    max_size=40,
)
_PARTS = ("scanner-steel", "scanner-turn", "scanner-turn", "scanner-cast", "scanner-cast")
COURSES: dict[tuple[str, ...], tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    CHAIN: (("scanner-cut", "scanner-cut", "scanner-sew"), "scanner-sew", ("scanner-pack", "scanner-pack")),
    JOIN: ((*_PARTS, "scanner-fit"), "scanner-fit", ()),
}
"""The way of a batch: before it is split, where it is, and after that."""
SPLITS = 3
"""Parts that are scanned; there may be more."""


def deeds_of(plant: Plant, acts: list[tuple[str, str, int, int, int | None]]) -> list[Deed]:
    """Three batches of each order and the first parts of them; an undo is soon after the device's last scan."""
    made: list[Deed] = []
    last: dict[str, Instant] = {}
    splits = 0
    for place, (kind, device, which, second, quantity) in enumerate(sorted(acts, key=lambda act: act[3])):
        at = START + second * SECOND_MS + place
        codes = plant.codes("A-1" if device in CHAIN else "G-1")
        batch = codes[which % 3] if which < SPLITS else f"split {which - SPLITS}"
        if device == "scanner-steel":
            batch = "G-1"
        name = f"{kind} {place}"
        if kind == "split":
            name, splits = f"split {splits}", splits + 1
        if kind == "undo":
            at, batch = last.get(device, at) + 40 * SECOND_MS + place, ""
        units = quantity if kind == "scan" else None if kind == "undo" else 1 + which
        if kind == "scan":
            last[device] = at
        made.append(Deed(name, at, kind, device, STATIONS[device], batch, units))  # type: ignore[arg-type]  # one of KINDS
    return numbered(made)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plant = joined_plant(tmp_path_factory.mktemp("template") / "site")
    plant.close()
    return plant.folder


def check(once: Plant, often: Plant, deeds: list[Deed], chance: Random) -> Counter[str]:
    """Both ways come to the same; how many of each kind counted."""
    try:
        ordered, became = in_order(once, deeds)
        late = told_late(often, deeds, became, chance)
        assert late.state() == ordered.state()
        assert faults(once.ledger) == []
        assert faults(often.ledger) == []
        counted = {deed.id: deed.kind for deed in deeds if became.get(deed.id) in (True, "recorded")}
        return Counter(counted.values())
    finally:
        once.close()
        often.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ACTS, st.randoms(use_true_random=False))
def test_scans_that_are_told_late_and_often_come_to_the_same_as_in_order(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[str, str, int, int, int | None]],
    chance: Random,
) -> None:
    folder = tmp_path_factory.mktemp("late")
    once, often = again(template, folder / "once"), again(template, folder / "often")
    check(once, often, deeds_of(once, acts), chance)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("batches", [60, pytest.param(300, marks=pytest.mark.faults_long)])
def test_hundreds_of_batches_come_to_the_same_too(tmp_path: Path, batches: int) -> None:
    chance = Random(11)  # noqa: S311  # not for secrets
    once, often = joined_plant(tmp_path / "once", batches), joined_plant(tmp_path / "often", batches)
    deeds = []
    for order, devices in (("A-1", CHAIN), ("G-1", JOIN)):
        for number, code in enumerate(once.codes(order)):
            begun = START + chance.randint(0, 4 * 24 * 60 * 60) * SECOND_MS
            told = one_batch if number % 3 else one_course
            deeds += told(f"{order} {number}", code, devices, begun, chance)
    counted = check(once, often, numbered(deeds), chance)
    assert sum(counted.values()) > 6 * batches
    assert min(counted[kind] for kind in ("scan", "scrap", "split", "undo")) > batches // 20, counted


def one_batch(name: str, code: str, devices: tuple[str, ...], begun: Instant, chance: Random) -> list[Deed]:
    """What happens to a batch and a part of it within two hours: seventeen deeds."""
    made: list[Deed] = []
    for place in range(17):
        kind = chance.choice(KINDS)
        device = chance.choice(
            [each for each in devices if each != "scanner-steel" or chance.random() < 0.05]
        )
        at = begun + (place * 420 + chance.randint(0, 400)) * SECOND_MS
        part = f"split {name}"
        batch = chance.choice((code, code, part))
        if kind == "undo":
            scans = [deed for deed in made if deed.kind == "scan"]
            if not scans:
                continue
            device, at, batch = scans[-1].device, scans[-1].at + 50 * SECOND_MS, ""
        if kind == "split":
            if any(deed.id == part for deed in made):
                continue
            batch = code
        ident = part if kind == "split" else f"{kind} {name} {place}"
        units = chance.randint(1, 6) if kind in ("scrap", "split") else None
        made.append(Deed(ident, at, kind, device, STATIONS[device], batch, units))  # type: ignore[arg-type]  # of KINDS
    return made


def one_course(name: str, code: str, devices: tuple[str, ...], begun: Instant, chance: Random) -> list[Deed]:
    """A batch as it should go, split where it is in one hand; what it came through may be told after that."""
    part = f"split {name}"
    before, at, beyond = COURSES[devices]
    steps = [*((device, code) for device in before), (at, ""), *((at, each) for each in (part, code))]
    steps += [(device, each) for device in beyond for each in (code, part)]
    made: list[Deed] = []
    for place, (device, batch) in enumerate(steps):
        now = begun + (place * 300 + chance.randint(0, 200)) * SECOND_MS
        if batch:
            made.append(Deed(f"scan {name} {place}", now, "scan", device, STATIONS[device], batch))
        else:
            made.append(Deed(part, now, "split", device, STATIONS[device], code, chance.randint(1, 6)))
    return made
