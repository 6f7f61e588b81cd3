"""Child processes that never outlive their parent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

# The child asks the kernel for SIGTERM at the death of its parent and then becomes the program: also after kill -9
# of the parent nobody keeps its port. Done by a small program of its own and not in `preexec_fn`, which may
# deadlock in a process with threads. Two conditions: Linux, and the thread that starts the child must
# live as long as the process (the kernel counts the thread as the parent).
_DIES_WITH_PARENT = """
import ctypes, os, signal, sys
parent, command = int(sys.argv[1]), sys.argv[2:]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
os.execv(command[0], command)
"""

STOP_LIMIT_S = 5.0


def start_child(
    command: Sequence[str | Path], *, log: IO[bytes] | None = None, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a program that ends with this process; its output goes to the log, or where ours goes.

    It gets a process group of its own, so that Ctrl-C reaches only the parent, which then stops it in order.
    """
    starter = [sys.executable, "-I", "-S", "-c", _DIES_WITH_PARENT, str(os.getpid())]
    return subprocess.Popen(  # noqa: S603  # programs of our own
        [*starter, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=pass_fds,
        process_group=0,
    )


def stop_child(child: subprocess.Popen[bytes], limit_s: float = STOP_LIMIT_S) -> None:
    """Ask it to end, then end it."""
    child.terminate()
    try:
        child.wait(limit_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
