"""Refused scans can be looked at: what was read, why it was refused, and where."""

from __future__ import annotations

from flask.testing import FlaskClient

from shopfloor.scans import Unreadable
from tests.factory import Plant


def test_before_anything_was_refused_it_says_so(client: FlaskClient) -> None:
    assert "Nothing was refused yet." in client.get("/refused").text


def test_a_refused_scan_and_noise_are_shown_with_their_reasons(client: FlaskClient, floor: Plant) -> None:
    floor.scan("scanner-cut", "<b>NOSUCH</b>", "24 15:11")
    noise = Unreadable(
        "scanner-sew", "interlock/hz1/scanner-sew/scan", floor.now, b'\x00{"code":', 300_000, "no JSON"
    )
    floor.recorder.record([noise], floor.now)
    page = client.get("/refused").text
    assert "2 since the ledger began" in page
    assert "&lt;b&gt;NOSUCH&lt;/b&gt; is no batch here" in page
    assert "·{&#34;code&#34;:" in page
    assert "300,000 bytes, no scan" in page
    assert "Cut-1" in page
