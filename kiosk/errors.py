"""Faults that a person or a program is told: a sentence, as a page or as JSON; never a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from kiosk.contexts import Frame
from kiosk.languages import choices
from kiosk.services import current
from kiosk.speech import capital, language, told
from kiosk.theme import theme
from ledger.errors import ArchiveUnusable, LedgerDamaged, LedgerUnavailable, RuleRefused
from shopfloor.handoffs import clock_text
from shopfloor.kinds import kind_word
from shopfloor.sentences import Sentence, sentence, text_of

RETRY_AFTER_S = 2
_SHOWN_NAMES = 20
_LONGEST_NAME = 60
FOR_MACHINES = ("/api/", "/healthy", "/metrics")
"""Where programs ask: they are answered in JSON."""


@dataclass(frozen=True, slots=True)
class FaultPage:
    """A page that says in one sentence what is wrong."""

    frame: Frame
    status: int
    text: str


class NotHere(Exception):
    """A page or a thing by a name that the site does not have."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = list(known)
        if not names:
            there = sentence("there is none yet")
        else:
            there = sentence("known are %(names)s", names=", ".join(names[:_SHOWN_NAMES]))
            if len(names) > _SHOWN_NAMES:
                there = sentence("%(known)s and %(more)s more", known=there, more=len(names) - _SHOWN_NAMES)
        super().__init__(
            sentence(
                "There is no %(kind)s %(name)s; %(there)s.",
                kind=kind_word(kind),
                name=name[:_LONGEST_NAME],
                there=there,
            )
        )


class Malformed(Exception):
    """A request that cannot be read; the text says where."""


class TooManyStreams(Exception):
    """No more live pages are served at once."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            sentence(
                "%(limit)s live pages are open, more are not served; close some or try again later.",
                limit=limit,
            )
        )


def _sentence_told(value: Any) -> str:
    """JSON knows no Sentence: it is told, in the language that the program accepts."""
    if isinstance(value, Sentence):
        return told(value)
    raise NotImplementedError(f"{type(value).__name__} is not for JSON")  # what msgspec asks of a hook


def json_answer(content: Any, status: int = HTTPStatus.OK) -> Response:
    """JSON that nobody keeps."""
    return Response(
        msgspec.json.encode(content, enc_hook=_sentence_told),
        status=status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


log = structlog.get_logger()


class LedgerGone(Exception):
    """What a damaged ledger is to a visitor."""

    def __init__(self) -> None:
        super().__init__(sentence("The ledger cannot be read; the reason is in this server's log."))


class ArchiveGone(Exception):
    """What an archive that cannot be read is to a visitor."""

    def __init__(self) -> None:
        super().__init__(
            sentence(
                "This order was archived, and the archive cannot be read; the reason is in this server's log."
                " Everything else goes on."
            )
        )


def fault(text: str, status: int) -> Response:
    """One sentence, in the form that whoever asked can read."""
    said = capital(text)
    if request.path.startswith(FOR_MACHINES):
        return json_answer({"error": said}, status)
    page = FaultPage(fault_frame(), status, said)
    return Response(
        render_template("error.html", page=page),
        status=status,
        mimetype="text/html",
        headers={"Cache-Control": "no-store"},
    )


def install(app: Flask) -> None:
    """Turn faults into answers."""
    statuses: dict[type[Exception], int] = {
        NotHere: HTTPStatus.NOT_FOUND,
        Malformed: HTTPStatus.BAD_REQUEST,
        RuleRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    }
    for kind, status in statuses.items():
        app.register_error_handler(kind, lambda error, status=status: fault(text_of(error), status))
    app.register_error_handler(LedgerUnavailable, _try_later)
    app.register_error_handler(LedgerDamaged, _damaged)
    app.register_error_handler(ArchiveUnusable, _archive_gone)
    app.register_error_handler(TooManyStreams, _try_later)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _unexpected)


def fault_frame() -> Frame:
    """A frame that reads nothing: the ledger may be what is at fault."""
    services = current()
    site, now = services.config.site, services.clock()
    return Frame(
        site_name=site.name,
        clock=clock_text(now, site.zone),
        day="",
        sequence=0,
        gateway_age_s=services.pulse.age_s(now),
        broker_connected=services.pulse.broker_connected,
        theme=theme(),
        lang=language().lang,
        tag=language().tag,
        languages=choices(),
        zone=str(services.config.site.zone.key),
    )


def _try_later(error: Exception) -> Response:
    response = fault(text_of(error), HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _damaged(error: Exception) -> Response:
    """Where the file lies is told to the log, not to whoever asks."""
    log.error("the ledger cannot be read", why=str(error))
    return _try_later(LedgerGone())


def _archive_gone(error: Exception) -> Response:
    log.error("an archived order cannot be read", why=str(error))
    return _try_later(ArchiveGone())


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    known = {
        404: sentence("There is no page %(path)s; begin at /.", path=request.path[:_LONGEST_NAME]),
        405: sentence(
            "%(method)s is not for %(path)s.", method=request.method, path=request.path[:_LONGEST_NAME]
        ),
        413: sentence("The request is too large; send fewer things at once."),
    }
    response = fault(known.get(status) or error.description or HTTPStatus(status).phrase, status)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unexpected(_: Exception) -> Response:
    return fault(sentence("This server failed at that request; the reason is in its log."), 500)
