"""The two themes: text that can be read on every ground, and the dark one the same however it is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.web.test_templates import STATIC


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    css = (STATIC / "base.css").read_text()
    yield from ((selector, colours(block)) for selector, block in re.findall(r"(:root[^{]*)\{([^}]*)\}", css))


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((text, ground) for text in ("ink", "quiet") for ground in ("ground", "raised", "sunken")),
    *(("on-colour", state) for state in ("due-soon", "late", "stands-still", "flagged", "answered")),
]


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_has_a_contrast_of_4_5_in_both_themes(text: str, ground: str) -> None:
    for selector, theme in themes():
        assert contrast(theme[text], theme[ground]) >= 4.5, selector


def test_the_dark_theme_is_the_same_by_setting_and_by_address() -> None:
    light, by_setting, by_address = (theme for _, theme in themes())
    assert by_setting == by_address
    assert light.keys() == by_setting.keys()
