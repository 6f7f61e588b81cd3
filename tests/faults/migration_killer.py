"""Migrates copies of an old ledger and kills itself at each statement: `migration_killer.py OLD FOLDER`.

A line of JSON for each death: the schema that a stranger finds then, and what is left of the data. Ends when a
migration got through.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3 as ours

from ledger.store import Ledger

SCHEMA = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"


def migrate_and_die(path: Path, at: int) -> None:
    """In a child: dies before the statement of that number, once the migration has begun."""
    connect, begun, seen = ours.connect, False, 0

    def watched(*words: Any, **more: Any) -> Any:
        connection = connect(*words, **more)

        def look(statement: str) -> None:
            nonlocal begun, seen
            begun = begun or statement == "BEGIN IMMEDIATE"
            seen += begun
            if seen >= at:
                os.kill(os.getpid(), signal.SIGKILL)

        connection.set_trace_callback(look)
        return connection

    ours.connect = watched
    Ledger(path)


def main(old: str, folder: str) -> None:
    for at in range(1, 1_000):
        path = Path(folder) / str(at) / "ledger.db"
        path.parent.mkdir()
        shutil.copy(old, path)
        child = os.fork()
        if not child:
            migrate_and_die(path, at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        found = sqlite3.connect(path)
        schema = found.execute(SCHEMA).fetchall()
        events = found.execute("SELECT COUNT(*), MAX(hash) FROM events").fetchone()
        found.close()
        died = os.WIFSIGNALED(status)
        sys.stdout.write(
            json.dumps({"path": str(path), "schema": schema, "events": events, "died": died}) + "\n"
        )
        sys.stdout.flush()
        if not died:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
