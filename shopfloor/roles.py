"""Who settles the time of an order together."""

from __future__ import annotations

from typing import Literal

from shopfloor.sentences import sentence

Role = Literal["sales", "production", "purchasing"]
ROLES: tuple[Role, ...] = ("sales", "production", "purchasing")


def role_word(role: str) -> str:
    """A role within a sentence."""
    if role == "sales":
        return sentence("sales")
    if role == "production":
        return sentence("production")
    return sentence("purchasing") if role == "purchasing" else role
