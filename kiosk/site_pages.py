"""The configuration without an editor: the form, the trial, saving, and the versions before."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, request

from kiosk.errors import NotHere
from kiosk.forms import Form, FormFaults, remember_person
from kiosk.rendering import no_store, render_page
from kiosk.services import Services, current
from kiosk.site_form import HOLIDAYS, changes_of, fields_of, typed
from kiosk.site_saving import attempt, current_text, save
from kiosk.views.site import site_page, site_trial_page, site_version_page
from ledger.errors import RuleRefused
from ledger.site_versions import last_version, site_text
from shopfloor.sentences import joined, sentence, text_of
from shopfloor.site import Site
from station_config import SiteFaults, check_text

blueprint = Blueprint("site_pages", __name__)


@blueprint.get("/site")
def site() -> Response:
    """The form; fields named in the address are filled in, so that a trial elsewhere can lead here.

    What it says of a list is added to that list; what it says of less:… is taken out.
    """
    services = current()
    on_disk, fault = _on_disk(services)
    now = fields_of(on_disk)
    asked = {name: request.args[name] for name in now if name in request.args}
    lists = [name for name in now if _is_list(name) and (name in asked or f"less:{name}" in request.args)]
    added = {name: _other_list(now[name], asked.get(name, ""), f"less:{name}") for name in lists}
    done = request.args.get("saved", "") if request.args.get("saved", "").isdecimal() else ""
    return render_page(
        "site/site.html", site_page(services, on_disk, values={**asked, **added}, fault=fault, done=done)
    )


@blueprint.post("/site/trial")
def trial() -> Any:
    """What the change would do; nothing is saved."""
    services = current()
    posted = _posted()
    on_disk, _ = _on_disk(services)
    try:
        tried = attempt(services, changes_of(on_disk, posted), services.clock())
    except FormFaults as faults:
        return _again(services, on_disk, posted, faults=faults)
    except RuleRefused as refused:
        return _again(services, on_disk, posted, fault=text_of(refused))
    return render_page("site/trial.html", site_trial_page(services, tried, posted))


@blueprint.post("/site/form")
def back() -> Response:
    """The form once more, with what was typed."""
    services = current()
    on_disk, fault = _on_disk(services)
    return render_page(
        "site/site.html", site_page(services, on_disk, values=typed(on_disk, _posted()), fault=fault)
    )


@blueprint.get("/site/trial")
@blueprint.get("/site/save")
@blueprint.get("/site/form")
def form_again() -> Any:
    """Somebody loaded the address of a form again."""
    return redirect("/site", HTTPStatus.SEE_OTHER)


@blueprint.post("/site/save")
def save_site() -> Any:
    """Write the change with who and why."""
    services = current()
    posted = _posted()
    on_disk, _ = _on_disk(services)
    now = services.clock()
    form = Form(request.form, on_disk.zone)
    by = form.by(now)
    why = form.text("why", needed=sentence("write why it is changed"))
    try:
        tried = attempt(services, changes_of(on_disk, posted), now)
    except (FormFaults, RuleRefused) as refused:
        return _again(services, on_disk, posted, fault=text_of(refused))
    try:
        form.check()
        version = save(services, tried, by, seen=request.form.get("seen", ""), why=why, now=now)
    except (FormFaults, RuleRefused) as refused:
        told = joined([each.text for each in form.faults]) if form.faults else text_of(refused)
        page = site_trial_page(services, tried, posted, why=why, fault=told)
        return render_page("site/trial.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
    return remember_person(no_store(redirect(f"/site?saved={version}", HTTPStatus.SEE_OTHER)), by.person)


@blueprint.get("/site/versions/<int:number>")
def version(number: int) -> Response:
    """What one version changed."""
    services = current()
    page = site_version_page(services, number)
    if page is None:
        raise _no_version(services, number)
    return render_page("site/version.html", page)


@blueprint.get("/site/versions/<int:number>/site.toml")
def version_text(number: int) -> Response:
    """The whole text of a version."""
    services = current()
    text = site_text(services.ledger, number)
    if text is None:
        raise _no_version(services, number)
    return no_store(Response(text, mimetype="text/plain"))


def _no_version(services: Services, number: int) -> NotHere:
    known = range(last_version(services.ledger), 0, -1)
    return NotHere("version", str(number), [str(each) for each in known])


def _on_disk(services: Services) -> tuple[Site, str]:
    """What site.toml says now; when it cannot be read, what is served, and why."""
    try:
        return check_text(services.folder, current_text(services)).site, ""
    except (SiteFaults, RuleRefused) as faults:
        return services.config.site, text_of(faults)


def _posted() -> dict[str, str]:
    """The fields as they were sent; a list of boxes is one text."""
    return {name: " ".join(request.form.getlist(name)) for name in request.form if ":" in name}


def _is_list(name: str) -> bool:
    return name == HOLIDAYS or name.rpartition(":")[2] in ("overtime", "out_of_service", "breaks")


def _other_list(now: str, added: str, less: str) -> str:
    taken_out = request.args.get(less, "").split()
    return " ".join([*(each for each in now.split() if each not in taken_out), *added.split()])


def _again(
    services: Services,
    site: Site,
    posted: dict[str, str],
    *,
    faults: FormFaults | None = None,
    fault: str = "",
) -> Any:
    page = site_page(services, site, values=typed(site, posted), faults=faults, fault=fault)
    return render_page("site/site.html", page), HTTPStatus.UNPROCESSABLE_ENTITY
