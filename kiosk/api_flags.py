"""Flags through the API: the rules and the record of the screens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request

from kiosk import flag_taps, identity, taps
from kiosk.api_bodies import decoded, instant
from kiosk.api_flag_bodies import (
    AnswerBody,
    ConsequenceBody,
    DisputeBody,
    FlagBody,
    PassBody,
    RulingBody,
    WithdrawBody,
)
from kiosk.api_station import ByStation, told
from kiosk.api_taking_in import API
from kiosk.errors import Malformed, json_answer
from kiosk.names import no_flag
from kiosk.services import Services, current
from kiosk.views.json_flags import flag_json, flags_json
from ledger.drafts import By
from ledger.flags import Tap
from shopfloor.flags import PREVIOUS
from shopfloor.instants import Instant
from shopfloor.sentences import sentence

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
    body, tap = told(services, FlagBody, "the flag")
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
    services, body, tap = _act(flag, AnswerBody, "the answer")
    _reply(services, tap, flag, body.reason, body)
    return _answer(services, flag)


def pass_back(flag: int) -> Response:
    """Pass a flag back to the previous link."""
    services, body, tap = _act(flag, PassBody, "what is passed back")
    _reply(services, tap, flag, PREVIOUS, body)
    return _answer(services, flag)


def withdraw(flag: int) -> Response:
    """Take back a flag."""
    services, _, tap = _act(flag, WithdrawBody, "the withdrawal")
    taps.withdraw_flag(services, tap, flag=flag)
    return _answer(services, flag)


def dispute(flag: int) -> Response:
    """Say that a flag is wrong."""
    services, body, tap = _act(flag, DisputeBody, "the dispute")
    flag_taps.dispute_flag(services, tap, flag=flag, comment=body.comment)
    return _answer(services, flag)


def rule(flag: int) -> Response:
    """A supervisor's ruling on a disputed flag."""
    services, body, by = _ruling(flag)
    flag_taps.rule_flag(services, by, flag=flag, ruling=body.ruling, comment=body.comment)
    return _answer(services, flag)


def choose(flag: int) -> Response:
    """The next link chooses a consequence."""
    services, body, tap = _act(flag, ConsequenceBody, "the choice")
    flag_taps.choose_consequence(services, tap, flag=flag, consequence=body.consequence)
    return _answer(services, flag)


def contest(flag: int) -> Response:
    """The flagged link disputes a consequence."""
    services, body, tap = _act(flag, DisputeBody, "the dispute")
    flag_taps.dispute_consequence(services, tap, flag=flag, comment=body.comment)
    return _answer(services, flag)


def settle(flag: int) -> Response:
    """A supervisor's ruling on a disputed consequence."""
    services, body, by = _ruling(flag)
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


def _act(flag: int, shape: type[T], what: str) -> tuple[Services, T, Tap]:
    """What somebody does at a station about a flag; NotHere comes before any fault of the body."""
    services = current()
    _known(services, flag)
    return services, *told(services, shape, what)


def _ruling(flag: int) -> tuple[Services, RulingBody, By]:
    services = current()
    _known(services, flag)
    body: RulingBody = decoded(request.get_data(), RulingBody, "the ruling")
    at = taps.checked_at(instant(services, "at", body.at), services.clock())
    by = By(identity.signed_in() or body.person, API, at, taps.checked_id(body.id))
    return services, body, by


def _known(services: Services, number: int) -> dict[str, Any]:
    found = flag_json(services, number) if number <= _LAST_SEQUENCE else None
    if found is None:
        raise no_flag(services, number)
    return found


def _answer(services: Services, number: int, status: int = HTTPStatus.OK) -> Response:
    return json_answer(_known(services, number), status)
