"""What is overheard between two times of handing it over: bounded, whatever floods in."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import replace

from gateway.messages import Understood
from shopfloor.overheard import KEPT_MESSAGES, KEPT_STRANGERS, DeviceFacts, Overheard, RawMessage, Stranger


class Overhearing:
    """The newest messages, the last word about each device, the newest strangers."""

    def __init__(self) -> None:
        self._messages: deque[RawMessage] = deque(maxlen=KEPT_MESSAGES)
        self._facts: dict[str, DeviceFacts] = {}
        self._strangers: OrderedDict[tuple[str, str], Stranger] = OrderedDict()

    def note(self, understood: Understood) -> None:
        self._messages.append(understood.raw)
        facts, stranger = understood.facts, understood.stranger
        if facts is not None:
            before = self._facts.get(facts.device)
            if before is not None:
                facts = replace(
                    facts,
                    battery=before.battery if facts.battery is None else facts.battery,
                    model=facts.model or before.model,
                )
            self._facts[facts.device] = facts
        if stranger is not None:
            key = stranger.profile, stranger.address
            self._strangers[key] = stranger
            self._strangers.move_to_end(key)
            if len(self._strangers) > KEPT_STRANGERS:
                self._strangers.popitem(last=False)

    @property
    def waiting(self) -> bool:
        return bool(self._messages or self._facts or self._strangers)

    def all(self) -> Overheard:
        return Overheard(tuple(self._messages), tuple(self._facts.values()), tuple(self._strangers.values()))

    def clear(self) -> None:
        self._messages.clear()
        self._facts.clear()
        self._strangers.clear()
