"""What the broker refused is counted, and however much is tried, little is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.broker_refusals import LONGEST_WHY, STRANGERS, RefusalTally, Tried

USERS = ("scanner-1", "scanner-2", STRANGERS)
tries: st.SearchStrategy[Tried] = st.sampled_from(["connect", "publish", "subscribe"])


@given(st.lists(st.tuples(st.sampled_from(USERS), tries, st.integers(1, 9), st.text(max_size=300))))
def test_nothing_is_uncounted_and_three_are_kept_for_each(
    events: list[tuple[str, Tried, int, str]],
) -> None:
    tally = RefusalTally()
    for at, (user, tried, times, why) in enumerate(events):
        tally.note(user, tried, at, why, times=times)
    assert sum(one.times for one in tally.all) == sum(times for _, _, times, _ in events)
    assert len(tally.all) <= 3 * len(USERS)
    assert [one.last_at for one in tally.all] == sorted((one.last_at for one in tally.all), reverse=True)
    assert all(len(one.why) <= LONGEST_WHY for one in tally.all)


def test_the_last_time_is_told_and_those_without_a_password_are_forgotten() -> None:
    tally = RefusalTally()
    tally.note("scanner-1", "publish", 1, "a/b")
    tally.note("scanner-1", "publish", 5, "a/c", times=3, address="10.0.0.9")
    tally.note("gone", "publish", 2, "a/b")
    tally.note(STRANGERS, "connect", 3, "unknown user: x")
    (one, *_) = tally.all
    assert (one.times, one.last_at, one.why, one.address) == (4, 5, "a/c", "10.0.0.9")
    tally.keep(["scanner-1"])
    assert [each.user for each in tally.all] == ["scanner-1", STRANGERS]
    assert RefusalTally(tally.all).all == tally.all
