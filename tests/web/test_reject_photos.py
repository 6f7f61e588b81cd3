"""Photos of what is rejected: checked, kept once beside the ledger, and shown to who may see who acted."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page, expect

from ledger.checking import faults
from ledger.photos import FOLDER, LARGEST_BYTES
from tests.factory import Plant, china
from tests.waiting import wait_for
from tests.web.kiosk_visit import Kiosk
from tests.web.live_client import LiveServer
from tests.web.secured import As, register


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    """Noise, which does not get small."""
    noise = Random(1).randbytes(size[0] * size[1] * 3)  # noqa: S311  # no secret
    file = io.BytesIO()
    Image.frombytes("RGB", size, noise).save(file, kind)
    return file.getvalue()


def data_url(content: bytes, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.fixture
def code(floor: Plant) -> str:
    """A batch that Cutting gave and Sewing received."""
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 14:00")
    floor.scan("scanner-cut", code, "24 14:10")
    floor.scan("scanner-sew", code, "24 15:00")
    floor.now = china("24 15:10")
    return code


def reject(client: Any, code: str, photo: str, tap: str = "tap-1") -> str:
    """What the kiosk is told."""
    fields = {"batch": code, "quantity": "3", "reason": "broken", "rejected_from": "cut", "tap_id": tap}
    answer = client.post(
        "/kiosk/sew-1/batches/scrapped", data={**fields, "photo": photo}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def attached(floor: Plant) -> list[Any]:
    return floor.ledger.rows("SELECT * FROM events WHERE kind = 'photo_attached'")


@pytest.mark.parametrize(
    ("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_a_photo_is_kept_once_with_its_hash_in_the_record_and_shown_where_the_reject_is(
    client: FlaskClient, floor: Plant, code: str, kind: str, mime: str
) -> None:
    content = picture(kind)
    assert "3 scrapped as Cutting gave it" in reject(client, code, data_url(content, mime))
    assert "3 scrapped" in reject(client, code, data_url(content, mime))  # the tap was sent again
    (event,) = attached(floor)
    detail = json.loads(event["detail"])
    assert (detail["sha256"], detail["type"], event["batch"]) == (sha256(content).hexdigest(), mime, code)
    (file,) = (floor.folder / FOLDER).iterdir()
    assert file.read_bytes() == content
    answer = client.get(f"/photos/{event['sequence']}")
    assert answer.data == content
    assert answer.content_type == mime
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert f'src="/photos/{event["sequence"]}"' in client.get("/orders/A-1").text
    assert faults(floor.ledger) == []


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (data_url(b"<script>alert(1)</script>"), "no JPEG, PNG or WebP"),
        (data_url(b"GIF89a" + b"0" * 50), "no JPEG, PNG or WebP"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "cannot be read"),
        ("data:image/jpeg;base64,@@@", "cannot be read"),
        ("nonsense", "cannot be read"),
        (data_url(b"\xff\xd8\xff" + b"0" * LARGEST_BYTES), "more than 300 kB"),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_of_the_reject_is_recorded(
    client: FlaskClient, floor: Plant, code: str, photo: str, said: str
) -> None:
    before = floor.ledger.row("SELECT COUNT(*) FROM events")[0]
    assert said in reject(client, code, photo)
    assert floor.ledger.row("SELECT COUNT(*) FROM events")[0] == before
    assert not (floor.folder / FOLDER).exists()


def test_a_reject_that_is_refused_leaves_no_photo_in_the_record(
    client: FlaskClient, floor: Plant, code: str
) -> None:
    floor.scan("scanner-sew", code, "24 15:20")  # given on: nothing is here any more
    floor.now = china("24 15:30")
    assert 'data-result="refused"' in reject(client, code, data_url(picture("JPEG")))
    assert attached(floor) == []


def test_a_file_that_was_changed_is_not_shown(client: FlaskClient, floor: Plant, code: str) -> None:
    reject(client, code, data_url(picture("JPEG")))
    (event,) = attached(floor)
    (file,) = (floor.folder / FOLDER).iterdir()
    file.write_bytes(picture("JPEG", (41, 30)))
    assert client.get(f"/photos/{event['sequence']}").status_code == 404
    assert client.get("/photos/1").status_code == 404


def test_only_who_may_see_who_acted_sees_a_photo(
    app: Flask, client: FlaskClient, floor: Plant, code: str
) -> None:
    reject(client, code, data_url(picture("JPEG")))
    (event,) = attached(floor)
    lead = register(floor, "lead")
    path = f"/photos/{event['sequence']}"
    assert As(app, floor).get(path).status_code in (303, 401)
    assert path not in As(app, floor).get("/orders/A-1").text
    assert As(app, floor).person(lead).get(path).status_code == 200


def test_a_large_picture_is_made_small_on_the_tablet_and_goes_with_the_reject(
    floor: Plant, code: str, serve: Callable[..., LiveServer], new_page: Callable[..., Page]
) -> None:
    (floor.folder / "now").write_text(str(floor.now))
    kiosk = Kiosk(new_page(), f"http://127.0.0.1:{serve().port}/kiosk/sew-1")
    page = kiosk.page
    page.locator("[data-open-batches]").click()
    page.locator(f"[data-lot=given] [data-batch='{code}'] .card-open").click()
    page.locator("#sheet label", has_text="reject").click()
    page.locator("#sheet label", has_text="Other").click()
    page.locator("[data-photo]").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": picture("PNG", (1500, 1000))}
    )
    expect(page.locator(".sheet-photo[data-state=there] img")).to_be_visible()
    page.locator("[data-key='2']").click()
    page.locator(".sheet-do").click()
    page.locator(".confirm-yes").click()
    wait_for(lambda: attached(floor), what="the photo")
    (file,) = (floor.folder / FOLDER).iterdir()
    content = file.read_bytes()
    assert len(content) <= LARGEST_BYTES
    with Image.open(io.BytesIO(content)) as shown:
        assert shown.format == "JPEG"
        assert max(shown.size) <= 1280
        assert not shown.getexif()
