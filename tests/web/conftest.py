"""The worked example behind a web server: in this process for pages, in one of its own for streams."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from interlock.wake import WakeSender
from kiosk.app import create_app
from kiosk.services import Pulse, Services
from shopfloor.calendar_book import CalendarBook
from station_config import template_names, write_template
from tests.factory import Plant, china, worked_order
from tests.web.compiled import keep_compiled
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer
from tests.web.serving import running

WORKER = "PYTEST_XDIST_WORKER"
COMPILED = "COMPILED_TEMPLATES"


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Templates are compiled once in a run, by whichever worker needs one first."""
    folder = tmp_path_factory.getbasetemp()
    if WORKER in os.environ:
        folder = folder.parent
    os.environ[COMPILED] = str(folder / "templates")
    keep_compiled(folder / "templates")


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """The plant on Monday 08:00, before any order."""
    plant = Plant(tmp_path / "site")
    yield plant
    plant.close()


@pytest.fixture
def floor(plant: Plant) -> Plant:
    """Order A-1 is released; it is Tuesday 15:10, and Cutting owes Sewing 40 since 15:00."""
    plant.release(worked_order())
    plant.now = china("24 15:10")
    return plant


@pytest.fixture
def services(plant: Plant) -> Services:
    """Services on that plant, whatever the test has released."""
    return services_of(plant)


def services_of(plant: Plant) -> Services:
    return Services(
        ledger=plant.ledger,
        config=plant.config,
        recorder=plant.recorder,
        calendars=CalendarBook(plant.site),
        clock=lambda: plant.now,
        pulse=Pulse(),
    )


@pytest.fixture
def web(floor: Plant) -> Services:
    return services_of(floor)


@pytest.fixture
def app(web: Services) -> Flask:
    return create_app(web)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def every_example(tmp_path: Path) -> Iterator[Callable[[], list[FlaskClient]]]:
    """A client for each example site that a new site starts from."""
    with ExitStack() as opened:

        def start() -> list[FlaskClient]:
            clients = []
            for name in template_names():
                text = write_template(name, tmp_path / name / "template").read_text(encoding="utf-8")
                plant = Plant(tmp_path / name / "site", text)
                opened.callback(plant.close)
                clients.append(create_app(services_of(plant)).test_client())
            return clients

        yield start


@pytest.fixture
def serve(floor: Plant) -> Iterator[Callable[..., LiveServer]]:
    """Starts a real server of the floor; what is left goes to its command line."""
    with ExitStack() as running:

        def start(*options: str) -> LiveServer:
            return served(running, floor, *options)

        yield start


@pytest.fixture
def server(floor: Plant, serve: Callable[..., LiveServer]) -> Iterator[LiveServer]:
    """A server at Tuesday 15:10, told of each commit."""
    floor.turn(china("24 15:10"))
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        yield serve()


@pytest.fixture
def kiosk(server: LiveServer, new_page: Callable[..., Page]) -> Callable[..., Kiosk]:
    def visit(station: str, **options: object) -> Kiosk:
        return Kiosk(new_page(**options), f"http://127.0.0.1:{server.port}/kiosk/{station}")

    return visit


@pytest.fixture
def flagged(server: LiveServer, kiosk: Callable[..., Kiosk]) -> Callable[..., Kiosk]:
    """Cutting's kiosk with the answer to Sewing's flag open."""

    def open_answer(**options: object) -> Kiosk:
        assert server.post("/kiosk/sew-1/flags", "against=cut&order=A-1") == 303
        cutting = kiosk("cut-1", **options)
        cutting.page.locator(".button-answer").click()
        expect(cutting.page.locator("#answer")).to_be_visible()
        return cutting

    return open_answer


def served(stack: ExitStack, plant: Plant, *options: str) -> LiveServer:
    """A real server of a plant, whose clock stands at what its file `now` says."""
    words = (str(plant.folder), "--compiled", os.environ[COMPILED], *options)
    port, process = stack.enter_context(running(*words))
    return stack.enter_context(LiveServer(port, process))
