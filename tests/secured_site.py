"""A site whose devices have passwords, on either broker, and clients of other makers to try its locks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from gateway.broker_address import BrokerAddress
from interlock.__main__ import main
from interlock.access import FOLDER, gateway_login
from interlock.broker import EmbeddedBroker
from interlock.opening import broker_address, embedded_broker, open_config
from interlock.ports import free_port
from interlock.rights import gateway_user
from tests.broker_fixtures import HOST, Mosquitto
from tests.factory import WORKED_SITE
from tests.provision import MQTTJS, find_program

SITE = "hz1"
DEVICES = ("scanner-cut", "scanner-sew")
PATIENCE_S = "15"


def run(*words: str | Path) -> str:
    """What an `interlock` command prints."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


def add_device(folder: Path, name: str, *more: str) -> str:
    """Its password."""
    return str(json.loads(run("device", "add", folder, name, "--json", *more))["password"])


class SecuredSite:
    """A folder in which two devices and a reader have passwords; the broker is `start`ed by who knows which."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        text = f"{WORKED_SITE}\n[broker]\nport = {self.port}\n{more}"
        (folder / "site.toml").write_text(text, encoding="utf-8")
        self.passwords = {name: add_device(folder, name) for name in DEVICES}
        self.passwords["office"] = add_device(folder, "office", "--reader")

    @property
    def gateway_address(self) -> BrokerAddress:
        login = gateway_login(self.folder, SITE)
        assert login is not None
        return BrokerAddress(HOST, self.port, login.username, login.password)

    def embedded(self) -> EmbeddedBroker:
        return embedded_broker(self.folder, open_config(self.folder).broker)

    def address(self) -> BrokerAddress:
        return broker_address(self.folder, open_config(self.folder))

    def login_of(self, device: str) -> BrokerAddress:
        """The broker's address with what the device was given."""
        address = self.address()
        return BrokerAddress(address.host, address.port, device, self.passwords[device], address.tls)

    def mosquitto(self, place: Path) -> Mosquitto:
        program = find_program("mosquitto")
        assert program is not None
        access = self.folder / FOLDER
        secured = (
            "allow_anonymous false",
            f"password_file {access / 'mosquitto-passwords'}",
            f"acl_file {access / 'mosquitto-acl'}",
            "use_username_as_clientid true",
            "log_type all",
        )
        return Mosquitto(program, place, port=self.port, secured=secured)

    def pub(
        self, user: str, topic: str, payload: str, *, retain: bool = False, **how: Any
    ) -> subprocess.CompletedProcess[str]:
        """Into the session that is there."""
        words = ["-c", "-t", topic, "-m", payload, "-q", "1", *(["-r"] if retain else [])]
        return self._mosquitto("mosquitto_pub", user, *words, **how)

    def sub(self, user: str, topic: str, *more: str, **how: Any) -> subprocess.CompletedProcess[str]:
        """Listens for a second."""
        return self._mosquitto("mosquitto_sub", user, "-t", topic, "-q", "1", "-v", "-W", "1", *more, **how)

    def subscribe(self, user: str, topic: str) -> subprocess.CompletedProcess[str]:
        """Makes a session that the broker keeps; back when the broker has answered, however busy the machine."""
        return self.sub(user, topic, "-c", "-E", "-W", PATIENCE_S)

    def sub_first(self, user: str, topic: str) -> str:
        """The first that the session hears."""
        return self.sub(user, topic, "-c", "-C", "1", "-W", PATIENCE_S).stdout

    def _mosquitto(
        self, program: str, user: str, *words: str, password: str | None = None, client_id: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        login = ["-i", client_id or user, "-u", user, "-P", password or self.passwords[user]]
        command = [program, "-d", "-h", HOST, "-p", str(self.port), *login, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    def js(
        self, user: str, password: str | None = None, client_id: str | None = None, **what: Any
    ) -> list[Any]:
        """What mqtt.js tells, in order."""
        connect = {
            "clientId": client_id or user,
            "username": user,
            "password": password or self.passwords[user],
            "clean": True,
            **what.pop("connect", {}),
        }
        given = {"url": f"mqtt://{HOST}:{self.port}", "connect": connect, **what}
        node = find_program("node", "nodejs")
        assert node is not None
        script = Path(__file__).with_name("mqttjs_client.cjs")
        command = [node, str(script), str(MQTTJS.parent), json.dumps(given)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


def scan_topic(device: str) -> str:
    return f"interlock/{SITE}/{device}/scan"


def ack_topic(device: str) -> str:
    return f"interlock/{SITE}/{device}/ack"


OWN_GATEWAY = gateway_user(SITE)
