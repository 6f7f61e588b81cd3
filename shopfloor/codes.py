"""Batch codes: what stands on a label.

Capital letters and digits that every keyboard layout types alike, without those that are misread: 31
symbols, a prime number, so that one check character finds every wrong symbol and every swap of two.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWX"
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_DIGITS = 6


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


def _check_character(body: str) -> str:
    # Different weights below 31 make every single error and every transposition change the sum.
    total = sum((place + 2) * _VALUE[symbol] for place, symbol in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]
