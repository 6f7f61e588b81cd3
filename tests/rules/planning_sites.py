"""Small sites for the tests of planning, put together by hand."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from fractions import Fraction
from zoneinfo import ZoneInfo

from shopfloor.instants import HOUR_MS, MINUTE_MS, NO_TIME, Duration, Instant, instant_from_text, local_text
from shopfloor.orders import Order, OrderPlan
from shopfloor.site import Line, Link, Product, ShiftPattern, Site, Station

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
DAY = ShiftPattern("day", time(8), time(17), WORKDAYS, ((time(12), time(13)),))
NIGHT = ShiftPattern("night", time(22), time(6), EVERY_DAY)


def minutes(count: int) -> Duration:
    return Duration(working_ms=count * MINUTE_MS)


def hours(count: int) -> Duration:
    return Duration(working_ms=count * HOUR_MS)


def days(count: int) -> Duration:
    return Duration(calendar_days=count)


def work(
    link_id: str,
    per_hour: int | Fraction,
    *after: str,
    lead: Duration = NO_TIME,
    transfer: Duration = NO_TIME,
    buffer: Duration = NO_TIME,
    shifts: tuple[str, ...] = ("day",),
) -> Link:
    return Link(
        link_id,
        link_id.title(),
        after=after,
        per_hour=Fraction(per_hour),
        lead=lead,
        transfer=transfer,
        buffer=buffer,
        shifts=shifts,
    )


def site_of(
    *links: Link,
    batch: int = 20,
    ship_buffer: Duration = NO_TIME,
    zone: ZoneInfo = SHANGHAI,
    shifts: Iterable[ShiftPattern] = (DAY,),
    holidays: Iterable[date] = (),
    stations: Mapping[str, int] | None = None,
    products: Iterable[Product] = (),
) -> Site:
    """A site with one line, `shirts`, its product `polo`, and one station a link if not told otherwise."""
    made = [Product("polo", "shirts", "Polo", batch), *products]
    counts = {link.id: 1 for link in links if link.kind == "work"} | dict(stations or {})
    return Site(
        id="hz1",
        name="Hangzhou Shirts",
        zone=zone,
        holidays=frozenset(holidays),
        shifts={pattern.id: pattern for pattern in shifts},
        lines={"shirts": Line("shirts", "Shirts", links, ship_buffer)},
        products={product.id: product for product in made},
        stations={
            f"{link}-{number}": Station(f"{link}-{number}", link, "shirts", link)
            for link, count in counts.items()
            for number in range(count)
        },
        devices={},
    )


def shirts() -> Site:
    """The line of the worked example."""
    return site_of(
        work("cut", 100, transfer=minutes(30), buffer=minutes(60)),
        work("sew", 40, "cut", buffer=minutes(60)),
        work("pack", 50, "sew"),
        ship_buffer=hours(1),
    )


def at(text: str, zone: ZoneInfo = SHANGHAI) -> Instant:
    """An instant by the wall clock: `11-25 17:00` of 2026."""
    return instant_from_text(f"2026-{text.replace(' ', 'T')}", zone)


def polos(quantity: int, due: str, order: str = "A-1", priority: int = 100, product: str = "polo") -> Order:
    return Order(order, "shirts", product, quantity, at(due), priority=priority)


def rows(plan: OrderPlan, link_id: str, zone: ZoneInfo = SHANGHAI) -> list[tuple[str, int, int, int, str]]:
    """A link's hours as (start, make, give, cumulative, latest), instants like `11-25 17:00`."""

    def short(instant: Instant) -> str:
        return local_text(instant, zone)[5:16].replace("T", " ")

    return [
        (short(hour.start_at), hour.make, hour.give, hour.cumulative, short(hour.latest_at))
        for link in plan.links
        if link.link == link_id
        for hour in link.hours
    ]
