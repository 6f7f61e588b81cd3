"""Who may do what: the one table that screens, API and command line ask.

A person has roles; each role may do some actions. An enrolled kiosk without a person may do what a device may.
A lead's rights hold for the links that the lead leads; everybody else's hold everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from shopfloor.roles import Role

PersonRole = Literal[
    "operator", "lead", "sales", "production", "purchasing", "supervisor", "manager", "admin"
]
"""Sales, production and purchasing are the planners."""
PERSON_ROLES: tuple[PersonRole, ...] = get_args(PersonRole)

Action: TypeAlias = Literal[
    "read",
    "record",
    "kiosk",
    "scan",
    "correct",
    "flag",
    "answer",
    "force",
    "rule",
    "improve",
    "plan",
    "confirm:sales",
    "confirm:production",
    "confirm:purchasing",
    "site",
    "devices",
    "kiosks",
    "people",
]
"""read: boards, orders, plans. record: the events, with who acted. kiosk: a station's own page.
scan: record where batches are. correct: undo, scrap. flag: *not received*, and taking it back.
answer: for the flagged link. force: count or discard a refused scan. rule: decide a dispute.
improve: make and settle countermeasures.
plan: drafts and proposals. site, devices: the configuration. kiosks: enrol and revoke them.
people: who is registered, with which roles, and the log of logins."""
ACTIONS: tuple[Action, ...] = get_args(Action)

_EVERYBODY: frozenset[Action] = frozenset({"read", "record", "kiosk"})
_OPERATOR: frozenset[Action] = _EVERYBODY | {"scan", "correct"}
_LEAD: frozenset[Action] = _OPERATOR | {"flag", "answer", "force", "improve"}
MAY: Mapping[PersonRole, frozenset[Action]] = {
    "operator": _OPERATOR,
    "lead": _LEAD,
    "sales": _EVERYBODY | {"plan", "confirm:sales"},
    "production": _EVERYBODY | {"plan", "confirm:production", "site"},
    "purchasing": _EVERYBODY | {"plan", "confirm:purchasing"},
    "supervisor": _LEAD | {"rule", "site", "devices", "kiosks"},
    "manager": _EVERYBODY | {"rule", "improve"},
    "admin": _EVERYBODY | {"site", "devices", "kiosks", "people"},
}
WITHOUT_LOGIN: Mapping[str, frozenset[Action]] = {
    "nothing": frozenset(),
    "reading": frozenset({"read"}),
    "everything": frozenset(ACTIONS) - {"people", "kiosks"},
}
"""What nobody in particular may do, by `[access] without_login`."""
KIOSK: frozenset[Action] = frozenset({"read", "kiosk", "scan", "correct"})
"""What a kiosk of a station may do while nobody has badged in."""
PROVED: frozenset[Action] = frozenset(ACTIONS) - {"read", "record", "kiosk", "scan", "correct"}
"""What commits somebody: at a kiosk it asks for the PIN, since a badge may be found or copied."""
CONFIRMS: Mapping[Role, Action] = {
    "sales": "confirm:sales",
    "production": "confirm:production",
    "purchasing": "confirm:purchasing",
}
"""What confirming in a role is called, and taking it back."""
OF_LINKS: frozenset[Action] = _LEAD - _OPERATOR
"""What a lead may do only for the links that the lead leads."""
FIRST_ROLES: tuple[PersonRole, ...] = ("sales", "production", "purchasing", "supervisor", "admin")
"""Of whoever sets a site up: everything that has to be done before others are registered."""


@dataclass(frozen=True, slots=True)
class Rights:
    """The roles of one person. `links` ("line/link") are those that a lead leads."""

    roles: frozenset[PersonRole] = frozenset()
    links: frozenset[str] = frozenset()

    def may(self, action: Action, link: str | None = None) -> bool:
        """Whether one of the roles allows an action; for a link's action `link` says of which, None of any."""
        if any(action in MAY[role] for role in self.roles if role != "lead"):
            return True
        if "lead" not in self.roles or action not in MAY["lead"]:
            return False
        return action not in OF_LINKS or bool(self.links if link is None else link in self.links)


def in_order(roles: Collection[str]) -> tuple[PersonRole, ...]:
    """Roles in their usual order; what is no role is left out."""
    return tuple(role for role in PERSON_ROLES if role in roles)


def who_may(action: Action) -> tuple[PersonRole, ...]:
    """The roles that allow an action."""
    return tuple(role for role in PERSON_ROLES if action in MAY[role])
