"""Whatever a configuration holds, it loads or it is told what is wrong: nothing else is ever raised."""

import json
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_config import check_folder, load
from station_config.positions import KeyPath, Positions

# The folder is the same for all examples; each writes its own text first.
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
Write = Callable[[str | bytes], Path]


@cache
def example(name: str) -> str:
    return (files("station_config") / "examples" / name / "site.toml").read_text(encoding="utf-8")


def toml_of(value: Any) -> str:
    """A value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_of(key)} = {toml_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_of, value)) + "]"
    # TOML wants the one control character escaped that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def paths_in(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    keyed = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in keyed:
        yield (*path, key)
        yield from paths_in(item, (*path, key))


def loads_or_tells(folder: Path) -> None:
    faults = check_folder(folder)
    assert len(set(faults)) == len(faults), "a fault is told once"
    assert all(str(fault).isprintable() for fault in faults)
    if not faults:
        assert load(folder).site.lines


words = st.sampled_from(
    ["day", "shirts", "gearbox", "cut", "gears", "shirts/cut", "1h", "08:00", "previous", "/"]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.one_of(words, texts, st.booleans(), st.integers(-(10**20), 10**20), st.floats(0, 1e9))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | texts, inner, max_size=3)
)


@pytest.mark.parametrize("name", ["shirts", "gearbox"])
@same_folder
@given(data=st.data())
def test_an_example_with_changed_and_missing_keys_loads_or_tells(
    name: str, data: st.DataObject, write: Write
) -> None:
    site = deepcopy(tomllib.loads(example(name)))
    for path in data.draw(st.lists(st.sampled_from(list(paths_in(site))), min_size=1, max_size=4), "paths"):
        holder: Any = site
        try:
            for part in path[:-1]:
                holder = holder[part]
            if data.draw(st.booleans(), "delete"):
                del holder[path[-1]]
            else:
                holder[path[-1]] = data.draw(values, "instead")
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took away what this one was to change
    text = "\n".join(f"{toml_of(key)} = {toml_of(item)}" for key, item in site.items())
    loads_or_tells(write(text))


@same_folder
@given(start=st.floats(0, 1), length=st.integers(0, 200), instead=texts)
def test_an_example_with_a_piece_cut_out_loads_or_tells(
    start: float, length: int, instead: str, write: Write
) -> None:
    text = example("shirts")
    at = int(start * len(text))
    loads_or_tells(write(text[:at] + instead + text[at + length :]))


@given(site=st.dictionaries(texts, values, max_size=5))
def test_every_key_of_any_toml_has_a_line(site: dict[str, Any]) -> None:
    text = "\n" + "\n".join(f"{toml_of(key)} = {toml_of(item)}" for key, item in site.items())
    positions = Positions(text)
    lines = {key: number for number, key in enumerate(site, 2)}
    for path in paths_in(tomllib.loads(text)):
        assert positions.line_of(path) == lines[path[0]]
