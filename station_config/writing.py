"""Putting another text in the place of a folder's site.toml."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from station_config.keys import FILE_NAME
from station_config.site_file import SiteConfig, check_text
from station_config.whole_file import put

_OLD = ".before"
"""What the file is called that was in force while another text takes its place."""


def write_site(folder: Path, text: str) -> SiteConfig:
    """Write a text that is a sound site, and return what it says; whoever reads sees the old file or the new one.

    Raises SiteFaults when the text has faults and OSError when the folder cannot be written: then nothing changed.
    """
    config = check_text(folder, text)
    # What a symbolic link leads to is written, and the link stays.
    path = (folder / FILE_NAME).resolve()
    put(path, text.encode(), path.stat().st_mode & 0o7777)
    return config


@contextmanager
def site_replaced(folder: Path, text: str) -> Iterator[SiteConfig]:
    """Write a text for as long as the body does not fail; else the old file is back, at no cost of room on the disk.

    The old file stays beside the new one meanwhile, so that `settle` can decide after a power cut.
    """
    path = (folder / FILE_NAME).resolve()
    old = _kept_beside(path)
    try:
        config = write_site(folder, text)
        yield config
    except BaseException:
        old.replace(path)
        raise
    old.unlink()


def settle(folder: Path, recorded: Callable[[str], bool]) -> bool:
    """Finish an interrupted replacement of site.toml: a text that is recorded stays, else the old one comes back.

    True when the old one came back.
    """
    path = (folder / FILE_NAME).resolve()
    old = path.with_name(path.name + _OLD)
    if not old.exists():
        return False
    if recorded(path.read_bytes().decode("utf-8", "replace")):
        old.unlink()
        return False
    old.replace(path)
    return True


def _kept_beside(path: Path) -> Path:
    """A second name for the file; a copy where the file system knows no such names."""
    old = path.with_name(path.name + _OLD)
    old.unlink(missing_ok=True)
    try:
        os.link(path, old)
    except OSError:
        shutil.copy2(path, old)
    return old
