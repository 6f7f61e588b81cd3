"""Row 23: a thousand PINs are tried while the server is killed again and again; the throttle holds, others get in."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kiosk.identity import CSRF_HEADER, KIOSK_COOKIE
from ledger import kiosks, people, pins
from ledger.people import NewPerson
from ledger.sessions import csrf_of
from shopfloor.instants import MINUTE_MS, SECOND_MS
from tests.factory import Plant

ROOT = Path(__file__).parents[2]
TRIES, KILLED = 1_000, 10
PIN = "402716"


class Guarded:
    """A site with two people and a kiosk, its server in a process that can be killed, its clock in a file."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        pin_hash = pins.hashed(PIN)
        with plant.ledger.write(plant.now) as tx:
            for name in ("Mei Lin", "Bo Chen"):
                badge = f"BADGE-{name[:2].upper()}"
                new = NewPerson(name, ("lead",), ("shirts/sew",), badge=badge)
                people.add(tx, new, pin_hash, by="test", own_pin=True)
            self.kiosk = kiosks.enrol_here(tx, "sew-1", by="test", address="a", agent="b")
        self._process: subprocess.Popen[str] | None = None
        self.tick(0)
        self.start()

    def tick(self, ms: int) -> None:
        self.plant.turn(self.plant.now + ms)

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.web.live_server", str(self.plant.folder), "--deaf"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def post(self, path: str, headers: Mapping[str, str] | None = None, **fields: str) -> int:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(fields), {**kind, **(headers or {})})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def get(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def log_in(self, who: str, pin: str) -> int:
        return self.post("/login", who=who, pin=pin)

    def at_kiosk(self, path: str, **fields: str) -> int:
        headers = {"Cookie": f"{KIOSK_COOKIE}={self.kiosk}", CSRF_HEADER: csrf_of(self.kiosk)}
        return self.post(f"/kiosk/sew-1/{path}", headers, **fields)

    def lets_in_at_kiosk(self, badge: str) -> bool:
        """Badge and PIN, where they were given before."""
        return (self.at_kiosk("scans", code=badge), self.at_kiosk("pin", pin=PIN)) == (303, 200)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    plant = Plant(tmp_path / "site")
    site = Guarded(plant)
    yield site
    site.kill()
    plant.close()


def test_a_thousand_tries_across_restarts_are_few_that_count_and_lock_nobody_else_out(
    guarded: Guarded,
) -> None:
    assert guarded.lets_in_at_kiosk("BADGE-ME")
    assert guarded.log_in("Bo Chen", PIN) == 303
    answers: Counter[int] = Counter()
    for number in range(TRIES):
        guarded.tick(SECOND_MS)
        answers[guarded.log_in("Mei Lin", f"{number:06d}")] += 1
        if number % (TRIES // KILLED) == TRIES // KILLED - 1:
            guarded.kill()
            guarded.start()
            assert guarded.lets_in_at_kiosk("BADGE-ME")  # the one who is guessed at, where she was before
            assert guarded.log_in("bo chen", PIN) == 303  # another one, where the guesser is
    assert set(answers) == {422, 429}
    # At 5 s, 10 s, 20 s ... after the fifth wrong one a thousand seconds see 13 of them; one more at each bound.
    assert answers[422] <= 14
    assert guarded.log_in("Mei Lin", PIN) == 429  # at the guesser's place even the right one has to wait
    guarded.tick(15 * MINUTE_MS)
    assert guarded.log_in("Mei Lin", PIN) == 303  # and never for ever


def test_a_thousand_tries_at_once_are_counted_before_the_first_is_compared(guarded: Guarded) -> None:
    answers: list[int] = []

    def guess(first: int) -> None:
        answers.extend(guarded.log_in("Mei Lin", f"{number:06d}") for number in range(first, first + 10))

    threads = [threading.Thread(target=guess, args=(10 * number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {422: 5, 429: 195}


def test_pages_are_served_while_pins_are_compared(guarded: Guarded) -> None:
    """Each comparison takes tens of milliseconds: a server that waited for it would serve hardly anything meanwhile."""
    threads = [
        threading.Thread(target=guarded.log_in, args=(f"nobody {number}", PIN)) for number in range(12)
    ]
    for thread in threads:
        thread.start()
    pages = 0
    while any(thread.is_alive() for thread in threads):
        assert guarded.get("/healthy") == 200
        pages += 1
    assert pages > len(threads)
