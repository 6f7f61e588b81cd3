"""[[reason]]: what a flagged link may answer; [[scrap_reason]]: why units are scrapped or rejected."""

from __future__ import annotations

from dataclasses import replace

from shopfloor.sentences import sentence
from shopfloor.site import Reason
from station_config.names import Names
from station_config.reader import Table
from station_config.values import NAME
from station_config.wording import quoted

_NAME = replace(NAME, example='"Material missing"')

DEFAULT_REASONS = (
    Reason("material", sentence("Material missing")),
    Reason("machine", sentence("Machine stopped")),
    Reason("tool", sentence("Tool or blade change")),
    Reason("setup", sentence("Set-up took longer")),
    Reason("quality", sentence("Quality or rework")),
    Reason("people", sentence("People missing")),
    Reason("previous", sentence("Previous link")),
    Reason("drawing", sentence("Paper or drawing missing")),
    Reason("other", sentence("Other")),
)
DEFAULT_SCRAP_REASONS = (
    Reason("material", sentence("Material fault")),
    Reason("dimension", sentence("Wrong size or measure")),
    Reason("surface", sentence("Surface damaged")),
    Reason("broken", sentence("Broken or torn")),
    Reason("wrong", sentence("Wrong part or colour")),
    Reason("setup", sentence("Set-up or trial piece")),
    Reason("handling", sentence("Damaged on the way")),
    Reason("other", sentence("Other")),
)
PREVIOUS = "previous"
"""The reason that passes a flag on; every site has it."""


def read_reasons(top: Table) -> tuple[Reason, ...]:
    """The site's own list, or the one that suits most sites."""
    if not top.has("reason"):
        return DEFAULT_REASONS
    listed, names = _listed(top, "reason")
    if PREVIOUS not in names and not names.is_open:
        text = sentence(
            "no reason has the id %(previous)s, with which a link passes a flag on", previous=quoted(PREVIOUS)
        )
        top.fault(
            "reason",
            sentence('%(written)s; write one more [[reason]] with id = "previous" and a name', written=text),
        )
    return listed


def read_scrap_reasons(top: Table) -> tuple[Reason, ...]:
    """The site's own list, or the one that suits most sites."""
    return _listed(top, "scrap_reason")[0] if top.has("scrap_reason") else DEFAULT_SCRAP_REASONS


def _listed(top: Table, key: str) -> tuple[tuple[Reason, ...], Names]:
    tables = top.tables(key, key, needed=True)
    names = Names(key.replace("_", " "), is_open=not top.sound(key))
    ids = [(names.read(table), table) for table in tables]
    return tuple(Reason(each, table.need("name", _NAME, "")) for each, table in ids), names
