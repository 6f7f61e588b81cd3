"""Which action each address needs: one table, for screens and API alike. What is not in it nobody may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from shopfloor.rights import Action

Need: TypeAlias = Action | Literal["open", "person"]
"""open: anybody, also when reading needs a login. person: whoever is logged in, about himself."""

NEEDS: Mapping[str, Need] = {
    "static": "open",
    "program.worker": "open",
    "health.healthy": "open",
    "metrics": "read",
    # people and devices
    "people_pages.login": "open",
    "people_pages.log_in": "open",
    "people_pages.setup": "open",
    "people_pages.set_up": "open",
    "people_pages.logout": "person",
    "people_pages.me": "person",
    "people_pages.change_me": "person",
    "people_pages.identity_of_caller": "open",
    "people_admin.people_list": "people",
    "people_admin.add": "people",
    "badge_cards.cards": "people",
    "people_admin.person": "people",
    "people_admin.change": "people",
    "people_admin.log": "people",
    "kiosk_enrolment.kiosk_list": "kiosks",
    "kiosk_enrolment.change": "kiosks",
    "kiosk_enrolment.enrol": "open",
    "badge_pages.prove_pin": "kiosk",
    "badge_pages.badge_out": "kiosk",
    # pages
    "pages.home": "read",
    "pages.board": "read",
    "pages.kiosk": "kiosk",
    "pages.flags": "flag",
    "pages.withdraw": "flag",
    "pages.answer_sheet": "answer",
    "pages.answer": "answer",
    "pages.scans": "scan",
    "batch_pages.batches": "kiosk",
    "batch_pages.sheet": "kiosk",
    "batch_pages.received": "scan",
    "batch_pages.given": "scan",
    "batch_pages.scrapped": "correct",
    "batch_pages.split": "correct",
    "batch_pages.undo": "correct",
    "outbox.take_in": "kiosk",  # and each entry what it does, by whoever stood there
    "scanner_pages.scanner": "kiosk",
    "kiosk_flags.pass_back": "answer",
    "kiosk_flags.dispute": "answer",
    "kiosk_flags.consequence_sheet": "flag",
    "kiosk_flags.choose": "flag",
    "kiosk_flags.contest": "answer",
    "flag_pages.flags": "read",
    "flag_pages.flag": "read",
    "flag_pages.rule": "rule",
    "flag_pages.settle": "rule",
    "refused_pages.refused": "read",
    "refused_pages.one": "read",
    "refused_pages.settle": "force",
    "hour_pages.hours": "read",
    "hour_pages.write": "answer",
    "paper.travellers": "read",
    "paper.labels": "read",
    "paper.commands": "read",
    "photo_pages.photo": "record",
    "sheet_pages.blank": "read",
    "sheet_pages.enter": "force",
    "sheet_pages.take_in": "force",
    "reports.report_file": "read",
    "responsibility.responsibility": "read",
    "live.board_stream": "read",
    "live.kiosk_stream": "kiosk",
    "order_pages.orders": "read",
    "order_pages.order": "read",
    "order_pages.act": "plan",  # and what confirms or takes back needs confirm:<role>
    "new_order_pages.new": "plan",
    "new_order_pages.new_promise": "plan",
    "new_order_pages.draft": "plan",
    "new_order_pages.import_form": "plan",
    "new_order_pages.import_orders": "plan",
    "new_order_pages.imported": "plan",
    "plan_pages.plan": "read",
    "plan_pages.what_if": "read",
    "site_pages.site": "read",
    "site_pages.trial": "site",
    "site_pages.back": "site",
    "site_pages.form_again": "site",
    "site_pages.save_site": "site",
    "site_pages.version": "read",
    "site_pages.version_text": "read",
    "device_pages.devices": "read",
    "device_pages.add_device": "devices",
    "device_pages.inspector": "devices",
    "device_pages.inspector_messages": "devices",
    # API
    "api.openapi": "read",
    "api.board": "read",
    "api.scans": "scan",
    "api.undo": "correct",
    "api.scrap": "correct",
    "api.force": "force",
    "api.discard": "force",
    "api.split": "correct",
    "api.orders": "read",
    "api.order": "read",
    "api.take_in": "plan",
    "api.confirm": "plan",  # and confirm:<role>
    "api.take_back": "plan",  # and confirm:<role>
    "api.change": "plan",
    "api.give_up": "plan",
    "api.release": "plan",
    "api.plan_anew": "plan",
    "api.promise": "read",
    "api.plan": "read",
    "api.flags": "read",
    "api.raise_flag": "flag",
    "api.flag": "read",
    "api.answer": "answer",
    "api.pass_back": "answer",
    "api.dispute": "answer",
    "api.rule": "rule",
    "api.choose": "flag",
    "api.contest": "answer",
    "api.settle": "rule",
    "responsibility.responsibility_api": "read",
    "api.withdraw": "flag",
    "api.events": "record",
}
ADDRESSES_OF_FORMS = frozenset(
    {
        "pages.flags",
        "pages.withdraw",
        "pages.scans",
        "batch_pages.received",
        "batch_pages.given",
        "batch_pages.scrapped",
        "batch_pages.split",
        "batch_pages.undo",
        "kiosk_flags.pass_back",
        "kiosk_flags.dispute",
        "kiosk_flags.contest",
        "refused_pages.settle",
    }
)
"""Read, they only lead back to the kiosk."""
READS_BADGES = frozenset({"pages.scans"})
"""Takes badges as well, for which an enrolled kiosk is enough."""
SAYS_STATION = frozenset({"api.scans"})
"""Each scan in the body says where and when it was read; what a kiosk may is asked for each."""
CHECKS_ITS_FORM = frozenset({"new_order_pages.import_orders"})
"""Takes larger forms than others, so it reads them itself before their token is looked at."""
