"""A site's gateway on a disk that is full while a file stands there: `gateway_on_failing_disk.py SITE FULL`."""

import sys
from pathlib import Path

from interlock.gateway_process import serve_gateway
from tests.faults.failing_disk import FULL, OK, FailingDisk


def main(folder: str, full: str) -> None:
    disk = FailingDisk()

    def look() -> None:
        disk.on_write = FULL if Path(full).exists() else OK
        for file in disk.files.values():
            file.pending.clear()  # nobody cuts the power here

    disk.before = look
    with disk.installed():
        serve_gateway(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
