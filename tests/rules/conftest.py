"""What the tests of rules share."""

from collections.abc import Iterator

import pytest

from shopfloor.instants import DAY_MS


@pytest.fixture(scope="module")
def near_horizon() -> Iterator[None]:
    """Calendars of two months instead of two years: most of a random floor's time goes into making them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shopfloor.floor.PROMISE_HORIZON_MS", 60 * DAY_MS)
        yield
