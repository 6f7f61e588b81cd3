"""Changing site.toml from a page: checked first, then written and recorded together, then served."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from kiosk.forms import FieldFault, FormFaults
from kiosk.services import Services
from kiosk.site_form import field_of
from ledger.drafts import By, drafts
from ledger.errors import RuleRefused
from ledger.plans import released_orders
from ledger.site_versions import record_site, text_hash
from shopfloor.instants import Instant
from shopfloor.sentences import sentence, text_of
from shopfloor.what_if import WhatIf, what_if
from station_config import (
    Change,
    SiteConfig,
    SiteFaults,
    apply,
    check_text,
    differences,
    placed,
    read_site_text,
    site_replaced,
)

CHANGED_MEANWHILE = sentence(
    "site.toml was changed meanwhile; load the page again and make your change once more"
)


@dataclass(frozen=True, slots=True)
class Trial:
    """A changed configuration that was not saved: its text, what differs, and what it does to orders."""

    before: str
    after: str
    config: SiteConfig
    changes: tuple[str, ...]
    outside: tuple[str, ...]
    """What was edited in the file by hand since it was read; saving takes that up as well."""
    effect: WhatIf

    @property
    def seen(self) -> str:
        """Tells the text that the trial began from."""
        return text_hash(self.before)


def current_text(services: Services) -> str:
    """The text of site.toml as it is now."""
    try:
        return read_site_text(services.folder)
    except SiteFaults as fault:
        raise RuleRefused(text_of(fault)) from None


def attempt(services: Services, changes: Sequence[Change], now: Instant) -> Trial:
    """Try changes out. FormFaults names the fields, RuleRefused says that nothing changes."""
    before = current_text(services)
    try:
        after = apply(before, changes)
        try:
            config = check_text(services.folder, after)
        except SiteFaults as faults:
            raise FormFaults(
                *(
                    FieldFault(field_of(each), each.fault.text)
                    for each in placed(after, changes, faults.faults)
                )
            ) from None
    except SiteFaults as faults:
        raise RuleRefused(str(faults)) from None
    in_file = _read(services, before)
    differ = differences(in_file, config)
    if not differ:
        raise RuleRefused(sentence("nothing was changed"))
    effect = what_if(
        services.config.site,
        config.site,
        released=released_orders(services.ledger),
        drafts=[draft.order for draft in drafts(services.ledger) if draft.version == 1],
        now=now,
    )
    return Trial(before, after, config, differ, differences(services.config, in_file), effect)


def save(services: Services, trial: Trial, by: By, *, seen: str, why: str, now: Instant) -> int:
    """Write the text, record it with who and why, and serve it; its version.

    RuleRefused when somebody changed the file since it was seen.
    """
    if seen != trial.seen:
        raise RuleRefused(CHANGED_MEANWHILE)
    try:
        with ExitStack() as undone, services.ledger.write(now) as tx:
            version = record_site(
                tx, by, before=trial.before, after=trial.after, changes=trial.changes, why=why
            )
            _refuse_if_changed(services, trial)
            undone.enter_context(site_replaced(services.folder, trial.after))
    except OSError as fault:
        raise RuleRefused(
            sentence(
                "site.toml cannot be written (%(strerror)s); nothing was changed", strerror=fault.strerror
            )
        ) from None
    services.adopt(trial.config)
    return version


def _refuse_if_changed(services: Services, trial: Trial) -> None:
    if current_text(services) != trial.before:
        raise RuleRefused(CHANGED_MEANWHILE)


def _read(services: Services, text: str) -> SiteConfig:
    """What the file says; what is served when it says nothing that can be read."""
    try:
        return check_text(services.folder, text)
    except SiteFaults:
        return services.config
