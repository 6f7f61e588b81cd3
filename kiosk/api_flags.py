"""Flags through the API: the rules and the record of the screens."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from flask import Response, request

from kiosk import flag_taps, gate, identity, taps
from kiosk.api_bodies import decoded, instant
from kiosk.api_flag_bodies import (
    AnswerBody,
    ByStation,
    ConsequenceBody,
    DisputeBody,
    FlagBody,
    PassBody,
    RulingBody,
    WithdrawBody,
)
from kiosk.api_taking_in import API
from kiosk.errors import Malformed, NotHere, json_answer
from kiosk.names import no_flag
from kiosk.services import Services, current
from kiosk.views.json_flags import flag_json, flags_json
from ledger.drafts import By
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.flags import PREVIOUS
from shopfloor.instants import Instant
from shopfloor.sentences import sentence, text_of

_LAST_SEQUENCE = 2**53

T = TypeVar("T", bound=ByStation)


def flags() -> Response:
    """Open flags."""
    return json_answer(flags_json(current()))


def flag(flag: int) -> Response:
    """One flag, open or closed."""
    return _answer(current(), flag)


def raise_flag() -> Response:
    """Raise *not received*: for an order, or for a batch."""
    services = current()
    body, tap = _told(services, FlagBody, "the flag")
    if body.batch is not None:
        number = flag_taps.raise_batch_flag(
            services, tap, batch=body.batch.strip(), against=body.against, kind=body.kind, order=body.order
        )
        return _answer(services, number, HTTPStatus.CREATED)
    for name, value in (("against", body.against), ("order", body.order)):
        if value is None:
            raise Malformed(
                sentence("the flag cannot be read: missing required field `%(name)s`, or `batch`", name=name)
            )
    if body.kind not in (None, "hour"):
        raise Malformed(
            sentence("the flag cannot be read: a flag of kind %(kind)s needs its `batch`", kind=body.kind)
        )
    number = taps.raise_flag(services, tap, against=body.against or "", order=body.order or "")
    return _answer(services, number, HTTPStatus.CREATED)


def answer(flag: int) -> Response:
    """Answer a flag."""
    services = current()
    _answer(services, flag)
    body, tap = _told(services, AnswerBody, "the answer")
    _reply(services, tap, flag, body.reason, body)
    return _answer(services, flag)


def pass_back(flag: int) -> Response:
    """Pass a flag back to the previous link."""
    services = current()
    _answer(services, flag)
    body, tap = _told(services, PassBody, "what is passed back")
    _reply(services, tap, flag, PREVIOUS, body)
    return _answer(services, flag)


def withdraw(flag: int) -> Response:
    """Take back a flag."""
    services = current()
    _answer(services, flag)
    _, tap = _told(services, WithdrawBody, "the withdrawal")
    taps.withdraw_flag(services, tap, flag=flag)
    return _answer(services, flag)


def dispute(flag: int) -> Response:
    """Say that a flag is wrong."""
    services = current()
    _answer(services, flag)
    body, tap = _told(services, DisputeBody, "the dispute")
    flag_taps.dispute_flag(services, tap, flag=flag, comment=body.comment)
    return _answer(services, flag)


def rule(flag: int) -> Response:
    """A supervisor's ruling on a disputed flag."""
    services = current()
    _answer(services, flag)
    body, by = _ruling(services)
    flag_taps.rule_flag(services, by, flag=flag, ruling=body.ruling, comment=body.comment)
    return _answer(services, flag)


def choose(flag: int) -> Response:
    """The next link chooses a consequence."""
    services = current()
    _answer(services, flag)
    body, tap = _told(services, ConsequenceBody, "the choice")
    flag_taps.choose_consequence(services, tap, flag=flag, consequence=body.consequence)
    return _answer(services, flag)


def contest(flag: int) -> Response:
    """The flagged link disputes a consequence."""
    services = current()
    _answer(services, flag)
    body, tap = _told(services, DisputeBody, "the dispute")
    flag_taps.dispute_consequence(services, tap, flag=flag, comment=body.comment)
    return _answer(services, flag)


def settle(flag: int) -> Response:
    """A supervisor's ruling on a disputed consequence."""
    services = current()
    _answer(services, flag)
    body, by = _ruling(services)
    flag_taps.rule_consequence(services, by, flag=flag, ruling=body.ruling, comment=body.comment)
    return _answer(services, flag)


def _reply(services: Services, tap: Tap, flag: int, reason: str | None, body: AnswerBody | PassBody) -> None:
    promised_at: Instant | None = instant(services, "promised_at", body.promised_at)
    taps.answer_flag(
        services,
        tap,
        flag=flag,
        reason=reason,
        promised_at=promised_at,
        comment=body.comment,
        seen=body.seen,
    )


def _told(services: Services, shape: type[T], what: str) -> tuple[T, Tap]:
    """The body, and who did it when; the station has to be one of the site."""
    body: T = decoded(request.get_data(), shape, what)
    stations = services.config.site.stations
    if body.station not in stations:
        raise RuleRefused(text_of(NotHere("station", body.station, stations)))
    at = taps.checked_at(instant(services, "at", body.at), services.clock())
    person = gate.person_at(body.station, body.person, at)
    return body, Tap(taps.checked_id(body.id), body.station, at, person)


def _ruling(services: Services) -> tuple[RulingBody, By]:
    body: RulingBody = decoded(request.get_data(), RulingBody, "the ruling")
    at = taps.checked_at(instant(services, "at", body.at), services.clock())
    return body, By(identity.signed_in() or body.person, API, at, taps.checked_id(body.id))


def _answer(services: Services, number: int, status: int = HTTPStatus.OK) -> Response:
    found = flag_json(services, number) if number <= _LAST_SEQUENCE else None
    if found is None:
        raise no_flag(services, number)
    return json_answer(found, status)
