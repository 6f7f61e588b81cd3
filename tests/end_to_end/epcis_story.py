"""The story of each order as a partner reads it from an EPCIS document, knowing only the standard's words and the line.

Events that were declared not to have occurred are left out. What the next link found missing or rejected counts as not
given by who gave it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

Fields = Mapping[str, Any]
LEFT = ("departing", "shipping")


def stories(document: Fields, previous: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, Any]]:
    """By order; `previous`: the links before each link."""
    events = document["epcisBody"]["eventList"]
    mistaken = {event["eventID"] for event in events if "errorDeclaration" in event}
    by_order: dict[str, list[Fields]] = defaultdict(list)
    for event in events:
        if event["eventID"] not in mistaken:
            (order,) = event["bizTransactionList"]
            by_order[_name(order["bizTransaction"])].append(event)
    return {order: _story(found, previous) for order, found in by_order.items()}


def _story(events: list[Fields], previous: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    (commissioned,) = [event for event in events if event["bizStep"] == "commissioning"]
    given, received = Counter[str](), Counter[str]()
    times: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    parts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for event in sorted(events, key=_at):
        batch, units = _batch(event)
        if event["bizStep"] in LEFT:
            (giver,) = _links(event, "source")
            given[giver] += units
            times[batch][giver]["given_at"] = _at(event)
        elif event["bizStep"] == "receiving":
            here = _name(event["bizLocation"]["id"])
            times[batch][here]["received_at"] = _at(event)
            parts[batch, here] |= dict.fromkeys(_links(event, "source") or [""], units)
            for giver, missing in event.get("interlock:missing", ()):
                given[giver] -= missing
        elif event["bizStep"] == "inspecting":
            (giver,) = _links(event, "source")
            given[giver] -= units
    for (_, here), came in parts.items():
        if set(came) >= set(previous[here]):
            received[here] += min(came.values())
    return {
        "quantity": sum(each["quantity"] for each in commissioned["quantityList"]),
        "batches": {_name(each["epcClass"]): each["quantity"] for each in commissioned["quantityList"]},
        "given": {link: units for link, units in given.items() if units},
        "received": {link: units for link, units in received.items() if units},
        "times": {
            batch: {link: dict(told) for link, told in links.items()} for batch, links in times.items()
        },
        "last_shipped_at": max(
            (_at(event) for event in events if event["bizStep"] == "shipping"), default=None
        ),
    }


def told_by_api(order: Fields, *, since_last: bool) -> dict[str, Any]:
    """The same of the answer of `GET /api/v1/orders/<order>`; the last shipment only when all is shipped."""
    return {
        "quantity": order["quantity"],
        "batches": {batch["batch"]: batch["quantity"] for batch in order["batches"]},
        "given": {link["link"]: link["given"] for link in order["links"] if link["given"]},
        "received": {link["link"]: link["received"] for link in order["links"] if link["received"]},
        "times": {
            batch["batch"]: {
                place["link"]: {
                    name: _second(place[name]) for name in ("received_at", "given_at") if place[name]
                }
                for place in batch["positions"]
                if place["received_at"]
                or place["given_at"]  # else units were lost there, without a scan of it
            }
            for batch in order["batches"]
            if any(place["received_at"] or place["given_at"] for place in batch["positions"])
        },
        **({"last_shipped_at": _second(order["shipped_at"])} if since_last else {}),
    }


def shapes(events: Iterable[Fields], each: int) -> list[Fields]:
    """So many events of every shape: the same fields, step and disposition."""
    seen = Counter[tuple[str, ...]]()
    found = []
    for event in events:
        shape = (*sorted(event), event["bizStep"], event["disposition"], event["action"])
        seen[shape] += 1
        if seen[shape] <= each:
            found.append(event)
    return found


def _batch(event: Fields) -> tuple[str, int]:
    each = event["quantityList"]
    return (_name(each[0]["epcClass"]), each[0]["quantity"]) if len(each) == 1 else ("", 0)


def _links(event: Fields, what: str) -> list[str]:
    return [_name(each[what]) for each in event.get(f"{what}List", ())]


def _name(urn: str) -> str:
    return unquote(urn.rpartition(":")[2])


def _at(event: Fields) -> float:
    return _second(event["eventTime"])


def _second(text: str) -> float:
    return datetime.fromisoformat(text).replace(microsecond=0).timestamp()
