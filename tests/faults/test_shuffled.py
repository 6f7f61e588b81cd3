"""Ten thousand scans in any order, each up to three times: the same as once in order."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock import clock
from interlock.opening import open_config, open_ledger
from ledger.events import Event
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.instants import DAY_MS, instant_from_text, utc_text
from shopfloor.orders import Order
from shopfloor.scans import Scan
from tests import live_site
from tests.broker_fixtures import RunningBroker
from tests.faults.oracle import broken_promises
from tests.live_site import Site
from tests.waiting import wait_for

STATES = (
    "SELECT * FROM order_links",
    "SELECT * FROM hour_counts",
    "SELECT * FROM handoffs",
    "SELECT * FROM link_activity",
    "SELECT batch, link, received_at, given_at FROM positions",
)


@pytest.fixture
def site(
    make_site: Callable[[RunningBroker], Site], broker: RunningBroker, monkeypatch: pytest.MonkeyPatch
) -> Site:
    """Its first scanner stands at the exit of its link: one scan of a batch is all there is."""
    plain = live_site.site_text

    def with_mode(*facts: int) -> str:
        text = plain(*facts)
        return text.replace('id = "scanner-cut"\n', 'id = "scanner-cut"\nmode = "out"\n')

    monkeypatch.setattr(live_site, "site_text", with_mode)
    return make_site(broker)


def state(ledger: Ledger) -> list[set[tuple[object, ...]]]:
    return [{tuple(row) for row in ledger.rows(sql)} for sql in STATES]


def once_in_order(site: Site, folder: Path, scans: list[Scan]) -> Ledger:
    """Another ledger of the same site, as it should have come out."""
    folder.mkdir()
    (folder / "site.toml").write_text((site.folder / "site.toml").read_text())
    ledger, rules = open_ledger(folder, create=True), open_config(folder).site
    with ledger.write(scans[0].arrived_at) as tx:
        for row in site.ledger.rows("SELECT * FROM events WHERE kind = 'order_released' ORDER BY sequence"):
            tx.append(
                Event(
                    event_id=row["event_id"],
                    kind=row["kind"],
                    occurred_at=instant_from_text(row["occurred_at"]),
                    source=row["source"],
                    order=row["order"],
                    quantity=row["quantity"],
                    detail=json.loads(row["detail"]),
                )
            )
    Recorder(ledger, rules).record(scans, scans[-1].arrived_at)
    return ledger


@pytest.mark.parametrize(
    "batches", [300, pytest.param(10_000, marks=[pytest.mark.faults_long, pytest.mark.timeout(600)])]
)
def test_scans_in_any_order_and_repeated_come_to_the_same_as_once_in_order(
    site: Site, tmp_path: Path, batches: int
) -> None:
    now = clock.now()
    order = Order("B-1", "parts", "part", batches * 20, now + 600 * DAY_MS)
    codes = site.release(order, began=now, now=now)
    scans = [
        Scan("scanner-cut", code, at, scan_id=f"a{n}", device_at=at)
        for n, code in enumerate(codes)
        for at in [now - 60_000 + n * 50_000 // batches]
    ]
    luck = random.Random(batches)  # noqa: S311  # which order is no secret
    sent = [
        json.dumps({"id": scan.scan_id, "code": scan.code, "at": utc_text(scan.arrived_at)})
        for scan in scans
        for _ in range(luck.randint(1, 3))
    ]
    luck.shuffle(sent)
    limit_s = 60 + batches / 50  # on a machine that has other things to do
    site.publish_all("scanner-cut", sent)
    wait_for(lambda: len(site.recorded("a")) == batches, limit_s, "all scans in the ledger")
    site.publish("scanner-cut", json.dumps({"id": "last", "code": "nothing"}))
    wait_for(
        lambda: site.ledger.rows("SELECT 1 FROM refused WHERE scan_id = 'last'"), limit_s, "the last of all"
    )
    refused = [row["scan_id"] for row in site.ledger.rows("SELECT scan_id FROM refused")]
    assert refused == ["last"], "what comes again is told again, and not refused"
    expected = once_in_order(site, tmp_path / "expected", scans)
    try:
        assert state(site.ledger) == state(expected)
    finally:
        expected.close()
    assert broken_promises(site.ledger, confirmed=[f"a{n}" for n in range(batches)]) == []
