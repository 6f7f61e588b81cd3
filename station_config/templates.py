"""The example sites that a new site starts from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from station_config.keys import FILE_NAME

_EXAMPLES = files("station_config") / "examples"


def template_names() -> tuple[str, ...]:
    """The names of the example sites, sorted."""
    return tuple(sorted(one.name for one in _EXAMPLES.iterdir() if (one / FILE_NAME).is_file()))


def write_template(name: str, folder: Path) -> Path:
    """Write an example's site.toml into a folder, which is made if need be, and return its path.

    Raises KeyError for an unknown name and FileExistsError rather than overwrite a site.
    """
    if name not in template_names():
        raise KeyError(name)
    content = (_EXAMPLES / name / FILE_NAME).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with path.open("xb") as file:
        file.write(content)
    return path
