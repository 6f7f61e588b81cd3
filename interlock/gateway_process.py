"""The gateway's process: the site's broker on one side, its ledger on the other."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from gateway.client import Gateway
from gateway.payloads import PROFILES
from interlock import clock
from interlock.logs import to_standard_error
from interlock.opening import broker_address, open_config, open_ledger
from interlock.wake import WakeSender
from ledger.devices import set_device_state
from ledger.errors import LedgerDamaged, LedgerUnavailable
from ledger.recorder import Recorder
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable


def serve_gateway(folder: Path) -> None:
    """Record what the site's devices report, until SIGTERM or SIGINT."""
    log = to_standard_error("gateway")
    config = open_config(folder)
    ledger = open_ledger(folder, create=True)
    log.info("opened", ledger=str(ledger.path), with_=ledger.journal)
    wake = WakeSender(folder)
    ledger.listeners.append(wake.changed)
    recorder = Recorder(ledger, config.site)

    def record(items: Sequence[Scan | Unreadable]) -> Sequence[Answer | None]:
        return recorder.record(items, clock.now())

    def device_state(device: str, online: bool, at: Instant) -> None:  # noqa: FBT001  # the gateway's signature
        set_device_state(ledger, config.site, device, online=online, now=at)

    def beat(connected: bool) -> None:  # noqa: FBT001  # the gateway's signature
        wake.beat(connected)
        ledger.checkpoint()  # also for what the web server has written

    gateway = Gateway(
        config.site.id,
        broker_address(config.broker),
        record=record,
        device_state=device_state,
        beat=beat,
        clock=clock.now,
        profiles={device.id: PROFILES[device.profile] for device in config.site.devices.values()},
        unavailable=(LedgerUnavailable, LedgerDamaged),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: gateway.stop())
    try:
        gateway.run()
    finally:
        ledger.close()
        wake.close()
