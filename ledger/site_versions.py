"""The configuration's history: which text was in force from when, who changed what, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import Instant

BY_HAND = "by hand"
"""Who changed a text that was written outside of Interlock."""


@dataclass(frozen=True, slots=True)
class SiteVersion:
    """One configuration that was in force from an instant on."""

    version: int
    saved_at: Instant
    person: str
    why: str
    changes: tuple[str, ...]
    sha256: str


def site_versions(ledger: Ledger, limit: int = 50) -> list[SiteVersion]:
    """The newest first."""
    rows = ledger.rows("SELECT * FROM site_versions ORDER BY version DESC LIMIT ?", (limit,))
    return [_version(row) for row in rows]


def last_version(ledger: Ledger) -> int:
    """The number of the configuration's last recorded version; 0 before the first."""
    row = ledger.row("SELECT MAX(version) AS last FROM site_versions")
    return int(row["last"] or 0) if row else 0


def is_in_force(ledger: Ledger, text: str) -> bool:
    """Whether a text is what was recorded last."""
    return last_hash(ledger) == text_hash(text)


def last_hash(ledger: Ledger) -> str | None:
    """The hash of the text that was recorded last; None before the first."""
    row = ledger.row("SELECT sha256 FROM site_versions ORDER BY version DESC LIMIT 1")
    return None if row is None else str(row["sha256"])


def site_text(ledger: Ledger, version: int) -> str | None:
    """The whole text of a version; None when there is no such version."""
    row = ledger.row(
        "SELECT detail FROM events WHERE kind = 'site_changed' AND event_id = ?", (_id(version),)
    )
    return None if row is None else str(json.loads(row["detail"])["text"])


def text_hash(text: str) -> str:
    """What tells one text from another."""
    return sha256(text.encode()).hexdigest()


def record_site(tx: Transaction, by: By, *, before: str, after: str, changes: Sequence[str], why: str) -> int:
    """Record that a text replaces another; its version. RuleRefused without a reason.

    What was in force and is not recorded yet, since somebody edited the file by hand, gets a version first.
    """
    if not why.strip():
        raise RuleRefused("say why the configuration is changed")
    last = tx.row("SELECT version, sha256 FROM site_versions ORDER BY version DESC LIMIT 1")
    version = last["version"] if last else 0
    if last is None or last["sha256"] != text_hash(before):
        version += 1
        first = "as it was found" if last is None else "edited outside of this page"
        tx.append(_event(By(BY_HAND, "site.toml", by.at), version, before, [first], ""))
    tx.append(_event(by, version + 1, after, changes, why.strip()))
    return version + 1


def _event(by: By, version: int, text: str, changes: Sequence[str], why: str) -> Event:
    return Event(
        event_id=_id(version),
        kind="site_changed",
        occurred_at=by.at,
        source=by.source,
        person=by.person,
        reason=why or None,
        detail={"version": version, "sha256": text_hash(text), "changes": list(changes), "text": text},
    )


def _id(version: int) -> str:
    return f"site/{version}"


def _version(row: Row) -> SiteVersion:
    return SiteVersion(
        row["version"],
        row["saved_at"],
        row["person"],
        row["why"],
        tuple(row["changes"].splitlines()),
        row["sha256"],
    )
