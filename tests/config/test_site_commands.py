"""`interlock init` and `interlock check`, as people type them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from interlock.commands.site import check, init
from station_config import template_names

Write = Callable[[str | bytes], Path]


@pytest.mark.parametrize("template", template_names())
def test_what_init_writes_passes_check(template: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "plant"
    started = CliRunner().invoke(init, [str(folder), "--template", template])
    assert started.exit_code == 0, started.output
    assert f"interlock check {folder}" in started.output
    checked = CliRunner().invoke(check, [str(folder)])
    assert checked.exit_code == 0
    assert checked.output.startswith("site.toml: no faults: 1 line, ")


def test_init_starts_from_the_shirts_unless_told_otherwise(tmp_path: Path) -> None:
    assert CliRunner().invoke(init, [str(tmp_path)]).exit_code == 0
    assert 'id = "hz1"' in (tmp_path / "site.toml").read_text(encoding="utf-8")


def test_init_never_overwrites_a_site(write: Write) -> None:
    folder = write("mine")
    result = CliRunner().invoke(init, [str(folder)])
    assert result.exit_code == 1
    assert "has a site.toml already, nothing was written" in result.stderr
    assert (folder / "site.toml").read_text() == "mine"


def test_init_into_a_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        result = CliRunner().invoke(init, [str(tmp_path / place)])
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1


def test_an_unknown_template_is_a_usage_fault_that_names_the_known_ones(tmp_path: Path) -> None:
    result = CliRunner().invoke(init, [str(tmp_path), "--template", "socks"])
    assert result.exit_code == 2
    assert "gearbox" in result.stderr


def test_check_prints_each_fault_on_a_line_and_their_number(write: Write, good: str) -> None:
    folder = write(good.replace("batch = 20", "batch = 0").replace('"1h"', '"1x"'))
    result = CliRunner().invoke(check, [str(folder)])
    assert result.exit_code == 1
    first, second, last = result.stderr.splitlines()
    assert first.startswith("site.toml:17: line[0].ship_buffer: ")
    assert second.startswith("site.toml:41: product[0].batch: ")
    assert last == "2 faults"
    assert result.stdout == ""


def test_check_without_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "site.toml").mkdir(parents=True)
    for place in (".", "nowhere", "file", "folder"):
        result = CliRunner().invoke(check, [str(tmp_path / place)])
        assert result.exit_code == 1
        (sentence,) = result.stderr.splitlines()
        assert sentence.startswith("site.toml: ")
