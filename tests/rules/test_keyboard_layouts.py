"""A scanner that types for another keyboard layout: found out, never recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.codes import badge_code, batch_code, command_code, is_own_code, meant_code

US = "1234567890qwertyuiopasdfghjklzxcvbnm"
LAYOUTS = {
    "French": "&é\"'(-è_çàazertyuiopqsdfghjklwxcvbn,",
    "Czech": "+ěščřžýáíéqwertzuiopasdfghjklyxcvbnm",
    "capitals locked": "!@#$%^&*()QWERTYUIOPASDFGHJKLZXCVBNM",
}


def typed(code: str, layout: str) -> str:
    """What arrives: digits unshifted, capitals with Shift."""
    row = dict(zip(US, LAYOUTS[layout], strict=True))
    pressed = (row[sign.lower()].upper() if sign.isalpha() else row[sign] for sign in code)
    return "".join("?" if sign == "," else sign for sign in pressed)


CODES = st.integers(0, 31**6 - 1)


@pytest.mark.parametrize("layout", LAYOUTS)
@given(CODES)
def test_a_batch_in_another_layout_is_found_out_and_is_no_code(layout: str, number: int) -> None:
    code = batch_code(number)
    read = typed(code, layout)
    if read.upper() == code:
        return  # no sign of it differs: it is the code
    assert not is_own_code(read)
    assert meant_code(read) == code


@given(CODES)
def test_a_code_that_was_read_rightly_is_not_suspected(number: int) -> None:
    for code in (batch_code(number), badge_code(number), command_code("undo")):
        assert meant_code(code) is None
        assert meant_code(code.lower()) is None


@given(st.text(max_size=20))
def test_what_is_meant_is_always_a_code_of_ours(read: str) -> None:
    meant = meant_code(read)
    assert meant is None or is_own_code(meant)
