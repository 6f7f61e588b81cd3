"""The web server: what it says when it cannot serve."""

from __future__ import annotations

import socket

import pytest
from flask import Flask
from gevent.event import Event

from kiosk.server import CannotListen, serve


def test_a_port_that_is_taken_is_told_in_one_sentence(app: Flask) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Port {port} on 127.0.0.1 is taken by another program"):
            serve(app, "127.0.0.1", port, Event())


def test_an_address_of_another_machine_is_told_in_one_sentence(app: Flask) -> None:
    with pytest.raises(CannotListen, match=r"Pages cannot be served on 192\.0\.2\.1 port 8080"):
        serve(app, "192.0.2.1", 8080, Event())
