"""Labels of batches in ZPL, the language of label printers: Code 128 and QR beside what a person reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DOTS_PER_MM = 8
"""Of a printer with 203 dpi, as nearly all have."""
WIDTH_MM, HEIGHT_MM = 100, 50
_NARROW = 3
"""Dots of the narrowest bar: 0.375 mm, which every scanner reads."""


@dataclass(frozen=True, slots=True)
class BatchLabel:
    """What stands on the label of one batch."""

    code: str
    quantity: int
    order: str
    product: str
    number: int
    """Of `of` batches."""
    of: int
    due: str
    customer: str = ""


def zpl(labels: Iterable[BatchLabel]) -> str:
    """One label a batch, 100 x 50 mm at 203 dpi; texts are UTF-8."""
    return "".join(_label(label) for label in labels)


def _label(label: BatchLabel) -> str:
    return "\n".join(
        (
            "^XA",
            f"^CI28^PW{WIDTH_MM * DOTS_PER_MM}^LL{HEIGHT_MM * DOTS_PER_MM}^LH0,0",
            _text(32, 24, 84, label.code),
            _text(32, 116, 40, f"{label.quantity}  {label.product}", width=520),
            _text(32, 164, 34, f"{label.order}  {label.number}/{label.of}", width=520),
            _text(32, 204, 30, " ".join(part for part in (label.due, label.customer) if part), width=520),
            # ^BY says how wide a narrow bar is; without the text that the printer would set below.
            f"^FO32,250^BY{_NARROW}^BCN,110,N,N,N^FD{_data(label.code)}^FS",
            f"^FO590,24^BQN,2,7^FDMA,{_data(label.code)}^FS",
            "^XZ",
            "",
        )
    )


def _text(x: int, y: int, height: int, text: str, width: int | None = None) -> str:
    # One line in a field block: what is too long is cut instead of running over the bars.
    block = f"^FB{width},1,0,L,0" if width else ""
    return f"^FO{x},{y}^A0N,{height},{height}{block}^FH_^FD{_data(text)}^FS"


def _data(text: str) -> str:
    """Text that holds no commands: `^`, `~` and the mark of a hexadecimal are written as such."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return "".join(f"_{ord(each):02X}" if each in "^~_" else each for each in printable)
