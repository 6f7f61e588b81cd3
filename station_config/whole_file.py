"""Putting a file in the place of another."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def put(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Whoever reads finds the old file or the new one, also after a power cut. OSError leaves the old one."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
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
