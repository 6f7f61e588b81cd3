"""A report as a file that hangs on a message: what `interlock report` writes, made by a process of its own.

Laying out pages takes seconds, in which the gateway has scans to record.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from interlock.apprise_ways import LONGEST_FAULT, CannotSend
from kiosk.notice_words import AttachedFile
from shopfloor.report_times import ReportDue

LIMIT_S = 300.0
_TYPES = {"pdf": "application/pdf", "html": "text/html"}


def report_file(folder: Path, report: ReportDue) -> AttachedFile:
    """As PDF, or as HTML where nothing is installed that makes one. CannotSend."""
    why = ""
    for form, mimetype in _TYPES.items():
        command = [sys.executable, "-m", "interlock", "report", str(folder), *arguments(report)]
        try:
            done = subprocess.run(  # noqa: S603  # our own program
                [*command, "--format", form], capture_output=True, check=False, timeout=LIMIT_S
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise CannotSend(f"the report was not made: {type(fault).__name__}") from None
        if done.returncode == 0:
            return AttachedFile(file_name(report, form), mimetype, done.stdout)
        why = done.stderr.decode(errors="replace").strip()[-LONGEST_FAULT:]
    raise CannotSend(why)


def arguments(report: ReportDue) -> list[str]:
    """What the command is to be asked for."""
    asked = {"line": report.line, "shift": report.shift, "from": report.first_on, "to": report.last_on}
    return [
        report.name,
        *(part for name, value in asked.items() if value for part in (f"--{name}", str(value))),
    ]


def file_name(report: ReportDue, form: str) -> str:
    """For example shift-shirts-2026-11-24-day.pdf."""
    of = report.shift.replace("/", "-") if report.shift else f"{report.first_on}-{report.last_on}"
    return "-".join(filter(None, (report.name, report.line, of))) + f".{form}"
