"""A whole day and night of the demo, as partners are told of it: every event by the official schema, every order."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.__main__ import main
from interlock.ports import free_port
from tests.broker_fixtures import listens
from tests.end_to_end.test_demo import Demo, asked, assert_one_story, exported, faults_by_the_schema
from tests.waiting import wait_for

HISTORY_DAYS = "1.1"
LIMIT_S = 900


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """It has played its history and was stopped: nothing is recorded any more."""
    demo = Demo(tmp_path / "plant", free_port(), HISTORY_DAYS)
    try:
        demo.wait_until_it_runs(LIMIT_S)
        demo.stop()
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


@pytest.fixture
def api(demo: Demo) -> Iterator[str]:
    """The web server alone, on the demo's folder."""
    command = [sys.executable, "-m", "interlock", "kiosk", str(demo.folder)]
    port = tomllib.loads((demo.folder / "site.toml").read_text(encoding="utf-8"))["web"]["port"]
    with (demo.folder / "kiosk.txt").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for(lambda: listens(port), 60, "the web server")
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.faults_long
@pytest.mark.timeout(2 * LIMIT_S)
def test_every_event_is_valid_each_order_is_one_story_and_the_record_is_whole(demo: Demo, api: str) -> None:
    document, found = exported(demo.folder)
    events = document["epcisBody"]["eventList"]
    assert len({event["eventTime"][:10] for event in events}) > 1
    assert len(events) > 1_000
    assert {"commissioning", "departing", "receiving", "shipping"} <= {event["bizStep"] for event in events}
    assert len(found) > 10
    assert_one_story(found, {order: asked(f"{api}/orders/{order}") for order in found})
    assert faults_by_the_schema(document) == []
    assert told("verify", demo)[-1].endswith(")")
    *tables, last = told("rebuild", demo)
    assert len(tables) > 10
    assert [line for line in tables if not line.endswith("as the events tell")] == []
    assert last.endswith("nothing differed.")


def told(command: str, demo: Demo) -> list[str]:
    done = CliRunner().invoke(main, [command, str(demo.folder)])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()
