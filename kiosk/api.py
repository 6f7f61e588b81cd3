"""The HTTP API under /api/v1: the same rules as the screens."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kiosk import api_corrections, api_countermeasures, api_flags, api_orders
from kiosk.api_scans import post_scans
from kiosk.errors import Malformed, json_answer
from kiosk.names import known_line
from kiosk.openapi import document
from kiosk.services import current
from kiosk.views import board_json, events_json
from shopfloor.sentences import sentence

MOST_EVENTS = 1_000
_SOME_EVENTS = 100
_LAST_SEQUENCE = 2**53

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.post("/scans", endpoint="scans")(post_scans)
blueprint.post("/scans/<path:event_id>/undo")(api_corrections.undo)  # a path: our own ids hold slashes
blueprint.post("/scrap")(api_corrections.scrap)
blueprint.post("/split")(api_corrections.split)
blueprint.post("/refused/<int:refused>/force")(api_corrections.force)
blueprint.post("/refused/<int:refused>/discard")(api_corrections.discard)
blueprint.get("/flags")(api_flags.flags)
blueprint.post("/flags")(api_flags.raise_flag)
blueprint.get("/flags/<int:flag>")(api_flags.flag)
blueprint.post("/flags/<int:flag>/answer")(api_flags.answer)
blueprint.post("/flags/<int:flag>/pass")(api_flags.pass_back)
blueprint.post("/flags/<int:flag>/withdraw")(api_flags.withdraw)
blueprint.post("/flags/<int:flag>/dispute")(api_flags.dispute)
blueprint.post("/flags/<int:flag>/ruling")(api_flags.rule)
blueprint.post("/flags/<int:flag>/consequence")(api_flags.choose)
blueprint.post("/flags/<int:flag>/consequence/dispute")(api_flags.contest)
blueprint.post("/flags/<int:flag>/consequence/ruling")(api_flags.settle)
blueprint.get("/countermeasures")(api_countermeasures.measures)
blueprint.post("/countermeasures")(api_countermeasures.make_measure)
blueprint.get("/countermeasures/<int:number>")(api_countermeasures.measure)
blueprint.post("/countermeasures/<int:number>/settle")(api_countermeasures.settle_measure)
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


@blueprint.get("/events")
def events() -> Response:
    """Events after a sequence."""
    after = _number("after", 0, 0, _LAST_SEQUENCE)
    return json_answer(events_json(current(), after, _number("limit", _SOME_EVENTS, 1, MOST_EVENTS)))


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
