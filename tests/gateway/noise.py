"""Payloads that nobody meant: noise, wounded samples, two run together, JSON of odd things."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path
from typing import Any

SAMPLES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "samples" / "makers.toml").read_text(encoding="utf-8")
)["sample"]
PAYLOADS = [sample["payload"].encode() for sample in SAMPLES]
TOPICS = [
    *sorted({sample["topic"] for sample in SAMPLES}),
    "interlock/hz1/x/ack",
    "nobody/has/this",
    "interlock/x",
]
PIECES = [b"]C1", b"]J0", b"]", b"\x1d", b"(01)", b"(10)A", b"https://x/01/", b"\x02", b"\xff", b'"', b"{", b"}", b"[",
          b"null", b"1e999", b"\\ud800", b"\x00", b"-1", b"9" * 40, b"NaN", "é٣".encode()]  # fmt: skip


def arbitrary(luck: random.Random) -> bytes:
    """Noise, a sample with a few wounds, two samples run together, or JSON of odd things under known keys."""
    kind = luck.randrange(4)
    if kind == 0:
        return luck.randbytes(luck.randrange(60))
    payload = bytearray(luck.choice(PAYLOADS))
    if kind == 1:
        payload += luck.choice(PAYLOADS)
    if kind == 2:  # one of four
        keys = ["code", "id", "at", "seq", "quantity", "SerialReceived", "barcode", "data", "timestamp", "action",
                "date", "serverId", "values", "scan_code", "device_serial", "event_type", "Time", "PN532"]  # fmt: skip
        odd = [
            None,
            True,
            -1,
            2**70,
            1.5,
            "",
            "7K30411",
            [],
            {},
            ["7K30411"],
            {"Data": "x"},
            "\x00",
            "]C110A",
            "scan",
        ]
        return json.dumps({luck.choice(keys): luck.choice(odd) for _ in range(luck.randrange(5))}).encode()
    for _ in range(luck.randrange(1, 5)):
        at = luck.randrange(len(payload) + 1)
        if luck.random() < 0.5:  # either
            payload[at:at] = luck.choice(PIECES)
        else:
            del payload[at : at + luck.randrange(1, 30)]
    return bytes(payload)
