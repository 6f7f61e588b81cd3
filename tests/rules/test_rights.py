"""Who may do what, and how long a guesser waits: tables worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.instants import HOUR_MS, MINUTE_MS, SECOND_MS
from shopfloor.pins import LONGEST_WAIT_MS, device_wait_ms, wait_ms, why_not_pin
from shopfloor.rights import (
    ACTIONS,
    FIRST_ROLES,
    KIOSK,
    MAY,
    PERSON_ROLES,
    PROVED,
    WITHOUT_LOGIN,
    Action,
    PersonRole,
    Rights,
    who_may,
)

WHO: dict[Action, str] = {
    "read": "operator lead sales production purchasing supervisor manager admin",
    "record": "operator lead sales production purchasing supervisor manager admin",
    "kiosk": "operator lead sales production purchasing supervisor manager admin",
    "scan": "operator lead supervisor",
    "correct": "operator lead supervisor",
    "flag": "lead supervisor",
    "answer": "lead supervisor",
    "force": "lead supervisor",
    "rule": "supervisor manager",
    "improve": "lead supervisor manager",
    "plan": "sales production purchasing",
    "confirm:sales": "sales",
    "confirm:production": "production",
    "confirm:purchasing": "purchasing",
    "site": "production supervisor admin",
    "devices": "supervisor admin",
    "kiosks": "supervisor admin",
    "people": "admin",
}


@pytest.mark.parametrize("action", ACTIONS)
def test_the_roles_that_may_do_it_are_those_of_the_table(action: Action) -> None:
    assert " ".join(who_may(action)) == WHO[action]


@pytest.mark.parametrize(
    ("roles", "links", "action", "link", "may"),
    [
        ((), (), "read", None, False),
        (("lead",), ("shirts/sew",), "answer", "shirts/sew", True),
        (("lead",), ("shirts/sew",), "answer", "shirts/cut", False),
        (("lead",), ("shirts/sew",), "answer", None, True),
        (("lead",), (), "answer", None, False),
        (("lead",), ("shirts/sew",), "scan", "shirts/cut", True),
        (("lead", "supervisor"), ("shirts/sew",), "answer", "shirts/cut", True),
        (("operator", "sales"), (), "confirm:sales", None, True),
        (("operator", "sales"), (), "confirm:production", None, False),
    ],
)
def test_roles_add_up_and_a_lead_leads_only_own_links(
    roles: tuple[PersonRole, ...], links: tuple[str, ...], action: Action, link: str | None, may: object
) -> None:
    assert Rights(frozenset(roles), frozenset(links)).may(action, link) is may


@given(st.sets(st.sampled_from(PERSON_ROLES)), st.sampled_from(PERSON_ROLES), st.sampled_from(ACTIONS))
def test_another_role_never_takes_a_right_away(
    roles: set[PersonRole], more: PersonRole, action: Action
) -> None:
    links = frozenset({"shirts/sew"})
    if Rights(frozenset(roles), links).may(action, "shirts/sew"):
        assert Rights(frozenset(roles | {more}), links).may(action, "shirts/sew")


def test_what_a_kiosk_may_alone_commits_nobody() -> None:
    assert not KIOSK & PROVED
    assert KIOSK | PROVED | {"record"} == set(ACTIONS)


def test_nobody_registers_people_without_a_login_not_even_in_a_demo() -> None:
    for free in WITHOUT_LOGIN.values():
        assert not free & {"people", "kiosks"}


def test_whoever_sets_a_site_up_can_plan_rule_and_register() -> None:
    assert {action for role in FIRST_ROLES for action in MAY[role]} == set(ACTIONS)


@pytest.mark.parametrize(
    ("failures", "wait_s"),
    [
        (0, 0),
        (4, 0),
        (5, 5),
        (6, 10),
        (7, 20),
        (8, 40),
        (9, 80),
        (10, 160),
        (11, 320),
        (12, 640),
        (13, 900),
        (99, 900),
    ],
)
def test_waiting_doubles_from_the_fifth_wrong_pin_to_a_quarter_of_an_hour(failures: int, wait_s: int) -> None:
    assert wait_ms(failures) == wait_s * SECOND_MS


@given(st.integers(0, 10**9))
def test_nobody_ever_waits_longer_than_the_longest_wait(failures: int) -> None:
    assert wait_ms(failures) <= LONGEST_WAIT_MS == 15 * MINUTE_MS
    assert device_wait_ms(failures) < MINUTE_MS < HOUR_MS


@pytest.mark.parametrize(
    "pin", ["000000", "777777", "123456", "345678", "654321", "121212", "456456", "567890"]
)
def test_a_pin_that_would_be_tried_first_is_refused(pin: str) -> None:
    assert why_not_pin(pin) is not None


@pytest.mark.parametrize("pin", ["12345", "1234567", "12a456", "\uff14" * 6, " 40271", "-40271"])
def test_a_pin_has_six_digits(pin: str) -> None:
    assert why_not_pin(pin) == "a PIN has 6 digits"


def test_other_pins_are_taken() -> None:
    for pin in ("402716", "100007", "918273"):
        assert why_not_pin(pin) is None
