"""The timer of a site's flags: turned at each beat of the gateway, so that no person has to escalate."""

from __future__ import annotations

from typing import Any

from ledger.errors import LedgerDamaged, LedgerUnavailable
from ledger.flag_clocks import FlagClocks, held_until
from ledger.store import Ledger
from shopfloor.instants import SECOND_MS, Instant
from shopfloor.site import Site

SETTLE_MS = 10 * SECOND_MS
"""After the start: what devices and the broker have kept meanwhile is recorded first, else it would all be late."""


class Timekeeper:
    """Turns the clocks of flags; a fault in one turn is said once and leaves the next one to try again."""

    def __init__(self, ledger: Ledger, site: Site, log: Any, *, started_at: Instant) -> None:
        self._ledger, self._log = ledger, log
        self._clocks = FlagClocks(ledger, site)
        self._begins_at = started_at + SETTLE_MS
        self._is_wound = False
        self._fault = ""

    def adopt(self, site: Site) -> None:
        """Another configuration: shifts and ladders may be others from now on."""
        self._clocks = FlagClocks(self._ledger, site)
        self._is_wound = False

    def turn(self, now: Instant) -> None:
        """Do what is due by now."""
        if now < self._begins_at:
            return
        try:
            if held_until(self._ledger) > now:
                return
            if not self._is_wound:
                self._clocks.wind(now)
                self._is_wound = True
            self._clocks.turn(now)
        except (LedgerUnavailable, LedgerDamaged):
            return  # the beat says so; at the next one all that is due by then is done
        except Exception as fault:  # noqa: BLE001  # scans are recorded all the same
            if repr(fault) != self._fault:
                self._log.exception("the clocks of flags could not be turned")
            self._fault = repr(fault)
        else:
            self._fault = ""
