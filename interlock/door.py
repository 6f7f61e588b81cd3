"""The door of the embedded broker: decides on each CONNECT, and cuts those whose password was taken back.

nats-server asks it (auth callout) with what the client sent, also its client id, to which a user is bound: else a
device could end or empty another one's session. The decision needs no reload: who was added may come in at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import threading
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from interlock import clock
from interlock.access import User
from interlock.broker_config import DOOR_USER, SYSTEM_USER, DoorKeys
from interlock.door_tokens import Request, Signer, read_request
from interlock.passwords import fits
from interlock.refusal_file import RefusalFile
from interlock.rights import Rights

_ASKED = "$SYS.REQ.USER.AUTH"
_CUT = "$SYS.REQ.SERVER.{}.KICK"
_ANSWER_LIMIT_S = 2.0
_START_LIMIT_S = 10.0
_CLOSE_LIMIT_S = 5.0
_LAST_CONNECTIONS = 4
"""Of one user: a new one takes the place of the one before."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who may come in, with what."""

    user: User
    rights: Rights


Guests: TypeAlias = dict[str, Guest]


class Door:
    """A thread that answers the broker from `open` until `close`."""

    def __init__(
        self, signer: Signer, keys: DoorKeys, port: int, guests: Guests, refusals: RefusalFile
    ) -> None:
        self.refused = 0
        """Connects refused since the door was opened."""
        self._refusals = refusals
        self._signer = signer
        self._keys = keys
        self._address = f"nats://127.0.0.1:{port}"
        self._guests = guests
        self._inside: dict[str, deque[tuple[str, int, Guest]]] = {}
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._opened = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._door: Client | None = None
        self._system: Client | None = None
        self._thread = threading.Thread(target=self._serve, name="broker door", daemon=True)

    @property
    def working(self) -> bool:
        """Whether it still hears the broker."""
        clients = (self._door, self._system)
        return self._thread.is_alive() and all(each is not None and each.is_connected for each in clients)

    def open(self) -> None:
        """To be called once the broker listens; OSError when it does not take this door."""
        self._thread.start()
        if not (self._ready.wait(_START_LIMIT_S) and self._opened):
            raise OSError(errno.ECONNREFUSED, "it did not take the decisions of its door")

    def close(self) -> None:
        if self._loop is not None and self._closing is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._closing.set)
        if self._thread.is_alive():
            self._thread.join(_CLOSE_LIMIT_S)

    def change(self, guests: Guests) -> None:
        """Let others in from now on; who is inside and may not any more, or not the same, is cut."""
        with self._lock:
            self._guests = guests
            cut = []
            for name, connections in list(self._inside.items()):
                cut += [(name, one) for one in connections if guests.get(name) != one[2]]
                self._inside[name] = deque(
                    (one for one in connections if guests.get(name) == one[2]), _LAST_CONNECTIONS
                )
        for name, (server, connection, _) in cut:
            if self._loop is not None:
                asyncio.run_coroutine_threadsafe(self._cut(name, server, connection), self._loop)

    def _serve(self) -> None:
        asyncio.run(self._answer_until_closed())

    async def _answer_until_closed(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        try:
            self._door = door = await self._connect(DOOR_USER, self._keys.door)
            self._system = await self._connect(SYSTEM_USER, self._keys.system)
            await door.subscribe(_ASKED, cb=self._answer)
            await door.flush()
            self._opened = True
            self._ready.set()
            await self._closing.wait()
        except (NatsError, OSError, TimeoutError) as fault:
            log.error("the broker's door cannot be opened", why=str(fault))  # noqa: TRY400  # one sentence says it
        finally:
            self._ready.set()
            for client in (self._door, self._system):
                if client is not None:
                    await client.close()

    async def _connect(self, user: str, password: str) -> Client:
        return await nats.connect(
            self._address,
            user=user,
            password=password,
            allow_reconnect=False,  # a broker that is started again gets another door
            error_cb=_said,
        )

    async def _answer(self, asked: Msg) -> None:
        request = read_request(asked.data)
        with self._lock:
            guest = self._guests.get(request.username)
            why = self._why_not(request, guest)
            if why is None and guest is not None:
                place = self._inside.setdefault(request.username, deque(maxlen=_LAST_CONNECTIONS))
                place.append((request.server, request.connection, guest))
        if why is None and guest is not None:
            await asked.respond(self._signer.allowed(request, guest.rights))
            return
        self.refused += 1
        self._refusals.note(request.username[:80], "connect", clock.now(), f"{why}", address=request.address)
        log.warning(
            "the broker refused a connection",
            why=why,
            user=request.username[:80],
            client_id=request.client_id[:80],
            address=request.address,
        )
        await asked.respond(self._signer.refused(request, f"{why}: user {request.username[:80]!r}"))

    def _why_not(self, request: Request, guest: Guest | None) -> str | None:
        if request.type not in {"mqtt", "mqtt_ws"}:
            return "only MQTT is spoken here"
        if not request.username:
            return "no user name"
        if guest is None:
            return "unknown user"
        if not fits(request.password, guest.user.hash):
            return "wrong password"
        if request.client_id != request.username:
            return "the client id is not the user's own"
        return None

    async def _cut(self, name: str, server: str, connection: int) -> None:
        if self._system is None:
            return
        said = msgspec.json.encode({"cid": connection})
        try:
            await self._system.request(_CUT.format(server), said, timeout=_ANSWER_LIMIT_S)
        except (NatsError, TimeoutError) as fault:
            log.error("a connection could not be cut", user=name, why=str(fault))  # noqa: TRY400  # one sentence says it
        else:
            log.info("cut a connection whose user changed", user=name)


async def _said(_fault: Exception) -> None:
    """That the broker does not answer is told by whoever watches the broker."""
