"""Who settles the time of an order together."""

from __future__ import annotations

from typing import Literal

Role = Literal["sales", "production", "purchasing"]
ROLES: tuple[Role, ...] = ("sales", "production", "purchasing")
