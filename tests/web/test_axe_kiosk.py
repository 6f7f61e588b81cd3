"""axe finds nothing on any screen of a kiosk, in any state, light and dark, on a tablet and upright."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.web.axe import violations
from tests.web.kiosk_site import FORGIVE, KINDS

pytestmark = pytest.mark.axe


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("theme", "viewport"), [("light", (1280, 800)), ("dark", (800, 1280))], ids=["light", "dark"]
)
def test_axe_finds_nothing_on_any_screen_of_a_kiosk(
    tmp_path: Path, new_page: Callable[..., Page], kind: str, theme: str, viewport: tuple[int, int]
) -> None:
    found = []
    for screen, page in KINDS[kind](
        tmp_path / "site", lambda: new_page(viewport=viewport, color_scheme=theme, forgive=FORGIVE)
    ):
        found += [f"{screen.name}: {fault}" for fault in violations(page)]
    assert not found, "\n".join(found)
