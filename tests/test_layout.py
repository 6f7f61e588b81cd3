"""The shape of the tree: what may stand in it, how long a file may get, what is never written into one."""

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = {"interlock", "kiosk", "gateway", "station_config", "ledger", "shopfloor"}
BESIDE_THEM = {"tests", "requirements", "docs", ".ci"}
LONGEST_FILE = 400  # lines; whoever needs more has two things in one file
WRITTEN_BY_HAND = {".py", ".js", ".css", ".html"}
TEXT = WRITTEN_BY_HAND | {
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".jsonl",
    ".csv",
    ".cfg",
    ".yml",
    ".yaml",
    ".sh",
    "",
}

# Written in pieces, so that this file doesn't hold what it forbids.
REGISTRY_HOSTS = re.compile(
    "|".join(
        r"\.".join(host)
        for host in (
            ("pypi", "org"),
            ("pypi", "python"),
            ("files", "python" + "hosted"),
            ("registry", "npmjs"),
            ("registry", "yarnpkg"),
            ("deb", "debian"),
            ("security", "debian"),
            ("archive", "ubuntu"),
            ("proxy", "golang"),
            ("static", "crates"),
            ("index", "crates"),
            ("repo1", "maven"),
        )
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.}/-])/(?:wor" + r"k|roo" + r"t|hom" + r"e)/[\w.]")
EXCEPTION = re.compile(
    r"#\s*(?:no" + r"qa\b(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|ty" + r"pe:\s*ignore(?:\[[\w, -]+\])?)"
)
BLANKET = re.compile(r"#\s*(?:no" + r"qa\b(?!:)|ty" + r"pe:\s*ignore\b(?!\[))")


def ignored_names() -> list[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [".git", *(line.strip("/") for line in lines if line and not line.startswith("#"))]


def kept(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if not any(fnmatch(path.name, name) for name in ignored):
            yield path


def our_files(suffixes: set[str]) -> list[Path]:
    """Every file of the tree that git would keep and that nobody else wrote, by suffix."""
    ignored = [*ignored_names(), "vendor"]

    def walk(folder: Path) -> Iterator[Path]:
        for path in kept(folder, ignored):
            if path.is_dir():
                yield from walk(path)
            elif path.suffix in suffixes:
                yield path

    return list(walk(ROOT))


def lines_matching(pattern: re.Pattern[str], suffixes: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in our_files(suffixes)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_top_level_folder_is_one_of_the_architecture() -> None:
    folders = {path.name for path in kept(ROOT, ignored_names()) if path.is_dir()}
    assert folders <= PACKAGES | BESIDE_THEM


def test_the_build_the_types_and_the_layers_cover_the_same_packages() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert set(tools["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES
    assert set(tools["mypy"]["packages"]) == PACKAGES
    assert set(tools["importlinter"]["root_packages"]) == PACKAGES


def test_no_file_is_longer_than_can_be_read_at_a_sitting() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in our_files(WRITTEN_BY_HAND)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert lines_matching(REGISTRY_HOSTS, TEXT) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert lines_matching(MACHINE_PATH, TEXT) == []


def test_every_exception_to_a_rule_names_the_rule() -> None:
    assert lines_matching(BLANKET, {".py"}) == []


def test_every_exception_to_a_rule_has_its_reason_beside_it() -> None:
    bare = []
    for path in our_files({".py"}):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = list(EXCEPTION.finditer(line))
            if found and not re.search(r"#\s*\w", EXCEPTION.sub("", line[found[0].start() :])):
                bare.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert bare == []
