"""The list of what is checked of OWASP's ASVS names tests that are there, or says why there is none."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| \d", line)]
CHAPTERS = ("V2", "V3", "V4", "V5", "V7", "V8", "V9", "V10", "V12", "V13", "V14")


def named_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_is_there() -> None:
    assert [f"{file}::{name}" for file, name in NAMED if name not in named_in(file)] == []
    assert len(set(NAMED)) > 30


def test_every_item_has_a_test_or_a_reason() -> None:
    for row in ROWS:
        shown = row.split("|")[3]
        assert "::test_" in shown or len(shown.split()) > 3, row
    assert [
        chapter for chapter in CHAPTERS if not re.search(rf"^## .*\b{chapter}\b", PAGE, re.MULTILINE)
    ] == []
