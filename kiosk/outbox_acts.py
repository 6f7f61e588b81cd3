"""What a tablet's outbox may hold beside scans, by kind: from its fields to what records it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from kiosk import taps
from kiosk.errors import Malformed
from kiosk.services import Services
from ledger import flags
from ledger.acts import Do
from ledger.flags import Tap
from ledger.late_flags import raise_as_of, raised_by
from ledger.steps import Floor, with_late
from ledger.store import Transaction
from shopfloor.instants import instant_from_text
from shopfloor.rights import Action
from shopfloor.sentences import sentence

Fields: TypeAlias = Mapping[str, str]
Meant: TypeAlias = Literal["in", "out"]
Kind: TypeAlias = Callable[[Services, Fields], Do]


def flag(services: Services, fields: Fields) -> Do:
    """*Not received*: `against`, `order`; judged as of when it was tapped."""
    against, order = _text(fields, "against"), _text(fields, "order")

    def do(tx: Transaction, floor: Floor, tap: Tap) -> str:
        return raise_as_of(services.ledger, tx, floor, tap, against=against, order=order)

    return do


def withdraw(services: Services, fields: Fields) -> Do:
    """A flag taken back: `flag`, its number, or `raised`, the id of the tap that raised it."""
    site = services.config.site
    raised = fields.get("raised", "")
    number = None if raised else _number(fields, "flag")

    def do(tx: Transaction, floor: Floor, tap: Tap) -> str:
        found = raised_by(tx, raised) if number is None else number
        flags.withdraw_flag(services.ledger, site, tap, flag=found, now=tx.now)
        return with_late(sentence("flag withdrawn"), floor, tap.at, tx.now)

    return do


def answer(services: Services, fields: Fields) -> Do:
    """The answer to a flag: `flag`, `reason`, `promised_at`, `comment`, `seen`."""
    site = services.config.site
    number = _number(fields, "flag")
    comment = fields.get("comment", "").strip()
    promised_at = None
    if fields.get("promised_at"):
        try:
            promised_at = instant_from_text(fields["promised_at"], site.zone)
        except (ValueError, OverflowError):
            raise Malformed(
                sentence("promised_at: %(promised_at)s is no time", promised_at=fields["promised_at"][:40])
            ) from None
    seen = _number(fields, "seen") if fields.get("seen") else None
    taps.check_answer(services, promised_at, comment)

    def do(tx: Transaction, floor: Floor, tap: Tap) -> str:
        flags.answer_flag(
            services.ledger,
            site,
            tap,
            flag=number,
            reason=fields.get("reason") or None,
            promised_at=promised_at,
            comment=comment,
            seen=seen,
            now=tx.now,
        )
        return with_late(sentence("answer recorded"), floor, tap.at, tx.now)

    return do


SCANS: Mapping[str, Meant | None] = {"scan": None, "received": "in", "given": "out"}
"""Kinds whose field `code` is taken as read by this tablet; a batch that was tapped says which way it goes."""
KINDS: dict[str, Kind] = {"flag": flag, "withdraw": withdraw, "answer": answer}
"""Every kind but those, which are a device's."""
NEEDS_OF: Mapping[str, Action] = {"flag": "flag", "withdraw": "flag", "answer": "answer"}
"""What whoever did it needs the right to."""


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name, "").strip()
    if not value:
        raise Malformed(sentence("%(name)s is missing", name=name))
    return value


def _number(fields: Fields, name: str) -> int:
    value = _text(fields, name)
    if not value.isdecimal() or len(value) > len(str(flags.LARGEST_NUMBER)):
        raise Malformed(sentence("%(name)s: %(value)s is no number", name=name, value=repr(value[:40])))
    return int(value)
