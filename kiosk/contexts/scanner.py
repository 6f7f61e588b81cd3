"""Setting up a scanner that types like a keyboard: what it must send, and codes to try it with."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.frame import Frame
from kiosk.symbols import Symbol


@dataclass(frozen=True, slots=True)
class TrialCode:
    """A code to be scanned from the screen."""

    text: str
    bars: Symbol
    square: Symbol


@dataclass(frozen=True, slots=True)
class ScannerPage:
    """The scanner of one station's kiosk."""

    frame: Frame
    station: str
    name: str
    prefix: str
    """The key that has to come before each code; empty: none."""
    codes: tuple[TrialCode, ...]
    """Every sign of our codes among them: another keyboard layout shows."""
