"""The README's promises: what it tells people to do works, and what they can do is told there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from interlock.__main__ import main
from ledger.events import KINDS
from station_config import load, write_template
from station_config.keys import KEYS
from tests.test_locks import names

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def docs(readme: str) -> str:
    """The README and, where it grew too long for it, the page about configuration."""
    page = ROOT / "docs" / "configuration.md"
    return readme + (page.read_text(encoding="utf-8") if page.exists() else "")


def code_blocks(text: str) -> str:
    return "\n".join(re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def commands(group: click.Command, so_far: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    yield so_far, group
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, f"{so_far} {name}")


def test_the_readme_starts_with_two_commands(readme: str) -> None:
    lines = code_blocks(readme).splitlines()
    assert {"make demo", "make test"} <= {line.split("#")[0].strip() for line in lines}


def test_everything_the_readme_makes_can_be_made(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = re.findall(r"`make ([a-z-]+)", readme)
    told += re.findall(r"^make ([a-z-]+)", code_blocks(readme), re.MULTILINE)
    assert set(told) <= targets


def test_every_command_is_in_the_readme(readme: str) -> None:
    told = [name for name, _ in commands(main, "interlock")]
    assert [name for name in told if not re.search(rf"{name}(?![\w-])", readme)] == []


def test_every_command_and_option_has_its_help() -> None:
    for name, command in commands(main, "interlock"):
        assert command.help, f"{name} has no help"
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts[0]} has no help"


def test_every_table_and_key_of_a_site_is_in_the_docs(docs: str) -> None:
    tables = [title for title in KEYS if title]
    assert [title for title in tables if title not in docs] == []
    keys = dict.fromkeys(key for title, keys in KEYS.items() if title for key in keys)
    missing = [
        key for key in keys if not re.search(rf"`{key}`|^\s*{key} *=|\[{key}\]|\.{key}\]", docs, re.MULTILINE)
    ]
    assert missing == []


def test_every_package_is_on_the_map(readme: str) -> None:
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert [
        name for name in packages if not re.search(rf"^{name}/ ", code_blocks(readme), re.MULTILINE)
    ] == []


def test_every_dependency_is_in_the_table_that_says_why(readme: str) -> None:
    first_cells = [line.split("|")[1] for line in readme.splitlines() if line.startswith("|")]
    told = names([word for cell in first_cells for word in re.findall(r"[A-Za-z0-9][\w.-]*", cell)])
    assert sorted(names(PROJECT["project"]["dependencies"]) - told) == []


def test_every_link_to_a_file_leads_somewhere(readme: str) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_scanner_in_the_readme_is_one_of_the_starting_site(readme: str, tmp_path: Path) -> None:
    site = load(write_template("shirts", tmp_path / "site").parent).site
    topics = re.findall(r"interlock/([\w-]+)/([\w-]+)/(?:scan|ack)", readme)
    assert topics
    assert {(site.id, device) for device in site.devices} >= set(topics)


def test_every_kind_of_event_is_on_the_page_about_the_record() -> None:
    page = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in page] == []
