"""Tablets: who can be reached, who left with a word, and who came in the place of one that is gone."""

from __future__ import annotations

from shopfloor.tablets import CUT_AFTER_MS, Tablet, follower

HEARD_AT = 1_000_000
GONE = Tablet("key-1", "sew-1", 1, 0, HEARD_AT, waiting=2, next_seq=5)
LATER = HEARD_AT + CUT_AFTER_MS + 1


def test_who_said_goodbye_has_left_until_heard_again() -> None:
    left = Tablet("key-1", "sew-1", 1, 0, HEARD_AT, left_at=HEARD_AT)
    assert left.contact(HEARD_AT + 1) == "left"
    back = Tablet("key-1", "sew-1", 1, 0, HEARD_AT + 5_000, left_at=HEARD_AT)
    assert back.contact(HEARD_AT + 5_000) == "live"
    assert back.contact(HEARD_AT + 5_000 + CUT_AFTER_MS) == "live"
    assert back.contact(HEARD_AT + 5_000 + CUT_AFTER_MS + 1) == "cut"


def test_the_follower_is_the_next_that_began_at_the_station_after_it_fell_silent() -> None:
    before = Tablet("key-2", "sew-1", 2, HEARD_AT - 1, LATER)
    elsewhere = Tablet("key-3", "cut-1", 3, HEARD_AT + 1, LATER)
    after, much_later = (Tablet(f"key-{n}", "sew-1", n, HEARD_AT + n, LATER) for n in (4, 5))
    assert follower(GONE, [GONE, before, elsewhere], LATER) is None
    assert follower(GONE, [GONE, before, elsewhere, much_later, after], LATER) == 4
    assert follower(GONE, [GONE, after], HEARD_AT) is None  # it is live
