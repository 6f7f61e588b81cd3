"""Static files: kept for ever under their version, and compressed where that helps."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

import kiosk

STATIC = Path(kiosk.__file__).parent / "static"
KIOSK_BUDGET_BYTES = 150_000
FONTS = [f"vendor/barlow-semi-condensed-latin-{weight}.woff2" for weight in (500, 700)]
ZIP = {"Accept-Encoding": "gzip, deflate"}


def fetched(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> tuple[bytes, Headers]:
    """What comes over the wire."""
    with client.get(path, headers=headers or {}) as answer:
        return answer.data, answer.headers


@pytest.mark.parametrize("name", ["kiosk.css", "outbox.js", "vendor/htmx-4.0.1.min.js", "icon.svg"])
def test_text_goes_out_compressed_to_whom_can_read_it(client: FlaskClient, name: str) -> None:
    packed, packed_headers = fetched(client, f"/static/{name}", ZIP)
    plain, plain_headers = fetched(client, f"/static/{name}")
    assert packed_headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain_headers
    assert gzip.decompress(packed) == plain == (STATIC / name).read_bytes()
    assert len(packed) < len(plain)
    assert all("Accept-Encoding" in headers["Vary"] for headers in (packed_headers, plain_headers))


def test_a_font_is_compressed_already(client: FlaskClient) -> None:
    font, headers = fetched(client, f"/static/{FONTS[0]}", ZIP)
    assert font == (STATIC / FONTS[0]).read_bytes()
    assert "Content-Encoding" not in headers


def test_what_a_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    _, headers = fetched(client, "/static/kiosk.css", ZIP)
    with client.get("/static/kiosk.css", headers={**ZIP, "If-None-Match": headers["ETag"]}) as again:
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("station", ["sew-1", "cut-1"])
def test_a_kiosk_loads_less_than_150_kb(client: FlaskClient, station: str) -> None:
    page, _ = fetched(client, f"/kiosk/{station}", ZIP)
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.decode()))
    files |= {f"/static/{font}" for font in FONTS}
    assert len(files) > 10
    assert len(page) + sum(len(fetched(client, name, ZIP)[0]) for name in files) < KIOSK_BUDGET_BYTES
