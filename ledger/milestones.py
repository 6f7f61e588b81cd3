"""A milestone gives a whole order at once: by the order's code or by that of any of its batches."""

from __future__ import annotations

from ledger import facts
from ledger.facts import Told, whole
from ledger.families import ARCHIVED, BATCH, family_of
from ledger.finishes import note_finish
from ledger.flag_news import resolve_flags, settle_if_shipped
from ledger.late_news import Cause, derive_again
from ledger.refusals import keep_refused
from ledger.repeats import told_again
from ledger.steps import Floor, Moving, first_id, is_closed, record_step, with_late
from ledger.store import Reader, Row, Transaction
from shopfloor.handoffs import Refusal, clock_text
from shopfloor.histories import Fact, is_later, is_same_scan, reach_ms
from shopfloor.scans import Answer, Scan
from shopfloor.sentences import sentence
from shopfloor.whereabouts import Step


def give_order(tx: Transaction, floor: Floor, scan: Scan, told: Told) -> Answer:
    """Give all batches of an order that the milestone has not given; every batch keeps the scan as a fact."""
    row = tx.row(
        f'SELECT "order", line, quantity, shipped_at, {ARCHIVED} FROM orders o WHERE "order" = ?1'  # noqa: S608  # our own words
        ' OR "order" = (SELECT "order" FROM batches WHERE batch = upper(?1)) ORDER BY "order" = ?1 DESC LIMIT 1',
        (scan.code,),
    )
    if row is None or row["line"] != floor.line.id:
        return _refuse(
            tx,
            scan,
            told,
            Refusal("unknown", sentence("%(code)s is no order of this line", code=scan.code[:40])),
        )
    order, fact = row["order"], told.fact
    if row["archived"]:
        return _refuse(tx, scan, told, is_closed(floor, order, row["shipped_at"]))
    near = facts.of_order(tx, order, fact.at - reach_ms(fact))
    if any(is_later(facts.as_fact(other), fact) for other in near) and _is_of_line(tx, floor, order):
        return _put_in(tx, floor, scan, told, order)
    for other in near:
        if facts.is_whole(other) and _repeats(facts.as_fact(other), fact):
            facts.keep(tx, order, whole(order), told, "same")
            return told_again(tx, scan, _sentence(tx, floor, order, facts.as_told(other)))
    rest = _rest(tx, order, fact.link)
    if not rest:
        return _given_already(tx, floor, scan, told, order)
    facts.keep(tx, order, whole(order), told, "step")
    units = sum(quantity for _, quantity in rest)
    step = Step("given", fact.link, tuple(n.id for n in floor.line.next_links(fact.link)), units)
    moving = Moving(order, None, tuple(rest))
    text = record_step(tx, floor, moving, told, step, first_id(tx, told, 0, 0))
    resolve_flags(tx, floor, fact.link, order, fact.at)
    note_finish(tx, floor, order, fact.link)
    settle_if_shipped(tx, floor, order, fact.at)
    return Answer(scan.device, scan.scan_id, "recorded", text)


def _put_in(tx: Transaction, floor: Floor, scan: Scan, told: Told, order: str) -> Answer:
    """A scan that happened before something that is known of the order's batches."""
    facts.keep(tx, order, whole(order), told, "step")
    number = told.number
    why = sentence("a scan of %(link)s came late", link=floor.line.name_of(told.fact.link))
    cause = Cause(None, "interlock", tx.now, why)
    given = False
    for batch in batches_of(tx, order):
        found = derive_again(tx, floor, batch, cause, None if given else number)
        given = given or isinstance(found.outcomes[number], tuple)
    if given:
        return Answer(scan.device, scan.scan_id, "recorded", _sentence(tx, floor, order, told))
    facts.mark(tx, number, "refused")
    return _given_already(tx, floor, scan, told, order)


def _is_of_line(tx: Transaction, floor: Floor, order: str) -> bool:
    """Whether the history of every batch can be derived anew: the line has all links at which they were scanned."""
    return all(family_of(tx, floor.line, batch).is_of_line for batch in batches_of(tx, order))


def batches_of(tx: Reader, order: str) -> list[Row]:
    """All batches of an order, as `derive_again` takes them."""
    return tx.rows(f'{BATCH} WHERE b."order" = ? ORDER BY number', (order,))


def _rest(tx: Transaction, order: str, link: str) -> list[tuple[str, int]]:
    """What the milestone has to give: of each batch what the links before have given it, or the whole."""
    rows = tx.rows(
        "SELECT b.batch, IFNULL((SELECT MIN(h.quantity) FROM handoffs h WHERE h.batch = b.batch AND h.receiver = ?2"
        " AND h.given_at IS NOT NULL), b.quantity) - IFNULL(p.lost, 0) AS units"
        " FROM batches b LEFT JOIN positions p ON p.batch = b.batch AND p.link = ?2"
        ' WHERE b."order" = ?1 AND p.given_at IS NULL ORDER BY b.number',
        (order, link),
    )
    return [(row["batch"], row["units"]) for row in rows if row["units"] > 0]


def _given_already(tx: Transaction, floor: Floor, scan: Scan, told: Told, order: str) -> Answer:
    last = tx.row(
        'SELECT MAX(p.given_at) AS at FROM positions p JOIN batches b USING (batch) WHERE b."order" = ? AND p.link = ?',
        (order, told.fact.link),
    )
    text = sentence("%(order)s was already given", order=order)
    if last and last["at"] is not None:
        at = clock_text(last["at"], floor.site.zone)
        text = sentence("%(order)s was already given %(at)s", order=order, at=at)
    if not told.number and facts.has_room(tx, whole(order)):
        facts.keep(tx, order, whole(order), told, "refused")
    return _refuse(tx, scan, told, Refusal("given", text))


def _repeats(other: Fact, fact: Fact) -> bool:
    same_place = (other.device, other.link) == (fact.device, fact.link)
    return same_place and is_same_scan(other, fact)


def _sentence(tx: Transaction, floor: Floor, order: str, told: Told) -> str:
    at = told.fact.at
    said = sentence("%(what)s given %(at)s", what=order, at=clock_text(at, floor.site.zone))
    return with_late(said, floor, at, tx.now)


def _refuse(tx: Transaction, scan: Scan, told: Told, refusal: Refusal) -> Answer:
    keep_refused(tx, scan, told.station, refusal, told.number or None)
    return Answer(scan.device, scan.scan_id, "refused", refusal.text)
