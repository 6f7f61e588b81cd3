"""At a kiosk: the PIN of whoever stands there, and signing out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request

from kiosk import identity
from kiosk.errors import json_answer
from kiosk.htmx import make_response, partial
from kiosk.identity import caller
from kiosk.names import known_station
from kiosk.proving import prove
from kiosk.regions import kiosk_regions, partials
from kiosk.rendering import no_store
from kiosk.services import current
from kiosk.speech import capital
from kiosk.views import kiosk_page
from ledger import badged_in
from ledger.errors import RuleRefused
from ledger.tries import HasToWait
from shopfloor.sentences import sentence

LONGEST = 200

blueprint = Blueprint("badge_pages", __name__)


@blueprint.post("/kiosk/<station>/pin")
def prove_pin(station: str) -> Response:
    """Whether it is the PIN of whoever has badged in here: then it counts for a few minutes at this kiosk."""
    services, here, who = current(), known_station(station), caller()
    if who.badged is None or not who.acts_as_kiosk(here):
        return json_answer({"ok": False, "text": str(sentence("Scan your badge first"))}, HTTPStatus.CONFLICT)
    try:
        prove(
            services,
            who.badged.person.badge,
            request.form.get("pin", "")[:LONGEST],
            what="PIN proved",
        )
    except HasToWait as wait:
        answer = _no(str(wait), HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(wait.wait_s)
        return answer
    except RuleRefused:
        return _no(sentence("that is another PIN; try again"), HTTPStatus.UNPROCESSABLE_ENTITY)
    with services.ledger.write(services.clock(), tell=False) as tx:
        badged_in.prove(tx, who.badged, identity.device())
    return json_answer({"ok": True, "text": ""})


@blueprint.post("/kiosk/<station>/badge-out")
def badge_out(station: str) -> Any:
    """Nobody stands here any more."""
    services, here = current(), known_station(station)
    with services.ledger.write(services.clock(), tell=False) as tx:
        badged_in.badge_out(tx, here.id, device=identity.device())
    if not request.headers.get("HX-Request"):
        return redirect(f"/kiosk/{here.id}", HTTPStatus.SEE_OTHER)
    regions = kiosk_regions(current_app.jinja_env, kiosk_page(services, here.id))
    message = render_template("kiosk/_message.html", result="recorded", text=sentence("signed out"))
    return no_store(make_response(partial("message", message) + partials(regions)))


def _no(text: str, status: int) -> Response:
    return json_answer({"ok": False, "text": capital(text)}, status)
