"""axe-core in a page: what somebody with other eyes, ears or hands would stumble over."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from tests.provision import AXE

RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], elementRef: false });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id} (${help}): ${html.slice(0, 160)} ${(any[0]?.message ?? "").slice(0, 160)}`));
}"""


@cache
def source() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each element and rule; axe is brought along once a page."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(source())
    found: list[str] = page.evaluate(RUN)
    return found
