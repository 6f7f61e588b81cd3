"""A scanner without a network hands its scans in late: the flag that was disputed meanwhile is overturned by them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from interlock import clock
from shopfloor.instants import MINUTE_MS, SECOND_MS, Instant, utc_text
from tests.live_site import Site
from tests.waiting import wait_for

BATCHES_OWED = 6
APART_MS = 15 * SECOND_MS


def kept_scans(site: Site, first_at: Instant) -> list[str]:
    """What the scanner kept: each owed batch in and out, numbered, by its own clock."""
    codes = [code for code in site.codes[:BATCHES_OWED] for _ in ("in", "out")]
    return [
        json.dumps({"id": f"kept-{n}", "seq": n, "code": code, "at": utc_text(first_at + n * APART_MS)})
        for n, code in enumerate(codes, 1)
    ]


def flag_and_dispute(site: Site, new_page: Callable[..., Page]) -> None:
    """Sewing taps *not received*; Cutting says at its own kiosk that it was given."""
    sewing = new_page(viewport=(1280, 800))
    sewing.goto(f"{site.base}/kiosk/sew-1")
    cutting = new_page(viewport=(1280, 800))
    cutting.goto(f"{site.base}/kiosk/cut-1")
    for page in (sewing, cutting):
        expect(page.locator("body[data-fresh=live]")).to_be_attached()
    sewing.locator("#kiosk-incoming [data-order]").first.click()
    sewing.locator("#confirm .confirm-yes").click()
    cutting.locator("#kiosk-against .button-answer").click()
    cutting.locator("#answer [name=comment]").fill("all six went at ten, our scanner has no network")
    cutting.locator("#panel button", has_text="dispute").click()
    expect(cutting.locator("#message")).to_have_attribute("data-result", "recorded")


@pytest.mark.mosquitto
def test_a_dispute_shown_right_by_late_scans_overturns_the_flag_by_itself_and_says_so(
    site: Site, new_page: Callable[..., Page]
) -> None:
    flag_and_dispute(site, new_page)
    (flag,) = site.get("/api/v1/flags")["flags"]
    assert (flag["against"], flag["state"], flag["quantity"]) == ("cut", "disputed", 120)

    began_at = clock.now() - 20 * MINUTE_MS
    *first, last = kept_scans(site, began_at)
    site.publish_all("scanner-cut", first)
    wait_for(lambda: site.recorded_by("scanner-cut") == BATCHES_OWED, what="the scans before the last")
    assert site.get(f"/api/v1/flags/{flag['flag']}")["state"] == "disputed"
    site.publish_all("scanner-cut", [last])

    wait_for(
        lambda: site.get(f"/api/v1/flags/{flag['flag']}")["state"] == "overturned", what="the flag to fall"
    )
    assert site.get("/api/v1/flags")["flags"] == []
    told = site.get(f"/api/v1/flags/{flag['flag']}")["note"]
    given = utc_text(began_at + 2 * BATCHES_OWED * APART_MS)[11:16]
    assert told.startswith(f"turned out wrong: given {given}, recorded ")
    assert told.endswith("; the dispute was right")
    page = new_page()
    page.goto(f"{site.base}/flags/{flag['flag']}")
    expect(page.locator(".f-row")).to_contain_text(told)
    expect(page.locator(".story li").last).to_contain_text("closed by late news")
    ruled = [each["kind"] for each in site.get("/api/v1/events?after=0")["events"]]
    assert ("flag_mistaken" in ruled, "flag_ruled" in ruled) == (True, False)
