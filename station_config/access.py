"""[access]: what may be done without a login, once people are registered."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.sentences import sentence
from station_config.reader import Table, choice

WITHOUT_LOGIN = choice(sentence("what may be done without a login"), ("nothing", "reading", "everything"))
SCAN_BY = choice(sentence("a kiosk or a badge"), ("kiosk", "badge"))
_WITHOUT_LOGIN = "reading"
_SCAN_BY = "kiosk"


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Who has to say who they are. Nothing of it counts as long as nobody is registered."""

    without_login: str = _WITHOUT_LOGIN
    """nothing; reading: boards, orders and plans; everything: all but who may do what, for a demo."""
    scan: str = _SCAN_BY
    """kiosk: an enrolled kiosk takes scans from anybody; badge: only while somebody has badged in there."""


def read_access(top: Table) -> AccessSettings:
    """What is left out stays as it is delivered."""
    table = top.table("access")
    return AccessSettings(
        without_login=table.may("without_login", WITHOUT_LOGIN, _WITHOUT_LOGIN),
        scan=table.may("scan", SCAN_BY, _SCAN_BY),
    )
