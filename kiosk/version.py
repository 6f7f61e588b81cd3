"""Which version runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def running_version() -> str:
    """The installed version; unknown when it runs from a folder."""
    try:
        return version("interlock")
    except PackageNotFoundError:
        return "unknown"
