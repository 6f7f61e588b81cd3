"""[[profile]], [codes] and [gateway]: what a maker's messages are like, by configuration alone, and its faults."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shopfloor.profiles import Gs1Rules
from shopfloor.topic_patterns import TopicPattern
from station_config import AddDevice, SiteFaults, apply, built_in_profiles, check_text, differences
from tests.factory import WORKED_SITE

OWN = """
[[profile]]
id = "camera"
topics = ["cell/{device}/reads"]
code = ["values.0.v", '"odd.key".v']
time = "t"
time_unit = "us"
time_zone = "site"
again = "90s"
"""

TWICE = "".join(
    f'[[device]]\nid = "{name}"\nstation = "cut-1"\nprofile = "umh"\naddress = "x"\n' for name in "ab"
)


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(SiteFaults) as raised:
        check_text(Path(), WORKED_SITE + text)
    return [(fault.key, fault.text) for fault in raised.value.faults]


def changed(old: str, new: str) -> str:
    assert old in OWN
    return OWN.replace(old, new)


def test_a_profile_is_read_whole() -> None:
    camera = check_text(Path(), WORKED_SITE + OWN).profiles["camera"]
    assert camera.topics == (TopicPattern("cell/{device}/reads"),)
    assert camera.code == (("values", "0", "v"), ("odd.key", "v"))
    assert (camera.time_unit, camera.time_zone, camera.again_ms) == ("us", ZoneInfo("Asia/Shanghai"), 90_000)


def test_what_is_like_a_built_in_profile_has_its_other_keys() -> None:
    config = check_text(
        Path(),
        WORKED_SITE
        + '[[profile]]\nid = "own"\nlike = "tasmota-serial"\ntopics = ["factory/{device}/RESULT"]\n',
    )
    own, built_in = config.profiles["own"], config.profiles["tasmota-serial"]
    assert own.topics == (TopicPattern("factory/{device}/RESULT"),)
    assert (own.code, own.presence, own.mixed, own.built_in) == (
        built_in.code,
        built_in.presence,
        True,
        False,
    )


def test_built_in_profiles_take_the_zone_of_the_site() -> None:
    zones = {built_in_profiles(ZoneInfo(zone))["tasmota-nfc"].time_zone for zone in ("UTC", "Asia/Tokyo")}
    assert zones == {ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")}
    assert built_in_profiles(ZoneInfo("Asia/Tokyo"))["native"].time_zone == ZoneInfo("Asia/Tokyo")
    assert built_in_profiles(ZoneInfo("UTC"))["umh"].time_zone is None


def test_labels_and_what_is_listened_to_are_the_sites() -> None:
    text = '[codes]\ngs1 = "always"\ngs1_batch = ["91", "10"]\n[gateway]\nlisten = ["umh"]\n'
    config = check_text(Path(), WORKED_SITE + text)
    assert config.codes == Gs1Rules("always", ("91", "10"))
    assert config.listen == ("umh",)
    plain = check_text(Path(), WORKED_SITE)
    assert plain.codes.batch[-2:] == ("10", "21")
    assert differences(plain, config) == (
        "Gateway: listen none -> umh",
        "Codes: gs1 announced -> always",
        f"Codes: gs1_batch {', '.join(plain.codes.batch)} -> 91, 10".replace("gs1_batch", "gs1 batch"),
    )
    assert differences(plain, check_text(Path(), WORKED_SITE + OWN)) == ("Profile camera: new",)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (changed('"cell/{device}/reads"', '"cell/{device/reads"'), "profile[0].topics[0]", "no level"),
        (changed('"cell/{device}/reads"', '"cell/x{device}"'), "profile[0].topics[0]", "stands alone"),
        (changed('"cell/{device}/reads"', '"#"'), "profile[0].topics[0]", "not a topic"),
        (changed('"cell/{device}/reads"', '"cell/+/reads"'), "profile[0].topics[0]", "write {device} in it"),
        (changed('"cell/{device}/reads"', '"{a...}/{device}"'), "profile[0].topics[0]", "own topics"),
        (changed('"cell/{device}/reads"', '"a b/{device}"'), "profile[0].topics[0]", "has a blank"),
        (changed("topics = [", 'topic = "x"\ntopics = ['), "profile[0].topic", "did you mean topics?"),
        (changed('"values.0.v"', '"values..v"'), "profile[0].code[0]", "a path into the JSON"),
        (changed('"values.0.v"', "7"), "profile[0].code[0]", "a path into the JSON"),
        (changed('"us"', '"seconds"'), "profile[0].time_unit", 'write "iso", "s", "ms" or "us"'),
        (changed('"site"', '"Asia/Tokio"'), "profile[0].time_zone", "Asia/Tokyo"),
        (changed('"90s"', '"3d"'), "profile[0].again", "at most a day"),
        (changed('"camera"', '"umh"'), "profile[0].id", "built-in"),
        (changed("again", 'like = "tasmota"\nagain'), "profile[0].like", "tasmota-"),
        (
            changed("again", 'action = "a"\ncommands = { A = "stop" }\nagain'),
            "profile[0].commands.A",
            '"undo" or "not-received"',
        ),
        (changed("again", 'commands = { A = "undo" }\nagain'), "profile[0].action", "the word at a path"),
        (changed("again", "when = { a = 7 }\nagain"), "profile[0].when.a", "a word or a list of words"),
        (changed("again", "shortest = 9\nlongest = 8\nagain"), "profile[0].longest", "swap the two"),
        (changed("again", "mixed = 'yes'\nagain"), "profile[0].mixed", "true or false"),
        (changed("again", 'online = ["x"]\noffline = ["x"]\nagain'), "profile[0].offline", "in online too"),
        (changed("again", 'answer = "a/{line}"\nagain'), "profile[0].answer", "in none of the topics"),
        (changed("again", 'answer = "cell/{device}/reads"\nagain'), "profile[0].answer", "ignore_topics"),
        (changed("again", "answer_recorded = '{x}'\nagain"), "profile[0].answer_recorded", "there is no {x}"),
        (changed("again", 'gs1_batch = ["(91)"]\nagain'), "profile[0].gs1_batch[0]", 'write "91"'),
        ('[[profile]]\nid = "x"\n', "profile[0].code", "is missing"),
        ('[codes]\ngs1 = "yes"\n', "codes.gs1", 'write "announced", "always" or "never"'),
        ('[gateway]\nlisten = ["umg"]\n', "gateway.listen[0]", 'did you mean "umh"?'),
        ('[[device]]\nid = "a"\nstation = "cut-1"\nprofile = "umg"\n', "device[3].profile", '"umh"'),
        (
            TWICE,
            "device[4].address",
            'the name of the device "a" too',
        ),
    ],
)
def test_a_fault_says_where_and_what_to_write(text: str, key: str, words: str) -> None:
    found = faults("\n" + text)
    assert [each[0] for each in found] == [key], found
    assert words in found[0][1]


def test_a_device_is_added_below_the_others_and_nothing_else_changes() -> None:
    text = apply(WORKED_SITE, [AddDevice("button-2", "sew-1", "zigbee2mqtt", "hall/door 1", "in")])
    added = (
        '\n[[device]]\nid = "button-2"\nstation = "sew-1"\nprofile = "zigbee2mqtt"\naddress = "hall/door 1"\n'
    )
    assert text == f'{WORKED_SITE}{added}mode = "in"\n'
    assert check_text(Path(), text).site.devices["button-2"].called == "hall/door 1"
    assert apply(WORKED_SITE, [AddDevice("s", "sew-1")]).endswith('id = "s"\nstation = "sew-1"\n')
