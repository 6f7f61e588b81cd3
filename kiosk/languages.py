"""Which language a request is answered in, and the ways to choose another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog
from flask import Flask, Response, current_app, request

from kiosk.addresses import with_query
from kiosk.catalogues import ENGLISH, ENGLISH_TAG, OWN, SITES, BadCatalogue, Language, known, languages_in
from kiosk.contexts.frame import LanguageChoice
from kiosk.services import Services
from kiosk.speech import language, speak
from ledger.badged_in import BadgedIn

PARAMETER = "lang"
"""Of an address; what it says is kept in the cookie of the same name."""
OF_BADGE = "lang_of_badge"
"""The cookie of what somebody chose who had badged in: it counts for that time at the kiosk, not for who comes next."""
EXTENSION = "interlock.languages"
FOR_MACHINES = ("/api/", "/healthy", "/metrics")
_KEPT_S = 400 * 24 * 3600

log = structlog.get_logger()

AtKiosk = Callable[[], BadgedIn | None]
"""Who stands at the kiosk that is asking."""
PersonLanguage = Callable[[], str | None]
"""The tag of the language that whoever is logged in has chosen; None when nobody is or has."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The languages of a site, and how a person's own is found."""

    languages: Mapping[str, Language]
    of_site: str
    of_person: PersonLanguage
    at_kiosk: AtKiosk

    def of_badge(self) -> str | None:
        """What whoever stands at this kiosk has chosen there, or speaks."""
        badged = self.at_kiosk()
        if badged is None:
            return None
        time, _, tag = request.cookies.get(OF_BADGE, "").partition(":")
        return tag if time == str(badged.id) else badged.person.language or None

    def first(self, tags: Iterable[str | None]) -> Language:
        """The first that is offered, else English."""
        return next((found for tag in tags if (found := known(self.languages, tag)) is not None), ENGLISH)


def offer_of(
    services: Services, of_person: PersonLanguage = lambda: None, at_kiosk: AtKiosk = lambda: None
) -> Offer:
    """What a site offers: the catalogues that come along and its own; a file that is none is left out and logged."""
    languages = languages_in((OWN, services.folder / SITES), left_out=_log_left_out)
    return Offer(languages, services.config.language or ENGLISH_TAG, of_person, at_kiosk)


def _log_left_out(fault: BadCatalogue) -> None:
    log.error("a language is left out", why=str(fault))


def install(app: Flask, offer: Offer) -> None:
    """Answer each request in the language that was chosen for it."""
    app.extensions[EXTENSION] = offer
    app.before_request(_choose)
    app.after_request(_keep)
    app.teardown_request(_fall_silent)


def choices() -> tuple[LanguageChoice, ...]:
    """The languages as links of this page to itself."""
    now, address = language(), request.path if request.method == "GET" else ""
    return tuple(
        LanguageChoice(each.lang, each.name, address + with_query(lang=each.tag), each.tag == now.tag)
        for each in _offer().languages.values()
    )


def _offer() -> Offer:
    offer: Offer = current_app.extensions[EXTENSION]
    return offer


def _choose() -> None:
    """As asked, of the badge, kept, of the login, the browser's, the site's; for a program what it accepts."""
    offer = _offer()
    browser = list(request.accept_languages.values())
    asked = request.args.get(PARAMETER)
    if request.path.startswith(FOR_MACHINES):
        speak(offer.first([asked, *browser]))
        return
    kept = request.cookies.get(PARAMETER)
    speak(offer.first([asked, offer.of_badge(), kept, offer.of_person(), *browser, offer.of_site]))


def _fall_silent(_: BaseException | None) -> None:
    """What comes next in this greenlet is another request, or nobody's."""
    speak(ENGLISH)


def _keep(response: Response) -> Response:
    chosen = known(_offer().languages, request.args.get(PARAMETER))
    if chosen is not None and response.mimetype == "text/html":
        badged = _offer().at_kiosk()
        if badged is not None:
            response.set_cookie(OF_BADGE, f"{badged.id}:{chosen.tag}", httponly=True, samesite="Lax")
        elif request.cookies.get(PARAMETER) != chosen.tag:
            response.set_cookie(PARAMETER, chosen.tag, max_age=_KEPT_S, httponly=True, samesite="Lax")
    response.headers["Content-Language"] = language().lang
    response.vary.update(("Accept-Language", "Cookie"))
    return response
