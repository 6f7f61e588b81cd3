"""The bytes of an orders file as numbered rows of cells, however a spreadsheet saved them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shopfloor.sentences import sentence

LONGEST_LINE = 50_000  # characters; a file without line ends is no table, and is not taken to pieces
MOST_ORDERS = 100_000
LAST_ROW = 1_048_576  # of any spreadsheet; blank ones are many in some files

_SEP_LINE = re.compile(r"sep=([,;\t|])[ \t]*(?:\r\n|\r|\n|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells without outer blanks, under the number that a spreadsheet shows beside them."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that hold anything, and why no more could be read."""

    separator: str
    rows: list[Row]
    broken: tuple[int, str] | None = None
    """The row at which reading ended early, and the sentence about it."""


def read_table(content: bytes, is_column: Callable[[str], bool]) -> Table:
    """Divide a file into cells: UTF-8 or UTF-16, and the separator that finds most columns.

    What is not UTF-8 becomes U+FFFD, for whoever reads the cell to refuse: the bytes of Windows-1252 cannot be
    told from those of GBK or Windows-1250, and a wrong guess would garble names that are then kept for good.
    """
    text = _decoded(content).lstrip("\ufeff")
    if told := _SEP_LINE.match(text):
        separator, text = told[1], text[told.end() :]  # a spreadsheet does not count this line either
    else:
        separator = _separator(text, is_column)
    rows: list[Row] = []
    number = 0
    lines = _lines(text)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            stripped = [cell.strip() for cell in cells]
            if number > LAST_ROW:
                return Table(
                    separator, rows, (number, "no spreadsheet has so many rows; take out the blank ones.")
                )
            if not any(stripped):
                continue
            if len(rows) > MOST_ORDERS:
                return Table(
                    separator, rows, (number, f"the file has more than {MOST_ORDERS} orders; divide it.")
                )
            rows.append(Row(number, stripped))
    except csv.Error:
        broken = sentence(
            "it cannot be divided into cells; look for a quotation mark too many or one too few."
        )
        return Table(separator, rows, (number + 1, broken))
    except _LineTooLong:
        broken = sentence(
            "it is longer than %(longest_line)s characters; save the file as CSV UTF-8, one order a row.",
            longest_line=LONGEST_LINE,
        )
        return Table(separator, rows, (number + 1, broken))
    return Table(separator, rows)


class _LineTooLong(Exception):
    pass


def _lines(text: str) -> Iterator[str]:
    for line in io.StringIO(
        text, newline=""
    ):  # splits at \n, \r\n and a lone \r, and keeps them for the quotes
        if len(line) > LONGEST_LINE:
            raise _LineTooLong
        yield line


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    # The first column's name is ASCII, so UTF-16 without its mark shows a zero byte at once.
    elif content[1:2] == b"\0":
        encoding = "utf-16-le"
    elif content[:1] == b"\0":
        encoding = "utf-16-be"
    else:
        encoding = "utf-8"
    return content.decode(encoding, errors="replace")


def _separator(text: str, is_column: Callable[[str], bool]) -> str:
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0][:LONGEST_LINE]

    def fits(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=separator, skipinitialspace=True), [])
        return sum(is_column(cell) for cell in cells), len(cells)

    return max(",;\t", key=fits)
