"""Which tablets are in touch: their last words, kept in memory and written down when they change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger import tablets
from ledger.store import Ledger
from ledger.tablets import Said
from shopfloor.instants import MINUTE_MS, Instant
from shopfloor.tablets import Tablet

WRITTEN_EVERY_MS = MINUTE_MS
"""A tablet that only says that it is there costs a write this often; what it holds is written at once."""


@dataclass(slots=True)
class _Heard:
    number: int
    said: Said
    at: Instant
    written_at: Instant


class Tablets:
    """The tablets of one site."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._heard: dict[tuple[str, str], _Heard] = {}

    def hear(self, said: Said, now: Instant) -> int:
        """Note a tablet's words; its number. LedgerUnavailable when a new one cannot be written."""
        key = (said.tablet, said.station)
        before = self._heard.get(key)
        if before is not None:
            is_news = _lasting(said) != _lasting(before.said) or now - before.written_at >= WRITTEN_EVERY_MS
            before.said, before.at = said, now
            if not is_news:
                return before.number
        number = tablets.hear(self._ledger, said, now)
        self._heard[key] = _Heard(number, said, now, now)
        return number

    def note(self, said: Said, now: Instant) -> None:
        """Note a tablet's words without writing them, as long as nothing can be written: the board tells them."""
        before = self._heard.get((said.tablet, said.station))
        if before is not None:
            before.said, before.at = said, now

    def known(self) -> list[Tablet]:
        """All tablets by number, each with its last words."""
        return [self._as_heard(each) for each in tablets.known_tablets(self._ledger)]

    def _as_heard(self, written: Tablet) -> Tablet:
        heard = self._heard.get((written.tablet, written.station))
        if heard is None or heard.at < written.heard_at or written.followed_by is not None:
            return written
        said = heard.said
        return replace(
            written,
            heard_at=heard.at,
            left_at=heard.at if said.leaving else None,
            waiting=said.waiting,
            oldest_at=said.oldest_at,
            refused=said.refused,
            next_seq=max(written.next_seq, said.next_seq),
            clock_offset_ms=said.clock_offset_ms,
        )


def _lasting(said: Said) -> tuple[object, ...]:
    """What has to outlive this process at once."""
    return said.waiting, said.oldest_at, said.refused, said.leaving, said.next_seq > 1
