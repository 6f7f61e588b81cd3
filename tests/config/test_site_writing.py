"""Putting another text in the place of site.toml: all of it or nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from station_config import SetShipBuffer, SiteFaults, apply, load, read_site_text, write_site

Write = Callable[[str | bytes], Path]


def test_what_is_read_and_written_is_the_file_to_the_byte(write: Write, good: str) -> None:
    content = b"\xef\xbb\xbf" + good.replace("\n", "\r\n").encode() + "# Größe\r\n".encode()
    folder = write(content)
    text = read_site_text(folder)
    assert write_site(folder, text) == load(folder)
    assert (folder / "site.toml").read_bytes() == content
    after = write_site(folder, apply(text, [SetShipBuffer("shirts", "2h")]))
    assert after == load(folder)
    assert (folder / "site.toml").read_bytes() == content.replace(b'"1h"', b'"2h"')


def test_a_text_with_a_fault_changes_nothing(write: Write, good: str) -> None:
    folder = write(good)
    inode = (folder / "site.toml").stat().st_ino
    with pytest.raises(SiteFaults, match="ship_buffer"):
        write_site(folder, apply(good, [SetShipBuffer("shirts", "soon")]))
    assert read_site_text(folder) == good
    assert (folder / "site.toml").stat().st_ino == inode
    assert [one.name for one in folder.iterdir()] == ["site.toml"]


def test_the_mode_stays_and_nothing_else_is_left_in_the_folder(write: Write, good: str) -> None:
    folder = write(good)
    (folder / "site.toml").chmod(0o640)
    write_site(folder, good.replace('"1h"', '"2h"'))
    assert (folder / "site.toml").stat().st_mode & 0o7777 == 0o640
    assert [one.name for one in folder.iterdir()] == ["site.toml"]


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(write: Write, good: str) -> None:
    folder = write(good)
    (folder / "kept").mkdir()
    (folder / "site.toml").rename(folder / "kept" / "plant.toml")
    (folder / "site.toml").symlink_to(Path("kept") / "plant.toml")
    write_site(folder, good.replace('"1h"', '"2h"'))
    assert (folder / "site.toml").is_symlink()
    assert 'ship_buffer = "2h"' in (folder / "kept" / "plant.toml").read_text()


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    call: str, write: Write, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = write(good)
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), full)
    with pytest.raises(OSError, match="No space left"):
        write_site(folder, good.replace('"1h"', '"2h"'))
    assert read_site_text(folder) == good
    assert [one.name for one in folder.iterdir()] == ["site.toml"]
