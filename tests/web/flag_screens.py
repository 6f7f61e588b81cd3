"""Made-up contexts of flags: every state that a card, a list and a story can show."""

# ruff: noqa: FBT003  # in the order of their fields they read like the screens

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk.contexts import FlagCard, FlagPage, FlagRow, FlagsPage, Frame, StoryLine

FRAME = Frame(
    "Gearbox Works", "10:42", "Tuesday 24 November", 4711, 1, broker_connected=True, zone="Europe/Berlin"
)
RAISED = FlagCard(3, "A-1", "Sewing", "Packing", 20, "10:00", 6, "raised", None, None, False, "")
ANSWERED = replace(RAISED, flag=4, state="answered", reason="Tool change", promised="11:15", comment="soon")
BROKEN = replace(ANSWERED, flag=5, promise_broken=True)
UNREASONED = replace(ANSWERED, flag=6, reason=None, promised=None)
DISPUTED = replace(RAISED, flag=7, state="disputed")
ESCALATED = replace(RAISED, flag=8, kind="batch", batch="0000017", told="supervisor", next_role="manager", next_min=18,
                    silent=True, share="1/2", can_dispute=True)  # fmt: skip
CHOSEN = replace(BROKEN, flag=9, kind="short", batch="0000017", passed_to=("Cutting",), can_choose=True,
                 consequence="Three points", consequence_state="chosen")  # fmt: skip
REJECTED = replace(
    ANSWERED, flag=10, kind="rejected", batch="0000017", consequence="A word", consequence_state="disputed"
)
CARDS = (RAISED, ANSWERED, BROKEN, UNREASONED, DISPUTED, ESCALATED, CHOSEN, REJECTED)
PASSED = replace(ANSWERED, promised=None, passed_to=("Cutting",))
FLAG_ROWS = tuple(
    FlagRow(card, "shirts", "Shirts", "sew", "10:02", "", depth % 4, "sew-1", "")
    for depth, card in enumerate(CARDS)
)
CLOSED = tuple(
    replace(
        FLAG_ROWS[1],
        card=replace(ANSWERED, state=state),
        closed="10:40",
        note="turned out wrong: given 09:58",
    )
    for state in ("resolved", "withdrawn", "overturned")
)
STORY = tuple(
    StoryLine("10:02", kind, "lead", "Li", "Tool change", "11:15", "a word", detail, 10, detail == "promise", "10:40")
    for kind, detail in (
        *(("flag_raised", how) for how in ("", "silent", "passed")), ("flag_answered", ""),
        *(("flag_escalated", clock) for clock in ("unanswered", "promise")), ("flag_disputed", ""),
        *(("flag_ruled", ruling) for ruling in ("upheld", "overturned")), ("flag_resolved", ""), ("flag_mistaken", ""),
        ("flag_reopened", ""), ("flag_withdrawn", ""), ("consequence_chosen", "Three points"),
        ("consequence_disputed", ""),
        *(("consequence_ruled", ruling) for ruling in ("upheld", "overturned")), ("consequence_in_effect", ""),
    )
)  # fmt: skip
FLAGS = FlagsPage(
    FRAME, FLAG_ROWS, CLOSED, {"unanswered": 2, "broken": 1, "disputed": 1, "silent": 1}, (("shirts", "Shirts"),),
    (("cut", "Cutting"), ("sew", "Sewing")), "shirts", "sew", 3, 7, 4,
)  # fmt: skip
FLAG = FlagPage(
    FRAME, FLAG_ROWS[6], FLAG_ROWS[:3], STORY, "it was given", "", True, True, "the saw was down", "3 points",
    "Wed 17:00", "Chen", "tap-1", "write your name", "upheld",
)  # fmt: skip
NO_FLAGS = replace(FLAGS, open=(), closed=(), line="", link="", links=(), closed_more=0, orders_open=0)
TWO_LINES = (("a", "A"), ("b", "B"))
OF_ALL_LINES = replace(
    FLAGS, line="", link="", links=(), lines=TWO_LINES, frame=replace(FRAME, boards=TWO_LINES)
)
OF_CLOSED = replace(
    FLAG, row=CLOSED[0], chain=CLOSED[:1], can_rule=False, can_rule_consequence=False, fault="", done=""
)
FLAG_SCREENS: dict[str, tuple[str, Any]] = {
    "flags": ("flags/flags.html", FLAGS),
    "flags of all lines": ("flags/flags.html", OF_ALL_LINES),
    "no flags and no orders": ("flags/flags.html", NO_FLAGS),
    "no flags": ("flags/flags.html", replace(NO_FLAGS, orders_open=2)),
    "a flag": ("flags/flag.html", FLAG),
    "a closed flag": ("flags/flag.html", OF_CLOSED),
}
