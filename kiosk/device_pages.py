"""The devices of the site, the strangers that can be made its own, and the inspector of raw messages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request

from kiosk.forms import Form, FormFaults, remember_person
from kiosk.htmx import make_response
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.site_saving import attempt, save
from kiosk.views.devices import devices_page, inspector_page, stranger_key
from ledger.errors import RuleRefused
from shopfloor.instants import Instant
from shopfloor.profiles import NATIVE_ID
from shopfloor.sentences import sentence, text_of
from station_config import AddDevice

blueprint = Blueprint("device_pages", __name__)

LONGEST_NAME = 80


@blueprint.get("/devices")
def devices() -> Response:
    """Every device, and the unknown ones that talk."""
    services = current()
    done = request.args.get("added", "")
    return render_page(
        "devices/devices.html",
        devices_page(services, done=done if done in services.config.site.devices else ""),
    )


@blueprint.post("/devices")
def add_device() -> Any:
    """Assign an unknown device to a station: written into site.toml, with who and why."""
    services = current()
    now = services.clock()
    values = {name: text.strip() for name, text in request.form.items()}
    form = Form(request.form, services.config.site.zone)
    by = form.by(now)
    why = form.text("why", needed=sentence("write why it is added"))
    change = _change(form)
    try:
        form.check()
        _add(services, change, by, why, now)
    except (FormFaults, RuleRefused) as refused:
        faults = refused if isinstance(refused, FormFaults) else None
        page = devices_page(
            services,
            filled=stranger_key(values.get("called_profile", ""), values.get("called", "")),
            values=values,
            faults=faults,
            fault="" if faults else text_of(refused),
        )
        return render_page("devices/devices.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = no_store(redirect(f"/devices?added={change.id}", HTTPStatus.SEE_OTHER))
    return remember_person(answer, by.person)


@blueprint.get("/devices/inspector")
def inspector() -> Response:
    """The last raw messages, and how they were read."""
    return render_page("devices/inspector.html", _inspected())


@blueprint.get("/devices/inspector/messages")
def inspector_messages() -> Response:
    """The messages alone, for the page that asks every two seconds."""
    page = _inspected()
    return no_store(make_response(render_template("devices/_messages.html", page=page)))


def _inspected() -> Any:
    device = request.args.get("device", "")[:LONGEST_NAME]
    return inspector_page(current(), device, live=request.args.get("still") is None)


def _change(form: Form) -> AddDevice:
    device = form.text("id", needed=sentence("write an id, for example scanner-07"), longest=LONGEST_NAME)
    station = form.text("station", needed=sentence("choose a station"), longest=LONGEST_NAME)
    profile = form.text("profile", longest=LONGEST_NAME)
    called = form.text("called", longest=LONGEST_NAME)
    return AddDevice(
        id=device,
        station=station,
        profile="" if profile == NATIVE_ID else profile,
        address="" if called == device else called,
        mode=form.text("mode", longest=LONGEST_NAME),
    )


def _add(services: Services, change: AddDevice, by: Any, why: str, now: Instant) -> None:
    tried = attempt(services, [change], now)
    save(services, tried, by, seen=tried.seen, why=why, now=now)
