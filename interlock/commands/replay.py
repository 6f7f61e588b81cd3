"""`interlock replay`: recorded scans once more, through the same path as live ones."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from gateway import topics
from gateway.bodies import LARGEST_BYTES
from gateway.broker_address import BrokerAddress
from gateway.device import ScannerClient, Unreachable
from gateway.directory import Directory
from gateway.messages import Arrived, understand
from interlock import clock
from interlock.access import gateway_login
from interlock.opening import broker_address, directory_of, open_config, open_ledger
from interlock.recordings import Recorded, RecordingFaults, read_recording
from interlock.wake import WakeSender
from ledger import reading
from ledger.recorder import Recorder
from ledger.store import Ledger
from shopfloor.scans import Scan, Unreadable
from station_config import SiteConfig

TOGETHER = 200
ANSWERED_WITHIN_S = 30.0
CONNECT_LIMIT_S = 1.0
TOLD = 20
"""Refused lines that are named; all are counted."""

Outcome = tuple[Recorded, str, str]
"""A line, what became of it, and the sentence about it."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("recording", metavar="FILE.jsonl", type=click.Path(path_type=Path))
def replay(folder: Path, recording: Path) -> None:
    """Replay the scans of FILE.jsonl in DIR: over MQTT when the site's broker runs, else into the ledger itself.

    A line is a device's native payload with its "device", and "arrived_at" if it is known; a payload in another form
    goes under "payload". Nothing is replayed when a line is faulty. A line counts once, however often it is replayed.
    """
    config = open_config(folder)
    try:
        scans = read_recording(recording, directory_of(config))
    except RecordingFaults as faults:
        raise click.ClickException(str(faults)) from None
    with ExitStack() as stack:
        ledger = open_ledger(folder, create=True, checkpoints=False)
        stack.callback(ledger.close)
        direct = _into_ledger(ledger, config)
        client = _client(folder, config, stack)
        counts: Counter[str] = Counter()
        while page := list(islice(scans, TOGETHER)):
            for line, result, text in _replay(page, direct, client):
                counts[result] += 1
                if result in ("refused", "unreadable") and counts["refused"] + counts["unreadable"] <= TOLD:
                    click.echo(f"line {line.line}: {result}: {text}")
        _wake(folder, ledger)
    way = "into the ledger" if client is None else "over MQTT"
    told = ", ".join(
        f"{counts[result]} {result}" for result in ("recorded", "duplicate", "refused", "unreadable")
    )
    click.echo(f"{counts.total()} scans replayed {way}: {told}.")


def _replay(
    page: Sequence[Recorded],
    direct: Callable[[Sequence[Recorded]], Iterator[Outcome]],
    client: ScannerClient | None,
) -> Iterator[Outcome]:
    """What a running gateway could not know again is recorded here: the ledger takes both."""
    if client is None:
        yield from direct(page)
        return
    sent = [each for each in page if each.carries_id]
    yield from _over_mqtt(client, sent)
    yield from direct([each for each in page if not each.carries_id])


def _over_mqtt(client: ScannerClient, page: Sequence[Recorded]) -> Iterator[Outcome]:
    try:
        for each in page:
            client.publish(each.device, each.payload, ANSWERED_WITHIN_S)
        answers = {(answer.device, answer.scan_id): answer for answer in client.wait_all(ANSWERED_WITHIN_S)}
    except TimeoutError as fault:
        raise click.ClickException(
            f"the broker answers, but {fault}: start the gateway, then replay again; what is recorded counts once"
        ) from None
    for each in page:
        answer = answers.get((each.device, each.scan_id))
        if answer is not None:
            yield each, answer.result, answer.text
        else:  # two lines with one id have one answer
            yield each, "duplicate", ""


def _into_ledger(ledger: Ledger, config: SiteConfig) -> Callable[[Sequence[Recorded]], Iterator[Outcome]]:
    recorder, directory = Recorder(ledger, config.site), directory_of(config)

    def record(page: Sequence[Recorded]) -> Iterator[Outcome]:
        items = [_read(each, directory) for each in page]
        answers = recorder.record(items, clock.now()) if items else []
        for each, item, answer in zip(page, items, answers, strict=True):
            if answer is not None:
                yield each, answer.result, answer.text
            elif isinstance(item, Unreadable):
                yield each, "unreadable", item.reason

    return record


def _read(each: Recorded, directory: Directory) -> Scan | Unreadable:
    topic = topics.build(directory.site, each.device, "scan")
    at = clock.now() if each.arrived_at is None else each.arrived_at
    kept = each.payload[: LARGEST_BYTES + 1]
    arrived = Arrived(topic, kept, len(each.payload), packet_id=0, duplicate=False, retained=False)
    item = understand(arrived, directory, at).item
    if isinstance(item, Scan):
        return item if each.carries_id else replace(item, scan_id=each.scan_id, packet=None)
    if isinstance(item, Unreadable):
        return item
    return Unreadable(each.device, topic, at, kept, len(each.payload), "it is no scan")


def _client(folder: Path, config: SiteConfig, stack: ExitStack) -> ScannerClient | None:
    """A connection to the site's broker; None when nobody listens there, or when each device has to log in itself."""
    address = broker_address(folder, config)
    if not _listens(address) or gateway_login(folder, config.site.id) is not None:
        return None
    client = ScannerClient(config.site.id, address, f"interlock-replay-{os.getpid()}", window=TOGETHER)
    stack.callback(client.close)
    try:
        client.connect()
    except Unreachable as fault:
        raise click.ClickException(str(fault)) from None
    return client


def _listens(address: BrokerAddress) -> bool:
    try:
        with socket.create_connection((address.host, address.port), CONNECT_LIMIT_S):
            return True
    except OSError:
        return False


def _wake(folder: Path, ledger: Ledger) -> None:
    sender = WakeSender(folder)
    sender.changed(reading.last_sequence(ledger))
    sender.close()
