"""What is printed from a browser, and labels for a label printer."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kiosk.names import no_order
from kiosk.rendering import no_store, render_page
from kiosk.services import current
from kiosk.views.paper import commands_page, travellers_page
from ledger.batch_labels import batch_labels
from shopfloor.labels import zpl

blueprint = Blueprint("paper", __name__, url_prefix="/paper")


@blueprint.get("/travellers/<path:order>")  # a path, since an order's number may hold a slash
def travellers(order: str) -> Response:
    """A traveller for each batch of an order; with `?as=labels` a label."""
    services = current()
    page = travellers_page(services, order, as_labels=request.args.get("as") == "labels")
    if page is None:
        raise no_order(services, order)
    return render_page("paper/travellers.html", page)


@blueprint.get("/labels/<path:order>")
def labels(order: str) -> Response:
    """The labels of an order's batches in ZPL, as a file for a label printer."""
    services = current()
    found = batch_labels(services.ledger, services.config.site, order)
    if found is None:
        raise no_order(services, order)
    answer = no_store(Response(zpl(found), mimetype="application/x-zpl"))
    answer.headers["Content-Disposition"] = 'attachment; filename="labels.zpl"'
    return answer


@blueprint.get("/commands")
def commands() -> Response:
    """The sheet of command codes."""
    return render_page("paper/commands.html", commands_page(current()))
