"""Photos of rejected units: files beside the ledger, each named by its hash, which an event of the record holds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ledger.errors import RuleRefused
from ledger.events import Event
from ledger.flags import Tap
from ledger.store import Ledger, Row, Transaction
from shopfloor.sentences import sentence

FOLDER = "photos"
LARGEST_BYTES = 300_000
"""A tablet makes its photo smaller than this before it sends it."""
TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Rejected:
    """Units that a link rejected with a photo."""

    number: int
    """The photo's event."""
    batch: str
    link: str
    charged: str
    quantity: int
    reason: str


def attach(ledger: Ledger, tx: Transaction, tap: Tap, batch: str, content: bytes) -> None:
    """Keep a photo of what a tap rejected, once. RuleRefused when it is none that this keeps."""
    kind = image_type(content)
    if kind is None:
        raise RuleRefused(sentence("the photo is no JPEG, PNG or WebP; take it again"))
    if len(content) > LARGEST_BYTES:
        raise RuleRefused(
            sentence("the photo has more than %(most)s kB; take a smaller one", most=LARGEST_BYTES // 1000)
        )
    if tx.holds(_id(tap.event_id)) is not None:
        return
    name = sha256(content).hexdigest()
    _write(_path(ledger, name, kind), content)  # before the event that names it
    row = tx.row('SELECT "order", batch FROM batches WHERE batch = ?', (batch.upper(),))
    tx.append(
        Event(
            event_id=_id(tap.event_id),
            kind="photo_attached",
            occurred_at=tap.at,
            source=tap.source,
            station=tap.station,
            order=row["order"] if row else None,
            batch=row["batch"] if row else None,
            person=tap.person,
            detail={"of": tap.event_id, "sha256": name, "type": kind, "bytes": len(content)},
        )
    )


def rejects(ledger: Ledger, order: str) -> list[Rejected]:
    """What of an order was rejected with a photo and still is, the first first."""
    rows = ledger.rows(
        "SELECT s.batch, s.link, s.charged, s.quantity, s.reason, e.event_id, e.detail FROM batches b"
        ' JOIN scraps s USING (batch) JOIN events e ON e.sequence = s.sequence WHERE b."order" = ?'
        " AND s.charged <> s.link ORDER BY s.sequence",
        (order,),
    )
    return list(_with_photo(ledger, rows))


def photo(ledger: Ledger, number: int) -> tuple[bytes, str] | None:
    """A photo and its type, by its event; None when there is none, or not the one that the event names."""
    row = ledger.row("SELECT detail FROM events WHERE sequence = ? AND kind = 'photo_attached'", (number,))
    if row is None:
        return None
    detail = json.loads(row["detail"])
    try:
        content = _path(ledger, detail["sha256"], detail["type"]).read_bytes()
    except OSError:
        return None
    return (content, detail["type"]) if sha256(content).hexdigest() == detail["sha256"] else None


def image_type(content: bytes) -> str | None:
    """By its first bytes, whatever it was called."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _with_photo(ledger: Ledger, rows: list[Row]) -> Iterator[Rejected]:
    for row in rows:
        tapped = json.loads(row["detail"]).get("scan", {}).get("id") or row["event_id"]
        found = ledger.row("SELECT sequence FROM events WHERE event_id = ?", (_id(tapped),))
        if found is not None:
            yield Rejected(
                found["sequence"], row["batch"], row["link"], row["charged"], row["quantity"], row["reason"]
            )


def _id(tapped: str) -> str:
    return f"photo/{tapped}"


def _path(ledger: Ledger, name: str, kind: str) -> Path:
    return ledger.path.parent / FOLDER / f"{name}.{TYPES[kind]}"


def _write(path: Path, content: bytes) -> None:
    """On the disk before anything names it."""
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True)
    scratch = path.with_suffix(".part")
    with scratch.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    scratch.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
