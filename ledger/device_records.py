"""What is overheard of devices, kept bounded; and what is known of them, for the page of devices."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from ledger.devices import local_day
from ledger.said import said_of
from ledger.store import Ledger, Row, Transaction
from shopfloor.instants import Instant
from shopfloor.overheard import KEPT_MESSAGES, KEPT_STRANGERS, DeviceFacts, Overheard
from shopfloor.site import Site

GAPS_TABLE = "seq_gaps"
"""Written by whoever records gaps in the devices' sequences; a ledger without it has none to show."""


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """What is known of one device; None where nothing was told."""

    device: str
    online: bool | None = None
    online_at: Instant | None = None
    last_seen_at: Instant | None = None
    """Its last message of any kind."""
    clock_offset_ms: int | None = None
    """Its clock less ours, at its last scan that came at once."""
    battery: int | None = None
    model: str | None = None
    scans_today: int = 0
    refused_today: int = 0
    gaps: int | None = None


def keep_overheard(ledger: Ledger, site: Site, heard: Overheard, now: Instant) -> None:
    """Write what was overheard; the newest are kept, of messages and of strangers."""
    with ledger.write(now) as tx:
        tx.run_many(_MESSAGE, [(*astuple(message), said_of(message.why)) for message in heard.messages])
        tx.run(
            "DELETE FROM raw_messages WHERE id <= (SELECT MAX(id) FROM raw_messages) - ?", (KEPT_MESSAGES,)
        )
        _keep_facts(tx, [facts for facts in heard.facts if facts.device in site.devices])
        tx.run_many(
            _STRANGER,
            [
                (one.profile, one.address, one.heard_at, one.heard_at, one.topic, one.payload)
                for one in heard.strangers
            ],
        )
        if heard.strangers:
            tx.run(_FORGET, (KEPT_STRANGERS,))


def device_records(ledger: Ledger, site: Site, day: str, day_start_at: Instant) -> dict[str, DeviceRecord]:
    """All devices of the site; counts are of the site's calendar day `day`, which began at `day_start_at`."""
    with ledger.snapshot():
        rows = {row["device"]: row for row in ledger.rows("SELECT * FROM devices")}
        refused = {
            row["device"]: row["count"]
            for row in ledger.rows(
                "SELECT device, COUNT(*) AS count FROM refused WHERE arrived_at >= ? GROUP BY device",
                (day_start_at,),
            )
        }
        gaps = _gaps(ledger)
    return {
        device: _record(device, rows.get(device), day, refused.get(device, 0), gaps)
        for device in site.devices
    }


def scans_today(ledger: Ledger, site: Site, now: Instant) -> dict[str, int]:
    """Scans and taps of the site's calendar day by device, tablets among them."""
    rows = ledger.rows("SELECT device, scans_today FROM devices WHERE day = ?", (local_day(now, site.zone),))
    return {row["device"]: row["scans_today"] for row in rows}


def unknown_devices(ledger: Ledger, site: Site) -> list[Row]:
    """Devices that talk and are none of the site's, the newest first."""
    known = {(device.profile, device.called) for device in site.devices.values()} | {
        ("native", device) for device in site.devices
    }
    rows = ledger.rows("SELECT * FROM unknown_devices ORDER BY last_at DESC")
    return [row for row in rows if (row["profile"], row["address"]) not in known]


def raw_messages(ledger: Ledger, device: str = "") -> list[Row]:
    """The last messages, the newest first; of one device only if it is named."""
    if device:
        return ledger.rows("SELECT * FROM raw_messages WHERE device = ? ORDER BY id DESC", (device,))
    return ledger.rows("SELECT * FROM raw_messages ORDER BY id DESC")


def heard_devices(ledger: Ledger) -> list[str]:
    """Whoever sent one of the last messages."""
    rows = ledger.rows("SELECT DISTINCT device FROM raw_messages WHERE device <> '' ORDER BY device")
    return [row["device"] for row in rows]


def _keep_facts(tx: Transaction, facts: list[DeviceFacts]) -> None:
    tx.run_many(_FACTS, [(one.device, one.heard_at, one.battery, one.model) for one in facts])


def _gaps(ledger: Ledger) -> dict[str, int] | None:
    if ledger.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (GAPS_TABLE,)) is None:
        return None
    rows = ledger.rows(f"SELECT device, COUNT(*) AS count FROM {GAPS_TABLE} GROUP BY device")  # noqa: S608  # a constant
    return {row["device"]: row["count"] for row in rows}


def _record(
    device: str, row: Row | None, day: str, refused: int, gaps: dict[str, int] | None
) -> DeviceRecord:
    count = None if gaps is None else gaps.get(device, 0)
    if row is None:
        return DeviceRecord(device, refused_today=refused, gaps=count)
    seen = [at for at in (row["last_seen_at"], row["heard_at"]) if at is not None]
    return DeviceRecord(
        device=device,
        online=None if row["online"] is None else bool(row["online"]),
        online_at=row["online_at"],
        last_seen_at=max(seen, default=None),
        clock_offset_ms=row["clock_offset_ms"],
        battery=row["battery"],
        model=row["model"],
        scans_today=row["scans_today"] if row["day"] == day else 0,
        refused_today=refused,
        gaps=count,
    )


_MESSAGE = """
INSERT INTO raw_messages (arrived_at, topic, payload, size, retained, device, known, profile, became, code, scan_id,
                          device_at, seq, why, said)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FACTS = """
INSERT INTO devices (device, heard_at, battery, model) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET
    heard_at = MAX(COALESCE(heard_at, 0), excluded.heard_at), battery = COALESCE(excluded.battery, battery),
    model = COALESCE(excluded.model, model)
"""
_STRANGER = """
INSERT INTO unknown_devices (profile, address, first_at, last_at, topic, payload) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (profile, address) DO UPDATE SET
    last_at = excluded.last_at, topic = excluded.topic, payload = excluded.payload
"""
_FORGET = """
DELETE FROM unknown_devices WHERE (profile, address) IN
    (SELECT profile, address FROM unknown_devices ORDER BY last_at DESC LIMIT -1 OFFSET ?)
"""
