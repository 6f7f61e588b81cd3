"""Cards to wear: the badges of chosen people as Code 128 and QR, printed from the browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from kiosk.contexts.people import BadgeCard, BadgeCardsPage
from kiosk.rendering import render_page
from kiosk.services import Services, current
from kiosk.symbols import code128, qr
from kiosk.views.frame import frame
from ledger import people

MOST = 500

blueprint = Blueprint("badge_cards", __name__, url_prefix="/people/cards")


@blueprint.get("")
def cards() -> Any:
    """The cards of those whose `id` stands in the address."""
    services = current()
    wanted = {int(text) for text in request.args.getlist("id")[:MOST] if text.isdecimal()}
    return render_page("people/cards.html", cards_page(services, wanted))


def cards_page(services: Services, wanted: set[int]) -> BadgeCardsPage:
    """Cards by name. A badge that Code 128 cannot say, of a card that was there before, has only its QR code."""
    site = services.config.site
    found = [each for each in people.everybody(services.ledger, revoked=False) if each.id in wanted]
    return BadgeCardsPage(
        frame=frame(services, services.clock()),
        site_name=site.name,
        cards=tuple(
            BadgeCard(
                each.name,
                each.badge,
                tuple(sorted(each.rights.roles)),
                code128(each.badge) if each.badge.isascii() else None,
                qr(each.badge),
            )
            for each in found
        ),
    )
