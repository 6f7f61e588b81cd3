"""What a kiosk loads in one piece: each request costs a slow tablet more than the bytes in it.

The styles stand in the page itself, so that it is drawn at once.
The scripts of a bundle run in this order, as one: htmx starts after the last of them, so its extension is there by
then. start.js loads them after the page was drawn, so none may count on the document being parsed still.
"""

from __future__ import annotations

from collections.abc import Mapping

BUNDLES: Mapping[str, tuple[str, ...]] = {
    "kiosk-all.css": (
        "base.css",
        "kiosk.css",
        "kiosk_actions.css",
        "kiosk_batches.css",
        "kiosk_identity.css",
        "outbox.css",
        "reject_photo.css",
        "camera.css",
        "kiosk_layouts.css",
    ),
    "kiosk-all.js": (
        "vendor/htmx-4.0.1.min.js",
        "vendor/hx-sse-4.0.1.min.js",
        "live.js",
        "identity.js",
        "feedback.js",
        "outbox_store.js",
        "outbox.js",
        "outbox_view.js",
        "kiosk.js",
        "kiosk_batches.js",
        "scanner_blind.js",
        "scanner.js",
        "kept.js",
        "reject_photo.js",
        "camera.js",
        "secure.js",
    ),
}
