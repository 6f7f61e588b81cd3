"""The gateway dies with scans in hand: what the broker had not been told is done comes again, and counts once."""

from __future__ import annotations

import json

from interlock import clock
from shopfloor.instants import DAY_MS
from shopfloor.orders import Order
from tests.gateway.rig import Wire
from tests.live_site import Site
from tests.waiting import wait_for

SCANS = 200


def test_scans_between_publication_and_commit_are_recorded_exactly_once(site: Site) -> None:
    now = clock.now()
    codes = site.release(Order("B-1", "parts", "part", SCANS * 20, now + 9 * DAY_MS), began=now, now=now)
    scans = [json.dumps({"id": f"k{n}", "code": code}) for n, code in enumerate(codes)]
    wire = Wire(site.broker)
    wire.listen("interlock/e2e/scanner-cut/ack")
    with site.ledger.write(0):
        # While the ledger is held the gateway receives, but cannot commit.
        site.publish_all("scanner-cut", scans)
        wait_for(
            lambda: "cannot be written" in site.log("gateway"), what="the gateway before the held ledger"
        )
        site.kill("gateway")
        assert wire.heard == [], "nothing is answered that is not stored"
    wire.close()
    assert not site.recorded("k")
    wait_for(lambda: site.is_back("gateway"), what="the gateway's restart")
    wait_for(lambda: len(site.recorded("k")) == SCANS, seconds=30, what="all scans in the ledger")
    assert set(site.recorded("k").values()) == {1}
    site.publish_all("scanner-cut", scans)
    site.publish("scanner-cut", json.dumps({"id": "last", "code": site.codes[0]}))
    wait_for(lambda: site.recorded("last"), what="the scan after the repeated ones")
    assert sum(site.recorded("k").values()) == SCANS
