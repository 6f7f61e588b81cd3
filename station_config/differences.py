"""What is different between two configurations, in short sentences with the words of site.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from shopfloor.channels import Channel
from shopfloor.flag_rules import Consequence, FlagRules, Ladder
from shopfloor.instants import Duration, moment_of
from shopfloor.points import PointRules
from shopfloor.profiles import Gs1Rules, Profile
from shopfloor.site import Device, Line, Link, Product, Reason, ShiftPattern, Site, Station
from station_config.durations import duration_text
from station_config.lines import capitalised
from station_config.outages import Outage
from station_config.site_file import SiteConfig
from station_config.values import DAYS

T = TypeVar("T")
Field: TypeAlias = tuple[str, Callable[[T], str]]
"""What a value is called, and how it is told."""


def differences(before: SiteConfig, after: SiteConfig) -> tuple[str, ...]:
    """Every difference, in the order of the file; nothing when both mean the same."""
    return tuple(_told(before, after))


def _told(before: SiteConfig, after: SiteConfig) -> Iterator[str]:
    old, new = before.site, after.site
    yield from _changed("Site", _SITE, old, new)
    yield from _changed("Site", _plain("language"), before, after)
    yield from _listed("Holidays", _dates(old.holidays), _dates(new.holidays))
    yield from _things(_shift_name, _shift, old.shifts, new.shifts)
    yield from _lines(old, new)
    yield from _things(lambda product: product.name, _product, old.products, new.products)
    yield from _stations(old, new)
    yield from _things(lambda device: f"Device {device.id}", _device, old.devices, new.devices)
    yield from _things(lambda profile: f"Profile {profile.id}", _profile, before.profiles, after.profiles)
    yield from _changed("Gateway", _GATEWAY, before, after)
    yield from _changed("Codes", _CODES, before.codes, after.codes)
    yield from _reasons("Reason", old.reasons, new.reasons)
    yield from _reasons("Scrap reason", old.scrap_reasons, new.scrap_reasons)
    yield from _changed("Agreement", _AGREEMENT, old, new)
    yield from _changed("Flags", _FLAGS, old.flags, new.flags)
    yield from _changed("Points", _POINTS, old.flags.points, new.flags.points)
    yield from _consequences(old.flags.consequences, new.flags.consequences)
    yield from _channels(before.channels, after.channels)
    yield from _changed(
        "Broker",
        _plain("host", "port", "listen", "username", "password_file", "events", "event_names"),
        before.broker,
        after.broker,
    )
    yield from _changed("Web", _plain("listen", "port", "tls_certificate", "tls_key"), before.web, after.web)
    yield from _changed("Ledger", _plain("keep_months"), before.ledger, after.ledger)
    yield from _changed("Board", _plain("viewing_distance_m"), before.board, after.board)
    yield from _changed("Kiosk", _plain("scanner_prefix"), before.kiosk, after.kiosk)
    yield from _changed("Access", _plain("without_login", "scan"), before.access, after.access)


def _changed(name: str, fields: Iterable[Field[T]], old: T, new: T) -> Iterator[str]:
    for called, shown in fields:
        was, now = shown(old), shown(new)
        if was != now:
            yield f"{name}: {called.replace('_', ' ')} {was or 'none'} -> {now or 'none'}"


def _listed(
    name: str, was: list[str], now: list[str], *, what: str = "", ended: str = "no longer"
) -> Iterator[str]:
    """What came to a list and what left it."""
    what = what and f"{what} "
    yield from (f"{name}: {ended} {what}{item}" for item in was if item not in now)
    yield from (f"{name}: {what or 'also '}{item}" for item in now if item not in was)


def _things(
    name: Callable[[T], str],
    compare: Callable[[str, T, T], Iterator[str]],
    old: Mapping[str, T],
    new: Mapping[str, T],
) -> Iterator[str]:
    """Things that went, changed or came, each called as it is called now."""
    for key, thing in old.items():
        if key not in new:
            yield f"{name(thing)}: taken out"
    for key, thing in new.items():
        if key in old:
            yield from compare(name(thing), old[key], thing)
        else:
            yield f"{name(thing)}: new"


def _shift_name(shift: ShiftPattern) -> str:
    return f"{capitalised(shift.id)} shift"


def _shift(name: str, old: ShiftPattern, new: ShiftPattern) -> Iterator[str]:
    yield from _changed(name, _SHIFT, old, new)
    yield from _listed(name, _dates(old.overtime), _dates(new.overtime), what="overtime on")


def _lines(old: Site, new: Site) -> Iterator[str]:
    """Links of several lines are told with their line."""
    alone = len(old.lines) == len(new.lines) == 1

    def compare(name: str, was: Line, now: Line) -> Iterator[str]:
        yield from _changed(name, _LINE, was, now)
        links = {link.id: link for link in was.links}, {link.id: link for link in now.links}
        yield from _things(lambda link: link.name if alone else f"{now.name}, {link.name}", _link, *links)
        if links[0] == links[1] and was.links != now.links:
            yield f"{name}: the links in another order"

    yield from _things(lambda line: f"Line {line.name}", compare, old.lines, new.lines)


def _link(name: str, old: Link, new: Link) -> Iterator[str]:
    yield from _changed(name, _LINK, old, new)


def _product(name: str, old: Product, new: Product) -> Iterator[str]:
    yield from _changed(name, _PRODUCT, old, new)


def _device(name: str, old: Device, new: Device) -> Iterator[str]:
    yield from _changed(name, _plain("station", "profile", "address", "mode"), old, new)


def _profile(name: str, old: Profile, new: Profile) -> Iterator[str]:
    if replace(old, time_zone=None) != replace(new, time_zone=None) or (
        not old.built_in and old.time_zone != new.time_zone
    ):
        yield f"{name}: changed"


def _stations(old: Site, new: Site) -> Iterator[str]:
    def compare(name: str, was: Station, now: Station) -> Iterator[str]:
        yield from _changed(name, _STATION, was, now)
        spans = _outages(was.out_of_service, new.zone), _outages(now.out_of_service, new.zone)
        yield from _listed(name, *spans, what="out of service")

    yield from _things(lambda station: station.name, compare, old.stations, new.stations)
    for station in new.stations.values():
        if station.id not in old.stations:
            told = _outages(station.out_of_service, new.zone)
            yield from _listed(station.name, [], told, what="out of service")


def _reasons(kind: str, old: tuple[Reason, ...], new: tuple[Reason, ...]) -> Iterator[str]:
    def compare(name: str, was: Reason, now: Reason) -> Iterator[str]:
        yield from _changed(name, _plain("name"), was, now)

    by_id = {one.id: one for one in old}, {one.id: one for one in new}
    yield from _things(lambda reason: f"{kind} {reason.id}", compare, *by_id)
    if by_id[0] == by_id[1] and old != new:
        yield f"{kind}s: another order"


def _consequences(old: tuple[Consequence, ...], new: tuple[Consequence, ...]) -> Iterator[str]:
    def compare(name: str, was: Consequence, now: Consequence) -> Iterator[str]:
        yield from _changed(name, _plain("name", "kind", "amount", "cap"), was, now)

    by_id = {one.id: one for one in old}, {one.id: one for one in new}
    yield from _things(lambda consequence: f"Consequence {consequence.id}", compare, *by_id)


def _channels(old: tuple[Channel, ...], new: tuple[Channel, ...]) -> Iterator[str]:
    def compare(name: str, was: Channel, now: Channel) -> Iterator[str]:
        yield from _changed(name, _CHANNEL, was, now)

    by_id = {one.id: one for one in old}, {one.id: one for one in new}
    yield from _things(lambda channel: f"Notify {channel.id}", compare, *by_id)


def _ladder(steps: Ladder) -> str:
    return ", ".join(f"{step.role} {duration_text(Duration(step.after_ms))}" for step in steps)


def _plain(*names: str) -> tuple[Field[Any], ...]:
    """Attributes that are told as they are."""

    def shown(name: str) -> Callable[[Any], str]:
        def text(thing: Any) -> str:
            value = getattr(thing, name)
            return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

        return text

    return tuple((name, shown(name)) for name in names)


def _durations(*names: str) -> tuple[Field[Any], ...]:
    def shown(name: str) -> Callable[[Any], str]:
        def text(thing: Any) -> str:
            duration: Duration = getattr(thing, name)
            return duration_text(duration)

        return text

    return tuple((name, shown(name)) for name in names)


def _rate(rate: Fraction | None) -> str:
    return "" if rate is None else f"{float(rate):.12g}"


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _span(times: tuple[time, time]) -> str:
    return f"{_clock(times[0])}-{_clock(times[1])}"


def _dates(dates: Iterable[date]) -> list[str]:
    return [on.isoformat() for on in sorted(dates)]


def _outages(spans: Iterable[Outage], zone: ZoneInfo) -> list[str]:
    def wall(at: int) -> str:
        moment = moment_of(at, zone)
        return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"

    return [f"{wall(start)} - {'until further notice' if end is None else wall(end)}" for start, end in spans]


_SITE: tuple[Field[Site], ...] = (*_plain("id", "name"), ("timezone", lambda site: site.zone.key))
_AGREEMENT: tuple[Field[Site], ...] = (("roles", lambda site: ", ".join(site.roles)),)
_FLAGS: tuple[Field[FlagRules], ...] = (
    ("unanswered", lambda rules: _ladder(rules.unanswered)),
    ("promise", lambda rules: _ladder(rules.promise)),
    ("silence", lambda rules: duration_text(Duration(rules.silence_ms))),
    ("silence_share", lambda rules: str(rules.silence_share)),
)
_POINTS: tuple[Field[PointRules], ...] = _plain("late", "own_hour", "unanswered", "promise", "silence", "cap")
_CHANNEL: tuple[Field[Channel], ...] = (
    ("address_file", lambda channel: channel.address_file.name if channel.address_file else ""),
    *(
        (name, lambda channel, name=name: str(getattr(channel.topic, name, None) or ""))
        for name in ("topic", "payload", "payload_clear", "retain", "raised")
    ),
    ("roles", lambda channel: ", ".join(channel.roles)),
    ("lines", lambda channel: ", ".join(channel.lines)),
    ("quiet", lambda channel: ", ".join(map(_span, channel.quiet))),
    ("reports", lambda channel: ", ".join(channel.reports)),
    ("collapse", lambda channel: duration_text(Duration(channel.collapse_ms))),
)
_GATEWAY: tuple[Field[SiteConfig], ...] = (("listen", lambda config: ", ".join(config.listen)),)
_CODES: tuple[Field[Gs1Rules], ...] = (
    ("gs1", lambda codes: codes.when),
    ("gs1_batch", lambda codes: ", ".join(codes.batch)),
)
_SHIFT: tuple[Field[ShiftPattern], ...] = (
    ("start", lambda shift: _clock(shift.start)),
    ("end", lambda shift: _clock(shift.end)),
    ("days", lambda shift: ", ".join(DAYS[day] for day in sorted(shift.days))),
    ("breaks", lambda shift: ", ".join(_span(one) for one in shift.breaks)),
)
_LINE: tuple[Field[Line], ...] = (*_plain("name"), *_durations("ship_buffer"))
_LINK: tuple[Field[Link], ...] = (
    *_plain("name", "kind"),
    ("after", lambda link: ", ".join(link.after)),
    ("per_hour", lambda link: _rate(link.per_hour)),
    *_durations("lead", "transfer", "buffer"),
    ("shifts", lambda link: ", ".join(link.shifts)),
)
_PRODUCT: tuple[Field[Product], ...] = (
    *_plain("name", "line", "batch"),
    (
        "per_hour",
        lambda product: ", ".join(f"{link} {_rate(rate)}" for link, rate in sorted(product.per_hour.items())),
    ),
)
_STATION: tuple[Field[Station], ...] = (
    *_plain("name"),
    ("link", lambda station: f"{station.line}/{station.link}"),
)
