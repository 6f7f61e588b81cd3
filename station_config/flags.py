"""[flags], [[consequence]], [points]: ladders of a flag's clocks, silence, what may be chosen, what costs points."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from shopfloor.flag_rules import (
    LADDER_ROLES,
    USUAL_RULES,
    Consequence,
    ConsequenceKind,
    FlagRules,
    Ladder,
    LadderStep,
    ladder,
)
from shopfloor.instants import Duration
from shopfloor.points import PointRules
from shopfloor.sentences import sentence
from station_config.durations import WORKING_TIME
from station_config.names import Names
from station_config.reader import Table, Unfit, Value
from station_config.values import AMOUNT, CONSEQUENCE_KIND, NAME, SHARE
from station_config.wording import either, nearest, quoted


def _points(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= _MOST_POINTS:
        raise Unfit
    return raw


_MOST_POINTS = 1_000_000
_POINTS = Value(sentence("a whole number of points, 0 or more"), "1", _points)
_ITEMS = ("late", "own_hour", "unanswered", "promise", "silence")
_NAME = replace(NAME, example='"A word at the morning meeting"')
_EXAMPLE = '{ lead = "10min", supervisor = "30min", manager = "60min" }'


def read_flags(top: Table) -> FlagRules:
    """What the site decides about flags; the usual where it says nothing."""
    table = top.table("flags")
    usual = USUAL_RULES
    silence = table.may("silence", WORKING_TIME, Duration(usual.silence_ms))
    return FlagRules(
        unanswered=_read_ladder(table, "unanswered", usual.unanswered),
        promise=_read_ladder(table, "promise", usual.promise),
        silence_ms=silence.working_ms,
        silence_share=table.may("silence_share", SHARE, usual.silence_share),
        consequences=_read_consequences(top),
        points=_read_points(top.table("points")),
    )


def _read_points(table: Table) -> PointRules:
    cap = table.may("cap", AMOUNT, 0) if table.has("cap") else None
    return PointRules(**{item: table.may(item, _POINTS, 0) for item in _ITEMS}, cap=cap)


def _read_ladder(table: Table, key: str, usual: Ladder) -> Ladder:
    """A role that is left out is not told; an empty table tells nobody."""
    if not table.has(key):
        return usual
    told = table.rates(key, WORKING_TIME, _EXAMPLE)
    for role in told:
        if role not in LADDER_ROLES:
            near = nearest(role, LADDER_ROLES)
            advice = (
                sentence("did you mean %(near)s?", near=near)
                if near
                else sentence("write %(ladder_roles)s", ladder_roles=either(LADDER_ROLES))
            )
            table.fault(
                key,
                sentence("%(role)s is nobody on a ladder; %(advice)s", role=quoted(role), advice=advice),
                role,
            )
    steps = ladder(*((role, told[role].working_ms) for role in LADDER_ROLES if role in told))
    if table.sound(key):
        _check_order(table, key, steps)
    return steps


def _check_order(table: Table, key: str, steps: tuple[LadderStep, ...]) -> None:
    roles = [step.role for step in steps]
    if roles != sorted(roles, key=LADDER_ROLES.index):
        text = sentence("a ladder goes up: the lead is told first, then the supervisor, then the manager")
        table.fault(
            key,
            sentence(
                "%(written)s; write for example %(key)s = %(example)s",
                written=text,
                key=key,
                example=_EXAMPLE,
            ),
        )


def _read_consequences(top: Table) -> tuple[Consequence, ...]:
    names = Names("consequence", is_open=not top.sound("consequence"))
    return tuple(_read_consequence(table, names) for table in top.tables("consequence", "consequence"))


def _read_consequence(table: Table, names: Names) -> Consequence:
    consequence_id = names.read(table)
    kind = cast("ConsequenceKind", table.need("kind", CONSEQUENCE_KIND, "word"))
    amount = 0
    if kind != "word":
        amount = table.need("amount", AMOUNT, 1)
    elif table.has("amount") and table.sound("kind"):
        table.fault("amount", sentence('a word has no amount; take amount out, or write kind = "points"'))
    cap = table.may("cap", AMOUNT, 0) if table.has("cap") else None
    if table.sound("amount", "cap", "kind") and cap is not None and cap < max(amount, 1):
        table.fault(
            "cap",
            sentence(
                "less than the amount itself; write for example cap = %(amount)s", amount=max(amount, 1) * 4
            ),
        )
    return Consequence(consequence_id, table.need("name", _NAME, ""), kind, amount, cap)
