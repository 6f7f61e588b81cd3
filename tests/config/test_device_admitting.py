"""`interlock device` for bridges and devices of other makers, and what the record says of who let whom in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interlock import clock
from interlock.__main__ import main
from interlock.access import read_users
from interlock.opening import LEDGER_FILE, open_config, open_ledger
from ledger.store import Ledger

MORE = """
[[device]]
id = "serial-1"
station = "sew-1"
profile = "tasmota-serial"
address = "bench.1"

[[device]]
id = "glove-1"
station = "sew-1"
profile = "proglove"
address = "MDMR000000064"

[[device]]
id = "button-1"
station = "sew-1"
profile = "zigbee2mqtt"
address = "hall/gate"
"""


def device(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["device", *map(str, words)])


def added(*words: str | Path) -> dict[str, Any]:
    result = device("add", *words, "--json")
    assert result.exit_code == 0, result.output
    shown: dict[str, Any] = json.loads(result.stdout)
    return shown


@pytest.fixture
def site(good: str, tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(good + MORE, encoding="utf-8")
    return tmp_path


def access_events(folder: Path) -> list[dict[str, Any]]:
    ledger = open_ledger(folder)
    rows = ledger.rows("SELECT * FROM events WHERE kind LIKE 'device_%' ORDER BY sequence")
    ledger.close()
    return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]


def test_a_device_gets_the_topics_of_its_profile_under_its_own_name(site: Path) -> None:
    shown = added(site, "serial-1")
    own = ["interlock/hz1/serial-1/scan", "interlock/hz1/serial-1/state"]
    assert shown["publish"] == ["tele/bench.1/RESULT", "tele/bench.1/LWT", *own]
    assert shown["subscribe"] == ["interlock/hz1/serial-1/ack"]
    assert "-t tele/bench.1/RESULT" in shown["try"]
    assert '{"SSerialReceived": {"Data": "<batch>"}}' in shown["try"]
    acl = (site / "access" / "mosquitto-acl").read_text()
    assert "topic write tele/bench.1/RESULT\n" in acl
    assert "tele/+" not in acl


def test_a_bridge_has_all_topics_of_its_profiles_or_those_with_a_name_in_their_place(site: Path) -> None:
    assert added(site, "zigbee", "--bridge", "zigbee2mqtt")["publish"] == ["zigbee2mqtt/#"]
    shown = added(site, "pg", "--bridge", "proglove", "--place", "gateway=PG1")
    assert shown["publish"] == shown["subscribe"] == ["proglove/gateway/PG1/+"]
    assert shown["try"].startswith("mosquitto_sub ")
    board = ("--bridge", "tasmota-serial", "--bridge", "tasmota-button", "--place", "device=b")
    assert added(site, "board", *board)["publish"] == ["tele/b/RESULT", "tele/b/LWT", "stat/b/RESULT"]


def test_a_device_whose_topics_do_not_name_it_is_told_to_come_through_a_bridge(site: Path) -> None:
    said = device("add", site, "glove-1").stdout
    assert "interlock device add DIR NAME --bridge proglove" in said
    assert "proglove/gateway" not in said
    assert "--bridge" not in device("add", site, "serial-1").stdout


def test_a_list_tells_what_comes_through_a_bridge(site: Path) -> None:
    added(site, "zigbee", "--bridge", "zigbee2mqtt")
    lines = dict(line.split(maxsplit=1) for line in device("list", site).stdout.splitlines())
    assert lines["zigbee"] == "bridge"
    assert lines["button-1"].endswith("comes through zigbee")
    assert lines["glove-1"].endswith("is not let in")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["z", "--bridge", "zigbee"], "There is no profile 'zigbee'"),
        (["z", "--bridge", "native"], "has only the site's own topics"),
        (
            ["z", "--bridge", "proglove", "--place", "device=x"],
            "no place 'device' in these topics: they have gateway",
        ),
        (["z", "--bridge", "proglove", "--place", "gateway=+"], "without + and #"),
        (["z", "--bridge", "proglove", "--place", "gateway"], "without + and #"),
        (["z", "--bridge", "proglove", "--place", "gateway=a/b"], "none of the topics can have that"),
        (["z", "--bridge", "proglove", "--place", "gateway=a b"], "carries no topic with a blank"),
        (["z", "--bridge", "proglove", "--place", "gateway=*"], "for any name"),
        (["z", "--bridge", "proglove", "--reader"], "choose one of them"),
        (["z", "--bridge", "proglove", "--station", "sew-1"], "A bridge has no --station"),
        (["z", "--place", "gateway=x"], "--place is for a --bridge"),
        (["serial-1", "--bridge", "proglove"], "is a device of site.toml"),
        (["serial-1", "--by", " "], "write the name of a person"),
    ],
)
def test_a_bridge_that_cannot_be_is_one_sentence_and_changes_nothing(
    site: Path, words: list[str], said: str
) -> None:
    before = (site / "site.toml").read_text()
    result = device("add", site, *words)
    assert result.exit_code in (1, 2)
    assert said in " ".join(result.stderr.split())
    assert not (site / "access").exists()
    assert (site / "site.toml").read_text() == before


def test_mosquittos_files_are_written_anew_after_a_change_of_the_site(site: Path) -> None:
    assert device("files", site).exit_code == 1
    added(site, "serial-1")
    text = (site / "site.toml").read_text()
    (site / "site.toml").write_text(text.replace("bench.1", "bench.2"))
    assert "bench.1" in (site / "access" / "mosquitto-acl").read_text()
    passwords = (site / "access" / "mosquitto-passwords").read_text()
    assert device("files", site).exit_code == 0
    acl = (site / "access" / "mosquitto-acl").read_text()
    assert "bench.2" in acl
    assert "bench.1" not in acl
    assert (site / "access" / "mosquitto-passwords").read_text() == passwords


def test_who_let_whom_in_is_on_the_record_and_no_secret_is(site: Path) -> None:
    open_ledger(site, create=True).close()
    first = added(site, "serial-1", "--by", "Chen")
    added(site, "zigbee", "--bridge", "zigbee2mqtt", "--by", "Chen")
    assert device("revoke", site, "serial-1", "--by", "Li").exit_code == 0
    told = [
        (one["kind"], one["detail"]["user"], one["detail"]["as"], one["person"])
        for one in access_events(site)
    ]
    assert told == [
        ("device_added", "serial-1", "device", "Chen"),
        ("device_added", "zigbee", "bridge", "Chen"),
        ("device_revoked", "serial-1", "device", "Li"),
    ]
    assert access_events(site)[0]["station"] == "sew-1"
    assert access_events(site)[0]["detail"]["publish"] == first["publish"]
    everything = json.dumps(access_events(site))
    assert first["password"] not in everything
    assert read_users(site)["zigbee"].hash not in everything


def test_without_a_ledger_a_device_is_let_in_all_the_same(site: Path) -> None:
    added(site, "serial-1")
    assert not (site / LEDGER_FILE).exists()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Somebody writes and does not end."""
    other = open_ledger(folder)
    with other.write(clock.now(), tell=False):
        yield
    other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_soon(folder: Path, **more: Any) -> Ledger:
        return open_ledger(folder, busy_timeout_ms=50, **more)

    monkeypatch.setattr("interlock.device_adding.open_ledger", open_soon)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("first", [True, False])
def test_who_cannot_be_recorded_is_not_let_in_and_nothing_is_left(site: Path, first: bool) -> None:  # noqa: FBT001  # a parameter
    open_ledger(site, create=True).close()
    if not first:
        added(site, "serial-1")
    before = {path: path.read_bytes() for path in (site / "access").glob("*")}
    text = (site / "site.toml").read_text()
    with locked(site):
        result = device("add", site, "scanner-9", "--station", "sew-1")
    assert result.exit_code == 1
    assert "nothing was recorded" in result.stderr
    assert (site / "site.toml").read_text() == text
    assert {path: path.read_bytes() for path in (site / "access").glob("*")} == before
    assert "scanner-9" not in open_config(site).site.devices


@pytest.mark.usefixtures("impatient")
def test_who_is_turned_out_is_out_whatever_the_ledger_says(site: Path) -> None:
    open_ledger(site, create=True).close()
    added(site, "serial-1")
    with locked(site):
        result = device("revoke", site, "serial-1")
    assert result.exit_code == 0
    assert "It is not in the record" in result.stderr
    assert "serial-1" not in read_users(site)


@pytest.mark.parametrize("command", ["rebuild", "verify"])
def test_the_record_is_whole_with_who_was_let_in(site: Path, command: str) -> None:
    open_ledger(site, create=True).close()
    added(site, "scanner-9", "--station", "sew-1")
    assert [one["kind"] for one in access_events(site)] == ["device_added"]
    result = CliRunner().invoke(main, [command, str(site)])
    assert (result.exit_code, result.stderr) == (0, "")
