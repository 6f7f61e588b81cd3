"""Paper: travellers and labels of an order's batches, and the sheet of command codes."""

from __future__ import annotations

from kiosk.contexts.paper import CommandCard, CommandsPage, Traveller, TravellersPage
from kiosk.services import Services
from kiosk.symbols import code128, qr
from kiosk.views.feasibility import date_text
from kiosk.views.frame import frame
from kiosk.views.plan_lanes import in_order
from ledger import reading
from shopfloor.codes import COMMANDS, command_code


def travellers_page(services: Services, number: str, *, as_labels: bool) -> TravellersPage | None:
    """The batches of a released order; None when there is no such order."""
    now, site = services.clock(), services.config.site
    with services.ledger.snapshot():
        row = reading.order(services.ledger, number)
        if row is None:
            return None
        batches = reading.batches(services.ledger, number)
        shown = frame(services, now)
    line = site.line_or_ghost(row["line"])
    return TravellersPage(
        frame=shown,
        order=row["order"],
        line_name=line.name,
        product=site.product_name(row["product"]),
        quantity=row["quantity"],
        customer=row["customer"],
        due=date_text(row["due_at"], now, site.zone),
        links=tuple(link.name for link in in_order(line)),
        travellers=tuple(
            Traveller(
                batch["batch"],
                batch["number"],
                batch["quantity"],
                code128(batch["batch"]),
                qr(batch["batch"]),
            )
            for batch in batches
        ),
        as_labels=as_labels,
    )


def commands_page(services: Services) -> CommandsPage:
    """The codes of all commands."""
    cards = ((command, command_code(command)) for command in COMMANDS)
    return CommandsPage(
        frame=frame(services, services.clock()),
        cards=tuple(CommandCard(command, code, code128(code), qr(code)) for command, code in cards),
    )
