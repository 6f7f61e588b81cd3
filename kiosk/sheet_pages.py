"""The sheet for when everything is down: printed blank, and typed in by a lead afterwards, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta, tzinfo
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request

from kiosk.contexts.sheet import SheetRow
from kiosk.forms import LONGEST_PERSON, Form, FormFaults, known_person, remember_person
from kiosk.names import known_station
from kiosk.order_acts import event_id, new_tap
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.speech import capital
from kiosk.taps import LONGEST_CODE
from kiosk.views.sheet import sheet_page
from ledger.paper_sheets import PaperRow, Sheet, SheetRefused, enter_sheet
from shopfloor.instants import Instant, moment_of
from shopfloor.orders_cells import LARGEST_QUANTITY
from shopfloor.sentences import sentence, text_of
from shopfloor.site import Station
from shopfloor.told_times import NoTime, told_instant

ROWS = 24

blueprint = Blueprint("sheet_pages", __name__, url_prefix="/paper/sheet")


@blueprint.get("/<station>")
def blank(station: str) -> Response:
    """A blank sheet, to be printed while everything works."""
    return render_page("paper/sheet.html", sheet_page(current(), known_station(station)))


@blueprint.get("/<station>/enter")
def enter(station: str) -> Response:
    """The form that a sheet is typed into."""
    rows = tuple(SheetRow(number) for number in range(1, ROWS + 1))
    recorded = request.args.get("recorded", 0, type=int)
    page = sheet_page(
        current(),
        known_station(station),
        rows=rows,
        person=known_person(),
        tap_id=new_tap(),
        recorded=recorded,
    )
    return render_page("paper/enter.html", page)


@blueprint.post("/<station>/enter")
def take_in(station: str) -> Any:
    """Record what stands on a sheet: begin, written_by, and of each row time_N, way_N, code_N, quantity_N."""
    services, at = current(), known_station(station)
    fields = request.form.to_dict()
    form = Form(fields, services.config.site.zone)
    faults: dict[int, str] = {}
    try:
        sheet = _sheet(services, form, fields, at, faults)
        by = form.by(services.clock(), event_id(f"sheet/{at.id}", fields))
        form.check()
        _check(faults)
        texts = enter_sheet(services.ledger, services.recorder, sheet, by, now=services.clock())
    except FormFaults as wrong:
        return _again(services, at, fields, {each.field: each.text for each in wrong.faults}, faults)
    except SheetRefused as refused:
        return _again(services, at, fields, {}, refused.faults)
    there = f"/paper/sheet/{quote(at.id)}/enter?recorded={len(texts)}"
    return remember_person(no_store(redirect(there, HTTPStatus.SEE_OTHER)), by.person)


def _check(faults: Mapping[int, str]) -> None:
    if faults:
        raise SheetRefused(faults)


def _sheet(
    services: Services, form: Form, fields: Mapping[str, str], at: Station, faults: dict[int, str]
) -> Sheet:
    begin = form.instant("begin", needed=sentence("say when the sheet begins"))
    written_by = form.text("written_by", needed=sentence("say who wrote it"), longest=LONGEST_PERSON)
    rows = []
    for typed in _typed(fields, {}):
        if not (typed.time or typed.code or typed.quantity):
            continue
        try:
            rows.append(_row(typed, begin or 0, services.config.site.zone))
        except (NoTime, ValueError) as fault:
            faults[typed.number] = text_of(fault)
    if not rows and not faults:
        form.fault("rows", sentence("the sheet has no rows; write at least one"))
    return Sheet(at.id, written_by, tuple(rows))


def _row(typed: SheetRow, begin: Instant, zone: tzinfo) -> PaperRow:
    if not typed.time or not typed.code:
        raise ValueError(sentence("a row needs a time and a code"))
    many = typed.quantity
    if many and not (many.isascii() and many.isdigit() and 0 < int(many[:9]) <= LARGEST_QUANTITY):
        raise ValueError(sentence("%(text)s is no number of units", text=many[:20]))
    at = _first_after(begin, typed.time, zone)
    return PaperRow(
        typed.number, at, "in" if typed.way == "in" else "out", typed.code, int(many) if many else None
    )


def _first_after(begin: Instant, clock: str, zone: tzinfo) -> Instant:
    """The first time that a wall clock shows it from the sheet's beginning on: a night's sheet goes past midnight."""
    try:
        wanted = time.fromisoformat(clock)
    except ValueError:
        raise ValueError(sentence("%(written)s is no time like 14:52", written=clock[:20])) from None
    day: date = moment_of(begin, zone).date()
    at = told_instant(f"{day.isoformat()}T{wanted.isoformat()}", zone)
    return (
        at
        if at >= begin
        else told_instant(f"{(day + timedelta(days=1)).isoformat()}T{wanted.isoformat()}", zone)
    )


def _typed(fields: Mapping[str, str], faults: Mapping[int, str]) -> tuple[SheetRow, ...]:
    def cell(name: str, number: int) -> str:
        return fields.get(f"{name}_{number}", "").strip()[:LONGEST_CODE]

    return tuple(
        SheetRow(
            number,
            cell("time", number),
            cell("way", number) or "in",
            cell("code", number),
            cell("quantity", number),
            faults.get(number, ""),
        )
        for number in range(1, ROWS + 1)
    )


def _again(
    services: Services, at: Station, fields: Mapping[str, str], wrong: dict[str, str], faults: dict[int, str]
) -> Any:
    told = {number: capital(text) for number, text in faults.items()}
    page = sheet_page(
        services,
        at,
        rows=_typed(fields, told),
        begin=fields.get("begin", ""),
        written_by=fields.get("written_by", ""),
        person=fields.get("person", ""),
        tap_id=new_tap(),
        faults=wrong,
    )
    answer = render_page("paper/enter.html", page)
    return answer, HTTPStatus.UNPROCESSABLE_ENTITY
