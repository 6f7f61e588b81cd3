"""What each screen knows: one frozen context a page, so that a template cannot ask for what nobody supplies.

Texts such as `label` and `clock` are in the site's time; quantities are units; `*_min` are whole minutes.
"""

from kiosk.contexts.agreement import (
    Agreement,
    Commitment,
    DraftPage,
    DraftRow,
    Feasibility,
    FormState,
    ImportedPage,
    ImportedRow,
    ImportPage,
    LineChoice,
    NewOrderPage,
    Note,
    PlannedLink,
    ProductChoice,
    Promise,
    RoleMark,
    ShortLink,
    Version,
    VersionMove,
    WayOut,
)
from kiosk.contexts.batches import BatchCard, Batches, BatchSheet, Question, WayStep
from kiosk.contexts.board import BoardPage, BoardRow, HourCell, NextTarget
from kiosk.contexts.choice import Choice
from kiosk.contexts.flags import FlagCard, FlagPage, FlagRow, FlagsPage, StoryLine
from kiosk.contexts.frame import Frame
from kiosk.contexts.home import HomePage, LineSummary, StationLink
from kiosk.contexts.load import Explained, LineTab, LoadCell, LoadPage, LoadRow, Taker
from kiosk.contexts.orders import BatchRow, OrderLink, OrderPage, OrderRow, OrdersPage
from kiosk.contexts.plan import PlanPicture
from kiosk.contexts.refused import RefusedPage, RefusedRow
from kiosk.contexts.station import Action, Incoming, KioskPage, MilestoneOrder, OwedOrder
from kiosk.contexts.what_if import WhatIfPage

__all__ = [
    "Action",
    "Agreement",
    "BatchCard",
    "BatchRow",
    "BatchSheet",
    "Batches",
    "BoardPage",
    "BoardRow",
    "Choice",
    "Commitment",
    "DraftPage",
    "DraftRow",
    "Explained",
    "Feasibility",
    "FlagCard",
    "FlagPage",
    "FlagRow",
    "FlagsPage",
    "FormState",
    "Frame",
    "HomePage",
    "HourCell",
    "ImportPage",
    "ImportedPage",
    "ImportedRow",
    "Incoming",
    "KioskPage",
    "LineChoice",
    "LineSummary",
    "LineTab",
    "LoadCell",
    "LoadPage",
    "LoadRow",
    "MilestoneOrder",
    "NewOrderPage",
    "NextTarget",
    "Note",
    "OrderLink",
    "OrderPage",
    "OrderRow",
    "OrdersPage",
    "OwedOrder",
    "PlanPicture",
    "PlannedLink",
    "ProductChoice",
    "Promise",
    "Question",
    "RefusedPage",
    "RefusedRow",
    "RoleMark",
    "ShortLink",
    "StationLink",
    "StoryLine",
    "Taker",
    "Version",
    "VersionMove",
    "WayOut",
    "WayStep",
    "WhatIfPage",
]
