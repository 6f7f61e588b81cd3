"""The configuration as a form, what a change would do, and the versions before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.contexts.choice import Choice
from kiosk.contexts.frame import Frame
from kiosk.contexts.what_if import EffectRow, LostRow


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link in the form: the names of its fields follow from `ref`."""

    ref: str
    """line/link"""
    name: str
    milestone: bool
    stations: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LineForm:
    """One line in the form."""

    line: str
    name: str
    links: tuple[LinkLine, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A configuration that was or is in force."""

    version: int
    at: str
    person: str
    why: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SitePage:
    """What can be changed without an editor; `values` and `faults` go by the names of the fields."""

    frame: Frame
    zone: str
    shifts: tuple[Choice, ...]
    lines: tuple[LineForm, ...]
    work_links: tuple[Choice, ...]
    values: Mapping[str, str]
    was: Mapping[str, str]
    """What the fields say in the file now."""
    faults: Mapping[str, str]
    edited: tuple[str, ...]
    """What the file says otherwise than what is in force, since it was edited by hand."""
    fault: str
    """What is wrong with no single field; empty when nothing is."""
    done: str
    """The version that was just saved; empty otherwise."""
    versions: tuple[VersionRow, ...]


@dataclass(frozen=True, slots=True)
class SiteTrialPage:
    """A change that is not saved yet: what differs, what it does to orders, and the form to save it."""

    frame: Frame
    changes: tuple[str, ...]
    outside: tuple[str, ...]
    """What was edited in the file by hand, and comes into force as well."""
    affected: tuple[EffectRow, ...]
    """Orders whose feasibility or earliest ship date changes."""
    moved_drafts: int
    """Drafts whose hours would change, but which stay feasible."""
    lost: tuple[LostRow, ...]
    """What is without room by this change alone."""
    released: int
    """Open released orders that were tried."""
    values: Mapping[str, str]
    """The fields as they were sent, to be sent again."""
    seen: str
    person: str
    why: str
    fault: str


@dataclass(frozen=True, slots=True)
class SiteVersionPage:
    """One version of site.toml: who, when and why, and line by line what it changed."""

    frame: Frame
    row: VersionRow
    lines: tuple[tuple[str, str], ...]
    """Each line with its mark: "+", "-", "@" or ""."""
