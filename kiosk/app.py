"""The web application: put together from its services; nothing is opened at import."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType

import structlog
from flask import Flask, request
from jinja2 import StrictUndefined

from kiosk import (
    api,
    appearance,
    badge_cards,
    badge_pages,
    batch_pages,
    countermeasure_pages,
    device_pages,
    errors,
    flag_pages,
    guard,
    health,
    hour_pages,
    identity,
    kiosk_enrolment,
    kiosk_flags,
    languages,
    live,
    new_order_pages,
    notice_pages,
    order_pages,
    outbox,
    pages,
    paper_pages,
    people_admin,
    people_pages,
    photo_pages,
    plan_pages,
    program,
    refused_pages,
    report_pages,
    responsibility_pages,
    scanner_pages,
    sheet_pages,
    site_pages,
    static_files,
    template_words,
)
from kiosk.metrics import Metrics
from kiosk.services import EXTENSION, Services
from kiosk.stream import STREAM_LIMIT, Hub, WaitForWake

LARGEST_REQUEST = 1024 * 1024
"""Bytes of a request's body."""
STATIC = Path(__file__).with_name("static")

log = structlog.get_logger()


class Kiosk(Flask):
    """Flask with templates that must know all their variables, and with our log."""

    jinja_options = {  # noqa: RUF012  # so it is in Flask
        **Flask.jinja_options,
        "undefined": StrictUndefined,
        "finalize": template_words.finalize,
    }

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """Log what went wrong in a request."""
        log.error("a request failed", method=request.method, path=request.path, exc_info=exc_info)


def create_app(
    services: Services,
    wait_for_wake: WaitForWake | None = None,
    *,
    stream_limit: int = STREAM_LIMIT,
    static: Path | None = None,
) -> Flask:
    """The application of one site. Live pages come to life when a server starts its hub."""
    app = Kiosk("kiosk", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.url_map.merge_slashes = False  # a tap must not be led to another order's address
    app.jinja_env.globals.update(template_words.GLOBALS)
    app.jinja_env.filters.update(template_words.FILTERS)
    program.install(app)
    hub = Hub(services, wait_for_wake, limit=stream_limit, program=app.extensions[program.EXTENSION])
    app.extensions[EXTENSION] = services
    app.extensions[live.HUB] = hub
    appearance.install(app)
    languages.install(app, languages.offer_of(services, identity.language, identity.at_kiosk))
    guard.install(app)
    static_files.install(app, STATIC if static is None else static)
    errors.install(app)
    pages.htmx.init_app(app)
    Metrics(services, hub, time.perf_counter).install(app)
    for blueprint in (
        pages.blueprint,
        batch_pages.blueprint,
        refused_pages.blueprint,
        kiosk_flags.blueprint,
        flag_pages.blueprint,
        outbox.blueprint,
        order_pages.blueprint,
        new_order_pages.blueprint,
        plan_pages.blueprint,
        paper_pages.blueprint,
        photo_pages.blueprint,
        hour_pages.blueprint,
        report_pages.blueprint,
        responsibility_pages.blueprint,
        countermeasure_pages.blueprint,
        site_pages.blueprint,
        device_pages.blueprint,
        notice_pages.blueprint,
        scanner_pages.blueprint,
        sheet_pages.blueprint,
        live.blueprint,
        api.blueprint,
        people_pages.blueprint,
        people_admin.blueprint,
        kiosk_enrolment.blueprint,
        badge_cards.blueprint,
        badge_pages.blueprint,
        health.blueprint,
        program.blueprint,
    ):
        app.register_blueprint(blueprint)
    return app
