"""`interlock demo` as a visitor meets it: history, addresses, a living plant, Ctrl-C, and on from there."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from interlock.__main__ import main
from interlock.demo.site import DemoFault, demo_site
from interlock.opening import LEDGER_FILE, open_ledger
from interlock.ports import free_port
from ledger.checking import faults
from station_config import load, write_template
from tests.end_to_end.epcis_story import shapes, stories, told_by_api
from tests.end_to_end.report_totals import assert_reports_tell_the_events
from tests.end_to_end.test_export import SCHEMA, formats
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(300)  # a demo starts with its history
HISTORY_DAYS = "0.2"
START_LIMIT_S = 120


class Demo:
    """One start of the demo, its output in a file."""

    def __init__(self, folder: Path, port: int, history_days: str = HISTORY_DAYS) -> None:
        self.folder = folder
        self.output = folder.with_suffix(".txt")
        command = [sys.executable, "-m", "interlock", "demo", "--port", str(port), "--data", str(folder)]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--history", history_days], stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until_it_runs(self, limit_s: float = START_LIMIT_S) -> None:
        def runs() -> bool:
            assert self.process.poll() is None, self.said
            return "Ctrl-C stops everything" in self.said

        wait_for(runs, limit_s, "the addresses")

    def stop(self, how: int = signal.SIGINT) -> int:
        """Its exit code."""
        self.process.send_signal(how)
        return self.process.wait(10)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Demo]]:
    port = free_port()
    started: list[Demo] = []

    def begin() -> Demo:
        started.append(Demo(tmp_path / "plant", port))
        return started[-1]

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


def asked(address: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})  # noqa: S310  # our own
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # our own
        told: dict[str, Any] = json.load(answer)
        return told


def lying_there(api: str) -> dict[str, list[str]]:
    """What is being agreed, and whom it waits for."""
    orders = asked(f"{api}/orders")["orders"]
    return {order["order"]: order["agreeing"]["waits_for"] for order in orders if order["agreeing"]}


def exported(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The EPCIS document of a demo, and the story of each order in it."""
    line = next(iter(load(folder).site.lines.values()))
    out = folder.with_suffix(".epcis.json")
    done = CliRunner().invoke(main, ["export", str(folder), "--format", "epcis", "--out", str(out)])
    assert done.exit_code == 0, done.output
    document = json.loads(out.read_text(encoding="utf-8"))
    return document, stories(document, {link.id: link.after for link in line.links})


def assert_one_story(found: dict[str, Any], orders: dict[str, Any]) -> None:
    """What partners are told of each order is what the API tells."""
    for order, story in found.items():
        shipped = orders[order]["state"] == "shipped"
        if not shipped:
            del story["last_shipped_at"]
        assert story == told_by_api(orders[order], since_last=shipped), order


def faults_by_the_schema(document: dict[str, Any]) -> list[str]:
    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=formats)
    return sorted(str(fault) for fault in validator.iter_errors(document))


def assert_partners_are_told_the_same(folder: Path, api: str) -> None:
    """The EPCIS export beside what the API tells of every order, both as of one event; and by the official schema."""

    def last() -> int:
        return int(asked(f"{api}/board/gearbox")["sequence"])

    def told() -> tuple[dict[str, Any], dict[str, Any]] | None:
        before = last()
        document, found = exported(folder)
        orders = {order: asked(f"{api}/orders/{order}") for order in found}
        if last() != before:  # the plant lives on: once more
            return None
        assert_one_story(found, orders)
        return document, found

    document, found = wait_for(told, 40, "a moment in which nothing is recorded")
    assert len(found) > 10
    events = document["epcisBody"]["eventList"]
    assert {event["bizStep"] for event in events} >= {"commissioning", "departing", "receiving", "shipping"}
    document["epcisBody"]["eventList"] = shapes(events, 25)
    assert faults_by_the_schema(document) == []


def test_history_addresses_a_living_plant_ctrl_c_and_on_from_there(start: Callable[[], Demo]) -> None:
    demo = start()
    demo.wait_until_it_runs()
    assert "Playing the last 5 hours" in demo.said
    addresses = re.findall(r"http://[^\s]+", demo.said)
    assert len(addresses) >= 4
    for address in addresses:
        with urllib.request.urlopen(address, timeout=5) as page:  # noqa: S310  # our own
            assert page.status == 200
    api = f"{addresses[0]}api/v1"
    before = asked(f"{api}/board/gearbox")
    assert before["orders_open"] > 10

    wait_for(lambda: len(lying_there(api)) == 3, what="drafts on the planners' table")
    drafts = lying_there(api)

    # The printed line is a scan that is recorded now; here it comes in by the API, without a client of MQTT.
    found = re.search(r"interlock/gbx1/(\S+)/scan -q 1 -m (\S+)", demo.said)
    assert found is not None
    result = asked(f"{api}/scans", {"device": found[1], "code": found[2]})
    assert result["result"] == "recorded", result
    assert " given " in result["text"]
    wait_for(lambda: asked(f"{api}/board/gearbox")["sequence"] > before["sequence"], what="a change")

    assert_partners_are_told_the_same(demo.folder, api)

    assert demo.stop() == 0, demo.said
    assert "Traceback" not in demo.said
    assert demo.said.rstrip().endswith("The next start goes on from here.")

    again = start()
    again.wait_until_it_runs()
    assert "Going on where the demo stopped" in again.said
    after = asked(f"{api}/board/gearbox")
    assert after["sequence"] > before["sequence"]
    assert lying_there(api) == drafts
    assert again.stop(signal.SIGTERM) == 0, again.said
    assert "Traceback" not in again.said
    is_whole(again.folder)
    assert_reports_tell_the_events(again.folder)


def test_a_kill_in_the_middle_of_history_loses_and_repeats_nothing(start: Callable[[], Demo]) -> None:
    demo = start()
    database = demo.folder / LEDGER_FILE
    wait_for(lambda: database.exists() and scans_in(demo.folder) > 100, START_LIMIT_S, "some history")
    demo.process.kill()
    demo.process.wait()
    again = start()
    again.wait_until_it_runs()
    assert "Going on where the demo stopped" in again.said
    assert again.stop() == 0
    is_whole(again.folder)


def is_whole(folder: Path) -> None:
    """The record agrees with itself, and only what people do wrong was refused."""
    ledger = open_ledger(folder)
    try:
        assert list(faults(ledger)) == []
        words = ledger.rows("SELECT DISTINCT word FROM refused")
        assert {row["word"] for row in words} <= {"unknown", "given", "skipped"}
    finally:
        ledger.close()


def scans_in(folder: Path) -> int:
    ledger = open_ledger(folder, checkpoints=False)
    try:
        return int(ledger.rows("SELECT COUNT(*) FROM events WHERE kind = 'given'")[0][0])
    finally:
        ledger.close()


def test_a_folder_with_another_site_is_left_as_it_is(tmp_path: Path) -> None:
    path = write_template("shirts", tmp_path)
    before = path.read_bytes()
    with pytest.raises(DemoFault, match="not the demo's"), demo_site(tmp_path, None):
        pass
    assert path.read_bytes() == before


def test_two_demos_never_share_a_folder(tmp_path: Path) -> None:
    with (
        demo_site(tmp_path, None),
        pytest.raises(DemoFault, match="running already"),
        demo_site(tmp_path, None),
    ):
        pass


def test_a_port_that_is_taken_is_said_and_the_settings_name_the_one_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DemoFault, match=f"Port {port} is taken"), demo_site(tmp_path, port):
            pass
    wanted = free_port()
    with demo_site(tmp_path, wanted) as site:
        config = load(site.folder)
        assert (config.web.port, config.broker.port) == (wanted, site.broker_port)
