"""What is known of devices: when last seen, their sequence and its gaps, whose clock is believed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import tzinfo

from ledger import seq_gaps
from ledger.store import Ledger, Transaction
from ledger.tablets import STATION_DEVICE, is_tablet
from shopfloor.instants import DAY_MS, MINUTE_MS, Instant, moment_of
from shopfloor.scans import Scan
from shopfloor.site import Site

TRUSTED_CLOCK_MS = 2 * MINUTE_MS
LONGEST_BUFFER_MS = 31 * DAY_MS
"""No device buffers for longer; an older time is a clock that lost its battery."""

FARTHEST_MS = 200 * 366 * DAY_MS
"""A clock that is further off is no further off than this."""


@dataclass(slots=True)
class _Seen:
    """A device: when it last spoke, and its lowest and highest numbers with the times that it told for them."""

    at: Instant | None = None
    last: int | None = None
    last_at: Instant | None = None
    first: int | None = None
    first_at: Instant | None = None


class DeviceLog:
    """Devices seen in one transaction, written once at its end."""

    def __init__(self, tx: Transaction, site: Site) -> None:
        self._tx = tx
        self._site = site
        self._seen: dict[str, _Seen] = {}
        self._offsets: dict[str, int] = {}
        self._scans: Counter[tuple[str, str]] = Counter()

    def saw(self, device: str, at: Instant) -> None:
        """Remember that it spoke."""
        self._of(device).at = at

    def when(self, scan: Scan) -> tuple[Instant, bool]:
        """The instant a scan happened, and whether the device's clock is suspect.

        The device's clock is believed within two minutes of ours, or for the last month when the device reports
        out of a buffer: with the next of its numbers, or with one whose time lies between those of its neighbours.
        """
        fits = scan.seq is not None and self._counted(scan, scan.seq)
        self.saw(scan.device, scan.arrived_at)
        self._scans[scan.device, local_day(scan.arrived_at, self._site.zone)] += 1
        if scan.device_at is None:
            return scan.arrived_at, False
        ahead = scan.device_at - scan.arrived_at
        buffered = fits and -LONGEST_BUFFER_MS <= ahead < 0
        if abs(ahead) <= TRUSTED_CLOCK_MS or not buffered:
            self._offsets[scan.device] = max(-FARTHEST_MS, min(ahead, FARTHEST_MS))
        if abs(ahead) <= TRUSTED_CLOCK_MS or buffered:
            return scan.device_at, False
        return scan.arrived_at, True

    def save(self) -> None:
        """Write what was seen, one row for each device of the site: strangers must not fill the table."""
        self._tx.run_many(
            "INSERT INTO devices (device, last_seen_at, last_seq, last_seq_at, first_seq, first_seq_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
            " last_seen_at = excluded.last_seen_at, last_seq = excluded.last_seq, last_seq_at = excluded.last_seq_at,"
            " first_seq = excluded.first_seq, first_seq_at = excluded.first_seq_at",
            [
                (device, seen.at, seen.last, seen.last_at, seen.first, seen.first_at)
                for device, seen in self._seen.items()
                if self._is_ours(device)
            ],
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

    def _counted(self, scan: Scan, seq: int) -> bool:
        """Note a number and the gaps that it opens or closes; whether the device reports in sequence.

        A number that fits nowhere is that of a device which began to count anew.
        """
        seen = self._of(scan.device)
        at = scan.arrived_at if scan.device_at is None else scan.device_at
        if seen.last is None or seen.last_at is None or seen.first is None or seen.first_at is None:
            # Only `last` is known of a device from before gaps were kept.
            before = seen.last
            seen.last, seen.last_at, seen.first, seen.first_at = seq, at, seq, at
            return before is None or seq == before + 1
        if seq > seen.last:
            self._open(scan, seen.last + 1, seq - 1, seen.last_at, at)
            fits = seq == seen.last + 1 or at >= seen.last_at
            seen.last, seen.last_at = seq, at
            return fits
        if seq < seen.first and at <= seen.first_at:
            self._open(scan, seq + 1, seen.first - 1, at, seen.first_at)
            seen.first, seen.first_at = seq, at
            return True
        if seq_gaps.close(self._tx, scan.device, seq, scan.device_at):
            return True
        if at > seen.last_at:
            seen.last, seen.last_at, seen.first, seen.first_at = seq, at, seq, at
        return False

    def _open(self, scan: Scan, first: int, last: int, before_at: Instant, after_at: Instant) -> None:
        if first <= last and self._is_ours(scan.device):
            gap = seq_gaps.Gap(scan.device, first, last, scan.arrived_at, before_at, after_at)
            seq_gaps.keep(self._tx, gap)

    def _is_ours(self, device: str) -> bool:
        """A device of the site, or a tablet that has a number."""
        if device in self._site.devices:
            return True
        station, _, number = device.removeprefix(STATION_DEVICE).partition("/")
        return device.startswith(STATION_DEVICE) and is_tablet(self._tx, station, number)

    def _of(self, device: str) -> _Seen:
        if device not in self._seen:
            row = self._tx.row(
                "SELECT last_seen_at, last_seq, last_seq_at, first_seq, first_seq_at FROM devices WHERE device = ?",
                (device,),
            )
            self._seen[device] = _Seen(*row) if row is not None else _Seen()
        return self._seen[device]


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
