"""What supervisors and Prometheus ask of the web process."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.services import Services
from tests.factory import Plant, china


def metric(client: FlaskClient, name: str) -> float | None:
    found = re.search(rf"^{name} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else None


def test_a_server_that_reads_its_ledger_is_healthy(client: FlaskClient, web: Services, floor: Plant) -> None:
    answer = client.get("/healthy")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    facts = answer.json
    assert (facts["ledger"], facts["sequence"], facts["gateway_age_s"]) == ("readable", 1, None)
    assert facts["version"]
    web.pulse.beat(floor.now, broker_connected=True)
    floor.now = china("24 15:10:09")
    facts = client.get("/healthy").json
    assert (facts["gateway_age_s"], facts["broker_connected"]) == (9, True)


def test_a_server_that_cannot_read_its_ledger_says_so_and_fails(client: FlaskClient, floor: Plant) -> None:
    floor.ledger.close()
    answer = client.get("/healthy")
    assert answer.status_code == 503
    assert answer.json["error"] == "The ledger cannot be read; the reason is in this server's log."
    page = client.get("/board/shirts")
    assert page.status_code >= 500
    assert "Traceback" not in page.text


def test_metrics_count_what_was_recorded_and_refused(client: FlaskClient, floor: Plant) -> None:
    floor.scan("scanner-cut", floor.codes()[0])
    floor.scan("scanner-cut", "NONE")
    assert metric(client, "interlock_events_total") == 2
    assert metric(client, "interlock_refused_total") == 1
    assert metric(client, "interlock_gateway_age_seconds") is None


def test_metrics_measure_requests_by_page_and_status(client: FlaskClient) -> None:
    client.get("/board/shirts")
    client.get("/nowhere")
    text = client.get("/metrics").text
    assert 'interlock_request_seconds_count{endpoint="pages.board",status="200"} 1.0' in text
    assert 'interlock_request_seconds_count{endpoint="none",status="404"} 1.0' in text


def test_metrics_count_the_streams_that_are_open(client: FlaskClient) -> None:
    with client.get("/board/shirts/stream"):
        assert metric(client, "interlock_streams_open") == 1
    with client.head("/board/shirts/stream"):
        pass
    assert metric(client, "interlock_streams_open") == 0


def test_two_apps_in_one_process_count_for_themselves(client: FlaskClient, web: Services) -> None:
    client.get("/")
    assert 'endpoint="pages.home"' in client.get("/metrics").text
    assert 'endpoint="pages.home"' not in create_app(web).test_client().get("/metrics").text
