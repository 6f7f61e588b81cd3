"""Plans and promises as the JSON that others rely on: instants with the site's offset, whole seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from shopfloor.instants import Instant, local_text
from shopfloor.orders import OrderPlan
from shopfloor.plan_shape import Texts, plan_shape
from shopfloor.site import Site


def plan_json(site: Site, plans: Iterable[OrderPlan], *, now: Instant) -> Iterator[bytes]:
    """What `interlock plan --json` prints, order by order: all of a year's at once take too much memory."""
    texts = Texts(site.zone)
    head = _indented({"site": site.id, "now": texts[now]})
    yield head.removesuffix(b"\n}") + b',\n  "orders": ['
    between = b""
    for plan in plans:
        yield between + b"\n    " + _indented(plan_shape(texts, plan)).replace(b"\n", b"\n    ")
        between = b","
    yield b"\n  ]\n}\n" if between else b"]\n}\n"


def promise_json(
    site: Site, *, product: str, quantity: int, promised_at: Instant | None, now: Instant
) -> bytes:
    """What `interlock promise --json` prints."""
    document = {
        "site": site.id,
        "now": local_text(now, site.zone),
        "product": product,
        "quantity": quantity,
        "line": site.products[product].line,
        "promise": None if promised_at is None else local_text(promised_at, site.zone),
    }
    return _indented(document) + b"\n"


def _indented(document: Mapping[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2)
