"""What happened to batches, in the words of EPCIS 2.0 and its Core Business Vocabulary.

A batch is a lot with a quantity; its order is a production order. Links are locations, stations read points.
What has no business step there (flags, agreements, plans) is not told. Nobody has to own a GS1 prefix: the ids
are URNs of the site.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from ledger.store import Ledger, Row
from shopfloor.instants import instant_from_text, moment_of
from shopfloor.site import Site

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
NAMESPACE = "urn:x-interlock"
Fields = dict[str, Any]


class Epcis:
    """Events of one site's ledger as EPCIS events."""

    def __init__(self, ledger: Ledger, site: Site) -> None:
        self._ledger = ledger
        self._site = site
        self._tell = {
            "order_released": self._commissioned,
            "given": self._given,
            "received": self._received,
            "scrapped": self._scrapped,
            "split": self._split,
            "voided": self._voided,
        }

    def document(self, created_at: str) -> Fields:
        """The document around an empty list of events."""
        return {
            "@context": [CONTEXT, {"interlock": f"{NAMESPACE}:terms:"}],
            "id": self._urn("export", created_at),
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": created_at,
            "epcisBody": {"eventList": []},
        }

    def events_of(self, row: Row) -> Iterator[Fields]:
        """One event of the ledger: none, one, or one for each batch that a milestone gave."""
        tell = self._tell.get(row["kind"])
        if tell is not None:
            yield from tell(row, json.loads(row["detail"]))

    def _commissioned(self, row: Row, detail: Fields) -> Iterator[Fields]:
        yield {
            **self._common(row, row["event_id"], detail["batches"]),
            "action": "ADD",
            "bizStep": "commissioning",
            "disposition": "active",
        }

    def _given(self, row: Row, detail: Fields) -> Iterator[Fields]:
        """Departing to each next link; what the last link gives is shipped."""
        line, _, link = row["link"].partition("/")
        for event_id, batch in _batches(row, detail):
            yield {
                **self._moved(row, event_id, batch),
                "bizStep": "departing" if detail["parties"] else "shipping",
                "disposition": "in_transit",
                "sourceList": self._locations("source", line, [link]),
                **self._some("destinationList", self._locations("destination", line, detail["parties"])),
            }

    def _received(self, row: Row, detail: Fields) -> Iterator[Fields]:
        """Receiving; when less came than was given, or more, the quantity does not match."""
        line, _, link = row["link"].partition("/")
        missing = [[giver, units] for giver, units, *_ in detail.get("short", ()) if units]
        for event_id, batch in _batches(row, detail):
            yield {
                **self._moved(row, event_id, batch),
                "bizStep": "receiving",
                "disposition": "mismatch_quantity" if missing else "in_progress",
                "bizLocation": {"id": self._urn("link", line, link)},
                **self._some("sourceList", self._locations("source", line, detail["parties"])),
                "destinationList": self._locations("destination", line, [link]),
                **self._some("interlock:missing", missing),
            }

    def _scrapped(self, row: Row, detail: Fields) -> Iterator[Fields]:
        """Rejected as another link gave it: found not to conform. Spoilt by the link itself: destroyed."""
        line, _, link = row["link"].partition("/")
        rejected = detail.get("charged") not in (None, link)
        for event_id, batch in _batches(row, detail):
            yield {
                **self._moved(row, event_id, batch),
                "action": "OBSERVE" if rejected else "DELETE",
                "bizStep": "inspecting" if rejected else "destroying",
                "disposition": "non_conformant" if rejected else "destroyed",
                "bizLocation": {"id": self._urn("link", line, link)},
                **self._some(
                    "sourceList", self._locations("source", line, [detail["charged"]] if rejected else [])
                ),
                **self._some("interlock:reason", row["reason"]),
            }

    def _split(self, row: Row, detail: Fields) -> Iterator[Fields]:
        """Some units of one lot become another lot."""
        line, _, link = row["link"].partition("/")
        event = self._moved(row, row["event_id"], (row["batch"], row["quantity"]))
        yield {
            **{name: value for name, value in event.items() if name not in ("action", "quantityList")},
            "type": "TransformationEvent",
            "bizStep": "commissioning",
            "disposition": "active",
            "bizLocation": {"id": self._urn("link", line, link)},
            "inputQuantityList": event["quantityList"],
            "outputQuantityList": self._quantities([(detail["part"]["batch"], row["quantity"])]),
        }

    def _voided(self, row: Row, detail: Fields) -> Iterator[Fields]:
        """The event that is taken back once more, with the declaration that it did not occur."""
        voided = self._ledger.row("SELECT * FROM events WHERE event_id = ?", (detail["voids"],))
        if voided is None:
            return
        for event in self.events_of(voided):
            if row["batch"] is None or self._is_of(event, row["batch"]):
                yield {
                    **event,
                    "errorDeclaration": {
                        "declarationTime": row["recorded_at"],
                        "reason": "did_not_occur",
                        **self._some("interlock:reason", row["reason"]),
                    },
                }

    def _is_of(self, event: Fields, batch: str) -> bool:
        lots = event.get("quantityList") or event["inputQuantityList"]
        return any(each["epcClass"] == self._urn("batch", batch) for each in lots)

    def _moved(self, row: Row, event_id: str, batch: Sequence[Any]) -> Fields:
        return {
            **self._common(row, event_id, [batch]),
            "action": "OBSERVE",
            **self._some("readPoint", row["station"] and {"id": self._urn("station", row["station"])}),
        }

    def _common(self, row: Row, event_id: str, batches: Sequence[Sequence[Any]]) -> Fields:
        offset = moment_of(instant_from_text(row["occurred_at"]), self._site.zone).isoformat()[-6:]
        return {
            "type": "ObjectEvent",
            "eventID": f"urn:uuid:{uuid5(NAMESPACE_URL, self._urn('event', event_id))}",
            "eventTime": row["occurred_at"],
            "eventTimeZoneOffset": offset,
            "recordTime": row["recorded_at"],
            "quantityList": self._quantities(batches),
            "bizTransactionList": [{"type": "prodorder", "bizTransaction": self._urn("order", row["order"])}],
            "interlock:sequence": row["sequence"],
            "interlock:event": row["event_id"],
        }

    def _quantities(self, batches: Sequence[Sequence[Any]]) -> list[Fields]:
        return [{"epcClass": self._urn("batch", code), "quantity": quantity} for code, quantity in batches]

    def _locations(self, what: str, line: str, links: Sequence[str]) -> list[Fields]:
        return [{"type": "location", what: self._urn("link", line, link)} for link in links]

    def _urn(self, *parts: str) -> str:
        return ":".join([NAMESPACE, *(quote(part, safe="") for part in (self._site.id, *parts))])

    @staticmethod
    def _some(name: str, value: Any) -> Fields:
        """A field, unless there is nothing to tell."""
        return {name: value} if value else {}


def _batches(row: Row, detail: Fields) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each batch with its quantity, and an id of its own when a milestone gave several."""
    batches = detail.get("batches")
    if not batches:
        yield row["event_id"], (row["batch"], row["quantity"])
        return
    for batch in batches:
        yield f"{row['event_id']}/{batch[0]}", batch
