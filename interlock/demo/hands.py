"""What simulated people do, done for real: scans over MQTT, all the rest through the API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from gateway.device import ScannerClient
from interlock.demo.actions import (
    Action,
    Answered,
    Disputed,
    Flagged,
    FlagKey,
    Ruled,
    Scanned,
    Scrapped,
    Undone,
)
from ledger.whereabouts import RecordedScan
from shopfloor.instants import Instant, utc_text

ID_PREFIX = "demo-"
"""Ids of everything that simulated people do begin so."""
PATIENCE_S = 1.0
REQUEST_LIMIT_S = 5.0


class NotNow(Exception):
    """The broker, the gateway or the web server does not take it at this moment; nothing was lost."""


class Refused(Exception):
    """A rule of the shop floor forbids it; never of a scan, whose answer comes later."""


class Hands:
    """Does one action after the other; each device counts its scans."""

    def __init__(
        self,
        client: ScannerClient,
        web_address: str,
        seqs: Mapping[str, int],
        flags: Mapping[FlagKey, int],
    ) -> None:
        self.flags: dict[FlagKey, int] = dict(flags)
        """The numbers of open flags."""
        self.meant: dict[str, Scanned] = {}
        """Scans by their ids until somebody has compared them with what was recorded."""
        self.done: Counter[str] = Counter()
        self._counted: dict[tuple[str, str], str] = {}
        """Ids of scans with a quantity, by device and code: they may be taken back."""
        self._client = client
        self._api = f"{web_address}/api/v1"
        self._seqs = Counter(seqs)
        # What a killed start left at the broker may still come, under ids that no new scan must have.
        self._token = token_hex(3)

    def do(self, action: Action) -> None:
        """Do it, or NotNow: then try the same again. Refused never concerns scans."""
        match action:
            case Scanned():
                self._scan(action)
            case Flagged():
                self._flag(action)
            case Answered():
                self._answer(action)
            case Disputed():
                self._dispute(action)
            case Ruled():
                self._rule(action)
            case Undone():
                self._undo(action)
            case Scrapped():
                self._scrap(action)

    def settle(self, timeout_s: float = PATIENCE_S) -> list[str]:
        """Wait until every scan has its answer; the codes of those that changed nothing and were meant to."""
        try:
            answers = self._client.wait_all(timeout_s)
        except TimeoutError:
            raise NotNow from None
        surprises = []
        for answer in answers:
            if answer.result == "recorded" or answer.scan_id is None:
                continue
            meant = self.meant.pop(answer.scan_id, None)
            if meant is not None and meant.meant != "refused":
                surprises.append(meant.code)
        return surprises

    def say_again(self, scan: RecordedScan, timeout_s: float) -> None:
        """Send a recorded scan once more: it changes nothing, and all that was sent before is recorded after it."""
        payload = json.dumps({"id": scan.scan_id, "code": scan.code}).encode()
        try:
            self._client.publish(scan.device, payload, timeout_s)
            self._client.wait_all(timeout_s)
        except TimeoutError:
            raise NotNow from None

    def _scan(self, action: Scanned) -> None:
        seq = self._seqs[action.device] + 1
        scan_id = f"{ID_PREFIX}{self._token}-{action.device}-{seq}"
        scan: dict[str, Any] = {"id": scan_id, "seq": seq, "at": utc_text(action.at), "code": action.code}
        if action.quantity is not None:
            scan["quantity"] = action.quantity
            self._counted[action.device, action.code] = scan_id
        try:
            self._client.publish(action.device, json.dumps(scan).encode(), PATIENCE_S)
        except TimeoutError:
            raise NotNow from None
        self._seqs[action.device] = seq
        self.meant[scan_id] = action
        self.done["scans"] += 1

    def _flag(self, action: Flagged) -> None:
        key = action.key
        told = self._post(
            "/flags", _flag_id("flag", key, action.at), action, against=key.against, order=key.order
        )
        self.flags[key] = told["flag"]
        self.done["flags"] += 1

    def _answer(self, action: Answered) -> None:
        number = self.flags.get(action.key)
        if number is None:
            return
        told = self._post(
            f"/flags/{number}/answer",
            _flag_id("answer", action.key, action.at),
            action,
            reason=action.reason,
            promised_at=utc_text(action.promised_at),
            comment=action.comment,
        )
        self.done["answers"] += 1
        for child in told["passed_to"]:
            passed = self._send(f"/flags/{child}")
            self.flags.setdefault(FlagKey(passed["against"], passed["order"], passed["raised_by"]), child)

    def _dispute(self, action: Disputed) -> None:
        number = self.flags.get(action.key)
        if number is not None:
            path = f"/flags/{number}/dispute"
            self._post(path, _flag_id("dispute", action.key, action.at), action, comment=action.comment)
            self.done["disputes"] += 1

    def _rule(self, action: Ruled) -> None:
        number = self.flags.get(action.key)
        if number is not None:
            body = {
                "id": _flag_id("ruling", action.key, action.at),
                "at": utc_text(action.at),
                "person": action.person,
                "ruling": action.ruling,
                "comment": action.comment,
            }
            self._send(f"/flags/{number}/ruling", json.dumps(body).encode())

    def _undo(self, action: Undone) -> None:
        scan_id = self._counted[action.device, action.code]
        self._post(f"/scans/{quote(scan_id)}/undo", f"{scan_id}-undo", action, reason=action.why)
        del self._counted[action.device, action.code]
        self.done["corrections"] += 1

    def _scrap(self, action: Scrapped) -> None:
        self._post(
            "/scrap",
            f"{ID_PREFIX}scrap-{action.code}-{action.at}",
            action,
            batch=action.code,
            quantity=action.quantity,
            reason=action.reason,
            rejected_from=action.rejected_from,
        )
        self.done["corrections"] += 1

    def _post(
        self,
        path: str,
        event_id: str,
        action: Flagged | Answered | Disputed | Undone | Scrapped,
        **more: str | int | None,
    ) -> dict[str, Any]:
        body = {"id": event_id, "station": action.station, "at": utc_text(action.at), **more}
        return self._send(path, json.dumps(body).encode())

    def _send(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        """Post a body, or get when there is none."""
        request = urllib.request.Request(  # noqa: S310  # our own web server
            self._api + path, body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_LIMIT_S) as answer:  # noqa: S310  # our own
                told: dict[str, Any] = json.load(answer)
                return told
        except urllib.error.HTTPError as fault:
            with fault:
                if fault.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise NotNow from None
                raise Refused(fault.read().decode(errors="replace")) from None
        except OSError:
            raise NotNow from None


def _flag_id(kind: str, key: FlagKey, at: Instant) -> str:
    return f"{ID_PREFIX}{kind}-{key.against}-{key.order}-{key.raised_by}-{at}"
