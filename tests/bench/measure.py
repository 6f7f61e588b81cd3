"""Times of this run, and the plain loop that they are compared with."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 5

Row = tuple[str, str, str, str]
"""What, measured, baseline, ratio."""


def median_s(
    run: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median of several runs, in seconds; `time.process_time` leaves out what other processes take."""
    taken = []
    for _ in range(rounds):
        start_s = clock()
        run()
        taken.append(clock() - start_s)
    return statistics.median(taken)


def plain_rows(count: int) -> list[tuple[int, ...]]:
    """As many rows of seven numbers, made one by one: what any Python has to pay for them."""
    rows = []
    for number in range(count):
        row = (number, number + 1, number + 2, number + 3, number + 4, number + 5, number + 6)
        rows.append(row)
    return rows
