"""Photos of rejected units, for who may see who acted; sent as an image and as nothing else."""

from __future__ import annotations

import base64
import binascii

from flask import Blueprint, Response

from kiosk.errors import NotHere
from kiosk.services import current
from ledger import photos
from ledger.errors import RuleRefused
from ledger.flags import LARGEST_NUMBER
from shopfloor.sentences import sentence

KEPT = "private, max-age=86400, immutable"

blueprint = Blueprint("photo_pages", __name__)


@blueprint.get("/photos/<int:number>")
def photo(number: int) -> Response:
    """The photo that an event attached."""
    found = photos.photo(current().ledger, min(number, LARGEST_NUMBER))
    if found is None:
        raise NotHere(sentence("photo with number"), str(number), ())
    content, kind = found
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Cache-Control"] = KEPT
    return answer


def told_photo(text: str) -> bytes | None:
    """A photo as a kiosk sends it, `data:image/jpeg;base64,...`; None for none. RuleRefused when it cannot be read."""
    if not text:
        return None
    head, _, content = text.partition(";base64,")
    unread = RuleRefused(sentence("the photo cannot be read; take it again"))
    if head.removeprefix("data:") not in photos.TYPES:
        raise unread
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        raise unread from None
