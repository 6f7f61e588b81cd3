"""What devices send, literally, and what is read from it."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bodies import Body
from gateway.directory import Directory
from gateway.payloads import Reader
from shopfloor.profiles import Profile
from shopfloor.scans import Scan, Unreadable
from shopfloor.site import Device
from station_config import built_in_profiles
from tests.gateway.sample_site import NOW, hear

TOPIC = "interlock/hz1/scanner-07/scan"
PROFILES = built_in_profiles(ZoneInfo("Asia/Shanghai"))
NATIVE, BARE = PROFILES["native"], PROFILES["bare"]


def read(payload: bytes, profile: Profile = NATIVE) -> Scan | Unreadable:
    device = Device("scanner-07", "cut-1", profile.id)
    item = hear(Directory("hz1", {**PROFILES, profile.id: profile}, [device]), TOPIC, payload).item
    assert isinstance(item, Scan | Unreadable)
    return item


def read_state(payload: bytes) -> bool | None:
    return Reader(NATIVE).online(Body(payload))


# payload -> code, id, seq, the device's time, quantity
READABLE: list[tuple[bytes, tuple[str, str | None, int | None, int | None, int | None]]] = [
    (
        b'{"id":"a1","seq":17,"at":"2026-11-24T14:52:03.120Z","code":"B7","quantity":20}',
        ("B7", "a1", 17, 1_795_531_923_120, 20),
    ),
    (b'{"code":"B7"}', ("B7", None, None, None, None)),
    (b'{"code":"B7","id":null,"seq":null,"at":null,"quantity":null}', ("B7", None, None, None, None)),
    (b'{"code":"B7","seq":0,"quantity":0,"battery":{"level":97}}', ("B7", None, 0, None, 0)),
    (b'\r\n {"code":"\\u0002B7\\r\\n"}\n', ("B7", None, None, None, None)),
    (b'{"code":"B7","at":"2026-11-24T15:52:03+01:00"}', ("B7", None, None, 1_795_531_923_000, None)),
    (b'{"code":"B7","at":"2026-11-24T22:52:03"}', ("B7", None, None, 1_795_531_923_000, None)),  # in Shanghai
    (
        b'{"code":"B7","at":"1970-01-01T00:00:00Z"}',
        ("B7", None, None, 0, None),
    ),  # a dead clock: suspect, read
    (b"4250168519463\r\n", ("4250168519463", None, None, None, None)),
    (b"]C110LOT7\x1d21SERIAL", ("LOT7", None, None, None, None)),
    (b"]C07K30411", ("7K30411", None, None, None, None)),
    (b"\x0210LOT7\x1d21SERIAL\x03", ("10LOT7\x1d21SERIAL", None, None, None, None)),
    (b"\x024250168519463\r", ("4250168519463", None, None, None, None)),
    ("Wäsche 7".encode(), ("Wäsche 7", None, None, None, None)),
    (b"7" * 200, ("7" * 200, None, None, None, None)),
    (b"42", ("42", None, None, None, None)),
    (b'"B7"', ('"B7"', None, None, None, None)),
]

# payload -> a word of the reason
UNREADABLE: list[tuple[bytes, str]] = [
    (b"", "empty"),
    (b"\r\n", "empty"),
    (b"\x02", "empty"),
    (b'{"code":', "decoded"),
    (b'{"code":"B7"} trailing', "decoded"),
    (b'{"code":"\\ud800"}', "decoded"),
    (b'{"code":NaN}', "decoded"),
    (b'{"code":"B7","x":1e999}', "decoded"),
    (b"[", "decoded"),
    (b"[ghost", "decoded"),
    (b'["B7"]', "list"),
    (b"[]", "list"),
    (b"[" * 8_000, "deep"),
    (b'{"a":' * 1_600, "deep"),
    (b"{}", "no 'code'"),
    (b'{"barcode":"16699"}', "no 'code'"),
    (b'{"code":16699}', "code is not text"),
    (b'{"code":null}', "code is not text"),
    (b'{"code":["B7"]}', "code is not text"),
    (b'{"code":""}', "code is empty"),
    (b'{"code":" \\r\\n"}', "code is empty"),
    (b"7" * 201, "201 characters"),
    (b"B7\x00", "U+0000"),
    (b"B7\tB8", "U+0009"),
    (b"B7\nB8", "U+000A"),
    ("B7\x85B8".encode(), "U+0085"),
    (b'{"code":"B7\\u001b[2J"}', "U+001B"),
    (b"\xff\xfeB7", "Byte 1"),
    (b'{"code":"B\xc3"}', "Byte 11"),
    (b'{"code":"B7","id":17}', "id is not text"),
    (b'{"code":"B7","id":""}', "id is empty"),
    (b'{"code":"B7","id":"' + b"x" * 101 + b'"}', "101 characters"),
    (b'{"code":"B7","id":"a\\u0000"}', "id holds"),
    (b'{"code":"B7","id":"a\\u001d"}', "id holds"),
    (b'{"code":"B7","seq":-1}', "seq"),
    (b'{"code":"B7","seq":1.5}', "seq"),
    (b'{"code":"B7","seq":17.0}', "seq"),
    (b'{"code":"B7","seq":true}', "seq"),
    (b'{"code":"B7","seq":"17"}', "seq"),
    (b'{"code":"B7","seq":9223372036854775808}', "seq"),
    (b'{"code":"B7","quantity":-20}', "quantity"),
    (b'{"code":"B7","quantity":false}', "quantity"),
    (b'{"code":"B7","quantity":1000000001}', "quantity"),
    (b'{"code":"B7","at":"2026-11-24T24:00:00Z"}', "ISO 8601"),
    (b'{"code":"B7","at":"2026-11-24T14:52:03Z[Europe/Berlin]"}', "ISO 8601"),
    (b'{"code":"B7","at":"yesterday"}', "ISO 8601"),
    (b'{"code":"B7","at":""}', "ISO 8601"),
    (b'{"code":"B7","at":1795531923120}', "time is not text"),
    (b'{"code":"B7","at":"9999-12-31T23:59:59-23:59"}', "ISO 8601"),
    (b'{"code":"B7","at":"9998-01-01T00:00:00Z"}', "9998"),
    (b'{"code":"B7","at":"0001-01-01T00:00:00+23:59"}', "ISO 8601"),
    (b'{"code":"B7","note":"' + b"x" * 8_192 + b'"}', "8192"),
    (b"7" * 300_000, "300000 bytes"),
]


@pytest.mark.parametrize(("payload", "said"), READABLE, ids=lambda value: repr(value)[:40])
def test_what_a_device_says_is_read(payload: bytes, said: tuple[Any, ...]) -> None:
    scan = read(payload)
    assert isinstance(scan, Scan)
    assert (scan.code, scan.scan_id, scan.seq, scan.device_at, scan.quantity) == said
    assert (scan.device, scan.arrived_at, scan.payload) == ("scanner-07", NOW, payload)


@pytest.mark.parametrize(("payload", "word"), UNREADABLE, ids=lambda value: repr(value)[:40])
def test_what_is_no_scan_is_kept_with_a_reason(payload: bytes, word: str) -> None:
    kept = read(payload)
    assert isinstance(kept, Unreadable)
    assert word in kept.reason
    assert (kept.topic, kept.size, kept.payload) == (TOPIC, len(payload), payload[:2000])


def test_a_bare_device_says_only_codes() -> None:
    scan = read(b'{"code":"B7"}', BARE)
    assert isinstance(scan, Scan)
    assert scan.code == '{"code":"B7"}'


def test_another_makers_keys_are_data() -> None:
    other = Profile("own", code=(("barcode",),), scan_id=(("event_id",),))
    scan = read(b'{"timestamp_ms":1588879689394,"barcode":"16699","event_id":"e1","seq":"x"}', other)
    assert isinstance(scan, Scan)
    assert (scan.code, scan.scan_id, scan.seq) == ("16699", "e1", None)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b'{"online":true}', True),
        (b'{"online": false, "battery": 97}', False),
        (b"Online", True),
        (b"offline\n", False),
        (b"ONLINE", None),
        (b'{"online":1}', None),
        (b'{"online":', None),
        (b"[true]", None),
        (b"true", None),
        (b"\xff", None),
        (b"", None),
        (b'{"online":' * 800, None),
        (b" " * 9_000 + b"Online", None),
    ],
)
def test_a_state_is_online_or_offline_or_nothing(payload: bytes, said: object) -> None:
    assert read_state(payload) is said


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
native_like = st.fixed_dictionaries(
    {},
    optional={
        key: json_values | st.text(max_size=210) | st.datetimes().map(lambda at: at.isoformat() + "Z")
        for key in ("id", "seq", "at", "code", "quantity")
    },
)


def check(payload: bytes) -> None:
    for profile in (NATIVE, BARE):
        said = read(payload, profile)
        if isinstance(said, Unreadable):
            assert said.reason
            continue
        assert 1 <= len(said.code) <= 200
        said.code.encode()
        assert said.scan_id is None or 1 <= len(said.scan_id) <= 100
        for count in (said.seq, said.quantity):
            assert count is None or (type(count) is int and 0 <= count < 2**63)
    assert read_state(payload) in (True, False, None)


@given(st.binary(max_size=400))
def test_no_bytes_raise(payload: bytes) -> None:
    check(payload)


@given(st.text(max_size=300).map(str.encode) | json_values.map(lambda said: json.dumps(said).encode()))
def test_no_text_and_no_json_raises(payload: bytes) -> None:
    check(payload)


@given(native_like.map(lambda said: json.dumps(said).encode()))
def test_no_native_looking_payload_raises(payload: bytes) -> None:
    check(payload)
