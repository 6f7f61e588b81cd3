"""Static files: kept for ever under their version, and compressed where that helps."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

import kiosk
from kiosk.app import create_app
from kiosk.bundles import BUNDLES
from kiosk.services import Services

STATIC = Path(kiosk.__file__).parent / "static"
KIOSK_BUDGET_BYTES = 150_000
FONTS = [f"vendor/barlow-semi-condensed-latin-{weight}.woff2" for weight in (500, 700)]
KINDS = {".css": "text/css", ".js": "text/javascript"}
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


@pytest.fixture
def edited(tmp_path: Path, web: Services) -> tuple[Path, FlaskClient]:
    """A copy of the files, and a client of whoever serves it."""
    folder = shutil.copytree(STATIC, tmp_path / "static")
    return folder, create_app(web, static=folder).test_client()


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_is_its_files_in_their_order(client: FlaskClient, bundle: str) -> None:
    whole, headers = fetched(client, f"/static/{bundle}")
    assert whole == b"\n".join((STATIC / name).read_bytes() for name in BUNDLES[bundle])
    assert headers["Content-Type"].partition(";")[0] == KINDS[Path(bundle).suffix]
    packed, _ = fetched(client, f"/static/{bundle}", ZIP)
    assert gzip.decompress(packed) == whole
    with client.get(f"/static/{bundle}", headers={**ZIP, "If-None-Match": headers["ETag"]}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_a_kiosk_needs_its_scripts_and_styles_once_each_and_nothing_twice(client: FlaskClient) -> None:
    page, _ = fetched(client, "/kiosk/sew-1")
    assert set(files_of(page)) == {"icon.svg", "start.js", "fonts.css", "kiosk-all.js"}
    assert page.count(b"<style>") == 1
    assert all(len(names) == len(set(names)) for names in BUNDLES.values())


def test_one_changed_file_changes_the_address_of_its_bundle(edited: tuple[Path, FlaskClient]) -> None:
    folder, client = edited
    before = files_of(fetched(client, "/kiosk/sew-1")[0])
    (folder / "scanner.js").write_text("late = 1")
    after = files_of(fetched(client, "/kiosk/sew-1")[0])
    assert {name for name in before if before[name] != after[name]} == {"kiosk-all.js"}
    whole, headers = fetched(client, after["kiosk-all.js"], ZIP)
    assert b"late = 1" in gzip.decompress(whole)
    assert "immutable" in headers["Cache-Control"]
    assert fetched(client, before["kiosk-all.js"])[1]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "kiosk-all.txt", "../app.py", "vendor"])
def test_what_is_no_file_here_is_not_found(client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}") as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize("station", ["sew-1", "cut-1"])
def test_a_kiosk_loads_less_than_150_kb(client: FlaskClient, station: str) -> None:
    packed, headers = fetched(client, f"/kiosk/{station}", ZIP)
    page, _ = fetched(client, f"/kiosk/{station}")
    assert headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in headers["Vary"]
    assert gzip.decompress(packed) == page
    files = {*files_of(page).values(), *(f"/static/{font}" for font in FONTS)}
    # A tablet that keeps its page asks for it twice.
    assert 2 * len(packed) + sum(len(fetched(client, name, ZIP)[0]) for name in files) < KIOSK_BUDGET_BYTES


def files_of(page: bytes) -> dict[str, str]:
    """The files that a page names, with their addresses."""
    found = re.findall(r'(?:src|href|data-scripts|data-fonts)="(/static/([^"?]+)[^"]*)"', page.decode())
    return {name: address for address, name in found}
