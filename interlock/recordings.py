"""Recorded scans, a line of JSON each: read whole before the first is replayed, each fault with its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from gateway import topics
from gateway.directory import Directory
from shopfloor.instants import Instant, instant_from_text
from shopfloor.profiles import NATIVE_ID

ID_PREFIX = "replay/"
_OURS = ("device", "arrived_at", "payload")
_FAULTS_TOLD = 20


class RecordingFaults(Exception):
    """Every fault of a file, each with its line; nothing was replayed."""

    def __init__(self, faults: list[str]) -> None:
        more = [f"and {len(faults) - _FAULTS_TOLD} more"] if len(faults) > _FAULTS_TOLD else []
        super().__init__("\n".join([*faults[:_FAULTS_TOLD], *more, "Nothing was replayed."]))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line: what a device sent, with an id by which it counts once however often it is replayed."""

    line: int
    device: str
    payload: bytes
    scan_id: str
    carries_id: bool
    """The payload itself tells the id, as far as a running gateway reads it."""
    arrived_at: Instant | None


def read_recording(path: Path, directory: Directory) -> Iterator[Recorded]:
    """The scans of a file; RecordingFaults before the first of them when any line is faulty."""
    faults = [str(fault) for fault in _lines(path, directory) if isinstance(fault, _Fault)]
    if faults:
        raise RecordingFaults(faults)
    return (each for each in _lines(path, directory) if isinstance(each, Recorded))


class _Fault(Exception):
    pass


def _lines(path: Path, directory: Directory) -> Iterator[Recorded | _Fault]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield _recorded(number, line, directory)
                    except _Fault as fault:
                        yield _Fault(f"line {number}: {fault}")
    except OSError as fault:
        yield _Fault(f"{path} cannot be read: {fault.strerror or fault}")


def _recorded(number: int, line: bytes, directory: Directory) -> Recorded:
    said = _object(line)
    device = said.get("device")
    if not isinstance(device, str):
        raise _Fault('it names no device: {"device": "scanner-1", "code": "..."}')
    try:
        topics.build(directory.site, device, "scan")
    except ValueError as fault:
        raise _Fault(str(fault)) from None
    arrived_at = _arrived_at(said.get("arrived_at"))
    content = said["payload"] if "payload" in said else {k: v for k, v in said.items() if k not in _OURS}
    if not isinstance(content, (str, dict)):
        raise _Fault("its payload is neither text nor an object")
    scan_id = _id_of(device, content, number if arrived_at is None else arrived_at)
    if directory.native_reader(device).profile.id != NATIVE_ID or not _is_native(content):
        return Recorded(number, device, _bytes(content), scan_id, carries_id=False, arrived_at=arrived_at)
    told = dict(content) if isinstance(content, dict) else {"code": content}
    scan_id = told.setdefault("id", scan_id)
    if not isinstance(scan_id, str):
        raise _Fault("its id is not text")
    if "at" not in told and "arrived_at" in said:
        told["at"] = said["arrived_at"]
    return Recorded(number, device, _bytes(told), scan_id, carries_id=True, arrived_at=arrived_at)


def _is_native(content: str | dict[str, Any]) -> bool:
    """Text that is itself JSON, or cannot be read, is sent as it came."""
    return isinstance(content, dict) or not content.lstrip().startswith(("{", "["))


def _object(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise _Fault("it is no JSON") from None
    if not isinstance(said, dict):
        raise _Fault("it is no JSON object")
    return said


def _arrived_at(said: object) -> Instant | None:
    if said is None:
        return None
    try:
        return instant_from_text(str(said))
    except (ValueError, OverflowError):
        raise _Fault(
            f"its arrived_at {str(said)[:40]!r} is not ISO 8601 with a zone, like 2026-11-24T14:52:03Z"
        ) from None


def _id_of(device: str, content: object, when: int) -> str:
    """The same line of the same file has the same id the next time."""
    told = json.dumps([device, content, when], sort_keys=True, ensure_ascii=False)
    return ID_PREFIX + sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _bytes(content: str | dict[str, Any]) -> bytes:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
