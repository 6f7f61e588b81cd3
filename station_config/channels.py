"""[[notify]]: the ways out to people who are not looking. What may be a secret stands in a file of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import cast

from shopfloor.channels import COLLAPSE_MS, Channel, Quiet, Topic
from shopfloor.flag_rules import LADDER_ROLES, LadderRole
from shopfloor.instants import Duration
from shopfloor.report_times import SENT_REPORTS, ReportName
from shopfloor.sentences import sentence
from station_config.durations import WORKING_TIME
from station_config.lines import Lines
from station_config.names import Names
from station_config.reader import Table, Unfit, Value, choice, text_of
from station_config.settings import read_file
from station_config.values import BREAK, LINE_REFERENCE, YES_OR_NO
from station_config.wording import quoted

LADDER_ROLE = choice(sentence("a role on a ladder"), LADDER_ROLES)
REPORT = choice(sentence("a report that is sent"), SENT_REPORTS)
WHEN = choice(sentence("when it is on"), ("told", "raised"))
QUIET = replace(BREAK, what=sentence("a time of the day"), example='"22:00-06:00"')
COLLAPSE = replace(WORKING_TIME, what=sentence("a time"), example='"5min"')
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S")
_OF_TOPICS = ("payload", "payload_clear", "retain", "when")
_LARGEST_BYTES = 8_192
_DAY_MIN = 24 * 60


def _topic(raw: object) -> str:
    text = text_of(raw)
    if any(sign in text for sign in "+#") or text.startswith("$") or "" in text.split("/"):
        raise Unfit
    return text


TOPIC = Value(sentence("a topic without + and #"), '"plant/hall-2/siren"', _topic)
PAYLOAD = Value(sentence("a text on one line"), '"ON"', text_of)


class AddressUnfit(Exception):
    """What is wrong with the file that holds a channel's address, in a sentence that does not tell what it holds."""


def read_channels(top: Table, lines: Lines, folder: Path) -> tuple[Channel, ...]:
    """All channels; none where the file names none."""
    names = Names("channel", is_open=not top.sound("notify"))
    return tuple(_read_channel(table, names, lines, folder) for table in top.tables("notify", "notify"))


def address_in(file: Path) -> str:
    """The address in a channel's file: its first line that is neither empty nor a comment. AddressUnfit."""
    try:
        content = file.read_bytes()[:_LARGEST_BYTES].decode()
    except OSError as fault:
        raise AddressUnfit(
            sentence("%(file)s cannot be read: %(why)s", file=file.name, why=fault.strerror or "")
        ) from None
    except UnicodeDecodeError:
        raise AddressUnfit(sentence("%(file)s is no text in UTF-8", file=file.name)) from None
    found = [line.strip() for line in content.splitlines()]
    found = [line for line in found if line and not line.startswith("#")]
    if len(found) != 1:
        raise AddressUnfit(
            sentence("%(file)s is empty; write an address into it", file=file.name)
            if not found
            else sentence(
                "%(file)s holds more than one address; write each into a file and a [[notify]] of its own",
                file=file.name,
            )
        )
    if not _ADDRESS.match(found[0]):
        raise AddressUnfit(
            sentence("%(file)s holds no address; write for example mailto://... into it", file=file.name)
        )
    return found[0]


def _read_channel(table: Table, names: Names, lines: Lines, folder: Path) -> Channel:
    channel_id = names.read(table)
    file = _read_address_file(table, folder)
    topic = _read_topic(table)
    if topic is None and not table.has("address_file"):
        table.missing(
            "address_file", sentence('write for example address_file = "notify-managers.txt", or topic = ...')
        )
    elif table.has("topic") and table.has("address_file"):
        table.fault("topic", sentence("a channel is an address or a topic; take one of the two out"))
    roles = [cast("LadderRole", role) for _, role in table.items("roles", LADDER_ROLE)]
    wanted = [
        line for index, line in table.items("lines", LINE_REFERENCE) if _is_line(table, lines, line, index)
    ]
    quiet = [span for _, span in table.items("quiet", QUIET)]
    if table.sound("quiet") and _covers_the_day(quiet):
        table.fault(
            "quiet", sentence("no time of the day is left in which anything is sent; take a part out")
        )
    reports = [cast("ReportName", report) for _, report in table.items("reports", REPORT)]
    if reports and table.has("topic"):
        table.fault("reports", sentence("a report is a file, and a topic takes none; write an address_file"))
    if table.has("roles") and table.sound("roles") and not roles and not reports:
        table.fault(
            "roles",
            sentence(
                "nobody is told through this channel; write for example roles = %(roles)s",
                roles='["manager"]',
            ),
        )
    usual = Duration(0 if table.has("topic") else COLLAPSE_MS)
    return Channel(
        id=channel_id,
        roles=tuple(role for role in LADDER_ROLES if role in roles or not table.has("roles")),
        lines=tuple(wanted),
        quiet=tuple(quiet),
        collapse_ms=table.may("collapse", COLLAPSE, usual).working_ms,
        address_file=file,
        topic=topic,
        reports=tuple(report for report in SENT_REPORTS if report in reports),
    )


def _is_line(table: Table, lines: Lines, line: str, index: int) -> bool:
    return lines.names.check(table, "lines", line, index)


def _read_address_file(table: Table, folder: Path) -> Path | None:
    file = read_file(table, "address_file", folder)
    if file is not None and table.sound("address_file"):
        try:
            address_in(file)
        except AddressUnfit as unfit:
            table.fault("address_file", unfit.args[0])
    return file


def _read_topic(table: Table) -> Topic | None:
    if not table.has("topic"):
        for key in _OF_TOPICS:
            if table.has(key):
                table.fault(
                    key,
                    sentence("is for a topic; write for example topic = %(topic)s too", topic=TOPIC.example),
                )
        return None
    clear = table.may("payload_clear", PAYLOAD, "") or None
    raised = table.may("when", WHEN, "told") == "raised"
    if raised and not table.has("payload_clear"):
        table.fault(
            "when",
            sentence(
                "what is on while a flag is open has to go off; write for example payload_clear = %(off)s too",
                off=quoted("OFF"),
            ),
        )
    return Topic(
        topic=table.may("topic", TOPIC, ""),
        payload=table.may("payload", PAYLOAD, "") or None,
        payload_clear=clear,
        retain=table.may("retain", YES_OR_NO, default=False),
        raised=raised,
    )


def _covers_the_day(spans: list[Quiet]) -> bool:
    """Whether no minute of the day is left."""
    quiet: set[int] = set()
    for start, end in spans:
        first, last = _minute(start), _minute(end)
        quiet.update(minute % _DAY_MIN for minute in range(first, last if last > first else last + _DAY_MIN))
    return len(quiet) == _DAY_MIN


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
