"""Wake-ups between processes: hints that cost nobody anything."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from interlock.wake import WakeMessage, WakeReceiver, WakeSender, wake_path


def test_a_listener_hears_changes_and_beats_in_order(tmp_path: Path) -> None:
    with closing(WakeReceiver(tmp_path)) as receiver, closing(WakeSender(tmp_path)) as sender:
        sender.changed(17)
        sender.beat(connected=True)
        sender.beat(connected=False)
        sender.beat(connected=False, trouble="unwritable", broker_fault="expired")
        assert receiver.wait(5) == WakeMessage(sequence=17)
        assert receiver.wait(5) == WakeMessage(broker_connected=True)
        assert receiver.wait(5) == WakeMessage(broker_connected=False)
        assert receiver.wait(5) == WakeMessage(
            broker_connected=False, trouble="unwritable", broker_fault="expired"
        )
        assert receiver.wait(0.01) is None


def test_a_sender_needs_no_listener(tmp_path: Path) -> None:
    with closing(WakeSender(tmp_path)) as sender:
        sender.changed(1)
        WakeReceiver(tmp_path).close()
        sender.changed(2)
        with closing(WakeSender(tmp_path / "no such folder")) as lost:
            lost.beat(connected=True)


def test_a_sender_never_waits_for_a_listener_that_is_behind(tmp_path: Path) -> None:
    with closing(WakeReceiver(tmp_path)) as receiver, closing(WakeSender(tmp_path)) as sender:
        for sequence in range(20_000):
            sender.changed(sequence)
        assert receiver.wait(5) == WakeMessage(sequence=0)


def test_a_listener_takes_over_from_one_that_was_killed(tmp_path: Path) -> None:
    with closing(WakeReceiver(tmp_path)) as killed:
        with closing(WakeReceiver(tmp_path)) as receiver, closing(WakeSender(tmp_path)) as sender:
            sender.changed(3)
            assert receiver.wait(5) == WakeMessage(sequence=3)
            killed.close()
            assert wake_path(tmp_path).exists()
        assert not wake_path(tmp_path).exists()


def test_a_folder_with_a_long_name_has_its_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    path = wake_path(folder)
    assert len(os.fsencode(path)) <= 100
    assert path != wake_path(tmp_path / ("long" * 41))
    with closing(WakeReceiver(folder)) as receiver, closing(WakeSender(folder)) as sender:
        sender.changed(4)
        assert receiver.wait(5) == WakeMessage(sequence=4)
    assert not path.exists()


@pytest.mark.parametrize(
    "datagram", [b"", b"changed", b"changed x", b"changed -1", b"changed \xb2", b"beat 2", b"\xff" * 500]
)
def test_what_is_no_wake_up_is_nothing(tmp_path: Path, datagram: bytes) -> None:
    with (
        closing(WakeReceiver(tmp_path)) as receiver,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger,
    ):
        stranger.sendto(datagram, str(wake_path(tmp_path)))
        assert receiver.wait(5) is None


def test_only_its_owner_may_wake_a_site(tmp_path: Path) -> None:
    with closing(WakeReceiver(tmp_path)):
        assert wake_path(tmp_path).stat().st_mode & 0o777 == 0o600
