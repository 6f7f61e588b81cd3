"""When order or validity of a batch's scans changes: derive its history anew, and record the difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger import facts
from ledger.events import Event
from ledger.facts import Told
from ledger.flag_news import reopen_flags, resolve_flags
from ledger.refusals import count_refused
from ledger.said import said_of, text_in
from ledger.step_projections import WHAT_A_STEP_DID
from ledger.steps import Floor, Moving, again_id, first_id, record_step
from ledger.store import Row, Transaction
from shopfloor.handoffs import Refusal, clock_text
from shopfloor.histories import Outcome, Same, history
from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence
from shopfloor.whereabouts import Step

IMPLIED = "implied/"


@dataclass(frozen=True)
class Cause:
    """Why a history is derived anew: who brought it about, when, and in which words."""

    event_id: str | None
    source: str
    at: Instant
    why: str
    person: str | None = None
    text: str = field(default_factory=lambda: sentence("no longer holds"))


@dataclass(frozen=True)
class Found:
    """What the facts of one batch mean now."""

    outcomes: dict[int, Outcome]
    texts: dict[int, str] = field(default_factory=dict)
    """The last sentence of each fact that became steps."""

    def text_of(self, number: int) -> str:
        """What a device is told: for a repeated scan what was told for the first."""
        outcome = self.outcomes[number]
        if isinstance(outcome, Refusal):
            return outcome.text
        return self.texts.get(outcome.number if isinstance(outcome, Same) else number, "")


def derive_again(tx: Transaction, floor: Floor, batch: Row, cause: Cause, new: int | None = None) -> Found:
    """Void what no longer holds of a batch and record what holds instead; `new` is the fact that just arrived."""
    rows = facts.around(tx, floor.line, batch, facts.EVER)
    told = {row["n"]: facts.as_told(row) for row in rows}
    derived = history(floor.line, batch["quantity"], [each.fact for each in told.values()], floor.site.zone)
    found = Found({fact.number: outcome for fact, outcome in derived})
    standing = {_signature_of(tx, row, batch["batch"]): row for row in _standing(tx, batch["batch"])}
    wanted = {
        _signature(fact.number, fact.at, step): (told[fact.number], step, number, len(outcome) - 1)
        for fact, outcome in derived
        if isinstance(outcome, tuple)
        for number, step in enumerate(outcome)
    }
    changed: set[str] = set()
    gone = [row for signature, row in standing.items() if signature not in wanted]
    for row in sorted(gone, key=_latest_first):
        changed |= _void(tx, floor, batch, row, cause)
        cause = Cause(None, cause.source, cause.at, cause.why, cause.person, cause.text)
    for signature, (each, step, number, last) in wanted.items():
        if signature in standing:
            text = text_in(json.loads(standing[signature]["detail"]))
        else:
            is_new = each.number == new
            event_id = first_id(tx, each, number, last) if is_new else again_id(tx, each)
            text = record_step(tx, floor, _moving(batch, floor, each, step), each, step, event_id)
            changed |= {step.link} if step.kind == "given" else {short.giver for short in step.short}
        found.texts[each.number] = text
    _note_meanings(tx, rows, found, new)
    for link in sorted(changed):
        reopen_flags(tx, floor, link, batch["order"])
        resolve_flags(tx, floor, link, batch["order"], cause.at)
    return found


def standing_sequences(tx: Transaction, batch: str) -> list[int]:
    """The events of a batch that hold."""
    return [row["sequence"] for row in _standing(tx, batch)]


def fact_of(tx: Transaction, event: Row) -> int:
    """The number of the fact that an event goes back to; before facts were kept, its scan's own sequence."""
    number = json.loads(event["detail"]).get("scan", {}).get("n")
    if number is None and event["event_id"].startswith(IMPLIED):
        main = tx.holds(event["event_id"].removeprefix(IMPLIED).rpartition("/")[0])
        return int(main["sequence"] if main else event["sequence"])
    return int(event["sequence"] if number is None else number)


def _standing(tx: Transaction, batch: str) -> list[Row]:
    return tx.rows(
        "SELECT * FROM events WHERE sequence IN (SELECT received_by FROM positions WHERE batch = ?1 UNION"
        " SELECT given_by FROM positions WHERE batch = ?1 UNION SELECT received_by FROM handoffs WHERE batch = ?1"
        " UNION SELECT sequence FROM scraps WHERE batch = ?1) ORDER BY sequence",
        (batch,),
    )


def _signature(number: int, at: Instant, step: Step) -> str:
    short = [[each.giver, each.units, each.given_at] for each in step.short]
    return json.dumps(
        [
            number,
            at,
            step.kind,
            step.link,
            list(step.parties),
            step.quantity,
            step.implied,
            step.complete,
            short,
            step.charged,
            step.ends,
        ]
    )


def _signature_of(tx: Transaction, row: Row, batch: str) -> str:
    detail = json.loads(row["detail"])
    quantity = dict(detail["batches"])[batch] if detail.get("batches") else row["quantity"]
    return json.dumps(
        [
            fact_of(tx, row),
            instant_from_text(row["occurred_at"]),
            row["kind"],
            row["link"].partition("/")[2],
            detail["parties"],
            quantity,
            detail.get("implied", False),
            detail.get("complete", True),
            [[giver, units, given_at] for giver, units, _, given_at in detail.get("short", ())],
            detail.get("charged"),
            detail.get("ends", 0),
        ]
    )


def _latest_first(row: Row) -> tuple[Instant, int]:
    return (-instant_from_text(row["occurred_at"]), -row["sequence"])


def _void(tx: Transaction, floor: Floor, batch: Row, row: Row, cause: Cause) -> set[str]:
    """Append the event that takes a step back; the links of which it changes what they have given."""
    detail = json.loads(row["detail"])
    was = {name: detail[name] for name in WHAT_A_STEP_DID if name in detail}
    was |= {"kind": row["kind"], "at": instant_from_text(row["occurred_at"])}
    quantity = row["quantity"]
    if detail.get("batches"):
        quantity = dict(detail["batches"])[batch["batch"]]
        was["batches"] = [[batch["batch"], quantity]]
    clock, link = clock_text(was["at"], floor.site.zone), row["link"].partition("/")[2]
    tx.append(
        Event(
            event_id=cause.event_id or f"void/{row['sequence']}/{tx.sequence + 1}",
            kind="voided",
            occurred_at=cause.at,
            source=cause.source,
            station=row["station"],
            link=row["link"],
            order=row["order"],
            batch=batch["batch"],
            quantity=quantity,
            reason=cause.why,
            person=cause.person,
            detail={
                "voids": row["event_id"],
                "sequence": row["sequence"],
                "was": was,
                "text": _voided_text(
                    row["kind"], batch["batch"], clock, floor.line.name_of(link), cause.text
                ),
            },
        )
    )
    return {link} if row["kind"] == "given" else {giver for giver, *_ in detail.get("short", ())}


def _voided_text(kind: str, batch: str, at: str, link: str, what: str) -> str:
    """What is told of a step that was taken back."""
    if kind == "received":
        return sentence(
            "%(batch)s received %(at)s at %(link)s %(what)s", batch=batch, at=at, link=link, what=what
        )
    if kind == "given":
        return sentence(
            "%(batch)s given %(at)s at %(link)s %(what)s", batch=batch, at=at, link=link, what=what
        )
    return sentence(
        "%(batch)s scrapped %(at)s at %(link)s %(what)s", batch=batch, at=at, link=link, what=what
    )


def _moving(batch: Row, floor: Floor, told: Told, step: Step) -> Moving:
    """A milestone gives an order: what late news changes of that is said of one batch of it."""
    if step.kind == "given" and step.link == told.fact.link and _is_milestone(floor, step.link):
        return Moving(batch["order"], batch["batch"], ((batch["batch"], step.quantity),))
    return Moving(batch["order"], batch["batch"])


def _is_milestone(floor: Floor, link: str) -> bool:
    return floor.line.link(link).kind == "milestone"


def _note_meanings(tx: Transaction, rows: list[Row], found: Found, new: int | None) -> None:
    """Keep beside each fact what it means now, and bring the list of refused scans up to that."""
    for row, became in _meanings(rows, found):
        if row["became"] == became or row["n"] == new:
            continue
        facts.mark(tx, row["n"], became)
        outcome = found.outcomes[row["n"]]
        if isinstance(outcome, Refusal):
            _refuse_late(tx, row, outcome)
        elif row["became"] == "refused":
            tx.run("UPDATE refused SET settled = 'counted' WHERE scan = ? AND settled IS NULL", (row["n"],))


def _meanings(rows: list[Row], found: Found) -> Iterator[tuple[Row, facts.Became]]:
    for row in rows:
        outcome = found.outcomes[row["n"]]
        if facts.is_whole(row):
            continue  # it may mean something of other batches
        yield (
            row,
            "refused" if isinstance(outcome, Refusal) else "same" if isinstance(outcome, Same) else "step",
        )


def _refuse_late(tx: Transaction, row: Row, refusal: Refusal) -> None:
    text = sentence("%(batch)s %(what)s", batch=row["batch"], what=refusal.text)
    tx.run(
        "INSERT INTO refused (arrived_at, device, station, scan_id, code, word, reason, said, payload, size, quantity,"
        " scan) VALUES (?, ?, ?, NULL, ?, ?, ?, ?, '', 0, ?, ?)",
        (
            row["arrived_at"],
            row["device"],
            row["station"],
            row["code"],
            refusal.code,
            text,
            said_of(text),
            row["quantity"],
            row["n"],
        ),
    )
    count_refused(tx)
