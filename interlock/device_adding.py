"""A device's place in site.toml, written there when it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interlock import clock
from interlock.opening import LEDGER_FILE, open_ledger
from ledger.drafts import By
from ledger.errors import LedgerUnavailable
from ledger.site_versions import record_site
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


def with_device(folder: Path, new: AddDevice) -> SiteConfig:
    """The site with one more device, written and, where there is a ledger, recorded: a running gateway takes it up."""
    before = read_site_text(folder)
    old = load(folder)
    after = apply(before, [new])
    changes = differences(old, check_text(folder, after))
    with _recorded(folder, before, after, [str(change) for change in changes]):
        return write_site(folder, after)


@contextmanager
def _recorded(folder: Path, before: str, after: str, changes: list[str]) -> Iterator[None]:
    if not (folder / LEDGER_FILE).exists():
        yield
        return
    ledger = open_ledger(folder, checkpoints=False)
    now = clock.now()
    try:
        with ledger.write(now) as tx:
            record_site(tx, By("", SOURCE, now), before=before, after=after, changes=changes, why=WHY)
            yield
    except LedgerUnavailable:
        if read_site_text(folder) == after:  # written, but not recorded: as if nothing had happened
            write_site(folder, before)
        raise
    finally:
        ledger.close()
