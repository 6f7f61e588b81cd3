"""Codes of our own: batches, badges and commands, each with a check character.

Capital letters and digits that every keyboard layout types alike, without those that are misread: 31
symbols, a prime number, so that one check character finds every wrong symbol and every swap of two.
"""

from __future__ import annotations

from typing import Literal, get_args

CodeKind = Literal["code", "badge", "command"]
"""A badge names a person, a command says what to do; everything else may be a batch."""
Command = Literal["undo", "not-received"]
COMMANDS: tuple[Command, ...] = get_args(Command)

ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWX"
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_DIGITS = 6
_BADGE = "BADGE"
_COMMAND_BODIES: dict[Command, str] = {"undo": "CMDBACK", "not-received": "CMDABSENT"}
"""Longer than a batch code, so that none is ever taken for one."""


def batch_code(number: int) -> str:
    """The code of the site's n-th batch: six symbols and a check character."""
    symbols = []
    for _ in range(_DIGITS):
        number, value = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[value])
    if number:
        raise ValueError("a site has at most 31**6 batches")
    body = "".join(reversed(symbols))
    return body + _check_character(body)


def batch_number(code: str) -> int:
    """Which batch of the site a code is of, the way back from `batch_code`."""
    number = 0
    for symbol in code[:_DIGITS]:
        number = number * len(ALPHABET) + _VALUE[symbol]
    return number


def is_batch_code(code: str) -> bool:
    """Whether a code has the form of a batch code and its check character fits."""
    return (
        len(code) == _DIGITS + 1
        and all(symbol in _VALUE for symbol in code)
        and _check_character(code[:-1]) == code[-1]
    )


def looks_like_batch_code(code: str) -> bool:
    """Whether it has the length and symbols of one; small letters are taken for capitals."""
    return len(code) == _DIGITS + 1 and all(symbol in _VALUE for symbol in code.upper())


def badge_code(number: int) -> str:
    """The code on the site's n-th badge: `BADGE`, six symbols and a check character."""
    body = _BADGE + batch_code(number)[:-1]
    return body + _check_character(body)


def command_code(command: Command) -> str:
    """The code on the label of a command."""
    body = _COMMAND_BODIES[command]
    return body + _check_character(body)


def command_of(code: str) -> Command | None:
    """The command that a code stands for; small letters are taken for capitals."""
    return _COMMANDS.get(code.upper())


def code_kind(code: str) -> CodeKind:
    """What a code of our own is; one whose check character does not fit is only a code, and found to be unknown."""
    if command_of(code) is not None:
        return "command"
    upper = code.upper()
    badge = upper.startswith(_BADGE) and len(upper) == len(_BADGE) + _DIGITS + 1
    if badge and all(symbol in _VALUE for symbol in upper) and _check_character(upper[:-1]) == upper[-1]:
        return "badge"
    return "code"


def is_own_code(code: str) -> bool:
    """Whether it is surely a code of ours, and nobody else's numbering."""
    return is_batch_code(code.upper()) or code_kind(code) != "code"


def meant_code(read: str) -> str | None:
    """The code of ours that was scanned, where the scanner typed for another keyboard layout; None when it is none.

    A code is never taken for what it was meant to be: the scanner is set up anew. Source: the top rows of the
    French, Czech and other layouts give signs for digits; those of Germany and France swap letters.
    """
    for layout in _LAYOUTS:
        code = "".join(layout.get(sign, sign) for sign in read).upper()
        if code != read.upper() and is_own_code(code):
            return code
    return None


def _check_character(body: str) -> str:
    # Different weights below 31 make every single error and every transposition change the sum.
    total = sum((place + 2) * _VALUE[symbol] for place, symbol in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


_COMMANDS: dict[str, Command] = {command_code(command): command for command in COMMANDS}
_DIGITS_IN_A_ROW = "1234567890"
_FRENCH = dict(zip("&\u00e9\"'(-\u00e8_\u00e7\u00e0aqzwAQZW,?", _DIGITS_IN_A_ROW + "qawzQAWZmM", strict=True))
_CZECH = dict(
    zip("+\u011b\u0161\u010d\u0159\u017e\u00fd\u00e1\u00ed\u00e9yzYZ", _DIGITS_IN_A_ROW + "zyZY", strict=True)
)
_SHIFTED = dict(zip("!@#$%^&*()", _DIGITS_IN_A_ROW, strict=True))
_LAYOUTS = (_FRENCH, _CZECH, _SHIFTED)
"""What a layout types for each key that the scanner means."""
