"""An index over orders that are shipped: the last of them are shown, the oldest archived, whatever came since."""

from __future__ import annotations

SHIPPED_ORDERS = """
CREATE INDEX shipped_orders ON orders (shipped_at) WHERE shipped_at IS NOT NULL;
"""
