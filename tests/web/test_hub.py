"""The fan-out's rules without a server: what is queued, what is replaced, what one fault leaves alone."""

from __future__ import annotations

from collections.abc import Callable

import gevent
import pytest

from kiosk.errors import TooManyStreams
from kiosk.live import person_at
from kiosk.regions import Regions
from kiosk.services import Services
from kiosk.stream import QUEUE, Channel, Hub
from ledger.badged_in import StationBadges, badge_out
from ledger.store import Transaction
from shopfloor.scans import Scan
from tests.factory import Plant
from tests.web.secured import register


class Screen:
    """A page of two regions that the test changes, or breaks."""

    def __init__(self) -> None:
        self.regions: Regions = {"head": "10:00", "row": "20"}
        self.rendered = 0

    def __call__(self) -> Regions:
        self.rendered += 1
        if not self.regions:
            raise ZeroDivisionError("nothing to show")
        return dict(self.regions)

    def channel(self) -> Channel:
        return Channel(self, links=frozenset({"shirts/cut"}))


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def hub(web: Services) -> Hub:
    return Hub(web, limit=3)


def test_a_new_client_gets_every_region(hub: Hub, screen: Screen) -> None:
    first = next(hub.open("one", screen.channel))
    assert first.startswith(b"retry: 1000\nid: ")
    assert first.endswith(b"\n\n")
    assert b'hx-target="#head"' in first
    assert b'hx-target="#row"' in first


def test_a_page_that_many_watch_is_rendered_once(hub: Hub, screen: Screen) -> None:
    streams = [hub.open("one", screen.channel) for _ in range(3)]
    assert screen.rendered == 1
    for stream in streams:
        next(stream)
    screen.regions["row"] = "40"
    hub._refresh(streams[0].channel, 0)
    chunks = [next(stream) for stream in streams]
    assert screen.rendered == 2
    assert b'hx-target="#row"' in chunks[0]
    assert b"#head" not in chunks[0]
    assert chunks[0] == chunks[1] == chunks[2]


def test_ids_only_ever_grow(hub: Hub, screen: Screen) -> None:
    stream = hub.open("one", screen.channel)
    numbers = []
    for given in range(3):
        screen.regions["row"] = str(given)
        chunk = next(stream).decode()
        numbers.append(int(chunk.partition("id: ")[2].partition("\n")[0].partition("-")[2]))
        hub._refresh(stream.channel, 0)
    assert numbers == sorted(set(numbers))


def test_a_client_that_falls_behind_is_sent_everything_instead(hub: Hub, screen: Screen) -> None:
    slow = hub.open("one", screen.channel)
    next(slow)
    for given in range(QUEUE + 5):
        screen.regions["row"] = f"given {given}"
        hub._refresh(slow.channel, 0)
    chunk = next(slow)
    assert hub.collapsed == 1
    assert chunk.count(b"id: ") == 1
    assert b'hx-target="#head"' in chunk
    assert f"given {QUEUE + 4}".encode() in chunk


def test_what_waits_for_a_client_goes_out_in_one_piece(hub: Hub, screen: Screen) -> None:
    stream = hub.open("one", screen.channel)
    next(stream)
    for given in ("first", "second"):
        screen.regions["row"] = given
        hub._refresh(stream.channel, 0)
    chunk = next(stream)
    assert 0 < chunk.index(b"first") < chunk.index(b"second")


def test_a_page_that_cannot_be_rendered_gets_no_beat_and_the_others_do(hub: Hub, screen: Screen) -> None:
    other = Screen()
    broken, sound = hub.open("one", screen.channel), hub.open("two", other.channel)
    for stream in (broken, sound):
        next(stream)
    screen.regions = {}
    hub._refresh(broken.channel, 0)
    hub._beat()
    assert next(sound).startswith(b"event: beat\n")
    assert not broken._waiting
    with pytest.raises(ZeroDivisionError):
        hub.open("one", screen.channel)
    screen.regions = {"head": "10:05", "row": "20"}
    hub._refresh(broken.channel, 0)
    assert b"10:05" in next(broken)


def test_a_round_that_fails_does_not_end_the_rounds(
    hub: Hub, web: Services, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [ZeroDivisionError("no time")]
    clock = web.clock

    def failing_once() -> int:
        if told:
            raise told.pop()
        return clock()

    stream = hub.open("one", screen.channel)
    next(stream)
    monkeypatch.setattr(web, "clock", failing_once)
    hub.start()
    try:
        with gevent.Timeout(10):
            hub._beat_due_s = 0.0
            assert b"event: beat\n" in next(stream)
    finally:
        hub.stop()
    assert not told


def test_streams_are_limited_and_make_room_when_they_close(hub: Hub, screen: Screen) -> None:
    streams = [hub.open("one", screen.channel) for _ in range(3)]
    with pytest.raises(TooManyStreams, match="3 live pages are open"):
        hub.open("two", screen.channel)
    streams[0].close()
    hub.open("two", screen.channel)
    assert hub.streams_open == 3


def test_nothing_is_kept_of_a_page_that_nobody_watches(hub: Hub, screen: Screen) -> None:
    stream = hub.open("one", screen.channel)
    stream.close()
    stream.close()
    assert hub.streams_open == 0
    assert not hub._channels


def test_only_pages_of_links_that_something_happened_to_are_rendered(
    hub: Hub, web: Services, screen: Screen
) -> None:
    elsewhere = Screen()
    hub._sequence = 1
    hub.open("one", screen.channel)
    hub.open("two", lambda: Channel(elsewhere, links=frozenset({"shirts/pack"})))
    code = web.ledger.row("SELECT batch FROM batches")["batch"]
    web.recorder.record([Scan("scanner-cut", code, web.clock())], web.clock())
    hub._fan_out(0)
    assert (screen.rendered, elsewhere.rendered) == (2, 1)


def test_who_badges_in_is_shown_at_once_though_no_event_tells(
    hub: Hub, web: Services, floor: Plant, screen: Screen
) -> None:
    station = web.config.site.stations["sew-1"]
    reader = register(floor, "operator")
    hub._touched()  # what was there before
    hub.open("one", lambda: Channel(screen, links=frozenset(), who=lambda: person_at(web, station)))

    def after(act: Callable[[Transaction], object]) -> int:
        with web.ledger.write(floor.now) as tx:
            act(tx)
        hub.changed()
        hub._fan_out(0)
        return screen.rendered

    badges = StationBadges(web.config.site)
    assert after(bool) == 1
    assert after(lambda tx: badges.badge_in(tx, "pack-1", reader.badge, floor.now)) == 1
    assert after(lambda tx: badges.badge_in(tx, "sew-1", reader.badge, floor.now)) == 2
    floor.now += 1
    assert after(lambda tx: badge_out(tx, "sew-1")) == 3
