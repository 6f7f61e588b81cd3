"""The screens' templates and files, without a server."""

# ruff: noqa: FBT003  # made-up contexts in the order of their fields read like the screens

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import kiosk
from kiosk.contexts import (
    Action,
    BatchRow,
    BoardPage,
    BoardRow,
    Choice,
    FlagCard,
    Frame,
    HomePage,
    HourCell,
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

FOLDER = Path(kiosk.__file__).parent
STATIC = FOLDER / "static"
VENDOR = STATIC / "vendor"
LONG = "Endprüfung mit Geräuschmessung und Verpackung"

FRAME = Frame(
    "Gearbox Works", "10:42", "Tuesday 24 November", 4711, 1, broker_connected=True, zone="Europe/Berlin"
)
HOUR = HourCell(0, "10-11", 40, 22, "now")
RAISED = FlagCard(3, "A-1", "Sewing", "Packing", 20, "10:00", 6, "raised", None, None, False, "")
ANSWERED = replace(RAISED, flag=4, state="answered", reason="Tool change", promised="11:15", comment="soon")
BROKEN = replace(ANSWERED, flag=5, promise_broken=True)
UNREASONED = replace(ANSWERED, flag=6, reason=None, promised=None)
ROW = BoardRow(
    "sew", "Sewing", False, "on_target", 0, (None, HourCell(0, "09-10", 40, 31, "short")), HOUR, None,
    83, 120, 0, None, 40, (), "10:38", 4,
)  # fmt: skip
ROWS = (
    ROW,
    replace(ROW, link="due", state="due_soon"),
    replace(ROW, link="late", state="late", late_min=12, behind=18, needed_per_hour=59),
    replace(ROW, link="still", state="stands_still", behind=18, needed_per_hour=None, late_min=34),
    replace(ROW, link="flag", state="flagged", flags=(RAISED, BROKEN)),
    replace(ROW, link="answer", state="answered", flags=(ANSWERED,)),
    replace(ROW, link="broken", state="answered", flags=(BROKEN,)),
    replace(ROW, link="reason", state="answered", flags=(UNREASONED,)),
    replace(ROW, link="dark", state="no_data", last_given=None, last_given_age_min=None),
    replace(ROW, link="idle", state="idle", now=None, past=(), shift_given=0, shift_target=0),
    replace(ROW, link="in", name="Castings in", milestone=True, rate_per_hour=None),
    replace(ROW, link="in-done", milestone=True, now=None, rate_per_hour=None, behind=200),
)
BOARD = BoardPage(
    FRAME, "shirts", "Shirts", "early shift", ("08-09", "09-10"), "10-11", "11-12", 18, "06:00", ROWS,
    3, 6, 1, 2, 47, "14:00",
)  # fmt: skip
OWED = OwedOrder("A-1", "polo", 20, "10:00", 42, None)
STATION = KioskPage(
    FRAME, "sew-1", "bench 1", "shirts", "Shirts", "sew", "Sewing", False, "early shift", HOUR, 18, 60, 18,
    "flagged", "Packing", 60, "11:00",
    (
        Incoming("cut", "Cutting", 20, 1, 4, (OWED, replace(OWED, order="A-2", flag=RAISED), OWED), 40, "11:00"),
        Incoming("buttons", "Buttons", 0, 0, None, (), 0, ""),
    ),
    (), (RAISED, BROKEN), (replace(RAISED, age_min=0), ANSWERED, BROKEN, UNREASONED),
    (Choice("tool", "Tool change"),), (Choice("2026-11-24T11:15:00+08:00", "11:15"),),
    (Action(1, "7K3-0411 given to Packing", "10:38"),),
)  # fmt: skip
OUTSIDE = replace(
    STATION, hour=None, shift="", minutes_left=0, behind=0, state="idle", next_quantity=0, next_by=""
)
EMPTY = replace(OUTSIDE, hour=replace(HOUR, target=0, given=0, state="none"), incoming=(), against_me=(),
                mine=(), reasons=(), promises=(), last=())  # fmt: skip
TO_GIVE = tuple(MilestoneOrder(f"A-{n}", "polo", 200, "Tue 14:00", n == 1, RAISED) for n in range(1, 5))
MILESTONE = replace(STATION, milestone=True, hour=None, incoming=(), orders=TO_GIVE, orders_open=19)
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
     BatchRow("000003M", 20, "", "waiting"), BatchRow("000004V", 20, "", "shipped")),
    (RAISED, ANSWERED, BROKEN, UNREASONED),
)  # fmt: skip

SCREENS: dict[str, tuple[str, Any]] = {
    "busy board": ("board/board.html", BOARD),
    "board outside every shift": (
        "board/board.html",
        replace(BOARD, shift="", past_labels=(), now_label="", following_label="", since="", until=""),
    ),
    "board without orders": ("board/board.html", replace(BOARD, rows=(ROWS[9],), orders_open=0, refused=0)),
    "board without links": ("board/board.html", replace(BOARD, rows=())),
    "board with long names": (
        "board/board.html",
        replace(BOARD, name=LONG, rows=tuple(replace(row, name=LONG, shift_given=12200) for row in ROWS)),
    ),
    "busy kiosk": ("kiosk/kiosk.html", STATION),
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
    "kiosk-incoming": ("kiosk/_incoming.html", STATION),
    "kiosk-orders": ("kiosk/_orders.html", MILESTONE),
    "kiosk-against": ("kiosk/_against.html", STATION),
    "kiosk-mine": ("kiosk/_mine.html", STATION),
    "kiosk-last": ("kiosk/_last.html", STATION),
    "message": ("kiosk/_message.html", STATION),
    "answer": ("kiosk/_answer.html", STATION),
}
LOOSE = {"row": ROW, "flag": RAISED, "result": "refused", "text": "given 09:41 to Packing"}


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
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension

    def static(name: str) -> str:
        assert (STATIC / name).is_file(), f"{name} is not among the static files"
        return f"/static/{name}"

    environment.globals["static"] = static
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
        assert tag != "style"
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
    assert "Castings in : 1500 due since 3 h" in said
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
    for page in (STATION, MILESTONE):
        html = templates.get_template("kiosk/kiosk.html").render(page=page)
        buttons = [
            a for tag, a in Tags(html).found if tag == "button" and "button-first" in (a.get("class") or "")
        ]
        assert len([a for a in buttons if "confirm-yes" not in (a["class"] or "")]) <= 4


def test_no_button_of_a_kiosk_takes_the_focus(templates: Environment) -> None:
    for name, page in (
        ("kiosk/kiosk.html", STATION),
        ("kiosk/kiosk.html", MILESTONE),
        ("kiosk/_answer.html", STATION),
    ):
        for tag, attributes in Tags(templates.get_template(name).render(page=page, **LOOSE)).found:
            assert tag != "button" or attributes.get("tabindex") == "-1"


def test_not_received_names_the_order_the_link_and_the_quantity(templates: Environment) -> None:
    html = templates.get_template("kiosk/_incoming.html").render(page=STATION)
    button = next(a for tag, a in Tags(html).found if tag == "button")
    assert (button["data-order"], button["data-against"], button["data-quantity"]) == ("A-1", "cut", "20")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    css = (STATIC / "base.css").read_text()
    yield from ((selector, colours(block)) for selector, block in re.findall(r"(:root[^{]*)\{([^}]*)\}", css))


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((text, ground) for text in ("ink", "quiet") for ground in ("ground", "raised", "sunken")),
    *(("on-colour", state) for state in ("due-soon", "late", "stands-still", "flagged", "answered")),
]


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_has_a_contrast_of_4_5_in_both_themes(text: str, ground: str) -> None:
    for selector, theme in themes():
        assert contrast(theme[text], theme[ground]) >= 4.5, selector


def test_the_dark_theme_is_the_same_by_setting_and_by_address() -> None:
    light, by_setting, by_address = (theme for _, theme in themes())
    assert by_setting == by_address
    assert light.keys() == by_setting.keys()


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
