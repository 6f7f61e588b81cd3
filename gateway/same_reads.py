"""One tag that lies before its reader is read many times: one scan, until it was away for a while."""

from __future__ import annotations

from collections import OrderedDict

from shopfloor.instants import Instant

REMEMBERED = 10_000


class SameReads:
    """When each code was last read by each device."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str], Instant] = OrderedDict()

    def again(self, device: str, code: str, at: Instant, within_ms: int) -> bool:
        """Whether it is the same read as the last one; this read is the last one from now on."""
        key = device, code
        last = self._last.get(key)
        self._last[key] = at
        self._last.move_to_end(key)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
        return last is not None and at - last < within_ms
