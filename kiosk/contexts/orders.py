"""Orders: the list, and one."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.contexts.agreement import Agreement, Commitment, DraftRow, FormState, LogRow, Note, Version
from kiosk.contexts.delays import WhyLate
from kiosk.contexts.flags import FlagCard, RejectPhoto
from kiosk.contexts.frame import Frame
from kiosk.contexts.plan import PlanPicture
from shopfloor.board import LinkState
from shopfloor.roles import Role


@dataclass(frozen=True, slots=True)
class LostPart:
    """What a link owes in hours that it does not work any more, or is loaded above its capacity in."""

    name: str
    quantity: int
    closed: bool


@dataclass(frozen=True, slots=True)
class LostRoom:
    """Targets in force without room, by link, and the changes of the site since the plan was made."""

    parts: tuple[LostPart, ...]
    first_version: int
    """The first version of the site that is newer than the plan; 0 when none is recorded."""
    last_version: int


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
    changing: bool = False
    """Another plan of it is being agreed."""
    change_waits_for: tuple[Role, ...] = ()
    lost: LostRoom | None = None
    """Targets that the site has no room for any more; None when it has room for all."""


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Orders: drafts, the open ones by due, then the last that were shipped."""

    frame: Frame
    rows: tuple[OrderRow, ...]
    drafts: tuple[DraftRow, ...] = ()
    """The first of them by due."""
    drafts_in_all: int = 0
    note: Note | None = None


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
    part_of: str = ""
    """The batch that it was split off from."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order: its links, its batches with their codes, its flags."""

    frame: Frame
    row: OrderRow
    links: tuple[OrderLink, ...]
    batches: tuple[BatchRow, ...]
    flags: tuple[FlagCard, ...]
    """Open ones."""
    confirmed: tuple[Commitment, ...] = ()
    """Who confirmed the plan in force."""
    versions: tuple[Version, ...] = ()
    """Its plans, the newest first."""
    draft: Agreement | None = None
    """A change of it that is being agreed."""
    due_value: str = ""
    """The due to propose as a field takes it: the one in force, or what can be kept when its targets have no room."""
    earliest: str = ""
    """When targets have no room and its due cannot be kept: the earliest that can be."""
    form: FormState = field(default_factory=FormState)
    note: Note | None = None
    zone: str = ""
    log: tuple[LogRow, ...] = ()
    """How the agreement came about, the newest first."""
    picture: PlanPicture | None = None
    """The plan in force, or the one that is being agreed when `shows_change`."""
    shows_change: bool = False
    show_other: str = ""
    """The address that shows the other of the two; empty when there is one only."""
    why: WhyLate | None = None
    """None when the configuration has its line no more."""
    rejects: tuple[RejectPhoto, ...] = ()
