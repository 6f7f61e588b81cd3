"""Log lines: what happened, with its facts, on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

import structlog


class UnfailingText:
    """A file for log lines that lets nobody fail: work goes on when nobody reads what it says.

    `find` is asked at each line: standard error may be another file by then.
    """

    def __init__(self, find: Callable[[], TextIO]) -> None:
        self._find = find

    def write(self, text: str) -> None:
        """Write and flush one line, as far as it can be."""
        try:
            stream = self._find()
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            _to_nowhere(stream)
        except (OSError, ValueError):  # a full disk, a file that was closed: the next line is tried again
            return

    def flush(self) -> None:
        """Nothing waits."""


def _to_nowhere(stream: TextIO) -> None:
    """Its reader is gone for good. What is still in it must not fail at the end, nor what others write there."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def to_standard_error(part: str) -> Any:
    """Set up logging for one process and return its logger."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0),
        ],
        logger_factory=structlog.WriteLoggerFactory(
            UnfailingText(lambda: sys.stderr)  # type: ignore[arg-type]  # write and flush are all it asks for
        ),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(part=part)
    return structlog.get_logger()
