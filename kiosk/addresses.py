"""Addresses of our own pages: links of a page to itself, and what may be gone to after a login."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import has_request_context, request

_TOLD_ONCE = ("note", "roles", "saved")
"""What was said after an act; a link of the page does not say it again."""


def asked(name: str) -> str:
    """What this page's address says; empty when it says nothing."""
    return request.args.get(name, "") if has_request_context() else ""


def with_query(mark: str = "", **changes: str) -> str:
    """The address of this page with another query; an empty value leaves its name out. `mark` is where to look."""
    kept = list(request.args.items(multi=True)) if has_request_context() else []
    query = [(name, value) for name, value in kept if name not in changes and name not in _TOLD_ONCE]
    query += [(name, value) for name, value in changes.items() if value]
    return f"?{urlencode(query)}" + (f"#{mark}" if mark else "")


def local_address(text: str) -> str:
    """An address of this site, for after the login; the first page when it is none."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    plain = text.isprintable() and "\\" not in text and text.startswith("/") and not text.startswith("//")
    return text if plain and not parts.scheme and not parts.netloc else "/"
