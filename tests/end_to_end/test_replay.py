"""`interlock replay`: recorded scans once more, each counting once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from interlock.ports import free_port
from tests.broker_fixtures import Embedded
from tests.factory import WORKED_SITE, Plant, kept_whole, worked_order
from tests.live_site import Site


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A site whose broker does not run."""
    text = f'{WORKED_SITE}\n[broker]\nhost = "127.0.0.1"\nport = {free_port()}\n'
    with kept_whole(Plant(tmp_path / "site", text)) as plant:
        plant.release(worked_order())
        yield plant


def replay(folder: Path, *lines: object, code: int = 0) -> str:
    file = folder.parent / "scans.jsonl"
    file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    done = CliRunner().invoke(main, ["replay", str(folder), str(file)])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output


def scans(codes: list[str]) -> list[dict[str, object]]:
    """Every batch through cutting and sewing, in all the forms that a line can have."""
    at = [f"2026-11-24T06:{minute:02d}:00Z" for minute in range(30)]
    return [
        {"device": "scanner-cut", "arrived_at": at[0], "id": "x1", "code": codes[0]},
        {"device": "scanner-cut", "arrived_at": at[1], "code": codes[1]},
        {"device": "scanner-cut", "arrived_at": at[2], "payload": codes[2]},
        {"device": "scanner-cut", "arrived_at": at[3], "payload": {"code": codes[3], "seq": 4}},
        {"device": "scanner-sew", "arrived_at": at[4], "payload": json.dumps({"code": codes[3]})},
        {"device": "scanner-sew", "arrived_at": at[5], "code": "NONE"},
        {"device": "scanner-sew", "arrived_at": at[6], "payload": "[1]"},
    ]


def test_without_a_broker_scans_go_into_the_ledger_as_they_arrived(plant: Plant) -> None:
    lines = scans(plant.codes())
    said = replay(plant.folder, *lines)
    assert "7 scans replayed into the ledger: 5 recorded, 0 duplicate, 1 refused, 1 unreadable" in said
    assert "line 6: refused: NONE is no batch here" in said
    assert "line 7: unreadable: The message is a JSON list" in said
    events = plant.ledger.rows("SELECT * FROM events WHERE sequence > 1 ORDER BY sequence")
    assert [event["occurred_at"][14:16] for event in events] == ["00", "01", "02", "03", "04", "04"]
    assert events[0]["event_id"] == "x1"


def test_a_line_counts_once_however_often_it_is_replayed(plant: Plant) -> None:
    lines = scans(plant.codes())
    replay(plant.folder, *lines)
    before = plant.ledger.rows("SELECT * FROM events")
    said = replay(plant.folder, *reversed(lines), *lines)
    assert "0 recorded, 10 duplicate, 2 refused, 2 unreadable" in said
    assert plant.ledger.rows("SELECT * FROM events") == before


FAULTY = {
    '{"device": ': "it is no JSON",
    "[]": "it is no JSON object",
    '{"code": "x"}': "it names no device",
    '{"device": "a/b", "code": "x"}': "cannot be part of a topic",
    '{"device": "a", "code": "x", "arrived_at": "noon"}': "is not ISO 8601 with a zone",
    '{"device": "a", "code": "x", "arrived_at": "2026-11-24T10:00"}': "is not ISO 8601 with a zone",
    '{"device": "a", "payload": 7}': "neither text nor an object",
    '{"device": "scanner-cut", "code": "x", "id": 7}': "its id is not text",
}


@pytest.mark.parametrize(("line", "why"), FAULTY.items(), ids=FAULTY.values())
def test_a_faulty_line_is_named_and_keeps_all_out(plant: Plant, line: str, why: str) -> None:
    said = replay(plant.folder, scans(plant.codes())[0], "", line, code=1)
    assert "line 3: " in said
    assert why in said
    assert "Nothing was replayed." in said
    assert len(plant.ledger.rows("SELECT 1 FROM events")) == 1


def test_a_file_that_is_not_there_is_one_sentence(plant: Plant, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["replay", str(plant.folder), str(tmp_path / "none.jsonl")])
    assert done.exit_code == 1
    assert "none.jsonl cannot be read: No such file or directory\n" in done.output


def test_while_the_site_runs_scans_go_the_way_of_live_ones(
    make_site: Callable[..., Site], embedded_broker: Embedded
) -> None:
    site = make_site(embedded_broker)
    lines = [{"device": "scanner-cut", "id": f"r{n}", "code": code} for n, code in enumerate(site.codes)]
    more = [{"device": "scanner-sew", "code": site.codes[0]}, {"device": "scanner-sew", "payload": "NONE"}]
    said = replay(site.folder, *lines, *more)
    assert "12 scans replayed over MQTT: 11 recorded, 0 duplicate, 1 refused" in said
    assert "line 12: refused: NONE is no batch here" in said
    assert set(site.recorded("r").values()) == {1}
    assert "12 scans replayed over MQTT: 0 recorded, 11 duplicate, 1 refused" in replay(
        site.folder, *lines, *more
    )


def test_a_broker_without_a_gateway_is_told(
    plant: Plant, embedded_broker: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interlock.commands.replay.ANSWERED_WITHIN_S", 0.5)
    toml = plant.folder / "site.toml"
    head, _, _ = toml.read_text().partition("[broker]")
    toml.write_text(f'{head}[broker]\nhost = "127.0.0.1"\nport = {embedded_broker.port}\n')
    said = replay(plant.folder, {"device": "scanner-cut", "code": plant.codes()[0]}, code=1)
    assert "start the gateway" in said
