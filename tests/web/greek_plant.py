"""A plant whose every name is Greek and that has something of everything: whatever is not Greek on a page is ours."""

from __future__ import annotations

from datetime import date

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger import countermeasures, flags, notices
from ledger.device_records import keep_overheard
from ledger.devices import set_device_state
from ledger.drafts import By
from ledger.flags import Tap
from ledger.taking_in import draft_orders
from shopfloor.channels import ADDRESS_UNKNOWN, DOWN_MS, EXTRA_MISSING, NOT_TAKEN
from shopfloor.countermeasures import Measure
from shopfloor.orders import Order
from shopfloor.overheard import DeviceFacts, Overheard, RawMessage, Stranger
from shopfloor.scans import Scan, Unreadable
from tests.factory import WORKED_SITE, Plant, china
from tests.messages import write_pseudo

MILESTONE = """
[[line.link]]
id = "fabric"
name = "Ύφασμα"
kind = "milestone"
lead = "2h"
shifts = ["day"]
buffer = "60min"

[[line.link]]
id = "cut"
after = ["fabric"]"""
LIGHTS = """
[[notify]]
id = "1"
topic = "1/2"
payload_clear = "0"
roles = ["lead", "manager"]
quiet = ["00:00-23:59"]

[[notify]]
id = "2"
topic = "1/3"
payload_clear = "0"

[[notify]]
id = "3"
topic = "1/4"

[[notify]]
id = "4"
topic = "1/5"
"""
STORE = """
[[station]]
id = "fabric-1"
link = "shirts/fabric"
name = "Αποθήκη"
"""
NAMES = {
    '"Hangzhou Shirts"': '"Πουκάμισα"',
    '"Shirts"': '"Γραμμή"',
    '"Cutting"': '"Κοπή"',
    '"Sewing"': '"Ραφή"',
    '"Packing"': '"Πακέτα"',
    "batch = 20": 'batch = 20\nname = "Μπλούζα"',
    '\n[[line.link]]\nid = "cut"': MILESTONE,
    'link = "shirts/cut"': 'link = "shirts/cut"\nname = "Πάγκος"',
    'link = "shirts/sew"': 'link = "shirts/sew"\nname = "Μηχανή"',
    'link = "shirts/pack"': 'link = "shirts/pack"\nname = "Τραπέζι"\n' + STORE,
}
LATE, EARLY = "25 17:00", "23 12:00"


def greek_site() -> str:
    text = WORKED_SITE
    for english, greek in NAMES.items():
        assert english in text, english
        text = text.replace(english, greek)
    return text + LIGHTS


def busy(plant: Plant) -> None:
    """Orders released, drafted, infeasible and shipped short; flags raised and answered; scans refused; strangers."""
    write_pseudo(plant.folder / "languages")
    plant.release(Order("1-1", "shirts", "polo", 200, china("27 17:00"), "Πελάτης"))
    draft_orders(
        plant.ledger,
        [
            Order("2-2", "shirts", "polo", 100, china("30 17:00"), "Πελάτης"),
            Order("3-3", "shirts", "polo", 700, china("24 17:00"), "Πελάτης"),
        ],
        By("Άννα", "web", plant.now, "import-1"),
        now=plant.now,
    )
    plant.release(Order("4-4", "shirts", "polo", 40, china("26 17:00"), "Πελάτης"))
    one, two, three = plant.codes("1-1")[:3]
    plant.now = china("25 10:10")
    for number, (device, code) in enumerate(
        [
            ("station:fabric-1", "1-1"),
            ("scanner-cut", one),
            ("scanner-cut", one),
            ("scanner-sew", one),
            ("scanner-cut", two),
            ("scanner-cut", two),
            ("scanner-pack", three),
            ("scanner-pack", "7K3-0000"),
            ("scanner-sew", "9" * 9),
            ("station:cut-1", plant.codes("4-4")[0]),
            ("scanner-cut", three),
        ]
    ):
        plant.now += 20_000
        plant.recorder.record([Scan(device, code, plant.now, scan_id=f"s{number}")], plant.now)
    plant.recorder.record(
        [Unreadable("scanner-sew", "interlock/hz1/scanner-sew/scan", plant.now, b"\0{", 2, "λάθος")],
        plant.now,
    )
    plant.now = china("27 14:10")
    flag(plant, "sew-1", "cut", "f1")
    flags.answer_flag(
        plant.ledger,
        plant.site,
        Tap("a1", "cut-1", plant.now),
        flag=flag(plant, "pack-1", "sew", "f2") - 1,
        reason="machine",
        promised_at=china("27 16:00"),
        comment="σύντομα",
        now=plant.now,
    )
    countermeasures.make(
        plant.ledger,
        plant.site,
        By("Άννα", "web", plant.now, "measure-1"),
        line=plant.site.lines["shirts"],
        link="cut",
        measure=Measure("machine", "Λάδι κάθε πρωί", "lead", date(2026, 12, 4)),
        now=plant.now,
    )
    devices(plant)
    channels(plant)


def channels(plant: Plant) -> None:
    """One that is on, one that fails, one that is down, and one that the gateway does not know."""
    one, two, three, _ = plant.config.channels
    notices.keep_channels(plant.ledger, (one, two, three), plant.now)
    notices.note_told(plant.ledger, one, [1], plant.now)
    notices.note_failed(plant.ledger, two, EXTRA_MISSING, plant.now)
    notices.note_failed(plant.ledger, three, ADDRESS_UNKNOWN, plant.now - DOWN_MS)
    for number, (channel, fault) in enumerate(((one, ""), (two, NOT_TAKEN))):
        with plant.ledger.write(plant.now) as tx:
            notices.ask_for_test(tx, channel.id, "")
        notices.note_tested(plant.ledger, channel, plant.now, fault, plant.now + number)
    with plant.ledger.write(plant.now) as tx:
        notices.ask_for_test(tx, three.id, "")


def flag(plant: Plant, station: str, against: str, tap: str) -> int:
    """Raise what a previous link owes of the order."""
    return flags.raise_flag(
        plant.ledger, plant.site, Tap(tap, station, plant.now), against=against, order="1-1", now=plant.now
    )


def devices(plant: Plant) -> None:
    set_device_state(plant.ledger, plant.site, "scanner-pack", online=False, now=plant.now)
    told = {
        "topic": "interlock/hz1/scanner-cut/scan",
        "payload": b"7K30411",
        "size": 7,
        "retained": False,
        "device": "scanner-cut",
        "known": True,
        "profile": "native",
    }
    messages = tuple(
        RawMessage(plant.now, became=became, code="7K30411", **told)  # type: ignore[arg-type]  # as named
        for became in ("scan", "badge", "command", "state", "same", "heard", "refused", "passed over")
    )
    facts = (DeviceFacts("scanner-cut", plant.now, 12, "M-1"),)
    stranger = Stranger("tasmota-serial", "bench", "tele/bench/RESULT", b"{}", plant.now)
    keep_overheard(plant.ledger, plant.site, Overheard(messages, facts, (stranger,)), plant.now)


GETS = (
    "/",
    "/board/shirts",
    "/kiosk/fabric-1",
    "/kiosk/cut-1",
    "/kiosk/sew-1",
    "/kiosk/pack-1",
    "/orders",
    "/orders?drafts=all",
    "/orders/1-1",
    "/orders/1-1?zoom=days",
    "/orders/1-1?zoom=shifts",
    "/orders/1-1?zoom=weeks",
    "/orders/2-2",
    "/orders/3-3",
    "/orders/4-4",
    "/plan",
    "/plan?zoom=days",
    "/plan?zoom=weeks",
    "/plan/new",
    "/plan/new?product=polo&quantity=2000&due=2026-11-28T17:00&order=5-5",
    "/plan/import",
    "/plan/import/import-1",
    "/plan/what-if",
    "/plan/what-if?station=shirts/sew&overtime_shift=day&overtime_on=2026-11-28&closed_on=2026-12-01&out=cut-1",
    "/plan/what-if?rate_link=shirts/sew&rate=41&buffer_link=shirts/sew&buffer=2h&order=3-3&due=2026-12-22T17:00",
    "/plan/what-if?out=cut-1&out_from=2026-11-30T08:00&out_until=2026-12-01T08:00&buffer_link=shirts&buffer=2h",
    "/plan/what-if?order=1-1&due=2026-11-30T17:00",
    "/site",
    "/site?saved=1",
    "/refused",
    "/refused?show=settled",
    "/refused/1",
    "/flags",
    "/flags/{flag}",
    "/flags?line=shirts&link=cut",
    "/responsibility",
    "/responsibility?line=shirts&link=cut&from=2026-11-20&to=2026-11-30",
    "/responsibility/shirts/cut?order=1-1",
    "/countermeasures",
    "/countermeasures?line=shirts&link=cut&reason=machine",
    "/countermeasures/{measure}",
    "/hours/shirts/cut",
    "/setup",
    "/paper/travellers/1-1",
    "/paper/travellers/1-1?as=labels",
    "/paper/commands",
    "/kiosk/cut-1/batches",
    "/kiosk/cut-1/batches/{batch}",
    "/kiosk/sew-1/scanner",
    "/devices",
    "/devices/inspector",
    "/devices/inspector?still=1&device=scanner-cut",
    "/notices",
)
FAULTY = (
    "/nowhere",
    "/paper/travellers/none",
    "/board/none",
    "/hours/shirts/sew?shift=shirts/sew/day/2026-11-26",
    "/hours/shirts/none",
    "/responsibility?from=2026-11-20&to=2026-11-10",
    "/responsibility?from=x",
    "/refused?show=all",
    "/kiosk/none",
    "/orders/9-9",
    "/plan/what-if?order=9&due=1999-01-01T10:00&rate_link=none&rate=x&buffer_link=x&buffer=y&closed_on=z&out=q",
    "/plan/what-if?rate_link=shirts/sew&rate=x&buffer_link=shirts/sew&buffer=x&closed_on=2020-01-01&out_from=x",
)
FORMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/plan/new", {"order": "", "product": "", "quantity": "x", "due": "x", "person": ""}),
    (
        "/plan/new",
        {"order": "1-1", "product": "polo", "quantity": "20", "due": "2026-12-09T17:00", "person": "Άννα"},
    ),
    (
        "/plan/new",
        {"order": "6-6", "product": "polo", "quantity": "20", "due": "2020-12-09T17:00", "person": "Άννα"},
    ),
    ("/plan/import", {"person": "", "text": ""}),
    (
        "/countermeasures",
        {"link": "shirts/cut", "reason": "machine", "what": "", "owner": "lead", "person": "Άννα"},
    ),
    (
        "/countermeasures",
        {"link": "shirts/cut", "reason": "x", "what": "Λάδι", "owner": "x", "due": "2020-01-01"},
    ),
    ("/plan/import", {"person": "Άννα", "text": "order,line,product\n"}),
    (
        "/plan/import",
        {
            "person": "Άννα",
            "text": "order,line,product,quantity,due\n1-1,shirts,polo,20,2026-12-25T17:00\n"
            ",none,none,x,x\n7-7,shirts,polo,1.200,25.12.26 17:00\n7-7,shirts,polo,20,2020-01-01T10:00\n"
            "8-8,shirts,polo,20,2026-12-25\n=A1,shirts,polo,400000,2040-01-01T10:00\n",
        },
    ),
    ("/orders/2-2", {"act": "confirm", "role": "sales", "person": ""}),
    (
        "/orders/2-2",
        {"act": "confirm", "role": "purchasing", "person": "Άννα", "material_at": "2026-12-25T10:00"},
    ),
    ("/orders/2-2", {"act": "change", "person": "Άννα", "due": "x", "quantity": "0", "seen": "1"}),
    ("/orders/2-2", {"act": "withdraw", "role": "sales", "person": "Άννα", "why": ""}),
    ("/orders/3-3", {"act": "confirm", "role": "production", "person": "Άννα"}),
    ("/orders/1-1", {"act": "replan", "person": "Άννα", "due": "", "why": ""}),
    (
        "/devices",
        {"called": "bench", "called_profile": "tasmota-serial", "id": "", "station": "", "person": ""},
    ),
    ("/site/trial", {"link:shirts/sew:buffer": "2h"}),
    ("/site/save", {"link:shirts/sew:buffer": "2h", "person": "", "why": ""}),
)
TAPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/kiosk/sew-1/scans", {"code": ""}),
    ("/kiosk/sew-1/scans", {"code": "7K3-0000"}),
    ("/kiosk/sew-1/flags", {"against": "cut", "order": "1-1"}),
    ("/kiosk/sew-1/flags", {"against": "pack", "order": "1-1"}),
    ("/kiosk/sew-1/flags", {"against": "cut", "order": "4-4"}),
)


def gets_of(plant: Plant) -> tuple[str, ...]:
    """The pages that there are to read."""
    flag = plant.ledger.row("SELECT flag FROM flags WHERE link = 'cut'")
    assert flag is not None
    (measure,) = countermeasures.measures(plant.ledger)
    places = {
        "{flag}": str(flag["flag"]),
        "{batch}": plant.codes("1-1")[1],
        "{measure}": str(measure["measure"]),
    }
    found = list(GETS)
    for place, value in places.items():
        found = [address.replace(place, value) for address in found]
    return tuple(found)


def answers_of(client: FlaskClient, plant: Plant, lang: str) -> list[tuple[str, TestResponse]]:
    """Every page, every fault and every tap, in a language."""
    client.set_cookie("lang", lang)
    seen = [(address, client.get(address)) for address in (*gets_of(plant), *FAULTY)]
    seen += [(f"POST {address} {fields}", client.post(address, data=fields)) for address, fields in FORMS]
    flag = plant.ledger.row("SELECT flag FROM flags WHERE link = 'cut'")
    assert flag is not None
    taps = (
        *TAPS,
        (f"/kiosk/cut-1/flags/{flag['flag']}/answer", {"reason": ""}),
        (f"/kiosk/cut-1/flags/{flag['flag']}/answer", {"reason": "none"}),
        (f"/kiosk/cut-1/flags/{flag['flag']}/answer", {"reason": "tool", "promised_at": "x"}),
        (f"/kiosk/cut-1/flags/{flag['flag']}/answer", {"reason": "tool", "promised_at": "2026-11-27T15:00"}),
        ("/kiosk/cut-1/scans", {"code": plant.codes("1-1")[4]}),
        ("/kiosk/cut-1/scans", {"code": plant.codes("1-1")[4]}),
    )
    sheet = f"/kiosk/cut-1/flags/{flag['flag']}/answer"
    seen.append((sheet, client.get(sheet)))
    htmx = {"HX-Request": "true"}
    seen += [
        (f"TAP {address} {fields}", client.post(address, data=fields, headers=htmx))
        for address, fields in taps
    ]
    seen += [
        (f"{address} afterwards", client.get(address)) for address in ("/kiosk/cut-1", "/site/versions/1")
    ]
    return seen
