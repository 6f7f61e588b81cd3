"""A small sound site that tests break on purpose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from station_config import Fault, check_folder

GOOD = """\
version = 1

[site]
id = "hz1"
timezone = "Asia/Shanghai"
holidays = ["2026-10-01"]

[[shift]]
id = "day"
start = "08:00"
end = "17:00"
days = ["mon", "tue"]
breaks = ["12:00-13:00"]

[[line]]
id = "shirts"
ship_buffer = "1h"

[[line.link]]
id = "fabric"
kind = "milestone"
lead = "3d"
shifts = ["day"]

[[line.link]]
id = "cut"
after = ["fabric"]
per_hour = 100
transfer = "30min"
shifts = ["day"]

[[line.link]]
id = "sew"
after = ["cut"]
per_hour = 40
shifts = ["day"]

[[product]]
id = "polo"
line = "shirts"
batch = 20
per_hour = { cut = 90 }

[[station]]
id = "cut-1"
link = "shirts/cut"

[[station]]
id = "sew-1"
link = "shirts/sew"

[[device]]
id = "scanner-07"
station = "cut-1"
profile = "native"
mode = "auto"
"""


@pytest.fixture
def good() -> str:
    """A sound site.toml; line 14 begins its [[line]]."""
    return GOOD


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write a site.toml and return its folder."""

    def write(text: str | bytes) -> Path:
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "site.toml").write_bytes(content)
        return tmp_path

    return write


@pytest.fixture
def faults_in(write: Callable[[str | bytes], Path]) -> Callable[[str | bytes], list[Fault]]:
    """All faults of a site.toml."""
    return lambda text: check_folder(write(text))


@pytest.fixture
def faults_after(good: str, faults_in: Callable[[str], list[Fault]]) -> Callable[..., list[Fault]]:
    """All faults of the good site with pieces of its text replaced; each piece stands there once."""

    def after(*changes: tuple[str, str]) -> list[Fault]:
        text = good
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the good site"
            text = text.replace(old, new)
        return faults_in(text)

    return after
