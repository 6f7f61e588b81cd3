"""The locks: every installed byte is named by its hash, and what runs is what was tested."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("run", "build", "dev")
PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^\s;]+)(?: ; .+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def requirements(lock: str) -> list[list[str]]:
    """The requirements of a lock, each as the parts of its continued line: what, then its options."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").replace("\\\n", "\n\t")
    blocks = re.split(r"\n(?!\s)", text.strip())
    return [[part.strip() for part in block.splitlines() if part.strip()] for block in blocks]


def versions(lock: str) -> dict[str, str]:
    found = [PINNED.fullmatch(parts[0]) for parts in requirements(lock)]
    return {match["name"]: match["version"] for match in found if match}


def names(wanted: list[object]) -> set[str]:
    """Distribution names as locks write them; groups included by name are left out."""
    heads = [re.match(r"[A-Za-z0-9._-]+", text) for text in wanted if isinstance(text, str)]
    return {re.sub(r"[-_.]+", "-", head[0]).lower() for head in heads if head}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_has_hashes(lock: str) -> None:
    found = requirements(lock)
    assert len(found) > 1
    for what, *options in found:
        assert PINNED.fullmatch(what), f"{lock}.txt: {what} is not one exact version"
        assert options, f"{lock}.txt: {what} has no hash"
        assert all(HASH.fullmatch(option) for option in options), f"{lock}.txt: {what} has more than hashes"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_packages_come_from(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|^-[if]\b", text, re.MULTILINE)


@pytest.mark.parametrize("lock", ["run", "build"])
def test_what_runs_is_what_was_tested(lock: str) -> None:
    assert versions(lock).items() <= versions("dev").items()


def test_every_dependency_of_the_project_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    assert names(PROJECT["project"]["dependencies"]) <= versions("run").keys()
    assert names(groups["build"]) <= versions("build").keys()
    assert names(groups["dev"]) <= versions("dev").keys()


def test_the_build_backend_comes_out_of_a_lock() -> None:
    assert names(PROJECT["build-system"]["requires"]) <= versions("build").keys()
