"""What every page shows around its content."""

from __future__ import annotations

from dataclasses import dataclass

from shopfloor.rights import ACTIONS


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that this page can be read in."""

    lang: str
    """Of the name and of the page behind the link: zh-Hans."""
    name: str
    """In itself."""
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LayoutChoice:
    """What a tablet can be set to."""

    name: str
    """hand or letters."""
    value: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows around its content."""

    site_name: str
    clock: str
    """For example 10:42."""
    day: str
    """For example Tuesday 24 November."""
    sequence: int
    """Of the last event that this view includes."""
    gateway_age_s: int | None
    """Seconds since the gateway's last word; None before its first."""
    broker_connected: bool
    zone: str
    """IANA name of the site's zone, with which the page's clock goes on by itself."""
    lang: str = "en"
    """For example zh-Hans."""
    tag: str = "en"
    """Of the language's catalogue: what addresses call it."""
    languages: tuple[LanguageChoice, ...] = ()
    """To choose from; a live part of a page has none."""
    theme: str = ""
    """light or dark; empty follows the screen's own setting."""
    hand: str = "right"
    """right or left: on which side a kiosk has what is tapped most."""
    letters: str = "usual"
    """usual or large, on a kiosk."""
    layouts: tuple[LayoutChoice, ...] = ()
    """Both, to choose from; a live part of a page has none."""
    boards: tuple[tuple[str, str], ...] = ()
    """The lines whose boards a planner's page leads to: id and name."""
    person: str = ""
    """Who is logged in; empty for nobody."""
    mine: tuple[tuple[str, str, str], ...] = ()
    """The links that whoever is logged in leads: line, link and name; a department's lead finds its own by it."""
    secured: bool = False
    """Somebody is registered, so there is something to log in to."""
    csrf: str = ""
    """What this caller's forms send along; empty when a browser sends nothing that lets it in."""
    may: frozenset[str] = frozenset(ACTIONS)
    """The actions of `shopfloor.rights` that the caller may do somewhere."""
