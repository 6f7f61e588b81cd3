"""[agreement]: who settles the time of an order before it is released."""

from __future__ import annotations

from shopfloor.roles import ROLES, Role
from station_config.reader import Table
from station_config.values import ROLE


def read_roles(top: Table) -> tuple[Role, ...]:
    """The roles that confirm, in the usual order: all three when left out, nobody for an empty list."""
    table = top.table("agreement")
    wanted = [role for _, role in table.items("roles", ROLE)]
    return tuple(role for role in ROLES if role in wanted) if table.has("roles") else ROLES
