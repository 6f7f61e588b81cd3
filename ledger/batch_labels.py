"""What stands on the labels of an order's batches."""

from __future__ import annotations

from ledger import reading
from ledger.store import Ledger
from shopfloor.instants import moment_of
from shopfloor.labels import BatchLabel
from shopfloor.site import Site


def batch_labels(ledger: Ledger, site: Site, number: str) -> list[BatchLabel] | None:
    """One for each batch of a released order, in their order; None when there is no such order."""
    with ledger.snapshot():
        row = reading.order(ledger, number)
        batches = reading.batches(ledger, number)
    if row is None:
        return None
    return [
        BatchLabel(
            code=batch["batch"],
            quantity=batch["quantity"],
            order=row["order"],
            product=site.product_name(row["product"]),
            number=batch["number"],
            of=len(batches),
            due=f"{moment_of(row['due_at'], site.zone):%Y-%m-%d %H:%M}",
            customer=row["customer"],
        )
        for batch in batches
    ]
