"""Where the broker is, and who we are to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from gateway.tls import Tls

Login: TypeAlias = tuple[str | None, str | None]
"""User name and password."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is, and who we are to it."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    ask_login: Callable[[], Login] | None = field(default=None, repr=False, compare=False)
    """Asked before each connect instead of the two above: a broker may begin to ask for passwords."""

    @property
    def login(self) -> Login:
        return (self.username, self.password) if self.ask_login is None else self.ask_login()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
