"""What is known of devices: when last seen, their sequence, whose clock is believed."""

from __future__ import annotations

from collections import Counter
from datetime import tzinfo

from ledger.store import Ledger, Transaction
from shopfloor.instants import DAY_MS, MINUTE_MS, Instant, moment_of
from shopfloor.scans import Scan
from shopfloor.site import Site

TRUSTED_CLOCK_MS = 2 * MINUTE_MS
LONGEST_BUFFER_MS = 31 * DAY_MS
"""No device buffers for longer; an older time is a clock that lost its battery."""

FARTHEST_MS = 200 * 366 * DAY_MS
"""A clock that is further off is no further off than this."""


class DeviceLog:
    """Devices seen in one transaction, written once at its end."""

    def __init__(self, tx: Transaction, site: Site) -> None:
        self._tx = tx
        self._site = site
        self._seen: dict[str, tuple[Instant, int | None]] = {}
        self._offsets: dict[str, int] = {}
        self._scans: Counter[tuple[str, str]] = Counter()

    def saw(self, device: str, at: Instant) -> None:
        """Remember that it spoke."""
        self._seen[device] = (at, self._last_seq(device))

    def when(self, scan: Scan) -> tuple[Instant, bool]:
        """The instant a scan happened, and whether the device's clock is suspect.

        The device's clock is believed within two minutes of ours, or for the last month when the device
        reports in sequence out of a buffer.
        """
        last_seq = self._last_seq(scan.device)
        in_sequence = scan.seq is not None and (last_seq is None or scan.seq == last_seq + 1)
        seq = last_seq if scan.seq is None else scan.seq
        self._seen[scan.device] = (scan.arrived_at, seq)
        self._scans[scan.device, local_day(scan.arrived_at, self._site.zone)] += 1
        if scan.device_at is None:
            return scan.arrived_at, False
        ahead = scan.device_at - scan.arrived_at
        buffered = in_sequence and -LONGEST_BUFFER_MS <= ahead < 0
        if abs(ahead) <= TRUSTED_CLOCK_MS or not buffered:
            self._offsets[scan.device] = max(-FARTHEST_MS, min(ahead, FARTHEST_MS))
        if abs(ahead) <= TRUSTED_CLOCK_MS or buffered:
            return scan.device_at, False
        return scan.arrived_at, True

    def save(self) -> None:
        """Write what was seen, one row for each device of the site: strangers must not fill the table."""
        self._tx.run_many(
            "INSERT INTO devices (device, last_seen_at, last_seq) VALUES (?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
            " last_seen_at = excluded.last_seen_at, last_seq = excluded.last_seq",
            [(device, at, seq) for device, (at, seq) in self._seen.items() if device in self._site.devices],
        )
        self._tx.run_many(
            "UPDATE devices SET clock_offset_ms = ? WHERE device = ?",
            [(offset, device) for device, offset in self._offsets.items()],
        )
        self._tx.run_many(
            "UPDATE devices SET scans_today = CASE WHEN day = ?1 THEN scans_today ELSE 0 END + ?2, day = ?1"
            " WHERE device = ?3",
            [(day, count, device) for (device, day), count in self._scans.items()],
        )

    def _last_seq(self, device: str) -> int | None:
        if device in self._seen:
            return self._seen[device][1]
        row = self._tx.row("SELECT last_seq FROM devices WHERE device = ?", (device,))
        return row["last_seq"] if row else None


def local_day(at: Instant, zone: tzinfo) -> str:
    """The calendar day at the site."""
    return moment_of(at, zone).date().isoformat()


def set_device_state(ledger: Ledger, site: Site, device: str, *, online: bool, now: Instant) -> None:
    """Record the birth or will of a device of the site; a status, not an event."""
    if device not in site.devices:
        return
    with ledger.write(now) as tx:
        tx.run(
            "INSERT INTO devices (device, online, online_at) VALUES (?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
            " online = excluded.online, online_at = excluded.online_at",
            (device, int(online), now),
        )
