"""Live pages over real sockets, from a server in a process of its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from interlock.wake import WakeSender
from ledger.flags import Tap, raise_flag
from tests.factory import Plant, china
from tests.waiting import wait_for
from tests.web.live_client import LiveServer

BOARD = ["board-head", "row-cut", "row-sew", "row-pack", "board-tablets", "board-foot"]
KIOSK = [
    "kiosk-head",
    "kiosk-hour",
    "kiosk-asked",
    "kiosk-incoming",
    "kiosk-against",
    "kiosk-mine",
    "kiosk-last",
    "kiosk-batches",
]

Serve = Callable[..., LiveServer]


@pytest.fixture
def gateway(floor: Plant) -> Iterator[WakeSender]:
    """What the gateway tells the web process; commits of the floor are told too."""
    floor.turn(china("24 15:10"))
    with closing(WakeSender(floor.folder)) as sender:
        floor.ledger.listeners.append(sender.changed)
        yield sender


@pytest.mark.usefixtures("gateway")
def test_the_first_message_is_the_whole_page(serve: Serve) -> None:
    server = serve()
    board, kiosk = server.stream("/board/shirts/stream"), server.stream("/kiosk/sew-1/stream")
    assert board.answer.headers["Content-Type"].startswith("text/event-stream")
    assert board.answer.headers["Cache-Control"] == "no-cache"
    assert board.answer.headers["X-Accel-Buffering"] == "no"
    assert board.update().regions == BOARD
    assert kiosk.update().regions == KIOSK


@pytest.mark.usefixtures("gateway")
def test_a_commit_sends_only_the_regions_it_changes(serve: Serve, floor: Plant) -> None:
    server = serve()
    board, kiosk = server.stream("/board/shirts/stream"), server.stream("/kiosk/pack-1/stream")
    first = board.update()
    kiosk.update()
    floor.scan("scanner-sew", floor.codes()[0])  # cutting gave, sewing received
    message = board.update()
    assert message.regions == ["row-cut", "board-foot"]
    assert first.id.partition("-")[0] == message.id.partition("-")[0]
    assert int(first.id.partition("-")[2]) < int(message.id.partition("-")[2])
    floor.scan(
        "scanner-sew", floor.codes()[0], "24 15:12"
    )  # sewing gave: the next scan is another ten seconds on
    assert kiosk.update().regions == ["kiosk-incoming", "kiosk-batches"]


@pytest.mark.usefixtures("gateway")
def test_the_list_of_flags_changes_by_itself(serve: Serve, floor: Plant) -> None:
    server = serve()
    every, of_cut = server.stream("/flags/stream"), server.stream("/flags/stream?line=shirts&link=cut")
    assert every.update().regions == of_cut.update().regions == ["flags-sum", "flags-open", "flags-closed"]
    tap = Tap("tap-1", "sew-1", floor.now)
    raise_flag(floor.ledger, floor.site, tap, against="cut", order="A-1", now=floor.now)
    for stream in (every, of_cut):
        message = stream.update()
        assert message.regions == ["flags-sum", "flags-open"]
        assert "Sewing → Cutting" in message.data
    assert server.request("/flags/stream?line=shirts&link=nowhere")[1].status == 404


@pytest.mark.usefixtures("gateway")
def test_a_tap_on_a_kiosk_is_on_the_board_at_once(serve: Serve) -> None:
    server = serve("--deaf")
    board = server.stream("/board/shirts/stream")
    board.update()
    assert server.post("/kiosk/sew-1/flags", "against=cut&order=A-1") == 303
    assert {"board-head", "row-cut"} <= set(board.update().regions)


@pytest.mark.usefixtures("gateway")
def test_without_wake_ups_a_commit_is_found_all_the_same(serve: Serve, floor: Plant) -> None:
    board = serve("--deaf").stream("/board/shirts/stream")
    board.update()
    floor.scan("scanner-sew", floor.codes()[0])
    assert "row-cut" in board.update().regions


@pytest.mark.usefixtures("gateway")
def test_time_alone_changes_a_page(serve: Serve, floor: Plant) -> None:
    board = serve().stream("/board/shirts/stream")
    board.update()
    floor.turn(china("24 15:11"))
    assert "board-head" in board.update().regions


@pytest.mark.usefixtures("gateway")
def test_a_refused_scan_is_counted_on_the_board(serve: Serve, floor: Plant) -> None:
    board = serve().stream("/board/shirts/stream")
    board.update()
    floor.scan("scanner-sew", "NONE")
    assert board.update().regions == ["board-head"]


def test_a_beat_tells_how_fresh_everything_is(serve: Serve, floor: Plant, gateway: WakeSender) -> None:
    server = serve()
    board = server.stream("/board/shirts/stream")
    page = server.request("/board/shirts")[1].read().decode()
    assert json.loads(board.beat().data) == {
        "now": floor.now,
        "gateway_age_s": None,
        "broker": False,
        "trouble": "",
        "sequence": 1,
        "program": page.partition('data-program="')[2].partition('"')[0],
    }
    gateway.beat(connected=True)
    wait_for(lambda: server.metric("interlock_broker_connected"), what="the gateway's beat")
    floor.turn(china("24 15:10:07"))
    beat = json.loads(board.beat().data)
    assert (beat["gateway_age_s"], beat["broker"]) == (7, True)


@pytest.mark.usefixtures("gateway")
def test_one_who_never_reads_holds_up_nobody_and_is_let_go(serve: Serve, floor: Plant) -> None:
    server = serve("--silent-reader-s", "1")
    with socket.socket() as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        stalled.connect(("127.0.0.1", server.port))
        stalled.sendall(b"GET /board/shirts/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        board = server.stream("/board/shirts/stream")
        board.update()
        wait_for(lambda: server.metric("interlock_streams_open") == 2)
        floor.scan("scanner-sew", floor.codes()[0])
        assert "row-cut" in board.update().regions
        wait_for(lambda: server.metric("interlock_streams_open") == 1, seconds=20)


@pytest.mark.usefixtures("gateway")
def test_streams_over_the_limit_are_told_to_come_later(serve: Serve) -> None:
    server = serve("--limit", "2")
    first = server.stream("/board/shirts/stream")
    server.stream("/kiosk/sew-1/stream").update()
    connection, answer = server.request("/board/shirts/stream")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "2 live pages are open" in answer.read().decode()
    connection.close()
    first.answer.close()
    first.connection.close()
    wait_for(lambda: server.metric("interlock_streams_open") == 1)
    assert server.stream("/board/shirts/stream").update().regions == BOARD


@pytest.mark.usefixtures("gateway")
def test_a_server_that_is_told_to_stop_ends_its_streams_and_leaves_no_socket(
    serve: Serve, floor: Plant
) -> None:
    server = serve()
    board = server.stream("/board/shirts/stream")
    board.update()
    server.process.terminate()
    assert board.to_the_end()
    assert server.process.wait(timeout=10) == 0
    assert not (floor.folder / "wake.sock").exists()


@pytest.mark.usefixtures("gateway")
def test_half_a_request_does_not_hold_its_connection_for_ever(serve: Serve) -> None:
    server = serve("--head-limit-s", "0.3")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as half:
        half.sendall(b"GET /healthy HTTP/1.1\r\nHost: x\r\n")
        assert half.recv(100).startswith(b"HTTP/1.1 400")
        while half.recv(1000):
            pass
    _, answer = server.request("/healthy")
    assert answer.status == 200
