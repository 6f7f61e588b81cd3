"""The JSON that the API takes about flags."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.api_shapes import Code, Comment, Id, Name, When
from kiosk.api_station import ByStation
from kiosk.taps import LONGEST_COMMENT, LONGEST_PERSON

Seen = Annotated[int, Meta(ge=0)]
Said = Annotated[str, Meta(min_length=1, max_length=LONGEST_COMMENT)]
Supervisor = Annotated[str, Meta(min_length=1, max_length=LONGEST_PERSON, description="Who rules")]


class FlagBody(ByStation, kw_only=True):
    """Not received: against a previous link for an order, or for a batch."""

    against: Name | None = None
    """Of a batch it may be left out: the link that gave it."""
    order: Name | None = None
    batch: Code | None = None
    kind: Literal["hour", "batch", "short", "rejected"] | None = None
    """Of a batch it may be left out: what the record shows to be amiss."""


class AnswerBody(ByStation, kw_only=True):
    """The flagged link's answer: a reason, a promised time, or both."""

    reason: Name | None = None
    promised_at: When | None = None
    comment: Comment = ""
    seen: Seen | None = None
    """How many answers the flag had when this one was written: refused if there are more by now."""


class PassBody(ByStation, kw_only=True):
    """Passed back to the previous link."""

    promised_at: When | None = None
    comment: Comment = ""
    seen: Seen | None = None


class WithdrawBody(ByStation, kw_only=True):
    """Taken back by a station of the link that raised it."""


class DisputeBody(ByStation, kw_only=True):
    """Why the flag, or the consequence, is wrong."""

    comment: Said


class ConsequenceBody(ByStation, kw_only=True):
    """What the next link chooses from the site's catalogue."""

    consequence: Name


class RulingBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """A supervisor's word."""

    person: Supervisor
    ruling: Literal["upheld", "overturned"]
    comment: Comment = ""
    id: Id | None = None
    at: When | None = None
