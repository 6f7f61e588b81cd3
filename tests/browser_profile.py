"""A browser with a profile on the disk, which a test kills and starts again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error

from tests.browsers import CHROMIUM_FLAGS, kill_whoever_has
from tests.provision import NEEDS, find_program


@contextmanager
def browser_of(browser: Browser, profile: Path, *flags: str, **how: Any) -> Iterator[BrowserContext]:
    """A browser of its own with a profile on the disk; whoever kills it leaves the profile."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=browser_path(),
        args=[*CHROMIUM_FLAGS, *flags],
        **{"viewport": {"width": 1280, "height": 800}, **how},
    )
    try:
        yield context
    finally:
        with suppress(Error):
            context.close()


def browser_path() -> str:
    found = find_program(*NEEDS["chromium"][0][0])
    assert found is not None
    return found


def kill(profile: Path) -> None:
    """SIGKILL to every process that has the profile open."""
    kill_whoever_has(str(profile))
