"""`interlock device` and `interlock certificate`, as people type them."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from interlock.__main__ import main
from interlock.access import read_users, rights_of
from interlock.broker_words import acl_lines, subjects
from interlock.opening import open_config, open_ledger
from interlock.passwords import fits, hashed, new_password
from interlock.rights import Rights, covers
from ledger.site_versions import site_versions


def device(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["device", *map(str, words)])


@pytest.fixture
def site(good: str, tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(good, encoding="utf-8")
    return tmp_path


def test_a_device_gets_a_password_that_is_shown_once_and_kept_as_a_hash(site: Path) -> None:
    shown = json.loads(device("add", site, "scanner-07", "--json").stdout)
    assert shown["publish"] == ["interlock/hz1/scanner-07/scan", "interlock/hz1/scanner-07/state"]
    assert shown["subscribe"] == ["interlock/hz1/scanner-07/ack"]
    assert (shown["user"], shown["client_id"], shown["tls"]) == ("scanner-07", "scanner-07", False)
    assert shown["try"].startswith("mosquitto_pub -h 127.0.0.1 -p 1883 -i scanner-07 ")
    files = [file for file in site.rglob("*") if file.is_file()]
    assert not any(shown["password"] in file.read_text() for file in files)
    assert fits(shown["password"], read_users(site)["scanner-07"].hash)
    assert {stat.S_IMODE(file.stat().st_mode) for file in (site / "access").iterdir()} == {0o600}


def test_the_settings_are_printed_with_what_comes_next(site: Path) -> None:
    said = device("add", site, "scanner-07").stdout
    assert "shown this once" in said
    assert "From now on the broker lets in only who has a password" in said
    assert "From now on" not in device("add", site, "office", "--reader").stdout


def test_a_new_device_is_written_into_site_toml_and_into_its_history(site: Path, good: str) -> None:
    open_ledger(site, create=True).close()
    assert device("add", site, "scanner-08", "--station", "sew-1", "--profile", "bare").exit_code == 0
    added = open_config(site).site.devices["scanner-08"]
    assert (added.station, added.profile) == ("sew-1", "bare")
    assert (site / "site.toml").read_text().startswith(good)
    ledger = open_ledger(site)
    assert site_versions(ledger)[0].why == "a device was given a password"
    ledger.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scanner-9"], "say where it stands, with --station"),
        (["scanner-9", "--station", "cut-9"], 'there is no station "cut-9"'),
        (["scanner-07", "--station", "cut-1"], "is in site.toml already"),
        (["Scanner 9", "--station", "cut-1"], "cannot be the name of a device"),
        (["interlock-hz1-gateway", "--reader"], "cannot be the name of a device"),
        (["a:b", "--reader"], "cannot be the name of a device"),
        (["scanner-07", "--reader"], "is a device of site.toml"),
        (["office", "--reader", "--station", "cut-1"], "A reader has no --station"),
    ],
)
def test_what_cannot_be_added_is_one_sentence_and_changes_nothing(
    site: Path, good: str, words: list[str], said: str
) -> None:
    result = device("add", site, *words)
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert not (site / "access").exists()
    assert (site / "site.toml").read_text() == good


def test_a_password_is_taken_back_before_another_is_given(site: Path) -> None:
    first = json.loads(device("add", site, "scanner-07", "--json").stdout)["password"]
    again = device("add", site, "scanner-07")
    assert again.exit_code == 1
    assert "interlock device revoke" in again.stderr
    assert device("revoke", site, "scanner-07").exit_code == 0
    assert "scanner-07" not in (site / "access" / "mosquitto-passwords").read_text()
    assert "scanner-07" not in (site / "access" / "mosquitto-acl").read_text()
    assert device("revoke", site, "scanner-07").exit_code == 1
    second = json.loads(device("add", site, "scanner-07", "--json").stdout)["password"]
    assert first != second
    assert not fits(first, read_users(site)["scanner-07"].hash)


def test_the_gateways_own_password_stays_and_cannot_be_revoked(site: Path) -> None:
    device("add", site, "scanner-07")
    own = read_users(site)["interlock-hz1-gateway"]
    device("revoke", site, "scanner-07")
    assert read_users(site) == {"interlock-hz1-gateway": own}
    assert device("revoke", site, "interlock-hz1-gateway").exit_code == 1


def test_a_list_tells_who_is_let_in_and_who_is_not(site: Path) -> None:
    assert "Nobody has a password" in device("list", site).stdout
    device("add", site, "office", "--reader")
    lines = dict(line.split(maxsplit=1) for line in device("list", site).stdout.splitlines())
    assert lines["office"] == "reader"
    assert lines["scanner-07"].endswith("no password: is not let in")
    known = {row["name"]: row["password"] for row in json.loads(device("list", site, "--json").stdout)}
    assert known == {"interlock-hz1-gateway": True, "office": True, "scanner-07": False}


def test_a_device_that_site_toml_does_not_know_any_more_may_do_nothing(site: Path, good: str) -> None:
    device("add", site, "scanner-08", "--station", "sew-1")
    (site / "site.toml").write_text(good)
    rights = rights_of("scanner-08", read_users(site)["scanner-08"], open_config(site))
    assert (rights.publish, rights.subscribe) == ((), ())
    assert "not in site.toml: may do nothing" in device("list", site).stdout


def test_a_broker_of_the_plants_own_is_told_what_to_do(site: Path, good: str) -> None:
    (site / "site.toml").write_text(f'{good}\n[broker]\nhost = "hub"\n')
    said = device("add", site, "scanner-07").stdout
    assert "use_username_as_clientid true" in said
    assert 'username = "interlock-hz1-gateway" and password_file = "access/gateway-password"' in said
    assert "SIGHUP" in device("revoke", site, "scanner-07").stdout


def test_the_gateways_login_at_a_broker_of_the_plants_own_is_among_its_users(site: Path, good: str) -> None:
    (site / "secret").write_text("its own\n")
    keys = 'host = "hub"\nusername = "interlock"\npassword_file = "secret"\n'
    (site / "site.toml").write_text(f"{good}\n[broker]\n{keys}")
    device("add", site, "scanner-07")
    users = read_users(site)
    assert users["interlock"].kind == "gateway"
    assert fits("its own", users["interlock"].hash)
    assert not (site / "access" / "gateway-password").exists()


def test_damaged_users_are_one_sentence(site: Path) -> None:
    (site / "access").mkdir()
    (site / "access" / "users.json").write_text("{")
    result = device("list", site)
    assert result.exit_code == 1
    assert "is damaged" in result.stderr


def test_a_certificate_anew_keeps_its_authority(site: Path) -> None:
    words = ["certificate", str(site), "hub.plant.example", "10.0.0.5"]
    first = CliRunner().invoke(main, words)
    assert first.exit_code == 0, first.output
    authority = (site / "tls" / "ca.crt").read_bytes()
    own = (site / "tls" / "broker.crt").read_bytes()
    assert CliRunner().invoke(main, words).exit_code == 0
    assert (site / "tls" / "ca.crt").read_bytes() == authority
    assert (site / "tls" / "broker.crt").read_bytes() != own
    assert stat.S_IMODE((site / "tls" / "ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((site / "tls" / "broker.key").stat().st_mode) == 0o600
    keys = [line for line in first.stdout.splitlines() if line.startswith("  ")]
    (site / "site.toml").write_text((site / "site.toml").read_text() + "\n" + "\n".join(keys))
    assert open_config(site).broker.tls


def test_a_host_that_is_none_is_one_sentence(site: Path) -> None:
    result = CliRunner().invoke(main, ["certificate", str(site), "hüb"])
    assert result.exit_code == 1
    assert "is neither a name nor an address" in result.stderr


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_hash_fits_its_password_and_no_other(one: str, other: str) -> None:
    known = hashed(one)
    assert fits(one, known)
    assert fits(other, known) == (one == other)


@pytest.mark.parametrize(
    "known", ["", "plain", "$6$x$y", "$7$x$y$z", "$7$0$AAAA$AAAA", "$7$10$!$!", "$7$99999999999$AAAA$AAAA"]
)
def test_what_is_no_hash_fits_nothing(known: str) -> None:
    assert not fits("", known)


def test_passwords_can_be_typed_on_a_keypad_and_differ() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 24 and one.isalnum() and one == one.lower() for one in made)


@pytest.mark.parametrize(
    ("topic", "subject"),
    [
        ("interlock/hz1/a/scan", ("interlock.hz1.a.scan",)),
        ("#", (">",)),
        ("a/#", ("a.>", "a")),
        ("a/+/b", ("a.*.b",)),
        ("v1.2/x", ("v1//2.x",)),
        ("/a//b/", ("/.a./.b./",)),
    ],
)
def test_a_topic_has_its_subject(topic: str, subject: tuple[str, ...]) -> None:
    assert subjects(topic) == subject


@pytest.mark.parametrize("topic", ["a b/c", "a/*/c", "a/>"])
def test_what_the_embedded_broker_would_read_as_another_topic_is_not_granted(topic: str) -> None:
    with pytest.raises(ValueError, match="the embedded broker"):
        subjects(topic)


def test_a_star_inside_a_name_is_only_a_star() -> None:
    assert subjects("a*/b>") == ("a*.b>",)


def test_a_line_of_mosquittos_file_is_one_topic_or_none() -> None:
    rights = Rights(publish=("a/b c/d", "a/b ", " a/b", "a\nuser x"), subscribe=("a/+/c",))
    assert acl_lines("x", rights) == ["user x", "topic write a/b c/d", "topic read a/+/c"]


@pytest.mark.parametrize(
    ("wide", "narrow", "does"),
    [
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "a/+/#", True),
        ("a/+", "a/b", True),
        ("a/+", "a/#", False),
        ("a/b", "a/+", False),
        ("a/+", "a/b/c", False),
        ("a/b/c", "a/b", False),
        ("#", "a/b", True),
    ],
)
def test_a_filter_that_takes_in_another(wide: str, narrow: str, does: bool) -> None:  # noqa: FBT001  # a table
    assert covers(wide, narrow) == does
