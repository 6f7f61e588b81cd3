"""Who does something at a station through the API, and when."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from msgspec import Struct

from kiosk import gate, taps
from kiosk.api_bodies import decoded, instant
from kiosk.api_shapes import Id, Name, Person, When
from kiosk.errors import NotHere
from kiosk.services import Services
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.sentences import text_of


class ByStation(Struct, forbid_unknown_fields=True, kw_only=True):
    """What every body of an act at a station says."""

    station: Name
    person: Person | None = None
    id: Id | None = None
    at: When | None = None


T = TypeVar("T", bound=ByStation)


def told(services: Services, shape: type[T], what: str) -> tuple[T, Tap]:
    """The body, and who did it when; the station has to be one of the site."""
    body: T = decoded(request.get_data(), shape, what)
    stations = services.config.site.stations
    if body.station not in stations:
        raise RuleRefused(text_of(NotHere("station", body.station, stations)))
    at = taps.checked_at(instant(services, "at", body.at), services.clock())
    person = gate.person_at(body.station, body.person, at)
    return body, Tap(taps.checked_id(body.id), body.station, at, person)
