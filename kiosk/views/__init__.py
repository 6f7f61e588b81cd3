"""Contexts for pages and JSON for the API, assembled from the ledger's read models."""

from kiosk.views.batches import batch_sheet
from kiosk.views.board import board_page
from kiosk.views.home import home_page
from kiosk.views.json_flags import flag_json, flags_json
from kiosk.views.json_plans import plan_json, promise_json
from kiosk.views.json_views import board_json, events_json, order_json, orders_json
from kiosk.views.orders import order_page, orders_page
from kiosk.views.refused import refused_page
from kiosk.views.station import kiosk_page

__all__ = [
    "batch_sheet",
    "board_json",
    "board_page",
    "events_json",
    "flag_json",
    "flags_json",
    "home_page",
    "kiosk_page",
    "order_json",
    "order_page",
    "orders_json",
    "orders_page",
    "plan_json",
    "promise_json",
    "refused_page",
]
