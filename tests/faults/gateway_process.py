"""A gateway to be killed: `gateway_process.py PORT LEDGER HOLD before|after`.

It records each id once as a line of LEDGER, fsynced. While the file HOLD exists it stops before or after that,
having left the file HOLD.reached.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gateway.broker_address import BrokerAddress
from gateway.client import Gateway
from shopfloor.scans import Answer, Scan, Unreadable


def main(port: str, ledger_path: str, hold_path: str, when: str) -> None:
    ledger, hold = Path(ledger_path), Path(hold_path)

    def hold_here() -> None:
        while hold.exists():
            Path(hold_path + ".reached").touch()
            time.sleep(0.01)  # the gateway is to hang just here until the test takes the file away

    def record(batch: Sequence[Scan | Unreadable]) -> list[Answer | None]:
        if when == "before":
            hold_here()
        known = set(ledger.read_text().split()) if ledger.exists() else set()
        answers: list[Answer | None] = []
        with ledger.open("a") as file:
            for scan in batch:
                assert isinstance(scan, Scan)
                assert scan.scan_id is not None
                result = "duplicate" if scan.scan_id in known else "recorded"
                if scan.scan_id not in known:
                    file.write(scan.scan_id + "\n")
                    known.add(scan.scan_id)
                answers.append(Answer(scan.device, scan.scan_id, result, ""))  # type: ignore[arg-type]  # of the two
            file.flush()
            os.fsync(file.fileno())
        if when == "after":
            hold_here()
        return answers

    gateway = Gateway(
        "hz1",
        BrokerAddress("127.0.0.1", int(port)),
        record=record,
        device_state=lambda _device, _online, _at: None,
        beat=lambda _connected: None,
        clock=lambda: 0,
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: gateway.stop())
    gateway.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
