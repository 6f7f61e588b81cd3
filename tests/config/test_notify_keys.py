"""[[notify]]: what the keys become, when they cannot be, and what interlock check says of an address."""

import sys
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.commands.site import check
from shopfloor.channels import Channel, Topic
from shopfloor.instants import MINUTE_MS
from station_config import Fault, address_in, load
from station_config.differences import differences

Write = Callable[[str | bytes], Path]
ADDRESS = "mailto://plant:secret@mail.example.com?to=leads@example.com"
MAIL = '[[notify]]\nid = "leads"\naddress_file = "leads.txt"\n'
LIGHT = '[[notify]]\nid = "light"\ntopic = "plant/light"\n'


@pytest.fixture(autouse=True)
def address_file(tmp_path: Path) -> Path:
    file = tmp_path / "leads.txt"
    file.write_text(f"# the leads\n{ADDRESS}\n")
    return file


def test_without_the_table_nobody_is_told(write: Write, good: str) -> None:
    assert load(write(good)).channels == ()


def test_an_address_stays_in_its_file_and_the_rest_is_usual(
    write: Write, good: str, address_file: Path
) -> None:
    (channel,) = load(write(good + MAIL)).channels
    assert channel == Channel("leads", address_file=address_file)
    assert (channel.roles, channel.collapse_ms) == (("lead", "supervisor", "manager"), 5 * MINUTE_MS)
    assert address_in(address_file) == ADDRESS
    assert "secret" not in repr(load(write(good + MAIL)))


def test_all_keys_are_read(write: Write, good: str, address_file: Path) -> None:
    text = f"""{MAIL}
roles = ["manager", "lead"]
lines = ["shirts"]
quiet = ["22:00-06:00", "12:00-12:30"]
collapse = "10min"
reports = ["responsibility", "shift"]

[[notify]]
id = "light"
topic = "plant/hall-2/light"
payload = "ON"
payload_clear = "OFF"
retain = true
when = "raised"
"""
    assert load(write(good + text)).channels == (
        Channel(
            "leads",
            ("lead", "manager"),
            ("shirts",),
            ((time(22), time(6)), (time(12), time(12, 30))),
            10 * MINUTE_MS,
            address_file=address_file,
            reports=("shift", "responsibility"),
        ),
        Channel(
            "light", collapse_ms=0, topic=Topic("plant/hall-2/light", "ON", "OFF", retain=True, raised=True)
        ),
    )


@pytest.mark.parametrize(
    ("text", "key", "phrase"),
    [
        (
            '[[notify]]\nid = "a"\n',
            "notify[0].address_file",
            'address_file = "notify-managers.txt", or topic',
        ),
        (MAIL.replace('id = "leads"\n', ""), "notify[0].id", "is missing"),
        (f"{MAIL}\n{MAIL}", "notify[1].id", "is the id of another channel"),
        (MAIL.replace("leads.txt", "no.txt"), "notify[0].address_file", "no.txt"),
        (f'{MAIL}topic = "plant/light"\n', "notify[0].topic", "take one of the two out"),
        (f"{MAIL}retain = true\n", "notify[0].retain", "is for a topic; write for example topic ="),
        (f'{MAIL}payload = "ON"\n', "notify[0].payload", "is for a topic"),
        (f'{MAIL}roles = ["boss"]\n', "notify[0].roles[0]", '"boss" is not a role on a ladder'),
        (f"{MAIL}roles = []\n", "notify[0].roles", "nobody is told through this channel"),
        (f'{MAIL}reports = ["shfit"]\n', "notify[0].reports[0]", 'write "shift"'),
        (f'{LIGHT}reports = ["shift"]\n', "notify[0].reports", "a topic takes none"),
        (f'{MAIL}lines = ["shirt"]\n', "notify[0].lines[0]", 'did you mean "shirts"?'),
        (f'{MAIL}quiet = ["22:00"]\n', "notify[0].quiet[0]", 'write for example "22:00-06:00"'),
        (f'{MAIL}quiet = ["22:00-06:00", "06:00-22:00"]\n', "notify[0].quiet", "no time of the day is left"),
        (f'{MAIL}collapse = "soon"\n', "notify[0].collapse", '"soon" is not a time'),
        (f'{MAIL}adress_file = "x"\n', "notify[0].adress_file", "did you mean address_file?"),
        (LIGHT.replace("plant/light", "plant/#"), "notify[0].topic", "is not a topic without + and #"),
        (f'{LIGHT}when = "always"\n', "notify[0].when", 'write "told" or "raised"'),
        (f'{LIGHT}when = "raised"\n', "notify[0].when", 'payload_clear = "OFF" too'),
        ('[notify]\nid = "light"\ntopic = "plant/light"\n', "notify", "write [[notify]] in two brackets"),
    ],
)
def test_each_fault_says_where_and_what_to_write(
    faults_in: Callable[[str | bytes], list[Fault]], good: str, text: str, key: str, phrase: str
) -> None:
    found = faults_in(f"{good}\n{text}")
    assert [fault.key for fault in found] == [key]
    assert phrase in found[0].text


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        (b"\n# nothing\n", "leads.txt is empty"),
        (b"json://a\njson://b\n", "holds more than one address"),
        (b"password\n", "holds no address; write for example mailto://..."),
        (b"json://\xff\n", "is no text in UTF-8"),
    ],
)
def test_what_a_file_holds_is_told_only_when_it_is_no_address(
    faults_in: Callable[[str | bytes], list[Fault]],
    good: str,
    address_file: Path,
    content: bytes,
    phrase: str,
) -> None:
    address_file.write_bytes(content)
    (found,) = faults_in(good + MAIL)
    assert (found.key, phrase in found.text) == ("notify[0].address_file", True)
    assert "password" not in found.text


def test_a_channel_may_be_for_reports_alone(write: Write, good: str) -> None:
    (channel,) = load(write(f'{good}{MAIL}roles = []\nreports = ["shift"]\n')).channels
    assert (channel.roles, channel.reports) == ((), ("shift",))


def test_a_change_of_channels_is_told_in_words(write: Write, good: str) -> None:
    before = load(write(good + MAIL))
    after = load(write(f'{good}\n{MAIL}quiet = ["22:00-06:00"]\n{LIGHT}'))
    assert differences(before, after) == ("Notify leads: quiet none -> 22:00-06:00", "Notify light: new")


def test_check_names_an_address_that_nothing_sends_to(write: Write, good: str, address_file: Path) -> None:
    folder = write(good + MAIL)
    said = CliRunner().invoke(check, [str(folder)])
    assert (said.exception, said.stderr) == (None, "")
    address_file.write_text("pigeon://secret@roof\n")
    said = CliRunner().invoke(check, [str(folder)])
    assert said.exit_code == 1
    assert said.stderr.startswith(
        "notify leads: apprise does not know such an address; write for example mailto:"
    )
    assert "secret" not in said.output


def test_check_says_that_the_extra_is_missing_only_where_something_needs_it(
    write: Write, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # as python marks what cannot be imported
    assert CliRunner().invoke(check, [str(write(good + LIGHT))]).exit_code == 0
    said = CliRunner().invoke(check, [str(write(good + MAIL))])
    assert said.exit_code == 1
    assert said.stderr == (
        "notify leads: messages need apprise, which is not installed: pip install 'interlock[notify]'\n"
    )
