"""The order of the links of a line: circles, last links, and first-to-last order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

After = Mapping[str, tuple[str, ...]]
"""Each link with the links before it; every name is a key."""


def in_chain_order(after: After) -> tuple[str, ...]:
    """First to last; links that could change places stay as given. Links on a circle come at the end."""
    waiting = dict(after)
    placed: dict[str, None] = {}
    while waiting:
        ready = next((link for link, before in waiting.items() if all(b in placed for b in before)), None)
        if ready is None:
            return (*placed, *waiting)
        placed[ready] = None
        del waiting[ready]
    return tuple(placed)


def last_links(after: After) -> tuple[str, ...]:
    """The links that no other link comes after."""
    suppliers = {before for links in after.values() for before in links}
    return tuple(link for link in after if link not in suppliers)


def circles(after: After) -> list[tuple[str, ...]]:
    """Circles as (a, b, ...) where a is after b and so on; cutting each at its start leaves none."""
    left = {link: list(before) for link, before in after.items()}
    found = []
    while circle := _circle(left):
        found.append(circle)
        left[circle[0]].remove(circle[1 % len(circle)])
    return found


def _circle(left: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """One circle, beginning with its first link in the file."""
    open_links = {link: set(before) for link, before in left.items()}
    while free := [link for link, before in open_links.items() if not before]:
        for link in free:
            del open_links[link]
        for before in open_links.values():
            before.difference_update(free)
    if not open_links:
        return None
    # What is left has a previous link each, so walking back must come round.
    path: dict[str, None] = {}
    link = next(iter(open_links))
    while link not in path:
        path[link] = None
        link = next(before for before in left[link] if before in open_links)
    walked = list(path)
    circle = walked[walked.index(link) :]
    start = min(range(len(circle)), key=lambda i: list(left).index(circle[i]))
    return (*circle[start:], *circle[:start])
