"""nats-server's configuration file: the embedded broker with and without passwords, with and without TLS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# Subscriptions of one client x this must stay below 65,535: above, nats-server silently delivers nothing.
MAX_ACK_PENDING = 2_000
ACK_WAIT = "2s"
ANSWER_LIMIT_S = 3
"""How long a device's CONNECT waits for the door to decide."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a TLS listener shows, as PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class DoorKeys:
    """Names and passwords of our own at a broker that asks for them, and who signs its decisions; new at each start."""

    issuer: str
    door: str
    probe: str
    system: str


DOOR_USER, PROBE_USER, SYSTEM_USER = "interlock-door", "interlock-probe", "interlock-system"


def configuration(
    folder: Path,
    *,
    listen: str,
    port: int,
    own_port: int,
    certificate: Certificate | None = None,
    keys: DoorKeys | None = None,
) -> str:
    """The text of the file; `own_port` is for NATS's own protocol, on this machine only.

    With `keys` every CONNECT is decided on at the door (nats-server's auth callout).
    """
    at = f"[{listen}]:{port}" if ":" in listen else f"{listen}:{port}"
    return f"""\
# Written by Interlock at every start; users.conf is not.
server_name: "interlock-{port}"
listen: "127.0.0.1:{own_port}"       # NATS's own protocol: this machine only
max_payload: 1MB
log_file: {json.dumps(str(folder / "broker.log"))}
logfile_size_limit: 10MB
logfile_max_num: 5

jetstream {{
  store_dir: {json.dumps(str(folder / "store"))}
  max_memory_store: 64MB
  max_file_store: 4GB
}}

mqtt {{
  listen: {json.dumps(at)}
  ack_wait: "{ACK_WAIT}"
  max_ack_pending: {MAX_ACK_PENDING}
{_tls(certificate)}}}
{_door(keys)}
include "users.conf"
"""


def _tls(certificate: Certificate | None) -> str:
    if certificate is None:
        return ""
    files = (json.dumps(str(path.resolve())) for path in (certificate.certificate, certificate.key))
    return "  tls {{ cert_file: {}, key_file: {} }}\n".format(*files)


def _door(keys: DoorKeys | None) -> str:
    if keys is None:
        return ""
    return f"""
accounts {{ SYS {{ users: [ {{ user: "{SYSTEM_USER}", password: "{keys.system}" }} ] }} }}
system_account: SYS
authorization {{
  timeout: {ANSWER_LIMIT_S}
  users: [
    {{ user: "{DOOR_USER}", password: "{keys.door}" }}
    {{ user: "{PROBE_USER}", password: "{keys.probe}",
       permissions: {{ publish: {{ deny: ">" }}, subscribe: {{ deny: ">" }} }} }}
  ]
  auth_callout {{
    issuer: {keys.issuer}
    auth_users: [ "{DOOR_USER}", "{PROBE_USER}", "{SYSTEM_USER}" ]
  }}
}}
"""
