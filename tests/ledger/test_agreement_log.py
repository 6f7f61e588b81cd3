"""The log of an agreement: who drafted, changed, confirmed, took back; read from an index, whatever else happened."""

from __future__ import annotations

from ledger import agreeing
from ledger.agreement_log import OF_ORDER, Changed, agreement_log, withdrawn_by
from tests.factory import china, worked_order
from tests.ledger.planners import MATERIAL, Planners


def did(planners: Planners, order: str = "A-1") -> list[tuple[str, str]]:
    return [(entry.did, entry.person) for entry in agreement_log(planners.plant.ledger, order)]


def take_back_sales(planners: Planners) -> None:
    now, by = planners.plant.now, planners.by("Chef")
    agreeing.withdraw(planners.plant.ledger, "A-1", "sales", by, why="a slip", now=now)


def test_all_acts_of_an_agreement_stand_in_the_log_the_newest_first(planners: Planners) -> None:
    planners.draft(worked_order(), worked_order("A-2"))
    planners.confirm("sales")
    take_back_sales(planners)
    planners.change(quantity=180)
    planners.agree()
    planners.propose()
    planners.discard()
    planners.propose("27 17:00")
    planners.agree()
    three = [("confirmed", "Ana"), ("confirmed", "Bo"), ("confirmed", "Mei")]
    assert did(planners) == [
        ("replanned", "Bo"),
        *three[1:],
        ("proposed", "Mei"),
        ("discarded", "Mei"),
        ("proposed", "Mei"),
        ("released", "Ana"),
        *three,
        ("changed", "Mei"),
        ("taken back", "Chef"),
        ("confirmed", "Mei"),
        ("drafted", "Mei"),
    ]
    assert did(planners, "A-2") == [("drafted", "Mei")]


def test_a_change_says_what_it_changed_and_which_confirmations_it_withdrew(planners: Planners) -> None:
    planners.draft(worked_order(quantity=400))
    planners.confirm("sales", may_move_to=china("27 17:00"))
    planners.change(quantity=380, due="26 17:00")
    changed, confirmed, drafted = agreement_log(planners.plant.ledger, "A-1")
    assert changed.changes == (
        Changed("quantity", 400, 380),
        Changed("due", china("25 17:00"), china("26 17:00")),
    )
    assert changed.withdrawn == ("sales",)
    assert (confirmed.role, confirmed.changes) == ("sales", (Changed("may move", None, china("27 17:00")),))
    assert (drafted.quantity, drafted.due_at, drafted.changes) == (400, china("25 17:00"), ())


def test_a_proposal_is_compared_with_the_plan_in_force_and_not_with_what_was_discarded(
    planners: Planners,
) -> None:
    planners.draft()
    planners.agree()
    planners.propose("26 17:00")
    planners.discard()
    planners.propose("27 17:00")
    proposed, *_ = agreement_log(planners.plant.ledger, "A-1")
    assert (proposed.version, proposed.why) == (2, "the customer asked")
    assert proposed.changes == (Changed("due", china("25 17:00"), china("27 17:00")),)


def test_the_act_that_withdrew_a_confirmation_is_known_until_it_is_confirmed_again(
    planners: Planners,
) -> None:
    def gone() -> dict[str, str]:
        found = withdrawn_by(agreement_log(planners.plant.ledger, "A-1"), 1)
        return {role: entry.did for role, entry in found.items()}

    planners.draft()
    planners.confirm("sales")
    planners.confirm("production")
    assert gone() == {}
    planners.change(due="26 17:00")
    assert gone() == {"sales": "changed", "production": "changed"}
    planners.confirm("sales")
    assert gone() == {"production": "changed"}
    take_back_sales(planners)
    assert gone() == {"sales": "taken back", "production": "changed"}
    planners.discard(seen=2)
    planners.draft()
    assert gone() == {}


def test_the_log_reads_its_own_index_and_not_all_events(planners: Planners) -> None:
    (plan,) = planners.plant.ledger.rows(f"EXPLAIN QUERY PLAN {OF_ORDER}", ("A-1",))
    assert "USING INDEX agreement_events" in plan["detail"]


def test_purchasing_confirms_without_a_date_when_no_more_material_is_needed(planners: Planners) -> None:
    planners.draft()
    planners.agree()
    planners.plant.now = china("24 14:00")
    for code in planners.plant.codes():
        for _ in range(2):
            planners.plant.now += 11_000  # a scan within ten seconds is the same scan
            planners.plant.scan("scanner-cut", code)
    planners.propose("27 17:00")
    planners.change(material_at=MATERIAL + 1)
    look = planners.desk.look_at("A-1", planners.plant.now)
    assert look.plan.feasible
    assert look.needed_at is None
    planners.confirm("purchasing", material_at=None)
    assert "purchasing" in planners.confirmed()
