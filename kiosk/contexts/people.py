"""What the pages about people and their devices know."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.contexts.choice import Choice
from kiosk.contexts.frame import Frame
from kiosk.symbols import Symbol


@dataclass(frozen=True, slots=True)
class LoginPage:
    """Where somebody logs in."""

    frame: Frame
    who: str
    next: str
    """Where to go afterwards."""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SetupPage:
    """Where the first person is registered."""

    frame: Frame
    name: str
    needs_code: bool
    """The browser is on another machine."""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class EnrolPage:
    """What a kiosk shows until it is enrolled to its station."""

    frame: Frame
    station: str
    name: str
    link_name: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of a program."""

    id: int
    name: str
    actions: tuple[str, ...]
    """Empty: all that the person may."""
    made: str
    seen: str
    """Empty: never used."""


@dataclass(frozen=True, slots=True)
class MePage:
    """One's own page."""

    frame: Frame
    name: str
    roles: tuple[str, ...]
    links: tuple[str, ...]
    """Names of the links that a lead leads."""
    language: str
    languages: tuple[Choice, ...]
    pin_is_new: bool
    """Somebody else chose the PIN."""
    tokens: tuple[TokenRow, ...]
    may: tuple[str, ...]
    """Actions that a token can have."""
    made_token: str = ""
    """A token that was just made: shown this once."""
    done: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the list."""

    id: int
    name: str
    roles: tuple[str, ...]
    links: tuple[str, ...]
    badge: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody who is registered, and the form for the next."""

    frame: Frame
    rows: tuple[PersonRow, ...]
    roles: tuple[str, ...]
    links: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    typed: PersonRow
    """What the form says."""
    done: str = ""
    who: str = ""
    """About whom `done` speaks."""
    pin: str = ""
    """A PIN that was just made: shown this once."""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person, for an admin."""

    frame: Frame
    row: PersonRow
    roles: tuple[str, ...]
    links: tuple[Choice, ...]
    done: str = ""
    pin: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class KioskRow:
    """A browser that is enrolled."""

    id: int
    station: str
    enrolled: str
    by: str
    address: str
    seen: str


@dataclass(frozen=True, slots=True)
class KiosksPage:
    """The kiosks that are enrolled, and codes for more."""

    frame: Frame
    rows: tuple[KioskRow, ...]
    stations: tuple[Choice, ...]
    station: str = ""
    """For which a code was just made."""
    station_name: str = ""
    code: str = ""
    """Shown this once."""
    until: str = ""
    done: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry of the log of logins."""

    at: str
    what: str
    who: str
    by: str
    device: str
    detail: str
    is_bad: bool
    """A failure."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log of logins, the newest first."""

    frame: Frame
    rows: tuple[LogRow, ...]
    older: int | None
    """The id before which the next page begins; None on the last."""


@dataclass(frozen=True, slots=True)
class BadgeCard:
    """What one person wears."""

    name: str
    badge: str
    roles: tuple[str, ...]
    bars: Symbol | None
    square: Symbol


@dataclass(frozen=True, slots=True)
class BadgeCardsPage:
    """The cards of chosen people."""

    frame: Frame
    site_name: str
    cards: tuple[BadgeCard, ...]
