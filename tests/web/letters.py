"""The page's own letters: they come after the page, and what is measured before would be measured in others."""

from playwright.sync_api import Page

from tests.waiting import wait_for

LETTERS = """
document.fonts.size > 0 && document.fonts.status === "loaded"
  && [500, 700].every((weight) => document.fonts.check(`${weight} 20px "Barlow Semi Condensed"`, "0"))
"""


def wait_for_letters(page: Page) -> None:
    """Until it is drawn in its own letters, those of its language too."""
    wait_for(lambda: page.evaluate(LETTERS), what="the page's own letters")
