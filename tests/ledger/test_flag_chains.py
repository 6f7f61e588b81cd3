"""Passing back: one tap raises the link's own flag against its previous link; the chain resolves link by link."""

from __future__ import annotations

import pytest

from ledger.errors import RuleRefused
from tests.factory import Plant
from tests.ledger.flagging import Flagging


def test_passing_back_raises_the_links_own_flag_in_the_same_tap(flagging: Flagging) -> None:
    first = flagging.raise_("pack-1", "sew", "25 09:05")
    flagging.answer("sew-1", first, "25 09:10", reason="previous")
    (_, raised) = flagging.events("flag_raised")
    own = flagging.row(raised["detail"]["flag"])
    # By 09:00 cutting owed 160.
    assert (own["link"], own["raised_by"], own["quantity"], own["state"]) == ("cut", "sew", 160, "raised")
    assert raised["source"] == "station:sew-1"
    assert flagging.parents(own["flag"]) == [first]
    assert (flagging.state(first), flagging.row(first)["reason"]) == ("answered", "previous")


def test_the_same_tap_again_passes_back_once(flagging: Flagging) -> None:
    first = flagging.raise_("pack-1", "sew", "25 09:05")
    flagging.answer("sew-1", first, "25 09:10", reason="previous")
    flagging.answer("sew-1", first, "25 09:10", reason="previous")
    assert len(flagging.events("flag_raised")) == 2


def test_a_flag_that_the_link_has_raised_already_is_chained(flagging: Flagging) -> None:
    own = flagging.raise_("sew-1", "cut", "24 15:05")
    first = flagging.raise_("pack-1", "sew", "25 09:05")
    flagging.answer("sew-1", first, "25 09:10", reason="previous")
    assert flagging.parents(own) == [first]
    assert len(flagging.events("flag_raised")) == 2


def test_it_cannot_be_passed_to_a_link_that_owes_nothing(flagging: Flagging, plant: Plant) -> None:
    for code in plant.codes():
        plant.scan("scanner-sew", code, "24 14:30")
    first = flagging.raise_("pack-1", "sew", "25 09:05")
    with pytest.raises(RuleRefused, match="Cutting owes nothing of A-1 now"):
        flagging.answer("sew-1", first, "25 09:10", reason="previous")
    assert flagging.state(first) == "raised"
    assert len(flagging.events("flag_raised")) == 1


def test_passing_back_does_not_take_a_promise_back(flagging: Flagging) -> None:
    first = flagging.raise_("pack-1", "sew", "25 09:05")
    flagging.answer("sew-1", first, "25 09:06", promised="25 09:30")
    flagging.turn("25 09:45")
    flagging.answer("sew-1", first, "25 09:46", reason="previous")
    assert flagging.row(first)["promised_at"] is not None
    flagging.turn("25 10:00")
    assert flagging.told(first) == [("lead", "25 09:40"), ("supervisor", "25 10:00")]


def test_a_chain_resolves_link_by_link_as_quantity_arrives(flagging: Flagging, plant: Plant) -> None:
    first = flagging.raise_("pack-1", "sew", "25 09:05")
    flagging.answer("sew-1", first, "25 09:10", reason="previous")
    own = flagging.events("flag_raised")[1]["detail"]["flag"]
    codes = plant.codes()
    for number, code in enumerate(codes[:8]):
        plant.scan("scanner-sew", code, f"25 09:{20 + number}")
    assert (flagging.state(own), flagging.state(first)) == ("resolved", "answered")
    for number, code in enumerate(codes[:2]):
        plant.scan("scanner-pack", code, f"25 09:{40 + number}")
    assert flagging.state(first) == "resolved"
