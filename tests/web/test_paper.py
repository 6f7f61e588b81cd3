"""Travellers, labels and command codes, printed and read back: by what a scanner sees, not by what was meant."""

from __future__ import annotations

import base64
import io
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page

from interlock.__main__ import main
from shopfloor.codes import ALPHABET, batch_code, command_code, is_batch_code
from shopfloor.labels import BatchLabel, zpl
from shopfloor.orders import Order
from tests.factory import Plant, china
from tests.provision import ZPLJS_FOLDER, find_program
from tests.web.live_client import LiveServer

DPI = 300
AWKWARD = 'Hülsen "50^2" ~ _A 轴套'


def read(picture: Image.Image) -> list[tuple[str, str]]:
    """Symbology and text of every symbol that a reader finds."""
    found = zxingcpp.read_barcodes(picture)
    return sorted((each.format.name, each.text) for each in found)


def pages_of(pdf: bytes) -> Iterator[tuple[Image.Image, tuple[float, float]]]:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        yield page.render(scale=DPI / 72).to_pil(), page.get_size()
    document.close()


def printed(page: Page, serve: Callable[..., LiveServer], floor: Plant, path: str) -> bytes:
    """What the browser's own print makes of a page."""
    floor.turn(floor.now)
    page.goto(f"http://127.0.0.1:{serve().port}{path}")
    return page.pdf(prefer_css_page_size=True)


def seen_on(pdf: bytes) -> list[tuple[str, str]]:
    return sorted(symbol for picture, _ in pages_of(pdf) for symbol in read(picture))


def both(code: str) -> list[tuple[str, str]]:
    return [("Code128", code), ("QRCode", code)]


def test_travellers_are_read_back_from_the_print(
    page: Page, serve: Callable[..., LiveServer], floor: Plant
) -> None:
    assert seen_on(printed(page, serve, floor, "/paper/travellers/A-1")) == sorted(
        symbol for code in floor.codes() for symbol in both(code)
    )


def test_labels_are_one_a_page_of_their_size_and_are_read_back(
    page: Page, serve: Callable[..., LiveServer], floor: Plant
) -> None:
    pages = list(pages_of(printed(page, serve, floor, "/paper/travellers/A-1?as=labels")))
    assert [read(picture) for picture, _ in pages] == [both(code) for code in floor.codes()]
    millimetres = {(round(width / 72 * 25.4), round(height / 72 * 25.4)) for _, (width, height) in pages}
    assert millimetres == {(100, 50)}


def test_command_codes_are_read_back_from_the_print(
    page: Page, serve: Callable[..., LiveServer], floor: Plant
) -> None:
    assert seen_on(printed(page, serve, floor, "/paper/commands")) == sorted(
        both(command_code("undo")) + both(command_code("not-received"))
    )


@pytest.mark.zpljs
def test_labels_of_a_label_printer_are_read_back(client: FlaskClient, floor: Plant) -> None:
    answer = client.get("/paper/labels/A-1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="labels.zpl"'
    assert [read(picture) for picture in drawn(answer.text)] == [both(code) for code in floor.codes()]


@pytest.mark.zpljs
def test_no_name_of_a_product_or_customer_becomes_a_command_of_the_printer() -> None:
    label = BatchLabel(batch_code(7), 20, "A^XZ-1", AWKWARD, 1, 1, "Wed 25 Nov 17:00", "^XA~JR" * 20)
    pictures = drawn(zpl([label]))
    assert [read(picture) for picture in pictures] == [both(batch_code(7))]
    assert pictures[0].size == (800, 400)


def drawn(commands: str) -> list[Image.Image]:
    """The labels as a printer would print them."""
    node = find_program("node", "nodejs")
    assert node is not None
    script = Path(__file__).parents[1] / "zpl_renderer.cjs"
    done = subprocess.run(
        [node, str(script), str(ZPLJS_FOLDER)],
        input=commands,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [Image.open(io.BytesIO(base64.b64decode(line))).convert("L") for line in done.stdout.split()]


# What a scanner set to one layout types on a computer set to another: key by key, letters and digits.
GERMAN = str.maketrans("YZyz", "ZYzy")
FRENCH = str.maketrans("AQZWMaqzwm0123456789", 'QAWZ?qawz,à&é"' + "'(-è_ç")


@pytest.mark.parametrize("layout", [GERMAN, FRENCH], ids=["German", "French"])
def test_codes_survive_another_keyboard_layout_or_are_refused(
    client: FlaskClient, floor: Plant, layout: Mapping[int, str]
) -> None:
    taken = set()
    for number in [*range(0, 40_000, 37), *range(31**6 - 2_000, 31**6, 13)]:
        typed = batch_code(number).translate(layout)
        if typed != batch_code(number):
            assert not is_batch_code(typed.upper()), f"{batch_code(number)} would be taken for {typed}"
            taken.add(typed)
    assert (layout is GERMAN) == (not taken)
    code = floor.codes()[0]
    answer = client.post("/api/v1/scans", json={"station": "cut-1", "code": code.translate(layout)})
    assert answer.json["result"] == ("recorded" if code.translate(layout) == code else "refused")


def test_our_letters_are_where_a_german_keyboard_has_them() -> None:
    assert not set("YZ") & set(ALPHABET)


def test_an_order_without_a_name_to_print_says_which_there_are(client: FlaskClient, floor: Plant) -> None:
    floor.release(Order("B/2", "shirts", "polo", 20, china("26 17:00")))
    assert client.get("/paper/travellers/B/2").status_code == 200
    for address in ("/paper/travellers/nothing", "/paper/labels/nothing"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "known are" in answer.text


def test_the_page_of_an_order_leads_to_its_paper(client: FlaskClient) -> None:
    assert 'href="/paper/travellers/A-1"' in client.get("/orders/A-1").text
    assert client.get("/paper/travellers/A-1").text.count('<article class="traveller">') == 10


def labels(floor: Plant, *told: str) -> Result:
    return CliRunner().invoke(main, ["labels", str(floor.folder), *told])


def test_a_printer_gets_the_labels_over_the_network(floor: Plant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as printer, ThreadPoolExecutor(1) as at_the_printer:
        received = at_the_printer.submit(taken_in, printer)
        code = floor.codes()[3]
        done = labels(floor, "A-1", "--batch", code, "--printer", f"127.0.0.1:{printer.getsockname()[1]}")
        assert (done.exit_code, done.stderr) == (
            0,
            f"Sent to 127.0.0.1:{printer.getsockname()[1]}: 1 of 10 labels.\n",
        )
        assert received.result(timeout=10) == labels(floor, "A-1", "--batch", code.lower()).stdout
    assert f"^FD{code}^FS" in received.result()


def taken_in(printer: socket.socket) -> str:
    connection, _ = printer.accept()
    with connection, connection.makefile("rb") as sent:
        return sent.read().decode()


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        (("B-9",), 1, "there is no released order B-9"),
        (("A-1", "--batch", "XXX"), 1, "order A-1 has no batch XXX"),
        (("A-1", "--printer", "127.0.0.1:1"), 1, "the printer at 127.0.0.1:1 cannot be reached"),
        (("A-1", "--printer", "printer:many"), 2, "'printer:many' is no address"),
    ],
)
def test_what_cannot_be_printed_is_one_sentence(
    floor: Plant, told: tuple[str, ...], code: int, says: str
) -> None:
    done = labels(floor, *told)
    assert done.exit_code == code
    assert says in done.output
    assert "Traceback" not in done.output
