"""Who sends a request, by its cookies or its token, and whether they may do what they ask for."""

from __future__ import annotations

import hmac
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias

from flask import g, has_request_context, request

from kiosk.services import Services, current
from ledger import api_tokens, badged_in, kiosks, people, sessions
from ledger.api_tokens import ApiToken
from ledger.badged_in import BadgedIn
from ledger.errors import LedgerError
from ledger.kiosks import Kiosk
from ledger.people import Person
from ledger.sessions import Session, csrf_of
from shopfloor.instants import Instant
from shopfloor.rights import ACTIONS, KIOSK, PROVED, WITHOUT_LOGIN, Action, who_may
from shopfloor.roles import role_word
from shopfloor.sentences import enumerated, sentence
from shopfloor.site import Station

SESSION = "interlock-session"
KIOSK_COOKIE = "interlock-kiosk"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
NEEDS_HEADER = "X-Interlock-Needs"
"""Tells a kiosk's page what to ask for: badge, pin, csrf or enrolment."""
BEARER = "Bearer "
LONGEST_ADDRESS = 60

Missing: TypeAlias = Literal["login", "enrolment", "badge", "pin", "csrf", "right"]


class NotAllowed(Exception):
    """What is missing for it, and a sentence that says so."""

    def __init__(self, missing: Missing, text: str) -> None:
        self.missing: Missing = missing
        self.text = text
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sends a request: a person, an enrolled kiosk, both, or nobody in particular."""

    secured: bool
    """Somebody is registered; before that everybody may do everything."""
    free: frozenset[Action]
    """What may be done without saying who one is."""
    session: Session | None = None
    token: ApiToken | None = None
    kiosk: Kiosk | None = None
    badged: BadgedIn | None = None
    """Who stands at the kiosk's station."""
    proved: bool = False
    """The PIN was typed at this kiosk a short while ago."""
    scan_by_badge: bool = False

    @property
    def person(self) -> Person | None:
        """Whose login or token it is; the kiosk's person is another matter."""
        if self.token is not None:
            return self.token.person
        return None if self.session is None else self.session.person

    @property
    def csrf(self) -> str:
        """What pages of this caller send with each change; the kiosk's lasts longer than a login."""
        if self.kiosk is not None:
            return csrf_of(self.kiosk_token)
        return "" if self.session is None else csrf_of(self.session.token)

    @property
    def kiosk_token(self) -> str:
        return request.cookies.get(KIOSK_COOKIE, "") if has_request_context() else ""

    @property
    def by_cookie(self) -> bool:
        """Whether a browser sends along what lets the caller in, whichever page made it ask."""
        return self.token is None and (self.session is not None or self.kiosk is not None)

    def may(self, action: Action, station: Station | None = None) -> bool:
        """Whether it is allowed; `station` says where, None anywhere at all."""
        return self.why_not(action, station) is None

    def why_not(self, action: Action, station: Station | None = None) -> NotAllowed | None:
        """What is missing; None when nothing is."""
        if not self.secured or action in self.free:
            return None
        link = None if station is None else f"{station.line}/{station.link}"
        if self.token is not None and not self.token.allows(action):
            return NotAllowed(
                "right", sentence("this token is not made for that; make one with the right it needs")
            )
        if self.person is not None and self.person.rights.may(action, link):
            return None
        at_kiosk = self._why_not_kiosk(action, station, link)
        if at_kiosk is None:
            return None
        if self.person is not None and (self.kiosk is None or at_kiosk.missing == "enrolment"):
            return _no_right(self.person, action, station)
        return at_kiosk

    def _why_not_kiosk(self, action: Action, station: Station | None, link: str | None) -> NotAllowed | None:
        if self.kiosk is None:
            if action == "kiosk" and station is not None:
                return NotAllowed("enrolment", sentence("this kiosk is not enrolled to its station yet"))
            return NotAllowed("login", sentence("log in first"))
        if station is not None and station.id != self.kiosk.station:
            return NotAllowed(
                "enrolment", sentence("this kiosk is enrolled to station %(name)s", name=self.kiosk.station)
            )
        if action in KIOSK and not (self.scan_by_badge and action in ("scan", "correct")):
            return None
        return self._why_not_badged(action, station, link)

    def _why_not_badged(self, action: Action, station: Station | None, link: str | None) -> NotAllowed | None:
        if self.badged is None:
            return NotAllowed("badge", sentence("scan your badge first"))
        if not self.badged.person.rights.may(action, link):
            return _no_right(self.badged.person, action, station)
        if action in PROVED and not self.proved:
            return NotAllowed("pin", sentence("%(name)s, type your PIN", name=self.badged.person.name))
        return None

    def acts_as_kiosk(self, station: Station) -> bool:
        """Whether what is done at a station is done by whoever stands there."""
        return self.token is None and self.kiosk is not None and self.kiosk.station == station.id


def caller() -> Caller:
    """Whoever sends this request; looked up once."""
    found: Caller | None = g.get("caller")
    if found is None:
        found = g.caller = _look_up(current())
    return found


def signed_in() -> str:
    """The name of whoever is logged in; empty without a login or outside a request."""
    if not has_request_context():
        return ""
    person = caller().person
    return "" if person is None else person.name


def name_at(station: Station, at: Instant | None = None) -> str | None:
    """Who does something at a station, by name; None when nobody has said so.

    At a kiosk it is who stood there when it happened: a scan may have waited there for the network.
    """
    who = caller()
    if who.acts_as_kiosk(station) or (who.person is None and "scan" in who.free):
        services = current()
        badged = badged_in.who_is_at(services.ledger, station.id, services.clock() if at is None else at)
        if badged is not None:
            return badged.person.name
    return None if who.person is None else who.person.name


def language() -> str | None:
    """The language of whoever is logged in; None when nobody is or has chosen one."""
    try:
        person = caller().person
    except NotAllowed:
        return None
    return None if person is None else person.language or None


def at_kiosk() -> BadgedIn | None:
    """Who stands at the kiosk of which this request is a page."""
    if "station" not in (request.view_args or {}):
        return None
    try:
        return caller().badged
    except NotAllowed:
        return None


def believed(told: str | None) -> str | None:
    """The name that a tablet sends along with a scan: only where scans need nobody who is known."""
    who = caller()
    return told if not who.secured or "scan" in who.free else None


def permit(action: Action, station: Station | None = None) -> None:
    """NotAllowed unless the caller may do it there."""
    why_not = caller().why_not(action, station)
    if why_not is not None:
        raise why_not


def permit_as_of(action: Action, station: Station, at: Instant) -> None:
    """NotAllowed unless whoever stood at a station at an instant may do it; without a network no PIN is asked for."""
    who = caller()
    if not who.secured or action in who.free:
        return
    badged = badged_in.who_is_at(current().ledger, station.id, at)
    if badged is None:
        raise NotAllowed("badge", sentence("nobody had badged in here; scan your badge first"))
    if not badged.person.rights.may(action, f"{station.line}/{station.link}"):
        raise _no_right(badged.person, action, station)


def allowed() -> frozenset[str]:
    """All actions that the caller may do somewhere: what screens offer."""
    who = caller()
    return frozenset(action for action in ACTIONS if who.may(action))


def device() -> str:
    """What this browser or program is called where tries are counted and logins are logged."""
    kiosk = caller().kiosk
    return f"address:{address()}" if kiosk is None else kiosk.device


def address() -> str:
    """Where the request came from: as the proxy on this machine says, if there is one."""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told[:LONGEST_ADDRESS] if told and _from_here() else request.remote_addr or "unknown"


def is_secure() -> bool:
    """Whether the browser speaks TLS, to us or to the proxy on this machine."""
    return request.is_secure or (_from_here() and request.headers.get("X-Forwarded-Proto") == "https")


def _from_here() -> bool:
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def has_csrf(told: str) -> bool:
    """Whether a change was sent by one of our own pages of this caller."""
    who = caller()
    tokens = [who.kiosk_token] if who.kiosk is not None else []
    tokens += [who.session.token] if who.session is not None else []
    return any(hmac.compare_digest(csrf_of(token).encode(), told.encode()) for token in tokens)


def used() -> None:
    """Note that the login, the kiosk or the token was used; what cannot be written now is written next time."""
    services, who = current(), caller()
    now = services.clock()
    with suppress(LedgerError):
        if who.session is not None:
            sessions.used(services.ledger, who.session, now)
        if who.kiosk is not None:
            kiosks.used(services.ledger, who.kiosk, now)
        if who.token is not None:
            api_tokens.used(services.ledger, who.token, now)
        if who.badged is not None and request.method == "POST":
            badged_in.used(services.ledger, who.badged, now)


def _look_up(services: Services) -> Caller:
    ledger, access, now = services.ledger, services.config.access, services.clock()
    if not people.anybody(ledger):
        return Caller(secured=False, free=frozenset())
    free = WITHOUT_LOGIN[access.without_login]
    by_badge = access.scan == "badge"
    told = request.headers.get("Authorization", "")
    if told:  # a program; cookies that come along count for nothing
        token = api_tokens.of_token(ledger, told.removeprefix(BEARER)) if told.startswith(BEARER) else None
        if token is None:
            raise NotAllowed("login", sentence("that token is not valid; make another one"))
        return Caller(secured=True, free=free, token=token, scan_by_badge=by_badge)
    session = kiosk = badged = None
    if SESSION in request.cookies:
        session = sessions.of_token(ledger, request.cookies[SESSION], now)
    if KIOSK_COOKIE in request.cookies:
        kiosk = kiosks.of_token(ledger, request.cookies[KIOSK_COOKIE])
    if kiosk is not None:
        badged = badged_in.who_is_at(ledger, kiosk.station, now)
    proved = badged is not None and kiosk is not None and badged.proved(kiosk.device, now)
    return Caller(
        secured=True,
        free=free,
        session=session,
        kiosk=kiosk,
        badged=badged,
        proved=proved,
        scan_by_badge=by_badge,
    )


def _no_right(person: Person, action: Action, station: Station | None) -> NotAllowed:
    roles = enumerated([role_word(role) for role in who_may(action)])
    if "lead" in person.rights.roles and person.rights.may(action) and station is not None:
        text = sentence(
            "%(name)s does not lead %(link)s; its lead may do that", name=person.name, link=station.link
        )
    else:
        text = sentence(
            "%(name)s may not do that; it takes the role %(roles)s", name=person.name, roles=roles
        )
    return NotAllowed("right", text)
