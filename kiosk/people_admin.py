"""The people of the site, for admins: added, given roles and badges, revoked; and the log of logins."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request

from kiosk.contexts.people import PersonRow
from kiosk.errors import Malformed, NotHere
from kiosk.identity import caller, signed_in
from kiosk.proving import hashed
from kiosk.rendering import render_page
from kiosk.services import Services, current
from kiosk.views.people import LANGUAGES, log_page, people_page, person_page
from ledger import people
from ledger.errors import RuleRefused
from ledger.people import NewPerson, Person
from ledger.store import Transaction
from shopfloor.rights import PersonRole, in_order
from shopfloor.sentences import sentence, text_of

ACTS = ("roles", "badge", "pin", "revoke", "admit")
LONGEST_NUMBER = 15

blueprint = Blueprint("people_admin", __name__, url_prefix="/people")


@blueprint.get("")
def people_list() -> Any:
    """Everybody, and the form for the next."""
    if not caller().secured:
        return redirect("/setup", HTTPStatus.SEE_OTHER)
    return render_page("people/people.html", people_page(current()))


@blueprint.post("")
def add() -> Any:
    """Register somebody with a PIN that is shown once."""
    services = current()
    _only_secured()
    name, badge = request.form.get("name", ""), request.form.get("badge", "")
    roles, links = _roles(), request.form.getlist("links")
    language = request.form.get("language", "")
    if language not in {each.value for each in LANGUAGES}:
        raise Malformed(sentence("language: choose one of the list"))
    pin = people.new_pin()
    try:
        _check_links(services, links)
        pin_hash = hashed(pin)
        with services.ledger.write(services.clock(), tell=False) as tx:
            person = people.add(tx, NewPerson(name, roles, links, language, badge), pin_hash, by=signed_in())
    except RuleRefused as refused:
        typed = PersonRow(0, name, roles, tuple(links), badge, revoked=False)
        page = people_page(services, typed, fault=text_of(refused))
        return render_page("people/people.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    page = people_page(services, done="added", who=person.name, pin=pin)
    return render_page("people/people.html", page), HTTPStatus.CREATED


@blueprint.get("/<int:number>")
def person(number: int) -> Response:
    """One person."""
    services = current()
    return render_page("people/person.html", person_page(services, _known(services, number)))


@blueprint.post("/<int:number>")
def change(number: int) -> Any:
    """Change one thing about a person: `act` says which."""
    services = current()
    _only_secured()
    found, act = _known(services, number), request.form.get("act", "")
    if act not in ACTS:
        raise Malformed(
            sentence("act: %(name)s is none of %(acts)s", name=repr(act[:40]), acts=", ".join(ACTS))
        )
    pin = people.new_pin() if act in ("pin", "admit") else ""
    try:
        _check_links(services, request.form.getlist("links"))
        pin_hash = hashed(pin) if pin else ""
        with services.ledger.write(services.clock(), tell=False) as tx:
            _change(tx, found, act, pin_hash)
    except RuleRefused as refused:
        typed = {"roles": _roles(), "links": tuple(request.form.getlist("links"))} if act == "roles" else {}
        page = person_page(services, found, typed, fault=text_of(refused))
        return render_page("people/person.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    page = person_page(services, _known(services, number), done=act, pin=pin)
    return render_page("people/person.html", page)


@blueprint.get("/log")
def log() -> Response:
    """The log of logins, a page at a time."""
    before = request.args.get("before", "")
    older = int(before) if before.isascii() and before.isdecimal() and len(before) <= LONGEST_NUMBER else None
    return render_page("people/log.html", log_page(current(), older))


def _change(tx: Transaction, found: Person, act: str, pin_hash: str) -> None:
    by = signed_in()
    if act == "roles":
        people.set_roles(tx, found, _roles(), request.form.getlist("links"), by=by)
    elif act == "badge":
        people.set_badge(tx, found, request.form.get("badge", ""), by=by)
    elif act == "pin":
        people.set_pin(tx, found, pin_hash, by=by)
    elif act == "revoke":
        people.revoke(tx, found, by=by)
    else:
        people.admit_again(tx, found, pin_hash, by=by)


def _known(services: Services, number: int) -> Person:
    found = people.by_id(services.ledger, number)
    if found is None:
        raise NotHere("person", str(number), [])
    return found


def _only_secured() -> None:
    """Before the first person there is a page of its own for that one."""
    if not caller().secured:
        raise RuleRefused(sentence("nobody is registered yet; begin at /setup"))


def _roles() -> tuple[PersonRole, ...]:
    return in_order(request.form.getlist("roles"))


def _check_links(services: Services, links: list[str]) -> None:
    lines = services.config.site.lines
    known = {f"{line.id}/{link.id}" for line in lines.values() for link in line.links}
    for link in links:
        if link not in known:
            raise RuleRefused(text_of(NotHere("link", link, sorted(known))))
