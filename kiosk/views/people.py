"""The pages about people, kiosks and the log of logins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk.contexts.choice import Choice
from kiosk.contexts.people import (
    KioskRow,
    KiosksPage,
    LogPage,
    LogRow,
    MePage,
    PeoplePage,
    PersonPage,
    PersonRow,
    TokenRow,
)
from kiosk.services import Services
from kiosk.views.frame import frame, when_text
from ledger import api_tokens, audit, kiosks, people
from ledger.people import Person
from shopfloor.instants import moment_of
from shopfloor.rights import ACTIONS, PERSON_ROLES, in_order

LANGUAGES = (
    Choice("", "as the browser asks"),
    Choice("en", "English"),
    Choice("zh", "中文"),
    Choice("es", "Español"),
    Choice("vi", "Tiếng Việt"),
    Choice("de", "Deutsch"),
)
EMPTY = PersonRow(0, "", (), (), "", revoked=False)
_BAD = frozenset({"wrong PIN", "wrong code", "wrong PINs: has to wait"})


def me_page(services: Services, person: Person, **said: Any) -> MePage:
    """One's own page."""
    now, zone = services.clock(), services.config.site.zone
    names = dict(_links(services))
    return MePage(
        frame=frame(services, now),
        name=person.name,
        roles=in_order(person.rights.roles),
        links=tuple(names.get(link, link) for link in sorted(person.rights.links)),
        language=person.language,
        languages=LANGUAGES,
        pin_is_new=person.pin_is_new,
        tokens=tuple(
            TokenRow(
                each.id,
                each.name,
                tuple(action for action in ACTIONS if action in each.actions),
                when_text(each.made_at, now, zone),
                "" if each.seen_at is None else when_text(each.seen_at, now, zone),
            )
            for each in api_tokens.of_person(services.ledger, person)
        ),
        may=tuple(action for action in ACTIONS if person.rights.may(action)),
        **said,
    )


def people_page(services: Services, typed: PersonRow = EMPTY, **said: Any) -> PeoplePage:
    """Everybody who is registered."""
    return PeoplePage(
        frame=frame(services, services.clock()),
        rows=tuple(_row(services, each) for each in people.everybody(services.ledger)),
        roles=PERSON_ROLES,
        links=tuple(Choice(value, label) for value, label in _links(services)),
        languages=LANGUAGES,
        typed=typed,
        **said,
    )


def person_page(
    services: Services, person: Person, typed: Mapping[str, Any] | None = None, **said: Any
) -> PersonPage:
    """One person; `typed` stands in the form in the place of what is kept."""
    row = replace(
        _row(services, person),
        **{"links": tuple(sorted(person.rights.links)), **(typed or {})},  # ids, as the form has them
    )
    return PersonPage(
        frame=frame(services, services.clock()),
        row=row,
        roles=PERSON_ROLES,
        links=tuple(Choice(value, label) for value, label in _links(services)),
        **said,
    )


def kiosks_page(services: Services, **said: Any) -> KiosksPage:
    """The kiosks that are enrolled."""
    now, site = services.clock(), services.config.site
    names = dict(_stations(services))
    return KiosksPage(
        frame=frame(services, now),
        rows=tuple(
            KioskRow(
                each.id,
                names.get(each.station, each.station),
                when_text(each.enrolled_at, now, site.zone),
                each.enrolled_by,
                each.address,
                when_text(each.seen_at, now, site.zone),
            )
            for each in kiosks.enrolled(services.ledger)
        ),
        stations=tuple(Choice(value, label) for value, label in _stations(services)),
        station_name=names.get(str(said.get("station", "")), ""),
        **said,
    )


def log_page(services: Services, before: int | None) -> LogPage:
    """A page of the log."""
    zone = services.config.site.zone
    entries = audit.page(services.ledger, before)
    return LogPage(
        frame=frame(services, services.clock()),
        rows=tuple(
            LogRow(
                f"{moment_of(each.at, zone):%Y-%m-%d %H:%M:%S}",
                each.what,
                each.who,
                each.by,
                each.device,
                each.detail,
                each.what in _BAD,
            )
            for each in entries
        ),
        older=entries[-1].id if len(entries) == audit.PAGE else None,
    )


def _row(services: Services, person: Person) -> PersonRow:
    names = dict(_links(services))
    return PersonRow(
        person.id,
        person.name,
        in_order(person.rights.roles),
        tuple(names.get(link, link) for link in sorted(person.rights.links)),
        person.badge,
        revoked=person.revoked_at is not None,
    )


def _links(services: Services) -> list[tuple[str, str]]:
    """Every link of the site, with its line's name where there are several."""
    lines = services.config.site.lines.values()
    several = len(lines) > 1
    return [
        (f"{line.id}/{link.id}", f"{line.name}: {link.name}" if several else link.name)
        for line in lines
        for link in line.links
    ]


def _stations(services: Services) -> list[tuple[str, str]]:
    site = services.config.site
    return [
        (station.id, f"{site.lines[station.line].name_of(station.link)}, {station.name}")
        for station in site.stations.values()
    ]
