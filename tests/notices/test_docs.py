"""docs/notices.md: what it tells people to write is read, and what it says of messages is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interlock.apprise_ways import why_no_way
from shopfloor.channels import COLLAPSE_MS, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, pause_ms
from shopfloor.instants import SECOND_MS
from station_config import SiteConfig, address_in, load, write_template

PAGE = (Path(__file__).parents[2] / "docs" / "notices.md").read_text(encoding="utf-8")


@pytest.fixture
def config(tmp_path: Path) -> SiteConfig:
    """The starting site with everything that the page tells to write."""
    file = write_template("shirts", tmp_path / "site")
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (address,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for name in re.findall(r'address_file = "([^"]+)"', PAGE):
        (file.parent / name).write_text(address)
    file.write_text("\n".join([file.read_text(encoding="utf-8"), *blocks]), encoding="utf-8")
    return load(file.parent)


def test_the_examples_are_channels_of_the_starting_site(config: SiteConfig) -> None:
    assert [channel.id for channel in config.channels] == ["managers", "leads", "reports", "light", "siren"]
    light = config.channels[3].topic
    assert light is not None
    assert (light.raised, light.retain, light.payload_clear) == (True, True, "OFF")


def test_apprise_knows_the_address_of_the_example_and_the_schemas_that_are_named(config: SiteConfig) -> None:
    file = config.channels[0].address_file
    assert file is not None
    assert why_no_way(address_in(file)) == ""
    import apprise  # noqa: PLC0415  # only to look at what it knows

    known = {schema for each in apprise.Apprise().details()["schemas"] for schema in _schemas(each)}
    named = set(re.findall(r"`?\b([a-z]+)://", PAGE)) - {"https"}
    assert {"mailto", "json", "jsons", "slack"} <= named <= known


def _schemas(way: dict[str, list[str] | None]) -> list[str]:
    return [*(way["protocols"] or ()), *(way["secure_protocols"] or ())]


def test_the_pauses_are_those_of_the_page() -> None:
    told = re.search(r"\*\*Pauses grow\*\*: ([\d, ]+) seconds, then every five minutes", PAGE)
    assert told is not None
    pauses = [int(each) for each in told[1].split(", ")]
    assert pauses == [pause_ms(tries) // SECOND_MS for tries in range(1, len(pauses) + 1)]
    assert pause_ms(len(pauses) + 1) == LONGEST_PAUSE_MS == COLLAPSE_MS
    assert pauses[0] * SECOND_MS == FIRST_PAUSE_MS
