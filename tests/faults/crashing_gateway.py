"""A gateway that ends by itself: `crashing_gateway.py FOLDER N before|inside|after` the commit of the n-th scan."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from interlock.gateway_process import serve_gateway
from ledger.devices import DeviceLog
from ledger.recorder import Recorder
from shopfloor.instants import Instant
from shopfloor.scans import Answer, Scan, Unreadable

CRASHED = 17

record, when_it_happened = Recorder.record, DeviceLog.when
left = {"scans": 0}


def crash_before(self: Recorder, items: Sequence[Scan | Unreadable], now: Instant) -> list[Answer | None]:
    left["scans"] -= len(items)
    if left["scans"] <= 0:
        os._exit(CRASHED)
    return record(self, items, now)


def crash_after(self: Recorder, items: Sequence[Scan | Unreadable], now: Instant) -> list[Answer | None]:
    answers = record(self, items, now)
    left["scans"] -= len(items)
    if left["scans"] <= 0:
        os._exit(CRASHED)
    return answers


def crash_inside(self: DeviceLog, scan: Scan) -> tuple[Instant, bool]:
    left["scans"] -= 1
    if left["scans"] <= 0:
        os._exit(CRASHED)
    return when_it_happened(self, scan)


if __name__ == "__main__":
    left["scans"] = int(sys.argv[2])
    match sys.argv[3]:
        case "before":
            Recorder.record = crash_before  # type: ignore[method-assign]  # that is the fault
        case "inside":
            DeviceLog.when = crash_inside  # type: ignore[method-assign]  # that is the fault
        case "after":
            Recorder.record = crash_after  # type: ignore[method-assign]  # that is the fault
    serve_gateway(Path(sys.argv[1]))
