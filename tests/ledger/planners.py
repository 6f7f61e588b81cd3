"""Three planners at one desk: Mei sells, Bo makes, Ana buys."""

from __future__ import annotations

from dataclasses import replace

from ledger import drafts
from ledger.desk import Desk
from ledger.drafts import By
from ledger.plans import released_loads
from shopfloor.agreement import Draft
from shopfloor.instants import Instant
from shopfloor.orders import Order
from shopfloor.planning import Floor
from shopfloor.roles import ROLES, Role
from tests.factory import Plant, china, worked_order

NAMES: dict[Role, str] = {"sales": "Mei", "production": "Bo", "purchasing": "Ana"}
MATERIAL = china("24 08:00")


class Planners:
    """They act at the plant's clock; a `tap` is the id that is made where somebody taps."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.desk = Desk(plant.ledger, plant.site)

    def by(self, person: str = "Mei", tap: str | None = None) -> By:
        return By(person, "web", self.plant.now, tap)

    def draft(self, *orders: Order) -> None:
        self.desk.take_in(orders or [worked_order()], self.by(), confirmed=False, now=self.plant.now)

    def found(self, order: str = "A-1") -> Draft:
        found = drafts.draft(self.plant.ledger, order)
        assert found is not None
        return found

    def is_draft(self, order: str = "A-1") -> bool:
        return drafts.draft(self.plant.ledger, order) is not None

    def confirmed(self, order: str = "A-1") -> set[Role]:
        return set(self.found(order).confirmations)

    def confirm(
        self,
        role: Role,
        order: str = "A-1",
        *,
        seen: int | None = None,
        tap: str | None = None,
        material_at: Instant | None = MATERIAL,
        may_move_to: Instant | None = None,
    ) -> bool:
        return self.desk.confirm(
            order,
            role,
            self.by(NAMES[role], tap),
            seen=self.found(order).revision if seen is None else seen,
            material_at=material_at if role == "purchasing" else None,
            may_move_to=may_move_to,
            now=self.plant.now,
        )

    def agree(self, order: str = "A-1") -> None:
        """Everybody who has not confirmed yet does."""
        for role in ROLES:
            if self.is_draft(order) and role not in self.confirmed(order):
                self.confirm(role, order)

    def change(
        self,
        order: str = "A-1",
        *,
        quantity: int | None = None,
        due: str | None = None,
        material_at: Instant | None = None,
        tap: str | None = None,
    ) -> tuple[Role, ...]:
        before = self.found(order)
        wanted = replace(
            before.order,
            quantity=quantity or before.order.quantity,
            due_at=china(due) if due else before.order.due_at,
        )
        after = replace(before, order=wanted, material_at=material_at or before.material_at)
        return self.desk.change(after, self.by(tap=tap), now=self.plant.now)

    def propose(self, due: str = "26 17:00", order: str = "A-1", tap: str | None = None) -> None:
        self.desk.propose(order, china(due), self.by(tap=tap), why="the customer asked", now=self.plant.now)

    def discard(self, order: str = "A-1", tap: str | None = None, seen: int = 1) -> None:
        drafts.discard_draft(
            self.plant.ledger, order, self.by(tap=tap), seen=seen, why="cancelled", now=self.plant.now
        )

    def ship(self, order: str = "A-1", at: str = "25 16:00") -> None:
        """Every batch goes through every link."""
        self.plant.now = max(self.plant.now, china(at))
        for code in self.plant.codes(order):
            for device in ("scanner-cut", "scanner-sew", "scanner-pack"):
                for _ in range(2):
                    self.plant.now += 11_000  # a scan within ten seconds is the same scan
                    self.plant.scan(device, code)

    def taken(self) -> int:
        """Units of work that are taken of any hour from now on."""
        return sum(load.make for load in released_loads(self.plant.ledger, self.plant.now))

    def hour_target(self, link: str, hour: str) -> int:
        rows = self.plant.ledger.rows(
            "SELECT target FROM hour_counts WHERE link = ? AND start_at = ?", (link, china(hour))
        )
        return rows[0]["target"] if rows else 0

    def events(self, kind: str) -> int:
        return int(self.plant.ledger.rows("SELECT COUNT(*) FROM events WHERE kind = ?", (kind,))[0][0])

    def same_as_fresh(self, floor: Floor) -> bool:
        """Whether a floor is as one made just now from what the ledger holds."""
        now, site = self.plant.now, self.plant.site
        fresh = Floor(site, now=now, loads=released_loads(self.plant.ledger, now))
        for line in site.lines.values():
            for link in line.links:
                if link.kind == "work":
                    kept, made = floor.hours(line.id, link.id), fresh.hours(line.id, link.id)
                    ours = dict(zip(kept.calendar.starts[kept.first :], kept.left[kept.first :], strict=True))
                    theirs = zip(made.calendar.starts[made.first :], made.left[made.first :], strict=True)
                    if any(ours[start] != left for start, left in theirs if start in ours):
                        return False
        return True
