"""Where htmx 4 differs from what flask-htmx 0.4.0 knows."""

from __future__ import annotations

import pytest
from flask import Flask

from kiosk.htmx import Htmx, make_response, partial


@pytest.mark.parametrize(
    ("sent", "meant"), [("div#row-42", "row-42"), ("body", None), ("div#", None), (None, None)]
)
def test_the_target_and_the_source_are_ids_without_their_tags(sent: str | None, meant: str | None) -> None:
    headers = {} if sent is None else {"HX-Target": sent, "HX-Source": sent}
    with Flask("page").test_request_context(headers=headers):
        assert Htmx().target == meant
        assert Htmx().source == meant
        assert Htmx().trigger == meant


@pytest.mark.parametrize("swap", ["outerMorph", "innerMorph", "outerHTML"])
def test_every_swap_of_htmx_4_can_be_asked_for(swap: str) -> None:
    with Flask("page").test_request_context():
        answer = make_response("x", reswap=swap, retarget="#row")
        assert (answer.headers["HX-Reswap"], answer.headers["HX-Retarget"]) == (swap, "#row")


def test_a_swap_that_htmx_does_not_know_is_still_a_mistake() -> None:
    with Flask("page").test_request_context(), pytest.raises(ValueError, match="Invalid reswap"):
        make_response("x", reswap="sideways")


def test_a_partial_names_its_region_and_holds_rendered_html() -> None:
    assert partial("row-cut", "<p>40 &lt; 50</p>") == (
        '<hx-partial hx-target="#row-cut" hx-swap="outerMorph"><p>40 &lt; 50</p></hx-partial>'
    )
