"""Who is told, and how: each channel with its state, and a button that tries it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from kiosk.errors import NotHere
from kiosk.htmx import make_response
from kiosk.identity import signed_in
from kiosk.rendering import no_store, render_page
from kiosk.services import current
from kiosk.views.notices import notices_page
from ledger.notices import ask_for_test

blueprint = Blueprint("notice_pages", __name__)


@blueprint.get("/notices")
def notices() -> Response:
    """Every channel."""
    return render_page("notices/notices.html", notices_page(current()))


@blueprint.get("/notices/channels")
def channels() -> Response:
    """The channels alone, for the page that asks every two seconds."""
    return no_store(make_response(render_template("notices/_channels.html", page=notices_page(current()))))


@blueprint.route("/notices/<channel>/test", methods=["GET", "POST"])
def try_channel(channel: str) -> Any:
    """Ask the gateway to send a test through a channel; the page shows what became of it."""
    services = current()
    known = [each.id for each in services.config.channels]
    if channel not in known:
        raise NotHere("channel", channel, known)
    if request.method == "POST":
        with services.ledger.write(services.clock(), tell=False) as tx:
            ask_for_test(tx, channel, signed_in())
    return no_store(redirect(f"/notices#channel-{channel}", HTTPStatus.SEE_OTHER))
