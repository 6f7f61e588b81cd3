"""Bar codes as one SVG path each: they print at any size, and need neither script nor style."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from barcode import Code128

QUIET_MODULES = 10
"""White beside the bars of a Code 128, as its standard asks."""
QR_QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawing of black modules, each one unit wide."""

    width: int
    height: int
    path: str
    """The `d` of a path that is filled black."""


def code128(text: str) -> Symbol:
    """One row of bars, one unit high: to be stretched, `preserveAspectRatio="none"`."""
    (modules,) = Code128(text).build()
    width = len(modules) + 2 * QUIET_MODULES
    path = "".join(f"M{QUIET_MODULES + x} 0h{run}v1h-{run}z" for x, run in _runs(modules))
    return Symbol(width, 1, path)


def qr(text: str) -> Symbol:
    """A QR code with medium error correction."""
    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    size = len(matrix) + 2 * QR_QUIET_MODULES
    path = "".join(
        f"M{QR_QUIET_MODULES + x} {QR_QUIET_MODULES + y}h{run}v1h-{run}z"
        for y, row in enumerate(matrix)
        for x, run in _runs("".join(map(str, row)))
    )
    return Symbol(size, size, path)


def _runs(modules: str) -> list[tuple[int, int]]:
    """Where black begins, and how many modules it lasts."""
    runs: list[tuple[int, int]] = []
    for x, module in enumerate(modules):
        if module != "1":
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return runs
