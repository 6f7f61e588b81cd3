"""Letting somebody in at the broker, and turning him out: files, site.toml and record together, or none of them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interlock import clock
from interlock.access import (
    FOLDER,
    AccessFault,
    User,
    Users,
    add_user,
    read_users,
    remove_user,
    rights_of,
    stamp,
    write_users,
)
from interlock.opening import LEDGER_FILE, open_ledger, own_login
from ledger.drafts import By
from ledger.errors import LedgerError
from ledger.events import Event
from ledger.site_versions import record_site
from ledger.store import Transaction
from station_config import (
    AddDevice,
    SiteConfig,
    apply,
    check_text,
    differences,
    load,
    read_site_text,
    write_site,
)

WHY = "a device was given a password"
SOURCE = "command line"


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who was let in: with the site's configuration as it is now, and the password, which is kept nowhere."""

    config: SiteConfig
    user: User
    password: str


def let_in(folder: Path, name: str, new: User, person: str, device: AddDevice | None = None) -> Admitted:
    """Give a user a password; a device that is not in site.toml yet is written there, and a gateway takes it up."""
    config, users, text = load(folder), read_users(folder), read_site_text(folder)
    if name in users:
        raise AccessFault(f"{name} has a password already: interlock device revoke takes it back first.")
    after = text if device is None else apply(text, [device])
    adopted = config if device is None else check_text(folder, after)
    by = By(person, SOURCE, clock.now())

    def record(tx: Transaction) -> None:
        if device is not None:
            changes = [str(change) for change in differences(config, adopted)]
            record_site(tx, by, before=text, after=after, changes=changes, why=WHY)
        tx.append(_event("device_added", name, new, adopted, by))

    with _whole(folder, config, users, text), _recorded(folder, record):
        if device is not None:
            write_site(folder, after)
        return Admitted(adopted, new, add_user(folder, adopted, name, new, own_login(adopted.broker)))


def turn_out(folder: Path, name: str, person: str) -> str:
    """Take a password back, whatever the ledger says; a sentence when that could not be recorded."""
    config, users = load(folder), read_users(folder)
    remove_user(folder, config, name, own_login(config.broker))
    event = _event("device_revoked", name, users[name], config, By(person, SOURCE, clock.now()))
    try:
        with _recorded(folder, lambda tx: tx.append(event)):
            return ""
    except LedgerError as fault:
        return f"It is not in the record: {fault}"


def _event(kind: str, name: str, user: User, config: SiteConfig, by: By) -> Event:
    """What the user may do, and no secret: events are published."""
    device = config.site.devices.get(name) if user.kind == "device" else None
    rights = rights_of(name, user, config)
    return Event(
        event_id=f"access/{uuid.uuid4()}",
        kind=kind,
        occurred_at=by.at,
        source=by.source,
        person=by.person,
        station=device.station if device else None,
        detail={
            "user": name,
            "as": user.kind,
            "publish": list(rights.publish),
            "subscribe": list(rights.subscribe),
        },
    )


@contextmanager
def _recorded(folder: Path, record: Callable[[Transaction], object]) -> Iterator[None]:
    """In one transaction with what happens inside; nothing where there is no ledger yet."""
    if not (folder / LEDGER_FILE).exists():
        yield
        return
    ledger = open_ledger(folder, checkpoints=False)
    try:
        with ledger.write(clock.now()) as tx:
            record(tx)
            yield
    finally:
        ledger.close()


@contextmanager
def _whole(folder: Path, config: SiteConfig, users: Users, text: str) -> Iterator[None]:
    """What is written inside is taken back when not all of it can be."""
    began = stamp(folder) is None
    try:
        yield
    except BaseException:
        _take_back(folder, config, users, text, began=began)
        raise


def _take_back(folder: Path, config: SiteConfig, users: Users, text: str, *, began: bool) -> None:
    if read_site_text(folder) != text:
        write_site(folder, text)
    if began:
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
    else:
        write_users(folder, config, users, own_login(config.broker))
