"""What each screen knows: one frozen context a page, so that a template cannot ask for what nobody supplies.

Texts such as `label` and `clock` are in the site's time; quantities are units; `*_min` are whole minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.board import CellState, LinkState


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows around its content."""

    site_name: str
    clock: str
    """For example 10:42."""
    day: str
    """For example Tuesday 24 November."""
    sequence: int
    """Of the last event that this view includes."""
    gateway_age_s: int | None
    """Seconds since the gateway's last word; None before its first."""
    broker_connected: bool
    zone: str
    """IANA name of the site's zone, with which the page's clock goes on by itself."""
    lang: str = "en"
    theme: str = ""
    """light or dark; empty follows the screen's own setting."""


@dataclass(frozen=True, slots=True)
class HourCell:
    """One hour of one link on the board."""

    start_at: int
    label: str
    """For example 08-09."""
    target: int
    given: int
    state: CellState


@dataclass(frozen=True, slots=True)
class FlagCard:
    """One open flag."""

    flag: int
    order: str
    against: str
    """The flagged link's name."""
    raised_by: str
    """The name of the link that raised it."""
    quantity: int
    hour: str
    """The end of the hour that was owed, for example 10:00."""
    age_min: int
    state: str
    """raised or answered."""
    reason: str | None
    """The reason's name."""
    promised: str | None
    """For example 11:15, or Tue 06:15 when it is not today."""
    promise_broken: bool
    comment: str
    answers: int = 0
    """How often it was answered; an answer is given to the state that was seen."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One link on the floor board."""

    link: str
    name: str
    milestone: bool
    state: LinkState
    late_min: int
    """Working minutes since the first unmet target ended; 0 when none is late."""
    past: tuple[HourCell | None, ...]
    """Oldest first, one for each of the board's past columns; None where the link has no such hour."""
    now: HourCell | None
    following: HourCell | None
    shift_given: int
    shift_target: int
    """Since the shift began, up to and with the hour that runs."""
    behind: int
    """Units due by now over all open orders and not given."""
    needed_per_hour: int | None
    """To catch up within the shift; None when no time is left or nothing is to catch up."""
    rate_per_hour: int | None
    """What the link's stations can do together; None for a milestone."""
    flags: tuple[FlagCard, ...]
    last_given: str | None
    """For example 10:38; None before the first."""
    last_given_age_min: int | None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The floor board of a line."""

    frame: Frame
    line: str
    name: str
    shift: str
    """For example early shift; empty outside every shift."""
    past_labels: tuple[str, ...]
    now_label: str
    following_label: str
    minutes_left: int
    since: str
    """When the shift began, for example 06:00."""
    rows: tuple[BoardRow, ...]
    flags_open: int
    orders_open: int
    orders_at_risk: int
    refused: int
    """Scans refused today."""
    letter_px: int
    """Least height of letters for the configured viewing distance."""
    until: str = ""
    """When the shift ends, for example 14:00; empty outside every shift."""
    next_start: str = ""
    """When work goes on, for example 13:00 or Tue 06:00; empty while an hour runs or when nothing is planned."""
    minutes_total: int = 60
    """Working minutes of the hour that runs."""


@dataclass(frozen=True, slots=True)
class OwedOrder:
    """What a previous link owes this station's link of one order."""

    order: str
    product: str
    missing: int
    by: str
    """The end of the hour that was owed, for example 10:00."""
    late_min: int
    flag: FlagCard | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One previous link, seen from the next."""

    link: str
    name: str
    on_its_way: int
    """Units given and not received yet."""
    on_its_way_batches: int
    on_its_way_since_min: int | None
    owed: tuple[OwedOrder, ...]
    """Orders with something missing now, the longest overdue first."""
    next_quantity: int
    """Units the current hour will owe."""
    next_by: str
    """When the current hour ends; empty outside working hours."""


@dataclass(frozen=True, slots=True)
class MilestoneOrder:
    """An order that a milestone's station has to give as a whole."""

    order: str
    product: str
    quantity: int
    by: str
    """Day and time it is due, for example Tue 14:00."""
    late: bool
    flag: FlagCard | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tap: the value that is sent and the words on the button."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Action:
    """One of the station's last actions."""

    sequence: int
    text: str
    clock: str


@dataclass(frozen=True, slots=True)
class KioskPage:
    """The kiosk of one station."""

    frame: Frame
    station: str
    name: str
    line: str
    line_name: str
    link: str
    link_name: str
    milestone: bool
    shift: str
    hour: HourCell | None
    """The hour that runs; None outside working hours."""
    minutes_left: int
    minutes_total: int
    behind: int
    """To catch up: units due by now and not given."""
    state: LinkState
    next_names: str
    """Names of the next links; empty for the last link, which ships."""
    next_quantity: int
    """Units owed by the end of this hour, what is to catch up included, less what was given."""
    next_by: str
    incoming: tuple[Incoming, ...]
    orders: tuple[MilestoneOrder, ...]
    """Only at a milestone's station."""
    against_me: tuple[FlagCard, ...]
    mine: tuple[FlagCard, ...]
    reasons: tuple[Choice, ...]
    promises: tuple[Choice, ...]
    """Times to promise: value is an ISO instant, label for example 11:15, or Tue 06:15 when it is not today."""
    last: tuple[Action, ...]
    letter_px: int = 0
    orders_open: int = 0
    """At a milestone's station: all orders that it has still to give; `orders` are the first of them."""
    next_start: str = ""
    """When work goes on, for example 13:00 or Tue 06:00; empty while an hour runs or when nothing is planned."""


@dataclass(frozen=True, slots=True)
class StationLink:
    """A kiosk in the list on the first page."""

    station: str
    name: str
    link_name: str


@dataclass(frozen=True, slots=True)
class LineSummary:
    """A line on the first page."""

    line: str
    name: str
    stations: tuple[StationLink, ...]
    orders_open: int
    flags_open: int
    links_behind: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: what this is, and the ways in."""

    frame: Frame
    lines: tuple[LineSummary, ...]
    empty: bool
    """No order was released yet."""
    mqtt_address: str
    """Where scanners connect, for example 127.0.0.1:1883."""
    topic: str
    """Where a scan is published, for example interlock/gbx1/<device>/scan."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in the list."""

    order: str
    line: str
    line_name: str
    product: str
    quantity: int
    customer: str
    due: str
    """Day and time, for example Wed 25 Nov 17:00."""
    shipped: int
    """Units that the last link has given."""
    done: bool
    state: LinkState
    """The loudest among its links."""
    worst_link: str
    """The name of the late link whose state is loudest; empty when none is late."""
    late_min: int


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Orders: the open ones by due, then the last that were shipped."""

    frame: Frame
    rows: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class OrderLink:
    """One link's part in an order."""

    link: str
    name: str
    received: int
    given: int
    missing: int
    state: LinkState
    late_min: int
    next_quantity: int
    """Of the next target that is not met; 0 when all is given."""
    next_by: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch of an order: its code, and where it is."""

    batch: str
    quantity: int
    where: str
    """A link's name, or the name of the link it is on its way to; empty before the first scan."""
    how: str
    """waiting, at, on its way or shipped."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order: its links, its batches with their codes, its flags."""

    frame: Frame
    row: OrderRow
    links: tuple[OrderLink, ...]
    batches: tuple[BatchRow, ...]
    flags: tuple[FlagCard, ...]
    """Open ones."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One scan or message that was refused."""

    at: str
    """Day and time, for example Tue 24 Nov 14:10:07."""
    device: str
    station: str
    """The station's name; empty when none is known."""
    read: str
    """The code, or of what is no scan the first characters of the message."""
    size: int
    """Bytes of a message that is no scan; 0 for a scan."""
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """What was refused, the newest first."""

    frame: Frame
    rows: tuple[RefusedRow, ...]
    ever: int
    """All that was ever refused; older ones than those shown are kept for a while, all are counted."""
