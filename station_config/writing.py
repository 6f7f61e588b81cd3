"""Putting another text in the place of a folder's site.toml."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from station_config.keys import FILE_NAME
from station_config.site_file import SiteConfig, check_text


def write_site(folder: Path, text: str) -> SiteConfig:
    """Write a text that is a sound site, and return what it says; whoever reads sees the old file or the new one.

    Raises SiteFaults when the text has faults and OSError when the folder cannot be written: then nothing changed.
    """
    config = check_text(folder, text)
    # What a symbolic link leads to is written, and the link stays.
    _replace((folder / FILE_NAME).resolve(), text.encode())
    return config


def _replace(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), path.stat().st_mode & 0o7777)
            os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)  # else a power cut may bring the old name back
    finally:
        os.close(directory)
