"""When order or validity of a batch's scans changes: derive its history anew, and record the difference."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ledger import facts
from ledger.events import Event
from ledger.facts import Told
from ledger.families import Family, family_of
from ledger.finishes import note_finishes
from ledger.flag_news import reopen_flags, reopen_if_not_shipped, resolve_flags, settle_if_shipped
from ledger.refusals import count_refused
from ledger.said import said_of, text_in
from ledger.standing import fact_of, signature, signature_of, standing_events
from ledger.step_projections import WHAT_A_STEP_DID
from ledger.steps import Floor, Moving, again_id, first_id, record_step
from ledger.store import Row, Transaction
from shopfloor.handoffs import Refusal, clock_text
from shopfloor.histories import Fact, Outcome, Same
from shopfloor.instants import Instant, instant_from_text
from shopfloor.sentences import sentence
from shopfloor.whereabouts import Step

_Key: TypeAlias = tuple[str, str]
"""A batch, and what tells a step of it from all others."""


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
    lost: bool = False
    """Something that counted before, of this batch or of a part of it, counts no more."""

    def text_of(self, number: int) -> str:
        """What a device is told: for a repeated scan what was told for the first."""
        outcome = self.outcomes[number]
        if isinstance(outcome, Refusal):
            return outcome.text
        return self.texts.get(outcome.number if isinstance(outcome, Same) else number, "")


def derive_again(tx: Transaction, floor: Floor, batch: Row, cause: Cause, new: int | None = None) -> Found:
    """Void what no longer holds of a batch and its parts and record what holds instead.

    `new` is the fact that just arrived. What is found is of the batch alone.
    """
    family = family_of(tx, floor.line, batch)
    rows = {row["n"]: row for row in family.every()}
    told = {number: facts.as_told(row) for number, row in rows.items()}
    derived = family.derived(floor.site.zone)
    standing = {
        (code, signature_of(tx, row, code)): row
        for code in dict.fromkeys([*family.rows, *_standing_parts(tx, family)])
        for row in standing_events(tx, code)
    }
    wanted = {
        (code, signature(fact.number, fact.at, step)): (told[fact.number], step, number, len(outcome) - 1)
        for code, fact, outcome in derived
        if isinstance(outcome, tuple)
        for number, step in enumerate(outcome)
    }
    gone = {key: row for key, row in standing.items() if key not in wanted}
    gone |= _shaken(standing, wanted, gone)
    texts: dict[tuple[str, int], str] = {}
    changed: set[str] = set()
    for (code, _), row in sorted(gone.items(), key=_latest_first):
        changed |= _void(tx, floor, code, row, cause)
        cause = replace(cause, event_id=None)
    for key, (each, step, number, last) in wanted.items():
        code = key[0]
        if key in standing and key not in gone:
            text = text_in(json.loads(standing[key]["detail"]))
        else:
            event_id = first_id(tx, each, number, last)
            if each.number != new or tx.holds(event_id) is not None:
                event_id = again_id(tx, each)
            text = record_step(tx, floor, _moving(family.root, code, floor, each, step), each, step, event_id)
            changed |= {step.link} if step.kind == "given" else _touched(step)
        texts[code, each.number] = text
    _note_meanings(tx, rows, derived, new)
    for link in sorted(changed):
        reopen_flags(tx, floor, link, family.root["order"])
        resolve_flags(tx, floor, link, family.root["order"], cause.at, since_at=facts.EVER)
    if gone or len(standing) < len(wanted):
        reopen_if_not_shipped(tx, floor, family.root["order"])
        settle_if_shipped(tx, floor, family.root["order"], cause.at)
        note_finishes(tx, floor, family.root["order"], [link.id for link in floor.line.links])
    return Found(
        {fact.number: outcome for code, fact, outcome in derived if code == batch["batch"]},
        {number: text for (code, number), text in texts.items() if code == batch["batch"]},
        lost=_lost(tx, standing, derived),
    )


def _shaken(
    standing: Mapping[_Key, Row], wanted: Mapping[_Key, object], gone: Mapping[_Key, Row]
) -> dict[_Key, Row]:
    """Splits before which something of their batch changed, and all that was recorded of their parts.

    They are recorded anew even if the same comes of it: what they take from is not what it was.
    """
    splits = {key: row for key, row in standing.items() if row["kind"] == "split"}
    shaken: dict[_Key, Row] = {}
    for key, row in sorted(splits.items(), key=lambda each: each[1]["sequence"]):
        before = list(wanted)[: list(wanted).index(key)] if key in wanted else []
        changed = (
            key not in wanted
            or key in shaken
            or any(other[0] == key[0] and other not in standing for other in before)
            or any(
                other[0] == key[0] and each["occurred_at"] <= row["occurred_at"]
                for other, each in gone.items()
            )
        )
        if changed:
            part = json.loads(row["detail"])["part"]["batch"]
            shaken[key] = row
            shaken |= {other: each for other, each in standing.items() if other[0] == part}
    return shaken


def _standing_parts(tx: Transaction, family: Family) -> list[str]:
    """Parts that there still are, though their split counts no more."""
    marks = ", ".join("?" * len(family.rows))
    rows = tx.rows(f"SELECT batch FROM batches WHERE part_of IN ({marks})", list(family.rows))  # noqa: S608  # marks
    return [row["batch"] for row in rows]


def _lost(
    tx: Transaction, standing: Mapping[_Key, Row], derived: Sequence[tuple[str, Fact, Outcome]]
) -> bool:
    refused = {(code, fact.number) for code, fact, outcome in derived if isinstance(outcome, Refusal)}
    return bool(refused) and any((code, fact_of(tx, row)) in refused for (code, _), row in standing.items())


def _latest_first(each: tuple[_Key, Row]) -> tuple[Instant, int]:
    row = each[1]
    return (-instant_from_text(row["occurred_at"]), -row["sequence"])


def _void(tx: Transaction, floor: Floor, batch: str, row: Row, cause: Cause) -> set[str]:
    """Append the event that takes a step back; the links of which it changes what they have given."""
    detail = json.loads(row["detail"])
    was = {name: detail[name] for name in WHAT_A_STEP_DID if name in detail}
    was |= {"kind": row["kind"], "at": instant_from_text(row["occurred_at"])}
    quantity = row["quantity"]
    if detail.get("batches"):
        quantity = dict(detail["batches"])[batch]
        was["batches"] = [[batch, quantity]]
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
            batch=batch,
            quantity=quantity,
            reason=cause.why,
            person=cause.person,
            detail={
                "voids": row["event_id"],
                "sequence": row["sequence"],
                "was": was,
                "text": _voided_text(row["kind"], batch, clock, floor.line.name_of(link), cause.text),
            },
        )
    )
    if row["kind"] == "given":
        return {link}
    return {*detail["parties"], *(giver for giver, *_ in detail.get("short", ()))}


def _touched(step: Step) -> set[str]:
    """Links whose flags a receipt or a scrap may settle or open."""
    return {*step.parties, *(short.giver for short in step.short)}


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
    if kind == "split":
        return sentence(
            "%(batch)s split %(at)s at %(link)s %(what)s", batch=batch, at=at, link=link, what=what
        )
    return sentence(
        "%(batch)s scrapped %(at)s at %(link)s %(what)s", batch=batch, at=at, link=link, what=what
    )


def _moving(root: Row, code: str, floor: Floor, told: Told, step: Step) -> Moving:
    """A milestone gives an order: what late news changes of that is said of one batch of it."""
    if step.kind == "given" and step.link == told.fact.link and _is_milestone(floor, step.link):
        return Moving(root["order"], code, ((code, step.quantity),))
    return Moving(root["order"], code)


def _is_milestone(floor: Floor, link: str) -> bool:
    return floor.line.link(link).kind == "milestone"


def _note_meanings(
    tx: Transaction,
    rows: Mapping[int, Row],
    derived: Sequence[tuple[str, Fact, Outcome]],
    new: int | None,
) -> None:
    """Keep beside each fact what it means now, and bring the list of refused scans up to that."""
    for _, fact, outcome in derived:
        row, became = rows[fact.number], _meaning(outcome)
        # One of a whole order may mean something of other batches.
        if facts.is_whole(row) or row["became"] == became or fact.number == new:
            continue
        facts.mark(tx, fact.number, became)
        if isinstance(outcome, Refusal):
            _refuse_late(tx, row, outcome)
        elif row["became"] == "refused":
            tx.run(
                "UPDATE refused SET settled = 'counted' WHERE scan = ? AND settled IS NULL", (fact.number,)
            )


def _meaning(outcome: Outcome) -> facts.Became:
    return "refused" if isinstance(outcome, Refusal) else "same" if isinstance(outcome, Same) else "step"


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
