"""What is being agreed: drafts with their feasibility, and what each role commits to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.contexts.frame import Frame
from kiosk.contexts.plan import PlanPicture
from ledger.agreement_log import Did, Fact
from shopfloor.roles import Role


@dataclass(frozen=True, slots=True)
class ShortLink:
    """What a link lacks of an order that is not feasible."""

    name: str
    quantity: int
    before: str
    """For example Wed 25 Nov 08:00; empty when it is not known."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What would make an order feasible earlier."""

    name: str
    """The link that would have one station more."""
    when: str
    """The earliest due then."""
    gain_min: int = 0
    """By how much that is earlier than without; 0 when there is no earliest without."""


@dataclass(frozen=True, slots=True)
class Feasibility:
    """Whether a due can be kept beside what is released."""

    feasible: bool
    together: bool = True
    """And beside the other drafts as well."""
    earliest: str = ""
    """The promise, for example Fri 27 Nov 11:00; empty when feasible, or when there is none within two years."""
    earliest_value: str = ""
    """The promise as a form sends it, with its offset."""
    earliest_beside: str = ""
    """The promise beside the other drafts; empty when it is the same, or not known."""
    short: tuple[ShortLink, ...] = ()
    ways_out: tuple[WayOut, ...] = ()
    starts: str = ""
    needed: str = ""
    """When its material is first needed; empty when no more is, or when not feasible."""
    material_late_min: int = 0
    """By how much the material comes after it is first needed; 0 when in time, or when no date is known."""


@dataclass(frozen=True, slots=True)
class RoleMark:
    """One role in the list of drafts: who confirmed and when, or nobody yet."""

    role: Role
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft in the list."""

    order: str
    line_name: str
    product: str
    quantity: int
    customer: str
    due: str
    change: bool
    """A change of an order that is released."""
    feasibility: Feasibility
    marks: tuple[RoleMark, ...]
    """One for each role that has to confirm."""
    waits_for: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """What somebody confirmed in a role, and when."""

    role: Role
    person: str
    at: str
    quantity: int
    due: str
    may_move_to: str
    starts: str
    material: str
    needed: str


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """One link's part of a plan."""

    name: str
    milestone: bool
    hours: int
    """Hours in which it makes something."""
    starts: str
    ends: str
    """When it has given all; of a milestone when it is due."""


@dataclass(frozen=True, slots=True)
class FormState:
    """What was sent and refused, so that it stands where it was typed; and what every form carries."""

    person: str = ""
    people: Mapping[Role, str] = field(default_factory=dict)
    """Who last confirmed in each role in this browser; empty where nobody did."""
    tap_id: str = ""
    act: str = ""
    """Which form it was, for example confirm-sales; empty when none was refused."""
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    """Sentences by field."""
    text: str = ""
    """A refusal that belongs to no field."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was just done: the id of a fixed sentence, and the roles that it names."""

    id: str
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class LogChange:
    """One fact before and after a change, as texts; empty where it was not known."""

    fact: Fact
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """One act of an order's agreement."""

    did: Did
    at: str
    person: str
    why: str
    version: int
    quantity: int
    due: str
    role: Role | None
    changes: tuple[LogChange, ...]
    withdrawn: tuple[Role, ...]
    """The confirmations that it withdrew."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A confirmation that does not hold any more."""

    at: str
    """For example 14:02."""
    person: str
    by_change: bool
    """Withdrawn by a change, else taken back."""
    why: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A draft as those see it who have to agree on it."""

    order: str
    version: int
    revision: int
    line: str
    line_name: str
    product: str
    quantity: int
    customer: str
    priority: int
    due: str
    due_value: str
    """The due as a field takes it."""
    due_in_force: str
    """Of a change: the due of the plan in force; empty for a new order."""
    drafted: str
    drafted_by: str
    why: str
    feasibility: Feasibility
    ends: str
    links: tuple[PlannedLink, ...]
    needed_at_link: str
    """The name of the first link that needs material."""
    material_value: str
    may_move_value: str
    batches: int
    roles: tuple[Role, ...]
    """Those who have to confirm."""
    waits_for: tuple[Role, ...]
    confirmed: Mapping[Role, Commitment]
    withdrawn: Mapping[Role, Withdrawn] = field(default_factory=dict)
    """Of roles that have to confirm again."""
    known: bool = True
    """The configuration still has its line and product."""
    picture: PlanPicture | None = None
    """Its plan drawn; None when not feasible."""


@dataclass(frozen=True, slots=True)
class VersionMove:
    """A link that begins or ends at another time than in the plan before; empty where it has no hours."""

    name: str
    before: str
    """For example Tue 24 Nov 14:00 to Wed 25 Nov 10:00."""
    after: str
    all_given: bool = False
    """It has nothing to give any more."""


@dataclass(frozen=True, slots=True)
class Version:
    """A plan of an order that is or was in force."""

    version: int
    planned: str
    person: str
    why: str
    due: str
    in_force: bool
    moved: tuple[VersionMove, ...] = ()
    """In the order of the chain."""
    finished: tuple[str, ...] = ()
    """Names of links that have given all, so that nothing of them could move."""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One new order that is being agreed."""

    frame: Frame
    draft: Agreement
    form: FormState = field(default_factory=FormState)
    note: Note | None = None
    zone: str = ""
    """The zone of every time that is typed."""
    log: tuple[LogRow, ...] = ()
    """How the agreement came about, the newest first."""


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """One product to choose."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line with what it makes."""

    name: str
    products: tuple[ProductChoice, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """What can be said of an order that is not written yet."""

    asked: bool
    """A product and a quantity are known."""
    fault: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with quantity or due, as far as they were typed."""
    earliest: str = ""
    earliest_beside: str = ""
    """Beside the drafts; empty when it is the same, or when there are too many of them to plan while one types."""
    take_over: str = ""
    """The address of the same form with the promise as its due; empty when that is its due already."""
    due: str = ""
    """The due that was typed; empty when none was."""
    feasibility: Feasibility | None = None


@dataclass(frozen=True, slots=True)
class NewOrderPage:
    """The form of a new order, and the promise beside it."""

    frame: Frame
    zone: str
    choices: tuple[LineChoice, ...]
    promise: Promise
    form: FormState
    released_at_once: bool
    """Nobody has to confirm."""


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The form that takes an orders file in, with every fault of the last one."""

    frame: Frame
    zone: str
    sample: str
    one_for_all: bool
    """One person may confirm in all roles."""
    roles: tuple[Role, ...]
    form: FormState
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One order that came in."""

    order: str
    line_name: str
    product: str
    quantity: int
    due: str
    batches: int
    """Of an order that is released; 0 while it is being agreed."""
    feasibility: Feasibility | None
    """None when it is released."""


@dataclass(frozen=True, slots=True)
class ImportedPage:
    """What an import brought in, as it stands now; what is not feasible first."""

    frame: Frame
    rows: tuple[ImportedRow, ...]
    count: int
    not_feasible: int
    not_together: int
    """Feasible alone, but not beside the other drafts."""
    released: int
    gone: int
    """Orders that were discarded since."""
