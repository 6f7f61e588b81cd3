"""Countermeasures through the API: the rules and the record of the pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from flask import Response, request
from msgspec import Meta, Struct

from kiosk import countermeasure_acts as acts
from kiosk import identity
from kiosk.api_bodies import decoded
from kiosk.api_shapes import Comment, Id, Name
from kiosk.api_taking_in import API
from kiosk.errors import json_answer
from kiosk.names import known_line
from kiosk.services import Services, current
from kiosk.taps import LONGEST_PERSON, checked_id
from kiosk.views.countermeasures import countermeasure_json, countermeasures_json
from ledger.drafts import By
from shopfloor.countermeasures import LONGEST_WHAT, Measure

Day = Annotated[str, Meta(min_length=10, max_length=10, description="A date, for example 2026-11-24")]
Who = Annotated[str, Meta(min_length=1, max_length=LONGEST_PERSON)]
What = Annotated[str, Meta(min_length=1, max_length=LONGEST_WHAT)]


class CountermeasureBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a link does so that a reason does not come back; `owner` is a role or a link of the line."""

    line: Name
    link: Name
    reason: Name
    what: What
    owner: Name
    due_on: Day
    person: Who
    id: Id | None = None


class SettleMeasureBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """It is in effect since a day, or given up with a word why."""

    to: Literal["in_effect", "dropped"]
    person: Who
    since_on: Day | None = None
    comment: Comment = ""
    id: Id | None = None


class Figures(Struct):
    """Minutes that the reason cost the link over up to four weeks, and its handoffs due in them."""

    minutes: int
    handoffs: int
    per_hundred: int | None
    """Minutes for each hundred handoffs."""


class Countermeasure(Struct):
    """One countermeasure with its figures before and after it was in effect."""

    countermeasure: int
    line: str
    link: str
    reason: str
    what: str
    owner: str
    due_on: str
    state: Literal["open", "in_effect", "dropped"]
    since_on: str | None
    comment: str
    before: Figures
    after: Figures | None
    went_down: bool | None
    """None while there is nothing to compare."""


class Countermeasures(Struct):
    """The open ones by their day, then the others."""

    countermeasures: list[Countermeasure]


def measures() -> Response:
    """All of them, or of one line."""
    line = request.args.get("line", "")
    return json_answer(countermeasures_json(current(), known_line(line).id if line else ""))


def make_measure() -> Response:
    """Make one."""
    services = current()
    body: CountermeasureBody = decoded(request.get_data(), CountermeasureBody, "the countermeasure")
    measure = Measure(body.reason, body.what, body.owner, acts.needed_day(body.due_on))
    number = acts.make(services, _by(services, body), line=body.line, link=body.link, measure=measure)
    return _answer(services, number, HTTPStatus.CREATED)


def measure(number: int) -> Response:
    """One of them."""
    return _answer(current(), number)


def settle_measure(number: int) -> Response:
    """Say that it is in effect, or give it up."""
    services = current()
    _answer(services, number)
    body: SettleMeasureBody = decoded(request.get_data(), SettleMeasureBody, "what became of it")
    since_on = acts.day(body.since_on)
    acts.settle(
        services, _by(services, body), number=number, to=body.to, since_on=since_on, comment=body.comment
    )
    return _answer(services, number)


def _by(services: Services, body: CountermeasureBody | SettleMeasureBody) -> By:
    return By(identity.signed_in() or body.person, API, services.clock(), checked_id(body.id))


def _answer(services: Services, number: int, status: int = HTTPStatus.OK) -> Response:
    found = countermeasure_json(services, number) if number <= acts.LARGEST_NUMBER else None
    if found is None:
        raise acts.none_such(services, number)
    return json_answer(found, status)
