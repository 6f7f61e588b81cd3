"""Fixtures of the gateway's tests: a gateway in a thread, a ledger in memory, a wire to the broker."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.broker_fixtures import RunningBroker
from tests.gateway.rig import MemoryLedger, RunningGateway, Wire


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def start_gateway(broker: RunningBroker, ledger: MemoryLedger) -> Iterator[Callable[..., RunningGateway]]:
    """`start_gateway(connected=True, **options of Gateway)`; all are stopped at the end."""
    started: list[RunningGateway] = []

    def start(*, connected: bool = True, **more: Any) -> RunningGateway:
        running = RunningGateway(broker, ledger, **more)
        started.append(running)
        return running.start(connected=connected)

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def wire(broker: RunningBroker) -> Iterator[Wire]:
    client = Wire(broker)
    yield client
    client.close()
