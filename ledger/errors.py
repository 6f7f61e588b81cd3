"""Facts that the ledger reports; each makes its own sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shopfloor.sentences import joined, sentence

HOW_TO_MEND = (
    "put it back from a backup; or move it away, and `interlock rebuild` makes it again from the events"
)
_LONGEST_ID = 60


class LedgerError(Exception):
    """The ledger cannot do what was asked; the text is one sentence for a person."""


class LedgerUnavailable(LedgerError):
    """Nothing was written; trying again later may work."""

    def __init__(self, path: Path, cause: BaseException) -> None:
        super().__init__(
            sentence(
                "%(path)s cannot be used just now (%(cause)s); nothing was recorded",
                path=str(path),
                cause=str(cause),
            )
        )


class LedgerMissing(LedgerError):
    """There is no ledger in that place."""

    def __init__(self, path: Path) -> None:
        super().__init__(sentence("%(path)s does not exist; `interlock run` creates it", path=str(path)))


class LedgerDamaged(LedgerError):
    """The file is no ledger, or a damaged one; it is left as it is."""

    def __init__(self, path: Path, cause: BaseException) -> None:
        super().__init__(
            sentence(
                "%(path)s is not a readable ledger (%(cause)s); it is left as it is, restore a backup",
                path=str(path),
                cause=str(cause),
            )
        )


class LedgerReadOnly(LedgerDamaged):
    """Damage was found in the file; it can still be read, as far as that goes."""

    def __init__(self, path: Path, why: str) -> None:
        LedgerError.__init__(
            self,
            sentence(
                "%(path)s is damaged (%(why)s): it can only be read, and nothing is recorded until a"
                " backup is restored",
                path=str(path),
                why=why,
            ),
        )


class LedgerVanished(LedgerDamaged):
    """The file is missing, although events had been recorded in it."""

    def __init__(self, path: Path) -> None:
        LedgerError.__init__(
            self,
            sentence(
                "%(path)s is gone, although events had been recorded in it: restore a backup; to"
                " begin an empty record instead, delete %(path2)s-head",
                path=str(path),
                path2=path.name,
            ),
        )


class ArchiveUnusable(LedgerError):
    """The archive beside the ledger is missing, damaged, or cannot be written; the ledger goes on without it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be used ({why}): {HOW_TO_MEND}")


class LedgerTooNew(LedgerError):
    """A newer program has written this ledger."""

    def __init__(self, path: Path, unknown: list[str]) -> None:
        super().__init__(
            sentence(
                "%(path)s was written by a newer Interlock (%(unknown)s); update this one before opening it",
                path=str(path),
                unknown=", ".join(unknown),
            )
        )


class Contradiction(LedgerError):
    """An event cannot be recorded beside those that are."""


class RuleRefused(LedgerError):
    """A rule of the shop floor forbids it; nothing was changed."""


class IdTaken(RuleRefused):
    """The same id was used before for something else."""

    def __init__(self, event_id: str) -> None:
        super().__init__(
            sentence(
                "id %(event_id)s was used before for something else; make a new one",
                event_id=event_id[:_LONGEST_ID],
            )
        )


class OrdersRefused(RuleRefused):
    """Orders that were to be taken in together, and why each of the faulty ones cannot be."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        """A sentence by order number."""
        super().__init__(joined(list(self.faults.values())))
