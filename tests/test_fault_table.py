"""The table of fault tests names what exists, and leaves no fault out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "tests" / "faults" / "README.md"
NUMBERS = set(range(1, 27))
_NAMED = re.compile(r"`([\w/]+\.(?:py|js|html))(?:::(\w+))?`")
_SCRIPT = re.compile(r"\b(?:function|const) (\w+)")


def rows() -> list[list[str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names_in(path: Path) -> set[str]:
    """What a file defines; a template defines nothing, and is named as a whole."""
    if path.suffix != ".py":
        return set(_SCRIPT.findall(path.read_text(encoding="utf-8"))) | {""}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_fault_has_its_row() -> None:
    assert {int(row[0]) for row in rows()} == NUMBERS
    assert all(len(row) == 5 and all(row) for row in rows())


@pytest.mark.parametrize("column", [2, 3])
def test_every_test_and_every_guard_exists(column: int) -> None:
    for row in rows():
        named = _NAMED.findall(row[column])
        assert named, row
        for file, name in named:
            assert (ROOT / file).is_file(), file
            assert name in names_in(ROOT / file), f"{file} has no {name}"
            assert (column == 2) == name.startswith("test_"), name
