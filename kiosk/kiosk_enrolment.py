"""Enrolling kiosks: a supervisor's page makes a code, the kiosk's page takes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request

from kiosk import gate, identity
from kiosk.errors import Malformed
from kiosk.identity import KIOSK_COOKIE, caller, signed_in
from kiosk.names import known_station
from kiosk.rendering import no_store, render_page
from kiosk.services import current
from kiosk.views.people import kiosks_page
from ledger import kiosks
from ledger.errors import RuleRefused
from ledger.tries import HasToWait
from shopfloor.handoffs import clock_text
from shopfloor.sentences import sentence, text_of

KEPT_S = 400 * 24 * 3600
ACTS = ("code", "here", "revoke")

blueprint = Blueprint("kiosk_enrolment", __name__)


@blueprint.get("/people/kiosks")
def kiosk_list() -> Any:
    """The kiosks that are enrolled."""
    if not caller().secured:
        return redirect("/setup", HTTPStatus.SEE_OTHER)
    return render_page("people/kiosks.html", kiosks_page(current()))


@blueprint.post("/people/kiosks")
def change() -> Any:
    """Make a code for a station, enrol this very browser, or revoke a kiosk: `act` says which."""
    services, act = current(), request.form.get("act", "")
    if not caller().secured:
        raise RuleRefused(sentence("nobody is registered yet; begin at /setup"))
    if act not in ACTS:
        raise Malformed(
            sentence("act: %(name)s is none of %(acts)s", name=repr(act[:40]), acts=", ".join(ACTS))
        )
    now, by = services.clock(), signed_in()
    try:
        if act == "revoke":
            with services.ledger.write(now, tell=False) as tx:
                kiosks.revoke(tx, [request.form.get("kiosk", -1, type=int)], by=by)
            return render_page("people/kiosks.html", kiosks_page(services, done="revoked"))
    except RuleRefused as refused:
        page = kiosks_page(services, fault=text_of(refused))
        return render_page("people/kiosks.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    station = known_station(request.form.get("station", ""))
    with services.ledger.write(now, tell=False) as tx:
        if act == "here":
            token = kiosks.enrol_here(tx, station.id, by=by, address=identity.address(), agent=_agent())
            return _enrolled(station.id, token)
        code = kiosks.make_code(tx, station.id, by=by)
    until = clock_text(now + kiosks.CODE_MS, services.config.site.zone)
    return render_page(
        "people/kiosks.html", kiosks_page(services, station=station.id, code=code, until=until)
    )


@blueprint.post("/kiosk/<station>/enrol")
def enrol(station: str) -> Any:
    """Take the code that was typed at a kiosk."""
    services, here = current(), known_station(station)
    if not caller().secured:
        return redirect(f"/kiosk/{here.id}", HTTPStatus.SEE_OTHER)
    try:
        token = kiosks.enrol(
            services.ledger,
            request.form.get("code", ""),
            here.id,
            device=identity.device(),
            address=identity.address(),
            agent=_agent(),
            now=services.clock(),
        )
    except RuleRefused as refused:
        answer = gate.enrol_page(here, text_of(refused))
        if isinstance(refused, HasToWait):
            answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
            answer.headers["Retry-After"] = str(refused.wait_s)
        return answer
    return _enrolled(here.id, token)


def _enrolled(station: str, token: str) -> Any:
    answer = no_store(redirect(f"/kiosk/{station}", HTTPStatus.SEE_OTHER, Response))
    gate.set_cookie(answer, KIOSK_COOKIE, token, max_age=KEPT_S)
    return answer


def _agent() -> str:
    return request.headers.get("User-Agent", "")
