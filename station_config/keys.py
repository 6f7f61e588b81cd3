"""Every key that site.toml may hold, by the table it stands in."""

from __future__ import annotations

from collections.abc import Mapping

FILE_NAME = "site.toml"

KEYS: Mapping[str, tuple[str, ...]] = {
    "": (
        "version",
        "site",
        "shift",
        "line",
        "product",
        "station",
        "device",
        "reason",
        "agreement",
        "broker",
        "web",
        "board",
    ),
    "[site]": ("id", "name", "timezone", "holidays"),
    "[[shift]]": ("id", "start", "end", "days", "breaks", "overtime"),
    "[[line]]": ("id", "name", "ship_buffer", "link"),
    "[[line.link]]": (
        "id",
        "name",
        "kind",
        "after",
        "per_hour",
        "lead",
        "transfer",
        "buffer",
        "shifts",
    ),
    "[[product]]": ("id", "name", "line", "batch", "per_hour"),
    "[[station]]": ("id", "name", "link", "out_of_service"),
    "[[device]]": ("id", "station", "profile", "mode"),
    "[[reason]]": ("id", "name"),
    "[agreement]": ("roles",),
    "[broker]": (
        "host",
        "port",
        "listen",
        "username",
        "password_file",
        "events",
        "event_names",
        "tls_ca",
        "tls_certificate",
        "tls_key",
    ),
    "[web]": ("listen", "port"),
    "[board]": ("viewing_distance_m",),
}


def tables_with(key: str) -> tuple[str, ...]:
    """The tables in which the key would be right, as their headers."""
    return tuple(title for title, keys in KEYS.items() if title and key in keys)
