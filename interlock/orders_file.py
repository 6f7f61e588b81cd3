"""An orders file by its path."""

from __future__ import annotations

from pathlib import Path

from shopfloor.orders_file import LARGEST_FILE, OrdersFaults, OrdersFile, TakingIn, read_orders
from shopfloor.site import Site

__all__ = ["OrdersFaults", "OrdersFile", "TakingIn", "read_orders", "read_orders_file"]


def read_orders_file(path: Path, site: Site, *, taking_in: TakingIn | None = None) -> OrdersFile:
    """The orders of a file, in its order; `taking_in` where they are not only planned. Raises OrdersFaults."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)  # what is larger is refused, and need not be in memory
    except FileNotFoundError:
        raise OrdersFaults([f"{path}: there is no such file; check the name."]) from None
    except OSError as error:
        raise OrdersFaults([f"{path}: it cannot be read ({error.strerror}); name a readable file."]) from None
    return read_orders(content, site, name=path.name, taking_in=taking_in)
