"""Logging in and out, setting a site up, and one's own page."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, request

from kiosk import gate, identity
from kiosk.addresses import local_address
from kiosk.contexts.people import LoginPage, SetupPage
from kiosk.errors import NotHere, json_answer
from kiosk.identity import SESSION, caller
from kiosk.proving import hashed, prove
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.views.frame import frame
from kiosk.views.people import LANGUAGES, me_page
from ledger import api_tokens, kiosks, people, sessions
from ledger.errors import RuleRefused
from ledger.people import NewPerson, Person
from ledger.tries import HasToWait
from shopfloor.rights import ACTIONS, FIRST_ROLES
from shopfloor.sentences import sentence, text_of

LONGEST = 200
_OF_A_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Via")
_DONE = ("language", "pin", "revoked")

blueprint = Blueprint("people_pages", __name__)


@blueprint.get("/login")
def login() -> Any:
    """The form."""
    services = current()
    if not people.anybody(services.ledger):
        return _see("/setup")
    return render_page(
        "people/login.html",
        LoginPage(frame(services, services.clock()), "", local_address(request.args.get("next", ""))),
    )


@blueprint.post("/login")
def log_in() -> Any:
    """Name or badge, and PIN."""
    services = current()
    who, there = request.form.get("who", "")[:LONGEST], local_address(request.form.get("next", ""))
    try:
        person = prove(services, who, request.form.get("pin", "")[:LONGEST])
    except RuleRefused as refused:
        page = LoginPage(frame(services, services.clock()), who, there, text_of(refused))
        return _refused(render_page("people/login.html", page), refused)
    return _logged_in(services, person, "/me" if person.pin_is_new else there)


@blueprint.post("/logout")
def logout() -> Any:
    """End this login."""
    session = caller().session
    if session is None:
        raise AssertionError("the gate asks for a login")
    services = current()
    with services.ledger.write(services.clock(), tell=False) as tx:
        sessions.end(tx, session, identity.device())
    answer = _see("/")
    gate.forget_login(answer)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/setup")
def setup() -> Any:
    """The form for the first person, as long as nobody is registered."""
    _only_before_anybody()
    services = current()
    page = SetupPage(frame(services, services.clock()), "", not is_this_machine())
    return render_page("people/setup.html", page)


@blueprint.post("/setup")
def set_up() -> Any:
    """Register the first person, who is an admin: on this machine, or with the code that `interlock run` printed."""
    _only_before_anybody()
    services = current()
    now, name, pin = services.clock(), request.form.get("name", "")[:LONGEST], request.form.get("pin", "")
    try:
        people.checked_name(name)
        people.checked_pin(pin)
        if pin != request.form.get("again", ""):
            raise RuleRefused(sentence("the two PINs differ; type the same one twice"))  # noqa: TRY301  # told below
        if not is_this_machine():
            kiosks.take_code(
                services.ledger,
                request.form.get("code", ""),
                kiosks.SETUP,
                "",
                device=f"address:{identity.address()}",
                now=now,
            )
        pin_hash = hashed(pin)
        with services.ledger.write(now, tell=False) as tx:
            if tx.row("SELECT 1 FROM people LIMIT 1") is not None:
                raise RuleRefused(sentence("somebody is registered already; log in"))  # noqa: TRY301  # told below
            person = people.add(tx, NewPerson(name, FIRST_ROLES), pin_hash, by="", own_pin=True)
    except RuleRefused as refused:
        page = SetupPage(frame(services, now), name, not is_this_machine(), text_of(refused))
        return _refused(render_page("people/setup.html", page), refused)
    return _logged_in(services, person, "/people")


@blueprint.get("/me")
def me() -> Response:
    """One's own page."""
    return _me(done=request.args.get("done", "") if request.args.get("done") in _DONE else "")


@blueprint.post("/me")
def change_me() -> Any:
    """One's own language, PIN and tokens: `act` says which."""
    services, person = current(), _myself()
    act, now = request.form.get("act", ""), services.clock()
    try:
        if act == "language":
            chosen = request.form.get("language", "")
            if chosen not in {each.value for each in LANGUAGES}:
                raise RuleRefused(sentence("that language is not offered; choose one of the list"))  # noqa: TRY301  # told below
            with services.ledger.write(now, tell=False) as tx:
                people.set_language(tx, person, chosen)
            return _see("/me?done=language")
        if act == "pin":
            return _change_pin(services, person)
        if act == "token":
            actions = [action for action in ACTIONS if action in request.form.getlist("actions")]
            with services.ledger.write(now, tell=False) as tx:
                token = api_tokens.make(tx, person, request.form.get("name", ""), actions, by=person.name)
            return _me(made_token=token)
        if act == "revoke":
            with services.ledger.write(now, tell=False) as tx:
                api_tokens.revoke(tx, person, request.form.get("token", -1, type=int), by=person.name)
            return _see("/me?done=revoked")
    except RuleRefused as refused:
        return _refused(_me(fault=text_of(refused)), refused)
    raise NotHere("act", act, ("language", "pin", "token", "revoke"))


@blueprint.get("/identity")
def identity_of_caller() -> Response:
    """For scripts of our pages: whoever asks, and what it sends along with the next change."""
    who = caller()
    at_kiosk = "" if who.badged is None else who.badged.person.name
    return json_answer(
        {
            "csrf": who.csrf,
            "station": None if who.kiosk is None else who.kiosk.station,
            "person": at_kiosk or ("" if who.person is None else who.person.name) or None,
            "proved": who.proved,
        }
    )


def is_this_machine() -> bool:
    """Whether the browser runs on this machine, and nothing passed its request on."""
    if any(
        name in request.headers
        for name in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Via")
    ):
        return False
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
        return ip_address(request.remote_addr or "").is_loopback and (
            name == "localhost" or ip_address(name).is_loopback
        )
    except ValueError:
        return False


def _change_pin(services: Services, person: Person) -> Any:
    """The old PIN is asked for: a browser that was left open must not be enough."""
    new = people.checked_pin(request.form.get("pin", ""))
    if new != request.form.get("again", ""):
        raise RuleRefused(sentence("the two PINs differ; type the same one twice"))
    prove(services, person.name, request.form.get("old", "")[:LONGEST], what="PIN proved")
    pin_hash = hashed(new)
    with services.ledger.write(services.clock(), tell=False) as tx:
        people.set_pin(tx, person, pin_hash, by=person.name)
    return _logged_in(services, person, "/me?done=pin")


def _logged_in(services: Services, person: Person, there: str) -> Response:
    """A login under a new token, whatever the browser sent before."""
    with services.ledger.write(services.clock(), tell=False) as tx:
        token = sessions.begin(
            tx,
            person,
            address=identity.address(),
            agent=request.headers.get("User-Agent", ""),
            before=request.cookies.get(SESSION),
        )
    answer = _see(there)
    gate.set_cookie(answer, SESSION, token, max_age=None)
    return answer


def _me(**said: Any) -> Response:
    return render_page("people/me.html", me_page(current(), _myself(), **said))


def _myself() -> Person:
    session = caller().session
    if session is None:
        raise AssertionError("the gate asks for a login")
    return session.person


def _only_before_anybody() -> None:
    if people.anybody(current().ledger):
        raise NotHere("page", "/setup", ("/login",))


def _see(address: str) -> Response:
    g.pop("caller", None)
    answer = no_store(redirect(address, HTTPStatus.SEE_OTHER, Response))
    if not isinstance(answer, Response):
        raise TypeError("a redirect is an answer of Flask's own class")
    return answer


def _refused(answer: Response, why: RuleRefused) -> Response:
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(why, HasToWait):
        answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
        answer.headers["Retry-After"] = str(why.wait_s)
    return answer
