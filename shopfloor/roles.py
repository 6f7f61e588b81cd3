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
    if role == "purchasing":
        return sentence("purchasing")
    return _person_word(role)


def _person_word(role: str) -> str:
    if role == "operator":
        return sentence("operator")
    if role == "lead":
        return sentence("lead")
    if role == "supervisor":
        return sentence("supervisor")
    if role == "manager":
        return sentence("manager")
    return sentence("admin") if role == "admin" else role
