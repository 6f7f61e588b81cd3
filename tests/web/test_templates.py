"""The screens' templates and files, without a server."""

# ruff: noqa: FBT003  # made-up contexts in the order of their fields read like the screens

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import kiosk
from kiosk import template_words
from kiosk.bundles import BUNDLES
from kiosk.contexts import (
    Action,
    BatchRow,
    Choice,
    HomePage,
    Incoming,
    KioskPage,
    LineSummary,
    MilestoneOrder,
    OrderLink,
    OrderPage,
    OrderRow,
    OrdersPage,
    OwedOrder,
    StationLink,
)
from tests.web import batch_samples as samples
from tests.web.batch_samples import BATCHES, NO_BATCHES, QUESTION
from tests.web.board_screens import BOARD, HOUR, ROW, ROWS
from tests.web.flag_screens import (
    ANSWERED,
    BROKEN,
    CARDS,
    CHOSEN,
    FLAG_SCREENS,
    FRAME,
    RAISED,
    UNREASONED,
)

FOLDER = Path(kiosk.__file__).parent
STATIC = FOLDER / "static"
VENDOR = STATIC / "vendor"
LONG = "Endprüfung mit Geräuschmessung und Verpackung"

OWED = OwedOrder("A-1", "polo", 20, "10:00", 42, None)
STATION = KioskPage(
    FRAME, "sew-1", "bench 1", "shirts", "Shirts", "sew", "Sewing", False, "early shift", HOUR, 18, 60, 18,
    "flagged", "Packing", 60, "11:00",
    (
        Incoming("cut", "Cutting", 20, 4, (OWED, replace(OWED, order="A-2", flag=RAISED), OWED), 40, "11:00"),
        Incoming("buttons", "Buttons", 0, None, (), 0, ""),
    ),
    (), (RAISED, BROKEN), (replace(RAISED, age_min=0), ANSWERED, BROKEN, UNREASONED),
    (Choice("tool", "Tool change"),), (Choice("2026-11-24T11:15:00+08:00", "11:15"),),
    (Action(2, "7K3-0412 received", "10:39"), Action(1, "7K3-0411 given to Packing", "10:38", "scan/1")),
    batches=BATCHES,
)  # fmt: skip
ASKED = replace(STATION, question=QUESTION)
OUTSIDE = replace(
    STATION, hour=None, shift="", minutes_left=0, behind=0, state="idle", next_quantity=0, next_by=""
)
EMPTY = replace(OUTSIDE, hour=replace(HOUR, target=0, given=0, state="none"), incoming=(), against_me=(),
                mine=(), reasons=(), promises=(), last=(), batches=NO_BATCHES)  # fmt: skip
TO_GIVE = tuple(MilestoneOrder(f"A-{n}", "polo", 200, "Tue 14:00", n == 1, RAISED) for n in range(1, 5))
MILESTONE = replace(
    STATION, milestone=True, batches=None, hour=None, incoming=(), orders=TO_GIVE, orders_open=19
)
HOME = HomePage(
    FRAME,
    (LineSummary("shirts", "Shirts", (StationLink("sew-1", "bench 1", "Sewing"),), 1, 2, 3),),
    False, "127.0.0.1:1883", "interlock/gbx1/<device>/scan",
)  # fmt: skip
ORDER = OrderRow(
    "A-1",
    "shirts",
    "Shirts",
    "Polo",
    200,
    "Lotus Stores",
    "Wed 25 Nov 17:00",
    40,
    False,
    "late",
    "Cutting",
    12,
)
SHIPPED = replace(
    ORDER, order="A-0", customer="", shipped=200, done=True, state="on_target", worst_link="", late_min=0
)
PART = OrderLink("cut", "Cutting", 80, 40, 40, "late", 12, 40, "Tue 16:00")
ORDERS = OrdersPage(FRAME, (*(replace(ORDER, order=row.link, state=row.state) for row in ROWS), SHIPPED))
ONE = OrderPage(
    FRAME, ORDER,
    (*(replace(PART, link=row.link, state=row.state) for row in ROWS),
     replace(PART, given=200, missing=0, state="on_target", late_min=0, next_quantity=0, next_by="")),
    (BatchRow("0000017", 20, "Sewing", "at"), BatchRow("000002E", 20, "Sewing", "on its way"),
     BatchRow("000003M", 20, "", "waiting", part_of="0000017"), BatchRow("000004V", 20, "", "shipped")),
    (RAISED, ANSWERED, BROKEN, UNREASONED),
)  # fmt: skip

SCREENS: dict[str, tuple[str, Any]] = {
    "busy board": ("board/board.html", BOARD),
    "board outside every shift": (
        "board/board.html",
        replace(BOARD, shift="", past_labels=(), now_label="", since="", until=""),
    ),
    "board without orders": ("board/board.html", replace(BOARD, rows=(ROWS[12],), orders_open=0, refused=0)),
    "board without links": ("board/board.html", replace(BOARD, rows=())),
    "board with long names": (
        "board/board.html",
        replace(BOARD, name=LONG, rows=tuple(replace(row, name=LONG, shift_given=12200) for row in ROWS)),
    ),
    "busy kiosk": ("kiosk/kiosk.html", STATION),
    "kiosk that asks": ("kiosk/kiosk.html", ASKED),
    "kiosk with an answered flag": ("kiosk/kiosk.html", replace(STATION, against_me=(BROKEN, UNREASONED))),
    "kiosk at night": ("kiosk/kiosk.html", OUTSIDE),
    "kiosk without anything": ("kiosk/kiosk.html", EMPTY),
    "kiosk with long names": ("kiosk/kiosk.html", replace(STATION, name=LONG, link_name=LONG, next_names=LONG)),
    "kiosk of a milestone": ("kiosk/kiosk.html", MILESTONE),
    "kiosk of a milestone without orders": ("kiosk/kiosk.html", replace(MILESTONE, orders=())),
    "orders": ("orders.html", ORDERS),
    "orders before the first": ("orders.html", replace(ORDERS, rows=())),
    "an order": ("order.html", ONE),
    "a shipped order": ("order.html", replace(ONE, row=SHIPPED, links=ONE.links[-1:], flags=())),
    **samples.SCREENS,
    **FLAG_SCREENS,
    "kiosk with every kind of flag": ("kiosk/kiosk.html", replace(STATION, against_me=CARDS[4:], mine=CARDS[4:])),
    "first page": ("home.html", HOME),
    "first page without orders": ("home.html", replace(HOME, empty=True)),
    "first page without lines": ("home.html", replace(HOME, lines=(), empty=True)),
}  # fmt: skip
REGIONS: dict[str, tuple[str, Any]] = {
    "board-head": ("board/_head.html", BOARD),
    "row-sew": ("board/_row.html", BOARD),
    "board-foot": ("board/_foot.html", BOARD),
    "kiosk-head": ("kiosk/_head.html", STATION),
    "kiosk-hour": ("kiosk/_hour.html", STATION),
    "kiosk-asked": ("kiosk/_asked.html", ASKED),
    "kiosk-incoming": ("kiosk/_incoming.html", STATION),
    "kiosk-batches": ("kiosk/_batches.html", STATION),
    "kiosk-orders": ("kiosk/_orders.html", MILESTONE),
    "kiosk-against": ("kiosk/_against.html", STATION),
    "kiosk-mine": ("kiosk/_mine.html", STATION),
    "kiosk-last": ("kiosk/_last.html", STATION),
    "message": ("kiosk/_message.html", STATION),
    "answer": ("kiosk/_answer.html", replace(STATION, previous_names="Cutting")),
    "consequence": ("kiosk/_consequence.html", STATION),
    "sheet": ("kiosk/_sheet.html", samples.SHEET),
}
LOOSE = {
    "choices": (Choice("word", "A word"),),
    "row": ROW,
    "flag": replace(CHOSEN, can_dispute=True),
    "result": "refused",
    "text": "given 09:41 to Packing",
}


class Tags(HTMLParser):
    """Every start tag with its attributes, and how deep elements are nested at the top."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get("id"))]


@pytest.fixture(scope="module")
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=template_words.finalize,
    )
    environment.globals.update(template_words.GLOBALS)
    environment.filters.update(template_words.FILTERS)

    def static(name: str) -> str:
        for each in BUNDLES.get(name, (name,)):
            assert (STATIC / each).is_file(), f"{each} is not among the static files"
        return f"/static/{name}"

    environment.globals["program"] = "0123456789abcdef"
    environment.globals["static"] = static
    environment.globals["inlined"] = lambda name: Markup("<style></style>") if static(name) else ""
    return environment


def drawn(templates: Environment, name: str, page: Any) -> str:
    """A screen as its page draws it; the page of an order also says which board is its own."""
    return templates.get_template(name).render(page=page)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_asks_only_for_what_its_context_supplies(templates: Environment, screen: str) -> None:
    name, page = SCREENS[screen]
    assert "</html>" in drawn(templates, name, page)


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_is_inline_that_the_content_security_policy_forbids(
    templates: Environment, screen: str
) -> None:
    name, page = SCREENS[screen]
    for tag, attributes in Tags(drawn(templates, name, page)).found:
        assert tag != "style" or not attributes  # one that the policy knows by its hash
        assert "style" not in attributes
        assert not [key for key in attributes if re.match(r"on|hx-on", key)]
        assert tag != "script" or attributes["src"]


@pytest.mark.parametrize("screen", SCREENS)
def test_each_id_stands_once_on_a_screen(templates: Environment, screen: str) -> None:
    name, page = SCREENS[screen]
    ids = Tags(drawn(templates, name, page)).ids()
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("region", REGIONS)
def test_a_live_region_is_one_element_with_its_id(templates: Environment, region: str) -> None:
    name, page = REGIONS[region]
    html = templates.get_template(name).render(page=page, **LOOSE).strip()
    first, attributes = Tags(html).found[0]
    assert attributes["id"] == region
    assert html.endswith(f"</{first}>")
    assert html.startswith(f"<{first}")


def words(templates: Environment, name: str, **context: Any) -> str:
    """What a screen or a region says, without its markup."""
    html = re.sub(r"<[^>]+>", " ", templates.get_template(name).render(**context))
    return " ".join(html.split())


@pytest.mark.parametrize("loudest", [RAISED, BROKEN, ANSWERED])
def test_a_row_counts_its_other_flags_and_says_how_late_it_is(templates: Environment, loudest: Any) -> None:
    row = replace(ROW, state="flagged", late_min=34, behind=18, flags=(loudest, ANSWERED, ANSWERED))
    said = words(templates, "board/_row.html", page=BOARD, row=row)
    assert "+2 more" in said
    assert "late 34 min" in said


def test_the_foot_says_what_a_milestone_owes_when_no_other_link_is_behind(templates: Environment) -> None:
    row = replace(ROW, name="Castings in", milestone=True, behind=1500, late_min=180, needed_per_hour=None)
    said = words(templates, "board/_foot.html", page=replace(BOARD, rows=(ROW, row)))
    assert "Castings in : 1,500 due since 3 h" in said
    assert "nothing to catch up" not in said


def test_a_milestone_owes_what_was_due_before_and_what_this_hour_asks(templates: Environment) -> None:
    row = replace(ROW, milestone=True, behind=100)
    assert "due 118" in words(templates, "board/_row.html", page=BOARD, row=row)


def test_outside_an_hour_the_screens_say_when_work_goes_on(templates: Environment) -> None:
    pause = replace(BOARD, now_label="", next_start="13:00")
    night = replace(SCREENS["board outside every shift"][1], next_start="Tue 06:00")
    behind = replace(ROW, behind=120, needed_per_hour=None)
    assert "break until 13:00" in words(templates, "board/_head.html", page=pause)
    assert "no shift until Tue 06:00" in words(templates, "board/_head.html", page=night)
    foot = words(templates, "board/_foot.html", page=replace(night, rows=(behind,)))
    assert "Sewing 120 to catch up from Tue 06:00" in foot
    hour = replace(OUTSIDE, shift="early shift", next_start="13:00")
    assert "Break until 13:00" in words(templates, "kiosk/_hour.html", page=hour)
    assert "i-night" not in templates.get_template("kiosk/_hour.html").render(page=hour)
    dark = replace(OUTSIDE, next_start="Tue 06:00")
    assert "No shift until Tue 06:00" in words(templates, "kiosk/_hour.html", page=dark)


def test_a_milestones_kiosk_counts_all_orders_that_it_has_to_give(templates: Environment) -> None:
    assert "19 to give" in words(templates, "kiosk/_hour.html", page=MILESTONE)
    assert "16 orders more after these" in words(templates, "kiosk/_orders.html", page=MILESTONE)


def test_the_last_minute_and_what_was_just_given_have_words_of_their_own(templates: Environment) -> None:
    for name, page in (("board/_head.html", BOARD), ("kiosk/_hour.html", STATION)):
        assert "last minute" in words(templates, name, page=replace(page, minutes_left=0))
    fresh = replace(STATION.incoming[0], on_its_way_since_min=0)
    said = words(templates, "kiosk/_incoming.html", page=replace(STATION, incoming=(fresh,)))
    assert "on its way: 20 just now" in said


def test_names_are_shown_as_text_and_never_as_markup(templates: Environment) -> None:
    page = replace(BOARD, rows=(replace(ROW, name="<b>Sewing</b>"),))
    assert "&lt;b&gt;Sewing&lt;/b&gt;" in templates.get_template("board/board.html").render(page=page)


def test_a_kiosk_shows_at_most_four_primary_actions(templates: Environment) -> None:
    for page in (STATION, ASKED, MILESTONE):
        html = templates.get_template("kiosk/kiosk.html").render(page=replace(page, batches=None))
        buttons = [
            a for tag, a in Tags(html).found if tag == "button" and "button-first" in (a.get("class") or "")
        ]
        assert len([a for a in buttons if "confirm-yes" not in (a["class"] or "")]) <= 4


def test_no_button_of_a_kiosk_takes_the_focus(templates: Environment) -> None:
    for name, page in (
        ("kiosk/kiosk.html", STATION),
        ("kiosk/kiosk.html", MILESTONE),
        ("kiosk/kiosk.html", ASKED),
        ("kiosk/_answer.html", STATION),
        ("kiosk/_sheet.html", samples.SHEET),
    ):
        for tag, attributes in Tags(templates.get_template(name).render(page=page, **LOOSE)).found:
            assert tag != "button" or attributes.get("tabindex") == "-1"


def test_not_received_names_the_order_the_link_and_the_quantity(templates: Environment) -> None:
    html = templates.get_template("kiosk/_incoming.html").render(page=STATION)
    button = next(a for tag, a in Tags(html).found if tag == "button")
    assert (button["data-order"], button["data-against"], button["data-quantity"]) == ("A-1", "cut", "20")


def test_each_vendored_file_is_listed_with_its_hash() -> None:
    listed = dict(
        re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|", (VENDOR / "VENDORED.md").read_text(), re.MULTILINE)
    )
    files = {path.name: path for path in VENDOR.iterdir() if path.suffix in (".js", ".woff2")}
    assert listed == {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_each_licence_that_is_named_lies_beside_its_file() -> None:
    named = set(re.findall(r"\S+-LICENSE\.txt", (VENDOR / "VENDORED.md").read_text()))
    assert named == {path.name for path in VENDOR.glob("*-LICENSE.txt")}


def test_every_shape_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-(\w+)"', (FOLDER / "templates" / "_icons.html").read_text()))
    used = {
        name
        for path in (FOLDER / "templates").rglob("*.html")
        for name in re.findall(r'icon\("(\w+)"', path.read_text())
    }
    assert used <= sprite
    assert {row.state for row in ROWS} <= sprite
