"""`interlock user`: people from the command line; and what check and run say of a site that is open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interlock import clock
from interlock.__main__ import main
from interlock.commands.run import tell_setup
from interlock.opening import open_ledger
from ledger import api_tokens, audit, kiosks, people, pins
from shopfloor.pins import why_not_pin
from station_config import load
from tests.factory import WORKED_SITE, site_folder

Interlock = Callable[..., Result]
PIN = "402716"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return site_folder(tmp_path / "site")


@pytest.fixture
def interlock() -> Interlock:
    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def told(result: Result, label: str) -> str:
    line = next(line for line in result.output.splitlines() if line.startswith(label))
    return line.removeprefix(label).split()[0]


def test_the_first_person_is_an_admin_and_is_shown_badge_and_pin_once(
    folder: Path, interlock: Interlock
) -> None:
    refused = interlock("user", "add", folder, "Bo", "--role", "operator")
    assert (refused.exit_code, "has to be an admin" in refused.output) == (2, True)
    made = interlock(
        "user", "add", folder, "Grace", "--role", "admin", "--role", "supervisor", "--language", "es"
    )
    assert made.exit_code == 0, made.output
    assert "From now on changes need a login" in made.output
    pin = told(made, "PIN")
    assert why_not_pin(pin) is None
    ledger = open_ledger(folder)
    grace = people.find(ledger, told(made, "badge"))
    assert grace is not None
    assert (grace.name, grace.language, grace.pin_is_new) == ("Grace", "es", True)
    assert pins.fits(pin, people.pin_hash(ledger, grace))
    assert audit.page(ledger)[0].by.startswith("interlock user (")
    ledger.close()
    assert pin not in interlock("user", "list", folder).output


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("Bo",), 2, "Say with --role"),
        (("Bo", "--role", "boss"), 2, "'boss' is not one of"),
        (("Bo", "--role", "lead"), 1, "at least one link"),
        (("Bo", "--role", "lead", "--link", "shirts/none"), 2, "There is no link 'shirts/none'"),
        (("Bo", "--role", "operator", "--pin", "123456"), 1, "would be tried first"),
        (("grace", "--role", "operator"), 1, "registered already"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nobody_is_added(
    folder: Path, interlock: Interlock, words: tuple[str, ...], code: int, text: str
) -> None:
    interlock("user", "add", folder, "Grace", "--role", "admin", "--pin", PIN)
    result = interlock("user", "add", folder, *words)
    assert (result.exit_code, "Traceback" in result.output) == (code, False)
    assert text in " ".join(result.output.split())
    assert len(json.loads(interlock("user", "list", folder, "--json").output)) == 1


def test_people_are_listed_revoked_and_let_in_again(folder: Path, interlock: Interlock) -> None:
    assert "Nobody is registered" in interlock("user", "list", folder).output
    interlock("user", "add", folder, "Grace", "--role", "admin", "--pin", PIN)
    lead = ("--role", "lead", "--link", "shirts/sew", "--badge", "04a2b9")
    assert interlock("user", "add", folder, "Li Wei", *lead, "--pin", PIN).exit_code == 0
    assert interlock("user", "revoke", folder, "grace").exit_code == 1  # the only admin
    assert interlock("user", "revoke", folder, "li wei").exit_code == 0
    rows = json.loads(interlock("user", "list", folder, "--json").output)
    assert [(row["name"], row["badge"][:6], row["revoked"]) for row in rows][1] == ("Li Wei", "04A2B9", True)
    assert "revoked" in interlock("user", "list", folder).output
    assert interlock("user", "pin", folder, "Li Wei").exit_code == 0
    assert not json.loads(interlock("user", "list", folder, "--json").output)[1]["revoked"]
    assert interlock("user", "revoke", folder, "nobody").exit_code == 1


def test_a_token_is_printed_once_for_one_program(folder: Path, interlock: Interlock) -> None:
    interlock("user", "add", folder, "Grace", "--role", "admin", "--pin", PIN)
    made = interlock("user", "token", folder, "Grace", "--for", "MES", "--may", "read")
    ledger = open_ledger(folder)
    token = api_tokens.of_token(ledger, made.output.strip())
    assert token is not None
    assert (token.name, token.actions, token.person.name) == ("MES", {"read"}, "Grace")
    ledger.close()


def test_a_site_that_starts_tells_how_the_first_person_is_registered(
    tmp_path: Path, interlock: Interlock, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = site_folder(tmp_path / "open", f'{WORKED_SITE}\n[web]\nlisten = "0.0.0.0"\n')
    ledger = open_ledger(folder, create=True)
    tell_setup(folder, load(folder), "http://127.0.0.1:8080")
    first, second = capsys.readouterr().out.splitlines()
    assert "http://127.0.0.1:8080/setup makes the first admin" in first
    code = re.search(r"\d{4} \d{4}", second)
    assert code is not None
    assert (
        kiosks.take_code(ledger, code[0], kiosks.SETUP, "", device="address:10.0.0.7", now=clock.now()) == ""
    )
    interlock("user", "add", folder, "Grace", "--role", "admin", "--pin", PIN)
    tell_setup(folder, load(folder), "http://127.0.0.1:8080")
    assert capsys.readouterr().out == ""
    ledger.close()


@pytest.mark.parametrize(
    ("listen", "access", "registered", "warned"),
    [
        ("127.0.0.1", "", False, ""),
        ("0.0.0.0", "", False, "ask nobody to log in"),  # noqa: S104  # a site's own words
        ("0.0.0.0", "", True, ""),  # noqa: S104  # a site's own words
        ("0.0.0.0", '[access]\nwithout_login = "everything"\n', True, "that is for a demo"),  # noqa: S104  # a site's own words
    ],
)
def test_check_warns_of_pages_that_are_open_to_others(
    tmp_path: Path, interlock: Interlock, listen: str, access: str, registered: object, warned: str
) -> None:
    folder = site_folder(tmp_path / "open", f'{WORKED_SITE}\n[web]\nlisten = "{listen}"\n{access}')
    if registered:
        interlock("user", "add", folder, "Grace", "--role", "admin", "--pin", PIN)
    result = interlock("check", folder)
    assert result.exit_code == 0
    assert ("WARNING: the pages listen" in result.output) == bool(warned)
    assert warned in " ".join(result.output.split())
    assert (folder / "ledger.db").exists() == bool(registered)  # checking makes nothing
