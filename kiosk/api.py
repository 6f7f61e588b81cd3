"""The HTTP API under /api/v1: the same rules as the screens."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, request

from kiosk import api_corrections, api_orders, taps
from kiosk.api_bodies import decoded, instant
from kiosk.api_scans import post_scans
from kiosk.api_shapes import AnswerBody, FlagBody, WithdrawBody
from kiosk.errors import Malformed, NotHere, json_answer
from kiosk.names import known_line, no_flag
from kiosk.openapi import document
from kiosk.services import Services, current
from kiosk.views import board_json, events_json, flag_json, flags_json
from ledger.errors import RuleRefused
from ledger.flags import Tap
from shopfloor.sentences import sentence

MOST_EVENTS = 1_000
_SOME_EVENTS = 100
_LAST_SEQUENCE = 2**53

T = TypeVar("T", FlagBody, AnswerBody, WithdrawBody)

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.post("/scans", endpoint="scans")(post_scans)
blueprint.post("/scans/<path:event_id>/undo")(api_corrections.undo)  # a path: our own ids hold slashes
blueprint.post("/scrap")(api_corrections.scrap)
blueprint.post("/refused/<int:refused>/force")(api_corrections.force)
blueprint.post("/refused/<int:refused>/discard")(api_corrections.discard)
blueprint.get("/orders")(api_orders.orders)
blueprint.post("/orders")(api_orders.take_in)
blueprint.get("/orders/<path:order>")(api_orders.order)  # a path: an order's number may hold a slash
blueprint.post("/orders/<path:order>/confirmations")(api_orders.confirm)
blueprint.post("/orders/<path:order>/withdraw")(api_orders.take_back)
blueprint.post("/orders/<path:order>/change")(api_orders.change)
blueprint.post("/orders/<path:order>/discard")(api_orders.give_up)
blueprint.post("/orders/<path:order>/release")(api_orders.release)
blueprint.post("/orders/<path:order>/plan-anew")(api_orders.plan_anew)
blueprint.get("/promise")(api_orders.promise)
blueprint.post("/plan")(api_orders.plan)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of what is served here."""
    return json_answer(document())


@blueprint.get("/board/<line>")
def board(line: str) -> Response:
    """The floor board of a line."""
    return json_answer(board_json(current(), known_line(line).id))


@blueprint.get("/flags")
def flags() -> Response:
    """Open flags."""
    return json_answer(flags_json(current()))


@blueprint.post("/flags")
def raise_flag() -> Response:
    """Raise *not received*."""
    services = current()
    body, tap = _told(services, FlagBody, "the flag")
    number = taps.raise_flag(services, tap, against=body.against, order=body.order)
    return _flag(services, number, HTTPStatus.CREATED)


@blueprint.post("/flags/<int:flag>/answer")
def answer(flag: int) -> Response:
    """Answer a flag."""
    services = current()
    _flag(services, flag)
    body, tap = _told(services, AnswerBody, "the answer")
    promised_at = instant(services, "promised_at", body.promised_at)
    taps.answer_flag(
        services,
        tap,
        flag=flag,
        reason=body.reason,
        promised_at=promised_at,
        comment=body.comment,
        seen=body.seen,
    )
    return _flag(services, flag)


@blueprint.post("/flags/<int:flag>/withdraw")
def withdraw(flag: int) -> Response:
    """Take back a flag."""
    services = current()
    _flag(services, flag)
    _, tap = _told(services, WithdrawBody, "the withdrawal")
    taps.withdraw_flag(services, tap, flag=flag)
    return _flag(services, flag)


@blueprint.get("/events")
def events() -> Response:
    """Events after a sequence."""
    after = _number("after", 0, 0, _LAST_SEQUENCE)
    return json_answer(events_json(current(), after, _number("limit", _SOME_EVENTS, 1, MOST_EVENTS)))


def _told(services: Services, shape: type[T], what: str) -> tuple[T, Tap]:
    """The body, and who did it when; the station has to be one of the site."""
    body: T = decoded(request.get_data(), shape, what)
    stations = services.config.site.stations
    if body.station not in stations:
        raise RuleRefused(str(NotHere("station", body.station, stations)))
    now = services.clock()
    at = taps.checked_at(instant(services, "at", body.at), now)
    return body, Tap(taps.checked_id(body.id), body.station, at)


def _flag(services: Services, number: int, status: int = HTTPStatus.OK) -> Response:
    found = flag_json(services, number) if number <= _LAST_SEQUENCE else None
    if found is None:
        raise no_flag(services, number)
    return json_answer(found, status)


def _number(name: str, otherwise: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return otherwise
    if not (
        text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most
    ):
        raise Malformed(
            sentence(
                "%(name)s: %(written)s is no whole number from %(least)s to %(most)s",
                name=name,
                written=repr(text[:40]),
                least=least,
                most=most,
            )
        )
    return int(text)
