"""[[reason]]: what a flagged link may answer."""

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
PREVIOUS = "previous"
"""The reason that passes a flag on; every site has it."""


def read_reasons(top: Table) -> tuple[Reason, ...]:
    """The site's own list, or the one that suits most sites."""
    if not top.has("reason"):
        return DEFAULT_REASONS
    tables = top.tables("reason", "reason", needed=True)
    names = Names("reason", is_open=not top.sound("reason"))
    reasons = [(names.read(table), table) for table in tables]
    if PREVIOUS not in names and not names.is_open:
        text = f"no reason has the id {quoted(PREVIOUS)}, with which a link passes a flag on"
        top.fault("reason", f'{text}; write one more [[reason]] with id = "previous" and a name')
    return tuple(Reason(reason_id, table.need("name", _NAME, "")) for reason_id, table in reasons)
