"""Made-up contexts of the screens about batches and refused scans."""

# ruff: noqa: FBT003  # in the order of their fields they read like the screens

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk.contexts import (
    BatchCard,
    Batches,
    BatchSheet,
    Choice,
    Frame,
    Question,
    RefusedPage,
    RefusedRow,
    WayStep,
)
from kiosk.contexts.refused import RefusedOnePage, SettleForm

FRAME = Frame(
    "Gearbox Works", "10:42", "Tuesday 24 November", 4711, 1, broker_connected=True, zone="Europe/Berlin"
)
BATCHES = Batches(
    (
        BatchCard("0000017", "A-1", "Polo", 20, 4, "Cutting"),
        BatchCard("000002E", "A-1", "Polo", 3, 9000, "Endprüfung mit Geräuschmessung"),
    ),
    True,
    (BatchCard("000003M", "A-1", "Polo", 20, None, ""),),
    False,
    False,
    "Packing",
)
NO_BATCHES = Batches((), False, (), False, True, "")
QUESTION = Question("0000017 000002E", "", "0000017", 20, 2, 40, "A-1", "cut", "Cutting", "10:02", 3)
SHEET = BatchSheet(
    "sew-1", "0000017", "A-1", "Lotus Stores", "Polo", "Wed 17:00", 1, 10, 18, 20, "here", "", "", "Packing", "Sewing",
    (Choice("cut", "Cutting"), Choice("buttons", "Buttons")), (Choice("torn", "Torn"),),
    (WayStep("Cutting", "done", "09:12", "10:02", 20, 2, False), WayStep("Sewing", "here", "10:08", "", 18, 0, True),
     WayStep("Packing", "ahead", "", "", None, 0, False)),
)  # fmt: skip
REFUSED = RefusedRow(12, "skipped", True, "", "Tue 24 Nov 14:10:07", "scanner-07", "pack-1", "Packing", "0000017", 0,
                     "0000017 skipped a link")  # fmt: skip
ONE_REFUSED = RefusedOnePage(
    FRAME,
    REFUSED,
    (Choice("pack-1", "Packing"),),
    SettleForm("t", "Chen", "", "", {"why": "write why"}),
    "",
    "",
)
REFUSALS = RefusedPage(
    FRAME, "open", tuple(replace(REFUSED, number=n, word=word) for n, word in enumerate(
        ("given", "received", "quantity", "nothing", "check", "unknown", "line", "device", "unreadable", "id", "new"))),
    {"open": 11, "forcible": 0, "settled": 3}, 4, False, 14,
)  # fmt: skip
SETTLED = tuple(
    replace(REFUSED, number=n, settled=what) for n, what in enumerate(("forced", "discarded", "counted"))
)

SCREENS: dict[str, tuple[str, Any]] = {
    "refused scans": ("refused/refused.html", REFUSALS),
    "settled refusals": ("refused/refused.html", replace(REFUSALS, show="settled", rows=SETTLED)),
    "nothing refused": (
        "refused/refused.html",
        replace(REFUSALS, rows=(), ever=0, older=None, is_first=True),
    ),
    "a refused scan": ("refused/one.html", ONE_REFUSED),
    "a settled refusal": (
        "refused/one.html",
        replace(ONE_REFUSED, row=SETTLED[0], form=None, fault="settled", done="counted"),
    ),
}
