"""One cell of an orders file as a text, a quantity or a priority; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata

from shopfloor.sentences import sentence

LARGEST_QUANTITY = 1_000_000_000
DEFAULT_PRIORITY = 100
LONGEST_ORDER = 60
LONGEST_CUSTOMER = 200

_LONGEST_SHOWN = 60
_JOINERS = "\u200c\u200d"  # invisible, and part of how names are written in Persian or Hindi
_BLANKS = (
    " \u00a0\u2009\u202f'\u2019"  # they group thousands in France or Switzerland, and never begin a fraction
)
_WHOLE = re.compile(
    rf"""
      [0-9]{{1,12}} (?:[.,]0{{1,2}})?
    | [1-9][0-9]{{0,2}} (?P<blank>[{re.escape(_BLANKS)}])[0-9]{{3}} (?:(?P=blank)[0-9]{{3}}){{0,2}} (?:[.,]0{{1,2}})?
    | [1-9][0-9]{{0,2}} (?P<mark>[.,])[0-9]{{3}} (?:(?P=mark)[0-9]{{3}}){{0,2}} (?!(?P=mark))[.,]0{{1,2}}
    | [1-9][0-9]{{0,2}} (?P<twice>[.,])[0-9]{{3}} (?:(?P=twice)[0-9]{{3}}){{1,2}}
    """,
    re.VERBOSE,
)
_EMPTY_FRACTION = re.compile(r"[.,]0{1,2}\Z")
_AMBIGUOUS = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
_SHORTENED_NUMBER = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]{2,3}")
_ERROR_VALUE = re.compile(r"#[^\W\d_]+(?:/0)?[!?]|#N/A|#NV|#{3,}")


class CellFault(Exception):
    """What is wrong with a cell and what to write instead; the row and the column stand before it."""


def shown(text: str) -> str:
    """A cell's text inside a sentence: in quotation marks, on one line, not too long."""
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…")


def refuse_what_is_no_value(text: str) -> None:
    """CellFault for what no cell may hold: a formula, the error of one, or characters lost on the way."""
    if "\ufffd" in text:
        raise CellFault(
            sentence(
                "%(written)s holds a character that is not UTF-8; save the file as CSV UTF-8.",
                written=shown(text),
            )
        )
    if text.startswith("="):
        raise CellFault(
            sentence(
                "%(written)s is a formula that was not worked out; write its result.", written=shown(text)
            )
        )
    if _ERROR_VALUE.fullmatch(text):
        raise CellFault(
            sentence(
                "%(written)s is what a spreadsheet shows instead of a value; write the value.",
                written=shown(text),
            )
        )


def order_number(text: str) -> str:
    """An order's number as it stands there. Raises CellFault."""
    if not text:
        raise CellFault(sentence("it is empty; write the order's number."))
    if len(text) > LONGEST_ORDER:
        raise CellFault(
            sentence(
                "%(written)s has %(written2)s characters; write %(longest_order)s at most.",
                written=shown(text),
                written2=len(text),
                longest_order=LONGEST_ORDER,
            )
        )
    if not text.isprintable():
        raise CellFault(
            sentence(
                "%(written)s holds a character that cannot be printed; type the number anew.",
                written=shown(text),
            )
        )
    if _SHORTENED_NUMBER.fullmatch(text):
        raise CellFault(
            sentence(
                "%(written)s is a number that a spreadsheet shortened; write it out, as text.",
                written=shown(text),
            )
        )
    if {"", ".", ".."} & set(text.split("/")):  # browsers and servers make another address of it
        raise CellFault(
            sentence(
                "%(written)s cannot be part of an address: before, between and after slashes stands"
                " something other than points; write it another way.",
                written=shown(text),
            )
        )
    return text


def customer_name(text: str) -> str:
    """A customer's name on one line, with ordinary blanks; it may be empty. Raises CellFault."""
    if len(text) > LONGEST_CUSTOMER:
        raise CellFault(
            sentence(
                "%(written)s has %(written2)s characters; write %(longest_customer)s at most.",
                written=shown(text),
                written2=len(text),
                longest_customer=LONGEST_CUSTOMER,
            )
        )
    name = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in text)
    if not all(letter.isprintable() or letter in _JOINERS for letter in name):
        raise CellFault(
            sentence(
                "%(written)s holds a line break or a hidden character; type the name anew.",
                written=shown(text),
            )
        )
    return name


def quantity(text: str) -> int:
    """A whole number of units; grouped, or with an empty fraction, where that can mean one thing only.

    1 200, 1'200, 1.200.000, 1,200.00 and 200,0 are read; 1.200 and 1,200 are not. Raises CellFault.
    """
    if either := _AMBIGUOUS.fullmatch(text):
        whole, rest = either.groups()
        raise CellFault(
            sentence(
                "%(written)s may be %(whole)s%(rest)s or a fraction; write %(whole)s%(rest)s or %(whole)s.",
                written=shown(text),
                whole=whole,
                rest=rest,
            )
        )
    units = int(re.sub("[^0-9]", "", _EMPTY_FRACTION.sub("", text))) if _WHOLE.fullmatch(text) else 0
    if not 1 <= units <= LARGEST_QUANTITY:
        wanted = sentence(
            "is not a whole number from 1 to %(largest_quantity)s", largest_quantity=LARGEST_QUANTITY
        )
        raise CellFault(
            sentence(
                "%(written)s %(wanted)s; write digits alone, like 1200.", written=shown(text), wanted=wanted
            )
        )
    return units


def priority(text: str) -> int:
    """A whole number, 100 when there is none. Raises CellFault."""
    if not text:
        return DEFAULT_PRIORITY
    found = re.fullmatch(r"(-?[0-9]{1,9})(?:[.,]0{1,2})?", text)
    if not found:
        raise CellFault(
            sentence(
                "%(written)s is not a whole number; write digits alone, like %(default_priority)s.",
                written=shown(text),
                default_priority=DEFAULT_PRIORITY,
            )
        )
    return int(found[1])
