"""GS1 labels: only where they are announced, never an in-house code by mistake, never a misread one."""

from __future__ import annotations

import pytest

from gateway.faults import NoScan
from gateway.gs1 import meant_code
from shopfloor.codes import badge_code, batch_code, code_kind, command_code, command_of
from shopfloor.profiles import Gs1Rules

ANNOUNCED, ALWAYS, NEVER = Gs1Rules("announced"), Gs1Rules("always"), Gs1Rules("never")
OURS = batch_code(10_127)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("]C191B7\x1d10LOT", "B7"),
        ("]d210LOT\x1d21SER", "LOT"),
        ("]Q3" + "0109506000134352" + "10LOT", "LOT"),
        ("]e021SER", "SER"),
        ("]C1\x1d10LOT\x1d", "LOT"),
        ("(01)09506000134352(10)LOT", "LOT"),
        ("]Q1https://id.gs1.org/01/09506000134352/10/LOT", "LOT"),
        ("]d1https://id.gs1.org/01/09506000134352/10/LOT", "LOT"),
        ("https://id.gs1.org/01/09506000134352/21/SER", "SER"),
        ("]C13720\x1d10LOT", "LOT"),  # 37 without 00 and 02: in-house labels do so
        (f"]C0{OURS}", OURS),
        ("]E04250168519463", "4250168519463"),
        ("1012345", "1012345"),
        ("91B7", "91B7"),
        (OURS, OURS),
    ],
)
def test_a_label_that_says_so_is_gs1_and_no_other(read: str, meant: str) -> None:
    assert meant_code(read, ANNOUNCED) == meant


@pytest.mark.parametrize(
    ("read", "why"),
    [
        ("]C1010950600013435310LOT", "check digit of (01)"),
        ("]C10010614141123456789010LOT", "check digit of (00)"),
        ("(01)09506000134353(10)LOT", "check digit of (01)"),
        ("https://id.gs1.org/01/09506000134353/10/LOT", "check digit of (01)"),
        ("]C10109506000134352", "has (01), but no batch"),
        ("]C1", "has nothing, but no batch"),
        ("]C110A\x1d10B", "twice"),
        ("]C199", "cannot be read"),
        ("]J110", "cannot be read"),
        ("]!0ABC", "no AIM id"),
        ("]", "no AIM id"),
        ("]C0", "says nothing"),
        ("(", "cannot be read"),
        ("http://[", "cannot be read"),
        ("https://example.com/about", "cannot be read"),
    ],
)
def test_a_gs1_label_that_cannot_be_used_is_refused_and_somebody_is_told(read: str, why: str) -> None:
    with pytest.raises(NoScan, match=r".") as caught:
        meant_code(read, ANNOUNCED)
    assert why in str(caught.value)
    assert caught.value.waited_for


def test_a_site_that_says_so_reads_everything_as_gs1_but_its_own_codes() -> None:
    assert meant_code("1012345", ALWAYS) == "12345"
    for own in (OURS, OURS.lower(), badge_code(7), command_code("undo")):
        assert meant_code(own, ALWAYS) == own
    assert meant_code("]C110LOT", NEVER) == "10LOT"
    assert meant_code("(10)LOT", NEVER) == "(10)LOT"


def test_the_batch_stands_where_the_site_says() -> None:
    assert meant_code("]C10109506000134352" + "10LOT\x1d91B7", Gs1Rules(batch=("10",))) == "LOT"
    assert meant_code("]C10109506000134352", Gs1Rules(batch=("01",))) == "09506000134352"
    with pytest.raises(NoScan, match="no batch"):
        meant_code("]C110LOT", Gs1Rules(batch=("21",)))


def test_badges_and_commands_are_told_from_batches() -> None:
    assert code_kind(badge_code(123)) == code_kind(badge_code(123).lower()) == "badge"
    wrong = badge_code(123)[:-1] + ("0" if badge_code(123)[-1] != "0" else "1")
    assert code_kind(wrong) == "code"
    assert (command_of("CMDBACKS"), command_of("cmdabsent8"), command_of("CMDBACK0")) == (
        "undo",
        "not-received",
        None,
    )
    assert code_kind(OURS) == "code"
    assert not set("YZ") & set(badge_code(123) + command_code("undo") + command_code("not-received"))
