"""The camera as a scanner: a real browser looks at a film of a label, and what it reads is recorded like any scan."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from barcode import Code128
from barcode.writer import ImageWriter
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser_profile import browser_of
from tests.factory import Plant
from tests.web.live_client import LiveServer

SIZE = (640, 480)
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def label(kind: str, code: str) -> Image.Image:
    """A label in front of a camera."""
    file = io.BytesIO()
    if kind == "qr":
        segno.make_qr(code, error="m").save(file, kind="png", scale=9, border=4)
    else:
        Code128(code, writer=ImageWriter()).write(file, {"write_text": False, "module_width": 0.35})
    symbol = Image.open(file).convert("L")
    symbol.thumbnail((560, 400))
    scene = Image.new("L", SIZE, 190)
    scene.paste(symbol, ((SIZE[0] - symbol.width) // 2, (SIZE[1] - symbol.height) // 2))
    return scene


def film(place: Path, pictures: list[Image.Image]) -> Path:
    """Raw video as Chromium's fake camera plays it, over and over."""
    grey = bytes([128]) * (SIZE[0] * SIZE[1] // 2)
    with place.open("wb") as file:
        file.write(f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F10:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            file.write(b"FRAME\n" + picture.tobytes() + grey)
    return place


@pytest.mark.parametrize("kind", ["qr", "code128"])
def test_a_label_in_front_of_the_camera_is_scanned(
    floor: Plant, serve: Callable[..., LiveServer], browser: Browser, tmp_path: Path, kind: str
) -> None:
    (floor.folder / "now").write_text(str(floor.now))
    code = floor.codes()[0]
    shown = film(tmp_path / "film.y4m", [label(kind, code)] * 3)
    address = f"http://127.0.0.1:{serve().port}/kiosk/sew-1"
    with browser_of(
        browser, tmp_path / "profile", *FAKE, f"--use-file-for-fake-video-capture={shown}"
    ) as context:
        page = context.pages[0]
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        expect(page.locator("body[data-fresh=live]")).to_be_attached()
        assert not any("zxing" in url for url in asked)  # only when it is asked for
        page.locator("[data-open-camera]").click()
        expect(page.locator("#message")).to_have_attribute("data-result", "recorded", timeout=20_000)
        expect(page.locator("#message")).to_contain_text(code)
        expect(page.locator("#camera")).to_be_hidden()
        assert page.evaluate("document.querySelector('#camera video').srcObject") is None
    (row,) = floor.ledger.rows("SELECT source FROM events WHERE kind = 'received' AND link = 'shirts/sew'")
    assert row["source"] == "station:sew-1/1"


def test_nothing_is_read_where_there_is_nothing_and_the_camera_is_closed_by_tap(
    floor: Plant, serve: Callable[..., LiveServer], browser: Browser, tmp_path: Path
) -> None:
    (floor.folder / "now").write_text(str(floor.now))
    shown = film(tmp_path / "film.y4m", [Image.new("L", SIZE, 190)] * 3)
    address = f"http://127.0.0.1:{serve().port}/kiosk/sew-1"
    with browser_of(
        browser, tmp_path / "profile", *FAKE, f"--use-file-for-fake-video-capture={shown}"
    ) as context:
        page = context.pages[0]
        page.goto(address)
        page.locator("[data-open-camera]").click()
        expect(page.locator("script[src*=zxing]")).to_be_attached()
        page.locator("[data-close-camera]").click()
        expect(page.locator("#camera")).to_be_hidden()
        assert page.evaluate("document.querySelector('#camera video').srcObject") is None
    assert floor.ledger.rows("SELECT 1 FROM events WHERE source LIKE 'station:%'") == []


def test_a_camera_that_is_forbidden_is_told(server: LiveServer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"http://127.0.0.1:{server.port}/kiosk/sew-1")
    expect(page.locator("body[data-fresh=live]")).to_be_attached()
    page.locator("[data-open-camera]").click()
    expect(page.locator("#message")).to_contain_text("camera")
    expect(page.locator("#message")).to_have_attribute("data-result", "refused")
    expect(page.locator("#camera")).to_be_hidden()
