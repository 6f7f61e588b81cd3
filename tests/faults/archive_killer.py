"""Archives copies of a site and kills itself before each statement that writes: `archive_killer.py SITE FOLDER`.

A line of JSON for each death: the copy that it left, and before which statement. Ends when everything was moved.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3 as ours

from ledger import archiving
from ledger.store import Ledger
from tests.ledger.archived import archive_old

WRITING = ("BEGIN", "COMMIT", "CREATE", "INSERT", "UPDATE", "DELETE")


def archive_and_die(folder: Path, at: int) -> None:
    """In a child: dies before the statement of that number, counted over ledger and archive."""
    ledger, connect, seen = Ledger(folder / "ledger.db"), ours.connect, 0

    def look(statement: str) -> None:
        nonlocal seen
        seen += statement.lstrip().startswith(WRITING)
        if seen >= at:
            (folder / "killed").write_text(statement)
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(*words: Any, **more: Any) -> Any:
        connection = connect(*words, **more)
        connection.set_trace_callback(look)
        return connection

    ours.connect = watched
    ledger._connection.set_trace_callback(look)
    archiving.TOGETHER = 40
    archive_old(ledger)


def main(site: str, folder: str) -> None:
    for at in range(1, 1_000):
        copy = Path(folder) / str(at)
        shutil.copytree(site, copy)
        child = os.fork()
        if not child:
            archive_and_die(copy, at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status)
        before = (copy / "killed").read_text() if died else ""
        sys.stdout.write(json.dumps({"folder": str(copy), "before": before, "died": died}) + "\n")
        sys.stdout.flush()
        if not died:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
