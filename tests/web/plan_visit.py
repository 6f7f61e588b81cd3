"""What the tests of the plan's pages share: drafts, and what a page says."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient

from ledger.drafts import By
from ledger.taking_in import draft_orders
from shopfloor.orders import Order
from tests.factory import Plant


def draft(plant: Plant, *orders: Order) -> None:
    draft_orders(plant.ledger, orders, By("Li", "web", plant.now), now=plant.now)


def said(html: str) -> str:
    """The words of a page without its tags and titles."""
    words = re.sub(r"<title.*?</title>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", words)))


def cells(html: str) -> list[str]:
    """What each cell of the load says to the pointer."""
    found = re.findall(r'<g class="ld-cell"[^>]*>\s*<title>(.*?)</title>', html, re.DOTALL)
    return [re.sub(r"\s+", " ", unescape(each)) for each in found]


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, said(answer.text)
    return answer.text
