"""What is printed: travellers, labels, command codes."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.frame import Frame
from kiosk.symbols import Symbol


@dataclass(frozen=True, slots=True)
class Traveller:
    """The paper that goes with one batch."""

    code: str
    number: int
    quantity: int
    bars: Symbol
    square: Symbol


@dataclass(frozen=True, slots=True)
class TravellersPage:
    """All batches of an order."""

    frame: Frame
    order: str
    line_name: str
    product: str
    quantity: int
    customer: str
    due: str
    links: tuple[str, ...]
    """Names, from the first to the one that ships."""
    travellers: tuple[Traveller, ...]
    as_labels: bool
    """One label a batch instead of a traveller."""


@dataclass(frozen=True, slots=True)
class CommandCard:
    """A code that says what to do."""

    command: str
    code: str
    bars: Symbol
    square: Symbol


@dataclass(frozen=True, slots=True)
class CommandsPage:
    """The sheet that hangs at a station without a tablet."""

    frame: Frame
    cards: tuple[CommandCard, ...]
