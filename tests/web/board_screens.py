"""Made-up rows of a floor board: every state that a link can be in."""

# ruff: noqa: FBT003  # in the order of their fields they read like the screen

from __future__ import annotations

from dataclasses import replace

from kiosk.contexts import BoardPage, BoardRow, HourCell
from tests.web.flag_screens import (
    ANSWERED,
    BROKEN,
    CHOSEN,
    DISPUTED,
    ESCALATED,
    FRAME,
    RAISED,
    UNREASONED,
)

HOUR = HourCell(0, "10-11", 40, 22, "now")
ROW = BoardRow(
    "sew", "Sewing", False, "on_target", 0, (None, HourCell(0, "09-10", 40, 31, "short")), HOUR,
    83, 120, 0, None, 40, (), "10:38", 4,
)  # fmt: skip
ROWS = (
    ROW,
    replace(ROW, link="due", state="due_soon"),
    replace(ROW, link="late", state="late", late_min=12, behind=18, needed_per_hour=59),
    replace(ROW, link="still", state="stands_still", behind=18, needed_per_hour=None, late_min=34),
    replace(ROW, link="flag", state="flagged", flags=(RAISED, BROKEN)),
    replace(ROW, link="answer", state="answered", flags=(ANSWERED,)),
    replace(ROW, link="broken", state="answered", flags=(BROKEN,)),
    replace(ROW, link="reason", state="answered", flags=(UNREASONED,)),
    replace(ROW, link="disputed", state="answered", flags=(DISPUTED,), silences=2),
    replace(ROW, link="told", state="flagged", flags=(ESCALATED,)),
    replace(
        ROW,
        link="passed",
        state="answered",
        flags=(CHOSEN, replace(ANSWERED, promised=None, passed_to=("Cutting",))),
    ),
    replace(ROW, link="dark", state="no_data", last_given=None, last_given_age_min=None),
    replace(ROW, link="idle", state="idle", now=None, past=(), shift_given=0, shift_target=0),
    replace(ROW, link="in", name="Castings in", milestone=True, rate_per_hour=None),
    replace(ROW, link="in-done", milestone=True, now=None, rate_per_hour=None, behind=200),
)
BOARD = BoardPage(
    FRAME, "shirts", "Shirts", "early shift", ("08-09", "09-10"), "10-11", 18, "06:00", ROWS,
    3, 6, 1, 2, 47, "14:00",
)  # fmt: skip
