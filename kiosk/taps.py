"""What a person does at a kiosk or a program through the API: the same checks, the same record, once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Literal

from kiosk.errors import Malformed
from kiosk.services import Services
from ledger import corrections, flags, photos, settling, splitting
from ledger.corrections import Scrap
from ledger.errors import IdTaken, RuleRefused
from ledger.flags import Tap
from ledger.repeats import RESERVED_IDS
from ledger.splitting import Parted
from ledger.store import Row
from ledger.tablets import STATION_DEVICE
from shopfloor.instants import DAY_MS, MINUTE_MS, Instant
from shopfloor.scans import Answer, Scan
from shopfloor.sentences import sentence

AHEAD_MS = 2 * MINUTE_MS
"""How far a reported instant may lie ahead of ours."""
BACK_MS = 366 * DAY_MS
LATEST_PROMISE_MS = 366 * DAY_MS
LONGEST_ID = 100
LONGEST_CODE = 4_096
LONGEST_COMMENT = 500
LONGEST_PERSON = 100
KEPT_PAYLOAD_BYTES = 2_000


def checked_id(event_id: str | None) -> str:
    """An id as it was made where the event happened, or a new one. Malformed when it cannot be one."""
    if event_id is None or event_id == "":
        return str(uuid.uuid4())
    if len(event_id) > LONGEST_ID or not event_id.isprintable() or event_id.startswith(RESERVED_IDS):
        raise Malformed(
            sentence(
                "id: at most %(longest_id)s printable characters that do not begin with %(reserved_ids)s",
                longest_id=LONGEST_ID,
                reserved_ids=", ".join(RESERVED_IDS),
            )
        )
    return event_id


def checked_at(at: Instant | None, now: Instant) -> Instant:
    """When it happened; now if nothing was said. Malformed far from now."""
    if at is None:
        return now
    if at > now + AHEAD_MS:
        raise Malformed(
            sentence("at: lies more than 2 minutes ahead of this site's clock; set the clock that told it")
        )
    if at < now - BACK_MS:
        raise Malformed(sentence("at: lies more than a year back; set the clock that told it"))
    return at


def scan(services: Services, tap: Tap, code: str) -> Answer:
    """A code read at a station's kiosk: a batch, a command, or a badge that says who stands there."""
    now = services.clock()
    item = Scan(
        f"{STATION_DEVICE}{tap.station}",
        code[:LONGEST_CODE],
        now,
        scan_id=tap.event_id,
        person=tap.person,
        payload=code.encode()[:KEPT_PAYLOAD_BYTES],
    )
    (answer,) = services.recorder.record([item], now)
    if answer is None:
        raise AssertionError("a scan has an answer")
    return answer


def move(
    services: Services, tap: Tap, meant: Literal["in", "out"], codes: Sequence[str], quantity: int | None
) -> list[Answer]:
    """Batches that somebody tapped as received or given: each by itself, under an id of its own made of the tap's.

    IdTaken when the tap was used before for other batches, or for the other way.
    """
    now = services.clock()
    scans = [
        Scan(
            f"{STATION_DEVICE}{tap.station}",
            code,
            now,
            scan_id=f"{tap.event_id}/{meant}/{code}",
            quantity=quantity,
            person=tap.person,
            payload=code.encode()[:KEPT_PAYLOAD_BYTES],
            meant=meant,
        )
        for code in codes
    ]
    known = {scan.scan_id for scan in scans}
    before = services.ledger.rows(
        "SELECT event_id FROM events WHERE event_id > ?1 || '/' AND event_id < ?1 || '0'", (tap.event_id,)
    )
    if services.ledger.holds(tap.event_id) or any(row["event_id"] not in known for row in before):
        raise IdTaken(tap.event_id)
    return [answer for answer in services.recorder.record(scans, now) if answer is not None]


def raise_flag(services: Services, tap: Tap, *, against: str, order: str) -> int:
    """Raise *not received*; the flag's number. RuleRefused with the reason when nothing is owed."""
    site = services.config.site
    done = before(services, tap, "flag_raised")
    if done is not None:
        link = f"{site.stations[tap.station].line}/{against}"
        if (done["link"], done["order"], done["batch"]) != (link, order, None):
            raise IdTaken(tap.event_id)
        return int(done["sequence"])
    return flags.raise_flag(services.ledger, site, tap, against=against, order=order, now=services.clock())


def answer_flag(
    services: Services,
    tap: Tap,
    *,
    flag: int,
    reason: str | None,
    promised_at: Instant | None,
    comment: str,
    seen: int | None,
) -> None:
    """Answer for the flagged link. RuleRefused when it is not its flag or the answer does not count."""
    now = services.clock()
    check_answer(services, promised_at, comment)
    done = before(services, tap, "flag_answered")
    if done is not None and done["reason"] != reason:
        raise IdTaken(tap.event_id)
    if said_before(done, flag=flag, promised_at=promised_at, comment=comment):
        return
    flags.answer_flag(
        services.ledger,
        services.config.site,
        tap,
        flag=flag,
        reason=reason,
        promised_at=promised_at,
        comment=comment,
        now=now,
        seen=seen,
    )


def check_answer(services: Services, promised_at: Instant | None, comment: str) -> None:
    """What no answer may hold, whatever flag it is for. RuleRefused."""
    if promised_at is not None and promised_at > services.clock() + LATEST_PROMISE_MS:
        raise RuleRefused(sentence("the promised time is more than a year ahead; promise an earlier one"))
    refuse_long(comment)


def refuse_long(comment: str) -> None:
    """RuleRefused when a comment is longer than any may be."""
    if len(comment) > LONGEST_COMMENT:
        raise RuleRefused(
            sentence("the comment is longer than %(most)s characters; say it shorter", most=LONGEST_COMMENT)
        )


def withdraw_flag(services: Services, tap: Tap, *, flag: int) -> None:
    """Take back a flag of one's own link."""
    if not said_before(before(services, tap, "flag_withdrawn"), flag=flag):
        flags.withdraw_flag(services.ledger, services.config.site, tap, flag=flag, now=services.clock())


def undo(services: Services, tap: Tap, *, event_id: str, why: str) -> str:
    """Take back what a scan or a scrap recorded. RuleRefused when the batch has moved on since."""
    return corrections.undo(
        services.ledger, services.recorder, tap, event_id=event_id, why=why, now=services.clock()
    )


def scrap(services: Services, tap: Tap, what: Scrap, photo: bytes | None = None) -> str:
    """Scrap units of a batch, or reject them as they came, with a photo. RuleRefused when they are not there."""
    now = services.clock()
    if photo is None:
        return corrections.scrap(services.ledger, services.recorder, tap, what, now=now)
    with services.ledger.write(now) as tx:  # both or neither
        text = corrections.scrap(services.ledger, services.recorder, tap, what, now=now)
        photos.attach(services.ledger, tx, tap, what.batch, photo)
    return text


def split(services: Services, tap: Tap, *, batch: str, quantity: int) -> Parted:
    """Some of what is in hand goes on under a new code. RuleRefused when it is not there, or not all of it is."""
    return splitting.split(
        services.ledger, services.recorder, tap, batch=batch, quantity=quantity, now=services.clock()
    )


def force(services: Services, tap: Tap, *, refused: int, why: str) -> str:
    """Count a refused scan that skipped a link. RuleRefused when it cannot be counted."""
    number = min(refused, flags.LARGEST_NUMBER)
    return settling.force(
        services.ledger, services.recorder, tap, refused=number, why=why, now=services.clock()
    )


def discard(services: Services, tap: Tap, *, refused: int, why: str) -> None:
    """Let a refused scan never count."""
    number = min(refused, flags.LARGEST_NUMBER)
    settling.discard(services.ledger, tap, refused=number, why=why, now=services.clock())


def before(services: Services, tap: Tap, kind: str) -> Row | None:
    """What this tap recorded the first time. IdTaken when the id stands for something else."""
    row = services.ledger.holds(tap.event_id)
    if row is not None and (row["kind"], row["source"]) != (kind, tap.source):
        raise IdTaken(tap.event_id)
    return row


def said_before(done: Row | None, **told: object) -> bool:
    """Whether this very act was recorded before. IdTaken when it said something else then."""
    if done is None:
        return False
    detail = json.loads(done["detail"])
    if any(detail.get(name) != value for name, value in told.items()):
        raise IdTaken(done["event_id"])
    return True
