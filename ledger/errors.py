"""Facts that the ledger reports; each makes its own sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HOW_TO_MEND = (
    "put it back from a backup; or move it away, and `interlock rebuild` makes it again from the events"
)
_LONGEST_ID = 60


class LedgerError(Exception):
    """The ledger cannot do what was asked; the text is one sentence for a person."""


class LedgerUnavailable(LedgerError):
    """Nothing was written; trying again later may work."""

    def __init__(self, path: Path, cause: BaseException) -> None:
        super().__init__(f"{path} cannot be used just now ({cause}); nothing was recorded")


class LedgerMissing(LedgerError):
    """There is no ledger in that place."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} does not exist; `interlock run` creates it")


class LedgerDamaged(LedgerError):
    """The file is no ledger, or a damaged one; it is left as it is."""

    def __init__(self, path: Path, cause: BaseException) -> None:
        super().__init__(f"{path} is not a readable ledger ({cause}); it is left as it is, restore a backup")


class LedgerReadOnly(LedgerDamaged):
    """Damage was found in the file; it can still be read, as far as that goes."""

    def __init__(self, path: Path, why: str) -> None:
        LedgerError.__init__(
            self,
            f"{path} is damaged ({why}): it can only be read, and nothing is recorded until a backup is restored",
        )


class LedgerVanished(LedgerDamaged):
    """The file is missing, although events had been recorded in it."""

    def __init__(self, path: Path) -> None:
        LedgerError.__init__(
            self,
            f"{path} is gone, although events had been recorded in it: restore a backup;"
            f" to begin an empty record instead, delete {path.name}-head",
        )


class ArchiveUnusable(LedgerError):
    """The archive beside the ledger is missing, damaged, or cannot be written; the ledger goes on without it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be used ({why}): {HOW_TO_MEND}")


class LedgerTooNew(LedgerError):
    """A newer program has written this ledger."""

    def __init__(self, path: Path, unknown: list[str]) -> None:
        super().__init__(
            f"{path} was written by a newer Interlock ({', '.join(unknown)}); update this one before opening it"
        )


class Contradiction(LedgerError):
    """An event cannot be recorded beside those that are."""


class RuleRefused(LedgerError):
    """A rule of the shop floor forbids it; nothing was changed."""


class IdTaken(RuleRefused):
    """The same id was used before for something else."""

    def __init__(self, event_id: str) -> None:
        super().__init__(f"id {event_id[:_LONGEST_ID]} was used before for something else; make a new one")


class OrdersRefused(RuleRefused):
    """Orders that were to be taken in together, and why each of the faulty ones cannot be."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        """A sentence by order number."""
        super().__init__("\n".join(self.faults.values()))
