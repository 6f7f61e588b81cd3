"""`python -m interlock.kiosk_main DIR`: gevent replaces blocking calls before anything else is imported."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  # after the patching
from pathlib import Path  # noqa: E402  # after the patching

from interlock.kiosk_process import main  # noqa: E402  # after the patching

if __name__ == "__main__":
    main(Path(sys.argv[1]))
