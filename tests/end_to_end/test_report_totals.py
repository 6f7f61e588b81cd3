"""A month of the demo, played through broker and gateway: reports, API and page tell what the events tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.ports import free_port
from tests.end_to_end.report_totals import assert_reports_tell_the_events
from tests.end_to_end.test_demo import Demo

MONTH_LIMIT_S = 3_600


@pytest.mark.timeout(MONTH_LIMIT_S)
@pytest.mark.faults_long
def test_totals_of_a_demo_month_are_those_of_an_independent_reckoning(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "plant", free_port(), "30")
    try:
        demo.wait_until_it_runs(MONTH_LIMIT_S)
        assert demo.stop() == 0, demo.said
    finally:
        demo.process.kill()
        demo.process.wait()
    oracle = assert_reports_tell_the_events(demo.folder)
    assert len(oracle.late) > 1_000
    assert any(oracle.taken.values())
    assert any(flag["silent"] for flag in oracle.flags)
