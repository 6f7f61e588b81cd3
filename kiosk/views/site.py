"""The site's page: the form, the trial of a change, and the versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import unified_diff

from kiosk.contexts.choice import Choice
from kiosk.contexts.site import (
    LineForm,
    LinkLine,
    SitePage,
    SiteTrialPage,
    SiteVersionPage,
    VersionRow,
)
from kiosk.forms import FormFaults, known_person
from kiosk.services import Services
from kiosk.site_form import fields_of
from kiosk.site_saving import Trial
from kiosk.views.effects import effect_row, lost_rows
from kiosk.views.frame import frame
from kiosk.views.time_slots import moment_text
from ledger.plans import released_orders
from ledger.site_versions import SiteVersion, site_text, site_versions
from shopfloor.sentences import joined
from shopfloor.site import Line, Site
from shopfloor.what_if import Effect
from station_config import differences

SHOWN_VERSIONS = 30


def site_page(
    services: Services,
    site: Site,
    *,
    values: Mapping[str, str] | None = None,
    faults: FormFaults | None = None,
    fault: str = "",
    done: str = "",
) -> SitePage:
    """The form with what the file says, or with what was typed."""
    given = {each.field: each.text for each in faults.faults} if faults else {}
    fields = fields_of(site)
    general = [text for field, text in given.items() if field not in fields]
    return SitePage(
        frame=frame(services, services.clock()),
        zone=site.zone.key,
        shifts=tuple(Choice(shift, shift) for shift in site.shifts),
        lines=tuple(_line(site, line) for line in site.lines.values()),
        work_links=tuple(
            Choice(f"{line.id}/{link.id}", f"{line.name}: {link.name}" if len(site.lines) > 1 else link.name)
            for line in site.lines.values()
            for link in line.links
            if link.kind == "work"
        ),
        values={**fields, **(values or {})},
        was=fields,
        edited=differences(services.config, replace(services.config, site=site)),
        faults=given,
        fault=joined([*general, *([fault] if fault else [])]),
        done=done,
        versions=tuple(_version(services, each) for each in site_versions(services.ledger, SHOWN_VERSIONS)),
    )


def site_trial_page(
    services: Services, trial: Trial, values: Mapping[str, str], *, why: str = "", fault: str = ""
) -> SiteTrialPage:
    """What a change would do, before it is saved."""
    now, site = services.clock(), trial.config.site
    effects = trial.effect.effects
    affected = [effect for effect in effects if _matters(effect)]
    return SiteTrialPage(
        frame=frame(services, now),
        changes=trial.changes,
        outside=trial.outside,
        affected=tuple(effect_row(effect, site, now) for effect in affected),
        moved_drafts=sum(
            1 for effect in effects if effect.hours and not effect.released and effect not in affected
        ),
        lost=lost_rows((hour for hour in trial.effect.lost if not hour.already), site),
        released=len(released_orders(services.ledger)),
        values=values,
        seen=trial.seen,
        person=known_person(),
        why=why,
        fault=fault,
    )


def site_version_page(services: Services, version: int) -> SiteVersionPage | None:
    """One version with what it changed in the text; None when there is no such version."""
    text = site_text(services.ledger, version)
    if text is None:
        return None
    found = [each for each in site_versions(services.ledger, version + 1) if each.version == version]
    rows = found or [each for each in site_versions(services.ledger, 1 << 30) if each.version == version]
    if not rows:
        return None
    before = site_text(services.ledger, version - 1) or ""
    diff = list(unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=3))[2:]
    lines = [(line[:1].strip(), line if line.startswith("@") else line[1:]) for line in diff]
    return SiteVersionPage(
        frame=frame(services, services.clock()), row=_version(services, rows[0]), lines=tuple(lines)
    )


def _line(site: Site, line: Line) -> LineForm:
    return LineForm(
        line.id,
        line.name,
        tuple(
            LinkLine(
                f"{line.id}/{link.id}",
                link.name,
                link.kind == "milestone",
                tuple(Choice(station.id, station.name) for station in site.stations_of(line.id, link.id)),
            )
            for link in line.links
        ),
    )


def _version(services: Services, each: SiteVersion) -> VersionRow:
    at = moment_text(each.saved_at, services.config.site.zone)
    return VersionRow(each.version, at, each.person, each.why, each.changes)


def _matters(effect: Effect) -> bool:
    return effect.feasible_before != effect.feasible_after or effect.earliest_before != effect.earliest_after
