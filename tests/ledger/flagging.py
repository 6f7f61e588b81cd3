"""What tests of flags do: tap, answer, turn the clocks, and look."""

from __future__ import annotations

import json
from typing import Any

from ledger import reading
from ledger.batch_flags import raise_batch_flag
from ledger.drafts import By
from ledger.flag_clocks import FlagClocks
from ledger.flag_disputes import dispute_flag, rule_flag
from ledger.flags import Tap, answer_flag, raise_flag, withdraw_flag
from ledger.store import Row
from shopfloor.instants import local_text
from tests.factory import Plant, china


class Flagging:
    """A plant with people who flag each other; times are days and clocks in Hangzhou."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant

    def _tap(self, station: str, at: str, tap_id: str | None) -> Tap:
        return Tap(tap_id or f"tap {station} {at}", station, china(at))

    def raise_(self, station: str, against: str, at: str, *, tap_id: str | None = None) -> int:
        tap = self._tap(station, at, tap_id)
        return raise_flag(
            self.plant.ledger, self.plant.site, tap, against=against, order="A-1", now=china(at)
        )

    def raise_batch(self, station: str, batch: str, at: str, **more: str | None) -> int:
        tap = self._tap(station, at, more.pop("tap_id", None))
        told = {"against": None, "kind": None, **more}
        return raise_batch_flag(self.plant.ledger, self.plant.site, tap, batch=batch, now=china(at), **told)

    def answer(
        self,
        station: str,
        flag: int,
        at: str,
        *,
        reason: str | None = "other",
        promised: str | None = None,
        recorded: str | None = None,
    ) -> None:
        answer_flag(
            self.plant.ledger,
            self.plant.site,
            self._tap(station, at, f"answer {flag} {at}"),
            flag=flag,
            reason=reason,
            promised_at=None if promised is None else china(promised),
            comment="",
            now=china(recorded or at),
        )

    def withdraw(self, station: str, flag: int, at: str) -> None:
        tap = self._tap(station, at, f"withdraw {flag}")
        withdraw_flag(self.plant.ledger, self.plant.site, tap, flag=flag, now=china(at))

    def dispute(self, station: str, flag: int, at: str, comment: str = "it was given") -> None:
        tap = self._tap(station, at, f"dispute {flag} {at}")
        dispute_flag(self.plant.ledger, self.plant.site, tap, flag=flag, comment=comment, now=china(at))

    def rule(self, flag: int, ruling: str, at: str, person: str = "Chen") -> None:
        by = By(person, "web", china(at), f"ruling {flag} {at}")
        rule_flag(self.plant.ledger, self.plant.site, by, flag=flag, ruling=ruling, comment="", now=china(at))

    def turn(self, at: str) -> int:
        """What the timer does at that time, by a process that was started just then."""
        return FlagClocks(self.plant.ledger, self.plant.site).turn(china(at))

    def row(self, flag: int) -> Row:
        row = reading.flag(self.plant.ledger, flag)
        assert row is not None
        return row

    def state(self, flag: int) -> str:
        return str(self.row(flag)["state"])

    def told(self, flag: int) -> list[tuple[str, str]]:
        """Who was told of a flag, and when by the clock on the wall."""
        rows = self.plant.ledger.rows("SELECT role, at FROM escalations WHERE flag = ? ORDER BY at", (flag,))
        zone = self.plant.site.zone
        return [(row["role"], local_text(row["at"], zone)[8:16].replace("T", " ")) for row in rows]

    def events(self, kind: str) -> list[dict[str, Any]]:
        rows = self.plant.ledger.rows("SELECT * FROM events WHERE kind = ? ORDER BY sequence", (kind,))
        return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]

    def parents(self, flag: int) -> list[int]:
        rows = self.plant.ledger.rows("SELECT parent FROM flag_chains WHERE child = ? ORDER BY 1", (flag,))
        return [row["parent"] for row in rows]
