"""A browser that hangs costs a test nothing but time, and the next one a new browser."""

from __future__ import annotations

import signal

from tests.browsers import Browsers, kill_whoever_has


def test_a_browser_that_never_ends_a_visit_is_killed_and_the_next_visit_has_a_new_one(
    browsers: Browsers,
) -> None:
    own = Browsers(browsers.playwright, browsers.path, close_limit_s=0.5)
    first = own.current()
    visits = [first.new_context(), first.new_context()]
    kill_whoever_has(own.mark, signal.SIGSTOP)
    for visit in visits:
        own.close(visit)
    assert not own.is_there
    second = own.current()
    page = second.new_page()
    page.set_content("<p>here")
    assert page.inner_text("p") == "here"
    own.close_all()
