"""What a person does at a kiosk or a program through the API: the same checks, the same record, once."""

from __future__ import annotations

import json
import uuid

from kiosk.errors import Malformed
from kiosk.services import Services
from ledger import corrections, flags
from ledger.corrections import Scrap
from ledger.errors import IdTaken, RuleRefused
from ledger.flags import Tap
from ledger.recorder import STATION_DEVICE
from ledger.repeats import RESERVED_IDS
from ledger.store import Row
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


def scan(services: Services, station: str, code: str, scan_id: str) -> Answer:
    """A code read at a station's kiosk."""
    now = services.clock()
    item = Scan(
        f"{STATION_DEVICE}{station}",
        code[:LONGEST_CODE],
        now,
        scan_id=scan_id,
        payload=code.encode()[:KEPT_PAYLOAD_BYTES],
    )
    (answer,) = services.recorder.record([item], now)
    if answer is None:
        raise AssertionError("a scan has an answer")
    return answer


def raise_flag(services: Services, tap: Tap, *, against: str, order: str) -> int:
    """Raise *not received*; the flag's number. RuleRefused with the reason when nothing is owed."""
    site = services.config.site
    before = _before(services, tap, "flag_raised")
    if before is not None:
        if (before["link"], before["order"]) != (f"{site.stations[tap.station].line}/{against}", order):
            raise IdTaken(tap.event_id)
        return int(before["sequence"])
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
    if promised_at is not None and promised_at > now + LATEST_PROMISE_MS:
        raise RuleRefused(sentence("the promised time is more than a year ahead; promise an earlier one"))
    if len(comment) > LONGEST_COMMENT:
        raise RuleRefused(
            sentence(
                "the comment is longer than %(longest_comment)s characters; say it shorter",
                longest_comment=LONGEST_COMMENT,
            )
        )
    before = _before(services, tap, "flag_answered")
    if before is not None:
        detail = json.loads(before["detail"])
        same = {"flag": flag, "promised_at": promised_at, "comment": comment}
        if before["reason"] != reason or any(detail[name] != value for name, value in same.items()):
            raise IdTaken(tap.event_id)
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


def withdraw_flag(services: Services, tap: Tap, *, flag: int) -> None:
    """Take back a flag of one's own link."""
    before = _before(services, tap, "flag_withdrawn")
    if before is not None:
        if json.loads(before["detail"])["flag"] != flag:
            raise IdTaken(tap.event_id)
        return
    flags.withdraw_flag(services.ledger, services.config.site, tap, flag=flag, now=services.clock())


def undo(services: Services, tap: Tap, *, event_id: str, why: str) -> str:
    """Take back what a scan or a scrap recorded. RuleRefused when the batch has moved on since."""
    return corrections.undo(
        services.ledger, services.recorder, tap, event_id=event_id, why=why, now=services.clock()
    )


def scrap(services: Services, tap: Tap, what: Scrap) -> str:
    """Scrap units of a batch, or reject them as they came. RuleRefused when they are not there."""
    return corrections.scrap(services.ledger, services.recorder, tap, what, now=services.clock())


def force(services: Services, tap: Tap, *, refused: int, why: str) -> str:
    """Count a refused scan that skipped a link. RuleRefused when it cannot be counted."""
    number = min(refused, flags.LARGEST_NUMBER)
    return corrections.force(
        services.ledger, services.recorder, tap, refused=number, why=why, now=services.clock()
    )


def discard(services: Services, tap: Tap, *, refused: int, why: str) -> None:
    """Let a refused scan never count."""
    number = min(refused, flags.LARGEST_NUMBER)
    corrections.discard(services.ledger, tap, refused=number, why=why, now=services.clock())


def event_of(services: Services, event_id: str) -> Row | None:
    """The event under an id, if there is one."""
    return services.ledger.row("SELECT * FROM events WHERE event_id = ?", (event_id,))


def _before(services: Services, tap: Tap, kind: str) -> Row | None:
    """What this tap recorded the first time. IdTaken when the id stands for something else."""
    row = event_of(services, tap.event_id)
    if row is not None and (row["kind"], row["source"]) != (kind, tap.source):
        raise IdTaken(tap.event_id)
    return row
