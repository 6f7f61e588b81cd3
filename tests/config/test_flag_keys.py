"""[flags] and [[consequence]]: what the keys become, and when they cannot be."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from shopfloor.flag_rules import USUAL_RULES, Consequence, LadderStep
from shopfloor.instants import MINUTE_MS
from shopfloor.points import PointRules
from station_config import Fault, load
from station_config.differences import differences

Write = Callable[[str | bytes], Path]


def test_without_the_table_the_usual_holds(write: Write, good: str) -> None:
    assert load(write(good)).site.flags == USUAL_RULES


def test_ladders_silence_and_catalogue_are_read(write: Write, good: str) -> None:
    text = """
[flags]
unanswered = { supervisor = "20min", lead = "5min" }
promise = {}
silence = "30min"
silence_share = "1/3"

[[consequence]]
id = "late"
name = "Minutes charged"
kind = "minutes"
amount = 30
cap = 120

[[consequence]]
id = "word"
name = "A word"
kind = "word"
"""
    rules = load(write(good + text)).site.flags
    assert rules.unanswered == (
        LadderStep("lead", 5 * MINUTE_MS),
        LadderStep("supervisor", 20 * MINUTE_MS),
    )
    assert (rules.promise, rules.silence_ms, rules.silence_share) == ((), 30 * MINUTE_MS, Fraction(1, 3))
    assert rules.consequences == (
        Consequence("late", "Minutes charged", "minutes", 30, 120),
        Consequence("word", "A word", "word"),
    )


@pytest.mark.parametrize(
    ("written", "share"),
    [("0", Fraction(0)), ("1", Fraction(1)), ("0.25", Fraction(1, 4)), ('"2/4"', Fraction(1, 2))],
)
def test_a_share_is_exact(write: Write, good: str, written: str, share: Fraction) -> None:
    assert load(write(f"{good}\n[flags]\nsilence_share = {written}\n")).site.flags.silence_share == share


WORD = '[[consequence]]\nid = "word"\nname = "A word"\nkind = "word"\n'
POINTS = '[[consequence]]\nid = "p"\nname = "Points"\nkind = "points"\n'


@pytest.mark.parametrize(
    ("text", "key", "phrase"),
    [
        ('[flags]\nunanswered = "10min"\n', "flags.unanswered", 'unanswered = { lead = "10min"'),
        ("[flags]\nunanswered = { lead = 10 }\n", "flags.unanswered.lead", "10 is not a working time"),
        ('[flags]\nunanswered = { laed = "10min" }\n', "flags.unanswered.laed", "did you mean lead?"),
        (
            '[flags]\npromise = { boss = "10min" }\n',
            "flags.promise.boss",
            "write lead, supervisor or manager",
        ),
        (
            '[flags]\nunanswered = { lead = "30min", supervisor = "10min" }\n',
            "flags.unanswered",
            "a ladder goes up",
        ),
        ('[flags]\nsilence = "1d"\n', "flags.silence", "as a ladder has no days"),
        ('[flags]\nsilence_share = "3/2"\n', "flags.silence_share", "a share from 0 to 1"),
        (
            '[flags]\nsilence_share = "1/0"\n',
            "flags.silence_share",
            'write for example silence_share = "1/2"',
        ),
        ('[flags]\nsilense = "10min"\n', "flags.silense", "did you mean silence?"),
        (POINTS, "consequence[0].amount", "is missing; write for example amount = 5"),
        (f"{POINTS}amount = 5\ncap = 3\n", "consequence[0].cap", "less than the amount itself"),
        (f"{WORD}amount = 5\n", "consequence[0].amount", "a word has no amount"),
        (WORD.replace('"word"\nname', '"word"\nnam'), "consequence[0].nam", "did you mean name?"),
        (WORD.replace('kind = "word"', 'kind = "words"'), "consequence[0].kind", 'write kind = "word"'),
        (f"{WORD}\n{WORD}", "consequence[1].id", "is the id of another consequence"),
        ("[points]\nlate = -1\n", "points.late", "0 or more"),
        ("[points]\nsilence = 1.5\n", "points.silence", "0 or more"),
        ("[points]\ncap = 0\n", "points.cap", "at least 1"),
        ("[points]\nlates = 1\n", "points.lates", "did you mean late?"),
    ],
)
def test_each_fault_says_where_and_what_to_write(
    faults_in: Callable[[str | bytes], list[Fault]], good: str, text: str, key: str, phrase: str
) -> None:
    found = faults_in(f"{good}\n{text}")
    assert [fault.key for fault in found] == [key]
    assert phrase in found[0].text


def test_a_change_of_ladders_is_told_in_words(write: Write, good: str) -> None:
    before = load(write(good))
    after = load(write(f'{good}\n[flags]\nunanswered = {{ lead = "5min" }}\n{WORD}'))
    assert differences(before, load(write(f"{good}\n[points]\nlate = 2\n"))) == ("Points: late 0 -> 2",)
    assert differences(before, after) == (
        "Flags: unanswered lead 10min, supervisor 30min, manager 60min -> lead 5min",
        "Consequence word: new",
    )


def test_points_are_read_and_all_zero_when_left_out(write: Write, good: str) -> None:
    assert load(write(good)).site.flags.points == PointRules()
    text = f"{good}\n[points]\nlate = 1\nown_hour = 2\nunanswered = 3\npromise = 4\nsilence = 5\ncap = 20\n"
    assert load(write(text)).site.flags.points == PointRules(1, 2, 3, 4, 5, 20)
