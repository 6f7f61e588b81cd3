"""What every test can count on: programs that are there or skip, a browser, fixed luck in CI, a strict end.

The test process is never monkey-patched: gevent servers run in processes of their own. Playwright keeps an
asyncio loop in the main thread of a worker that has used `browser`, so `asyncio.run` needs a thread there.
"""

import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

from interlock.logs import UnfailingText
from tests.browsers import Browsers
from tests.provision import NEEDS, find_program, line_to_run, missing

pytest_plugins = ["tests.broker_fixtures", "tests.live_site", "tests.faults.network", "tests.postbox"]

IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
# A test that asks for one of these fixtures needs the program, marked or not.
FIXTURE_NEEDS = {"chromium_path": "chromium", "mosquitto": "mosquitto"}
FAULTS = Path(__file__).with_name("faults")

# A server that a test runs beside itself may speak when pytest has closed its output: that is no fault of the test.
structlog.configure(logger_factory=structlog.WriteLoggerFactory(UnfailingText(lambda: sys.stdout)))

# A sync to a real disk takes milliseconds, ten thousand times in a run, and no test pulls this machine's plug: power
# cuts have a disk of their own. TMPDIR in the environment says otherwise.
MEMORY = Path("/dev/shm")  # noqa: S108  # that very place; pytest makes a folder of its own in it
ROOM_BYTES = 4 * 1024**3
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # what it was found to be before

# Properties are searched a little at each run, the same way at each run of CI, and hard when asked to:
# pytest --hypothesis-profile=thorough
settings.register_profile(
    "ordinary",
    max_examples=60,
    deadline=None,  # two busy cores say nothing about one example
    derandomize=IN_CI,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("ordinary"), max_examples=3000, derandomize=False)
settings.load_profile("ordinary")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-long", action="store_true", help="run the long tests, too")
    parser.addoption("--faults", action="store_true", help="run tests/faults and all long tests: make faults")


def pytest_xdist_auto_num_workers() -> int:
    """Tests wait for processes, browsers and clocks a third of their time: another one uses the core meanwhile."""
    return (os.cpu_count() or 1) * 3 // 2


def is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("faults_long") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--faults"):
        left_out = [item for item in items if not is_long(item) and FAULTS not in item.path.parents]
    elif not config.getoption("--run-long"):
        left_out = [item for item in items if is_long(item)]
    else:
        left_out = []
    config.hook.pytest_deselected(items=left_out)
    gone = set(left_out)
    items[:] = [item for item in items if item not in gone]
    absent = {need for need in NEEDS if missing(need)}
    for item in items:
        for fixture in FIXTURE_NEEDS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(FIXTURE_NEEDS[fixture])
        for need in absent:
            if item.get_closest_marker(need):
                reason = f"{need} is not here; to run it: {line_to_run(need)}"
                item.add_marker(pytest.mark.skip(reason=reason))


def skip_reasons(config: pytest.Config) -> Counter[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A test that was skipped in CI is a promise nobody checked: the run fails."""
    if IN_CI and exitstatus == pytest.ExitCode.OK and skip_reasons(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reasons = skip_reasons(config)
    if not reasons:
        return
    terminalreporter.section("skipped", red=IN_CI, yellow=not IN_CI)
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} skipped: {reason}")
    if IN_CI:
        terminalreporter.line("With CI=true nothing may be skipped: this run has failed.", red=True)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; a test that needs it is skipped when there is none."""
    path = find_program(*NEEDS["chromium"][0][0])
    if path is None:
        pytest.skip(f"chromium is not here; to run it: {line_to_run('chromium')}")
    return path


@pytest.fixture(scope="session")
def browsers(chromium_path: str) -> Iterator[Browsers]:
    with sync_playwright() as playwright:
        found = Browsers(playwright, chromium_path)
        yield found
        found.close_all()


@pytest.fixture
def browser(browsers: Browsers) -> Browser:
    """One headless Chromium for each worker."""
    return browsers.current()


def told(said: ConsoleMessage) -> str:
    return f"console: {said.text} ({said.location.get('url', '')})"


def watch(page: Page, faults: list[str]) -> None:
    """Note what nobody would see: errors on the console, uncaught exceptions, requests to another machine."""

    def asked(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.hostname not in ("127.0.0.1", "localhost"):
            faults.append(f"asked another machine: {request.url}")

    page.on("request", asked)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on("console", lambda said: faults.append(told(said)) if said.type == "error" else None)


@pytest.fixture
def new_page(browsers: Browsers, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A fresh visitor: `new_page(viewport=(1280, 800), color_scheme="light", locale="en", forgive="", ...)`.

    What is left goes to Playwright's `new_context` (`base_url`, `has_touch`, `is_mobile` ...). Service workers are
    for those who ask: a context with one may not close while its server is gone, and waits for ever. At the end the
    faults of all pages fail the test, save those in which the regular expression `forgive` of their page is
    found: a test that cuts the network forgives `ERR_`.
    """
    opened: list[tuple[BrowserContext, list[str], str]] = []

    def make(
        *,
        viewport: tuple[int, int] = (1280, 800),
        color_scheme: Literal["light", "dark"] = "light",
        locale: str = "en",
        forgive: str = "",
        **context: Any,
    ) -> Page:
        size = ViewportSize(width=viewport[0], height=viewport[1])
        context.setdefault("service_workers", "block")
        visitor = browser.new_context(viewport=size, color_scheme=color_scheme, locale=locale, **context)
        visitor.set_default_timeout(10_000)
        faults: list[str] = []
        opened.append((visitor, faults, forgive))
        visitor.on("page", lambda page: watch(page, faults))
        return visitor.new_page()

    yield make
    for visitor, _, _ in opened:
        browsers.close(visitor)
    seen = [
        fault
        for _, faults, forgive in opened
        for fault in faults
        if not (forgive and re.search(forgive, fault))
    ]
    if seen:
        pytest.fail("the page had faults:\n" + "\n".join(seen), pytrace=False)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page as `new_page()` makes it."""
    return new_page()
