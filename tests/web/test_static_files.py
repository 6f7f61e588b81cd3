"""Static files: kept for ever under their version, and compressed where that helps."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import kiosk

STATIC = Path(kiosk.__file__).parent / "static"
KIOSK_BUDGET_BYTES = 150_000
FONTS = [f"vendor/barlow-semi-condensed-latin-{weight}.woff2" for weight in (500, 700)]
ZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.mark.parametrize("name", ["kiosk.css", "outbox.js", "vendor/htmx-4.0.1.min.js", "icon.svg"])
def test_text_goes_out_compressed_to_whom_can_read_it(client: FlaskClient, name: str) -> None:
    packed = client.get(f"/static/{name}", headers=ZIP)
    plain = client.get(f"/static/{name}")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data == (STATIC / name).read_bytes()
    assert len(packed.data) < len(plain.data)
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (packed, plain))


def test_a_font_is_compressed_already(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get(f"/static/{FONTS[0]}", headers=ZIP).headers


def test_what_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/kiosk.css", headers=ZIP)
    again = client.get("/static/kiosk.css", headers={**ZIP, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("station", ["sew-1", "cut-1"])
def test_a_kiosk_loads_less_than_150_kb(client: FlaskClient, station: str) -> None:
    page = client.get(f"/kiosk/{station}", headers=ZIP)
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)) | {
        f"/static/{font}" for font in FONTS
    }
    assert len(files) > 10
    transferred = len(page.data) + sum(len(client.get(name, headers=ZIP).data) for name in files)
    assert transferred < KIOSK_BUDGET_BYTES
