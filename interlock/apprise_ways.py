"""Ways that apprise knows: mail, webhook, chat, push, text; it is an extra that not every site installs."""

from __future__ import annotations

import logging
from typing import Any

from kiosk.notice_words import Words
from shopfloor.channels import ADDRESS_UNKNOWN, EXTRA_MISSING, NOT_TAKEN

LONGEST_FAULT = 300


class CannotSend(Exception):
    """One sentence that does not tell the address."""


def way_to(address: str) -> Any:
    """What sends to an address; CannotSend when nothing does."""
    try:
        import apprise  # noqa: PLC0415  # an extra
    except ImportError:
        raise CannotSend(EXTRA_MISSING) from None
    # With a limit of its own it would wait in a thread of its own, which holds up the end of the process.
    asset = apprise.AppriseAsset(app_id="Interlock", app_desc="Interlock", service_timeout=0)
    way = apprise.Apprise(asset=asset)
    if not way.add(address):
        raise CannotSend(ADDRESS_UNKNOWN)
    return way


def why_no_way(address: str) -> str:
    """What is wrong with an address, before anything is sent there; empty when nothing is."""
    logger = logging.getLogger("apprise")
    was, logger.disabled = logger.disabled, True  # our sentence says it, and does not tell the address
    try:
        way_to(address)
    except CannotSend as why:
        return str(why.args[0])
    finally:
        logger.disabled = was
    return ""


def send_through(address: str, words: Words) -> None:
    """Send, and return when whoever carries it has taken it. CannotSend."""
    way = way_to(address)
    try:
        result = way.notify(
            title=words.title,
            body=words.body,
            notify_type="info" if words.files else "warning",
            body_format="text",
            attach=_attached(words) if words.files else None,
        )
    except Exception as fault:  # a way's own bug is its fault alone: any of a hundred, of any kind
        raise CannotSend(f"{type(fault).__name__} in apprise") from fault
    if not result:
        said = [entry.message for entry in result.logs() if entry.level in ("WARNING", "ERROR")]
        raise CannotSend(said[-1][:LONGEST_FAULT] if said else NOT_TAKEN)


def _attached(words: Words) -> Any:
    import apprise  # noqa: PLC0415  # an extra
    from apprise.attachment import memory  # noqa: PLC0415  # an extra

    files = apprise.AppriseAttachment()
    attach: Any = memory.AttachMemory  # it has no types
    for file in words.files:
        files.add(attach(content=file.content, name=file.name, mimetype=file.mimetype))
    return files
