"""What every request passes before its page: whether it is allowed, and was sent by one of our own pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from flask import Flask, Response, redirect, render_template, request

from kiosk import identity
from kiosk.addresses import local_address
from kiosk.contexts.people import EnrolPage, LoginPage
from kiosk.errors import FOR_MACHINES, fault, fault_frame, json_answer
from kiosk.identity import CSRF_FIELD, CSRF_HEADER, NEEDS_HEADER, SESSION, NotAllowed, caller
from kiosk.needs import ADDRESSES_OF_FORMS, CHECKS_ITS_FORM, NEEDS, READS_BADGES, SAYS_STATION
from kiosk.services import current
from kiosk.speech import capital
from ledger import people
from shopfloor.instants import Instant
from shopfloor.rights import KIOSK, Action
from shopfloor.sentences import sentence
from shopfloor.site import Station

READING = ("GET", "HEAD", "OPTIONS")
LONGEST_NEXT = 300

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Ask at every address."""
    app.before_request(_ask)
    app.register_error_handler(NotAllowed, refused)


def check_csrf() -> None:
    """NotAllowed when a browser's own credentials came with a change that none of our pages sent."""
    if caller().by_cookie and not identity.has_csrf(
        request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    ):
        raise NotAllowed(
            "csrf", sentence("this page is too old to send that; load it again and do it once more")
        )


def person_at(station: str, told: str | None, at: Instant | None = None) -> str | None:
    """Who does what this address is for at a station: by login, token or badge, else as told. NotAllowed there."""
    services, who = current(), caller()
    place = services.config.site.stations.get(station)
    action: Action = NEEDS[request.endpoint or ""]  # type: ignore[assignment]  # what is done at a station is an action
    waited = at is not None and action in KIOSK and place is not None and who.acts_as_kiosk(place)
    if not waited:  # else the tablet asked for the badge when it was done
        identity.permit(action, place)
    if not who.secured or place is None:
        return told
    name = identity.name_at(place, at)
    return told if name is None and action in who.free else name


def _ask() -> None:
    endpoint = request.endpoint
    if endpoint is None:
        return  # there is no such page, which its own answer says
    need = NEEDS.get(endpoint)
    reads = request.method in READING
    if need == "open" and reads:
        return
    if need is None and caller().secured:
        raise NotAllowed("right", sentence("nobody may do that"))
    if not reads and endpoint not in CHECKS_ITS_FORM:
        check_csrf()
    if need == "person" and caller().session is None:
        raise NotAllowed("login", sentence("log in first"))
    if need is not None and need not in ("open", "person"):
        action: Action = need  # type: ignore[assignment]  # the two others are out
        if (reads and endpoint in ADDRESSES_OF_FORMS) or (endpoint in READS_BADGES and _is_badge_at_kiosk()):
            action = "kiosk"
        elif endpoint in SAYS_STATION and caller().kiosk is not None:
            action = "kiosk"  # person_at asks for each scan
        identity.permit(action, _station())
    if not (reads and request.headers.get("HX-Request")):  # a page that asks by itself is nobody who is there
        identity.used()


def _is_badge_at_kiosk() -> bool:
    """Whether somebody signs in: where scans need a badge, the badge is read first."""
    station = _station()
    return (
        station is not None
        and caller().acts_as_kiosk(station)
        and people.by_badge(current().ledger, request.form.get("code", "")) is not None
    )


def _station() -> Station | None:
    return current().config.site.stations.get((request.view_args or {}).get("station", ""))


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:  # no address at all
        return ""


def refused(why: NotAllowed) -> Any:
    """The way to what is missing, in the form that whoever asked can follow."""
    text = why.text
    status = HTTPStatus.FORBIDDEN if why.missing in ("right", "csrf") else HTTPStatus.UNAUTHORIZED
    log.warning("refused", missing=why.missing, method=request.method, path=request.path, why=str(why))
    reads = request.method in READING and not request.headers.get("HX-Request")
    station = _station()
    if request.path.startswith(FOR_MACHINES):
        response = json_answer({"error": capital(text)}, status)
        if status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = "Bearer"
    elif why.missing == "enrolment" and reads and station is not None:
        response = enrol_page(station, "")
    elif why.missing == "login" and reads:
        there = quote(request.full_path.rstrip("?")[:LONGEST_NEXT])
        return redirect(f"/login?next={there}", HTTPStatus.SEE_OTHER)
    elif request.headers.get("HX-Request"):  # the kiosk's page says it, or asks for what is missing
        response = Response(capital(text), status=status, mimetype="text/plain")
    elif why.missing == "login":  # a form: back to its page after the login
        there = local_address(_path_of(request.headers.get("Referer", "")))
        page = LoginPage(fault_frame(), "", there, sentence("log in first, and then do that once more"))
        response = Response(render_template("people/login.html", page=page), status, mimetype="text/html")
        response.headers["Cache-Control"] = "no-store"
    else:
        response = fault(text, status)
    response.headers[NEEDS_HEADER] = why.missing
    return response


def enrol_page(station: Station, wrong: str) -> Response:
    """What a kiosk shows until it is enrolled to its station."""
    line = current().config.site.lines[station.line]
    page = EnrolPage(fault_frame(), station.id, station.name, line.name_of(station.link), wrong)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.UNAUTHORIZED
    return Response(
        render_template("people/enrol.html", page=page),
        status=status,
        mimetype="text/html",
        headers={"Cache-Control": "no-store"},
    )


def set_cookie(response: Any, name: str, token: str, *, max_age: int | None) -> None:
    """A cookie that no script reads and no other site's change carries along."""
    response.set_cookie(
        name, token, max_age=max_age, httponly=True, samesite="Lax", secure=identity.is_secure(), path="/"
    )


def forget_login(response: Any) -> None:
    """Take the login's cookie away."""
    response.delete_cookie(SESSION, path="/", httponly=True, samesite="Lax", secure=identity.is_secure())
