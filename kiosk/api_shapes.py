"""The JSON of the API: what is taken (decoded through these) and what is given (described by these)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from kiosk.taps import LONGEST_CODE, LONGEST_COMMENT, LONGEST_ID, LONGEST_PERSON

Id = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID, description="Made where it happened")]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Code = Annotated[str, Meta(min_length=1, max_length=LONGEST_CODE)]
Person = Annotated[str, Meta(max_length=LONGEST_PERSON)]
Comment = Annotated[str, Meta(max_length=LONGEST_COMMENT)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Quantity = Annotated[int, Meta(ge=1, le=10**9)]
When = Annotated[str, Meta(max_length=40, description="ISO 8601; without an offset in the site's zone")]


class ScanBody(Struct, forbid_unknown_fields=True):
    """One code that was read, by a device or at a station."""

    code: Code
    id: Id | None = None
    device: Name | None = None
    station: Name | None = None
    at: When | None = None
    seq: Count | None = None
    quantity: Quantity | None = None
    person: Person | None = None


class LinkResponsibility(Struct):
    """A link over a period; minutes are the line's working minutes.

    It answers for its own minutes, less what links that kept silent about it share, and for what its own silence cost.
    """

    link: str
    handoffs_due: int
    on_time: int
    late: int
    own_minutes: int
    inherited_minutes: int
    recovered_minutes: int
    shared_minutes: int
    silence_minutes: int
    answers_for_minutes: int
    flags: int
    answered: int
    answered_in_time: int
    promises: int
    promises_kept: int
    silences: int
    points: int
    """By the site's `[points]`, and by consequences in effect."""


class Responsibility(Struct):
    """The links of a line over production dates, both inclusive."""

    line: str
    first: str = field(name="from")
    last: str = field(name="to")
    links: list[LinkResponsibility]


class ScanResult(Struct):
    """What became of one scan."""

    id: str | None
    result: Literal["recorded", "duplicate", "refused"]
    text: str


class Fault(Struct):
    """One sentence."""

    error: str


class Hour(Struct):
    """From start to end."""

    start: str
    end: str


class FlagClock(Struct):
    """A clock that runs for a flag; without `next_at` its ladder has ended."""

    name: Literal["unanswered", "promise"]
    since: str
    told: str | None
    """Who was told last."""
    next_role: str | None
    next_at: str | None


class FlagConsequence(Struct):
    """What the next link chose for a flag."""

    consequence: str
    name: str
    kind: str
    amount: int
    state: str
    due: str | None
    """When it takes effect unless it is disputed."""


class Flag(Struct):
    """A flag, open or closed."""

    flag: int
    kind: Literal["hour", "batch", "short", "rejected"]
    state: str
    line: str
    against: str
    raised_by: str
    station: str | None
    """None when Interlock raised it."""
    silent: bool
    order: str
    batch: str | None
    hour: Hour
    quantity: int
    raised_at: str
    reason: str | None
    promised_at: str | None
    comment: str | None
    answered_at: str | None
    answers: int
    chain: int | None
    """The flag that was passed back to this link's."""
    passed_to: list[int]
    clock: FlagClock | None
    disputed_at: str | None
    dispute: str | None
    ruling: str | None
    ruled_at: str | None
    consequence: FlagConsequence | None
    note: str | None
    closed_at: str | None


class Flags(Struct):
    """Open flags, the oldest first."""

    flags: list[Flag]


class CountedHour(Struct):
    """An hour of a link: what it owed and what was given."""

    start: str
    end: str
    shift: str
    target: int
    given: int


class BoardLink(Struct):
    """A row of the floor board."""

    link: str
    name: str
    state: str
    late_minutes: int
    behind: int
    shift_target: int
    shift_given: int
    hours: list[CountedHour]
    flags: list[int]


class Board(Struct):
    """The floor board of a line."""

    site: str
    line: str
    now: str
    sequence: int
    shift: str | None
    orders_open: int
    orders_at_risk: int
    refused: int
    links: list[BoardLink]
    flags: list[Flag]


class Target(Struct):
    """What a link owes of an order by the end of an hour."""

    start: str
    end: str
    shift: str
    make: int
    give: int
    cumulative: int
    latest: str


class OrderLink(Struct):
    """How far a link is with an order."""

    link: str
    received: int
    given: int
    unmet_since: str | None
    latest: str | None
    hours: list[Target]


class Position(Struct):
    """A batch at a link."""

    link: str
    received_at: str | None
    given_at: str | None


class Batch(Struct):
    """A batch and where it has been."""

    batch: str
    quantity: int
    positions: list[Position]
    part_of: str | None = None
    """The batch that it was split off from."""


class Event(Struct):
    """One event of the ledger."""

    sequence: int
    event_id: str
    kind: str
    occurred_at: str
    recorded_at: str
    source: str
    station: str | None
    link: str | None
    order: str | None
    batch: str | None
    quantity: int | None
    reason: str | None
    person: str | None
    detail: dict[str, Any]
    prev_hash: str
    hash: str


class Events(Struct):
    """Events in order; ask for the next after `last`."""

    events: list[Event]
    last: int
