"""What is wrong in a configuration, told so that the person who wrote it can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `line` counts from 1; `key` is the path of the key, empty for the file as a whole."""

    file: str
    line: int | None
    key: str
    text: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.text) if part)


class SiteFaults(Exception):  # the word of the contract: it carries faults, not one error
    """A configuration that cannot be used, with every fault that was found in it."""

    def __init__(self, faults: Iterable[Fault], *, about_content: bool = True) -> None:
        self.faults = tuple(faults)
        self.about_content = about_content
        """False when there was no file to read."""
        super().__init__("\n".join(str(fault) for fault in self.faults))
