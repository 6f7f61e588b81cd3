"""What things of a site are called in a sentence."""

from __future__ import annotations

from shopfloor.sentences import sentence


def kind_word(kind: str) -> str:
    """The word for a kind of thing that is looked for by its name."""
    known = {
        "line": sentence("line"),
        "link": sentence("link"),
        "station": sentence("station"),
        "shift": sentence("shift"),
        "product": sentence("product"),
        "order": sentence("order"),
        "flag": sentence("flag"),
        "device": sentence("device"),
        "profile": sentence("profile"),
        "reason": sentence("reason"),
        "channel": sentence("channel"),
        "import": sentence("import"),
        "batch of this line": sentence("batch of this line"),
        "version": sentence("version"),
        "report": sentence("report"),
        "page": sentence("page"),
        "person": sentence("person"),
        "refused scan": sentence("refused scan"),
        "list of refused scans": sentence("list of refused scans"),
    }
    return known.get(kind, kind)


def fact_word(fact: str) -> str:
    """The word for what an order says of itself and what cannot change once it is released."""
    if fact == "quantity":
        return sentence("quantity")
    return sentence("customer") if fact == "customer" else sentence("priority")
