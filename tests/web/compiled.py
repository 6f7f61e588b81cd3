"""Compiled templates that all applications of a run share: compiling them is most of what a page costs a test."""

from __future__ import annotations

from pathlib import Path

from jinja2 import FileSystemBytecodeCache

from kiosk.app import Kiosk


def keep_compiled(folder: Path) -> None:
    """From now on, for every application of this process; a template that was changed is compiled again."""
    folder.mkdir(parents=True, exist_ok=True)
    Kiosk.jinja_options = {**Kiosk.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}
