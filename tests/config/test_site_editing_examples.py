"""Any changes of an example site: they are read back exactly, comments stay, and saying it twice changes nothing."""

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopfloor.instants import instant_from_text
from shopfloor.site import Site
from station_config import (
    DAYS,
    AddStation,
    Change,
    SetLinkValues,
    SetShift,
    SetShipBuffer,
    SetSiteHolidays,
    SetStationOutages,
    SiteFaults,
    apply,
    check_text,
    differences,
    duration_from_text,
    duration_text,
    load,
    placed,
    write_site,
)

# The folder is the same for all examples; nothing is written into it.
same_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=20,
)
EXAMPLES = pytest.mark.parametrize("name", ["shirts", "gearbox"])


@cache
def example(name: str) -> str:
    return (files("station_config") / "examples" / name / "site.toml").read_text(encoding="utf-8")


@cache
def site_of(name: str) -> Site:
    return check_text(Path(), example(name)).site


def some(texts: st.SearchStrategy[str], max_size: int = 4) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(texts, unique=True, max_size=max_size).map(tuple)


durations = st.sampled_from(["0min", "45s", "30min", "90min", "2h", "1h30min", "3d"])
rates = st.sampled_from(["17", "45.5", "120"])
dates = st.dates(min_value=date(2026, 9, 28), max_value=date(2026, 10, 12)).map(str)
breaks = st.sampled_from(["09:00-09:10", "12:00-12:30"])
spans = st.tuples(st.integers(1, 28), st.integers(0, 23), st.integers(1, 9)).map(
    lambda at: f"2026-11-{at[0]:02}T{at[1]:02}:00/" + (".." if at[2] > 7 else f"2026-12-0{at[2]}T08:00")
)


@st.composite
def sound_changes(draw: st.DrawFn, name: str) -> list[Change]:
    """A few changes of an example that leave it sound."""
    site = site_of(name)
    line = next(iter(site.lines.values()))
    drawn: dict[object, Change] = {}
    for kind in draw(
        st.lists(st.sampled_from(["site", "shift", "line", "link", "link", "station"]), max_size=5)
    ):
        if kind == "site":
            drawn[kind] = SetSiteHolidays(draw(some(dates)))
        elif kind == "shift" and name == "shirts":
            days = draw(some(st.sampled_from(DAYS), 7).filter(bool))
            drawn[kind] = SetShift("day", days=days, breaks=draw(some(breaks, 2)), overtime=draw(some(dates)))
        elif kind == "line":
            drawn[kind] = SetShipBuffer(line.id, draw(durations))
        elif kind == "link":
            link = draw(st.sampled_from(line.links))
            rate = None if link.kind == "milestone" else draw(rates)
            lags = draw(durations), draw(durations), draw(durations)
            drawn[link.id] = SetLinkValues(line.id, link.id, rate, *lags)
        elif kind == "station":
            station = draw(st.sampled_from(list(site.stations)))
            drawn["at", station] = SetStationOutages(station, draw(some(spans)))
    return list(drawn.values())


def means(site: Site, change: Change) -> bool:
    """Whether the site says what was typed."""
    match change:
        case SetSiteHolidays():
            return {str(on) for on in site.holidays} == set(change.holidays)
        case SetShift():
            shift = site.shifts[change.id]
            days = {DAYS[day] for day in shift.days}
            breaks = {f"{start:%H:%M}-{end:%H:%M}" for start, end in shift.breaks}
            typed = (set(change.days or ()), set(change.overtime or ()), set(change.breaks or ()))
            return (days, {str(on) for on in shift.overtime}, breaks) == typed
        case SetShipBuffer():
            return site.lines[change.line].ship_buffer == duration_from_text(change.ship_buffer)
        case SetLinkValues():
            link = site.lines[change.line].link(change.link)
            lags = [
                duration_from_text(text or "0min") for text in (change.lead, change.transfer, change.buffer)
            ]
            rate = None if link.per_hour is None else float(link.per_hour)
            return [link.lead, link.transfer, link.buffer] == lags and rate == (
                change.per_hour and float(change.per_hour)
            )
        case SetStationOutages():
            found = site.stations[change.station].out_of_service
            edges = [edge for text in change.out_of_service for edge in text.split("/")]
            at = [instant_from_text(edge, site.zone) for edge in edges if edge != ".."]
            known = {edge for span in found for edge in span if edge is not None}
            return known <= set(at) and bool(known) == bool(at) and (not at or found[0][0] == min(at))
        case AddStation():
            return change.id in site.stations


@EXAMPLES
@same_folder
@given(data=st.data())
def test_what_was_asked_for_is_read_back_and_every_comment_stays(name: str, data: st.DataObject) -> None:
    text, before = example(name), check_text(Path(), example(name))
    changes = data.draw(sound_changes(name))
    after = apply(text, changes)
    config = check_text(Path(), after)
    assert all(means(config.site, change) for change in changes)
    assert [line for line in after.splitlines() if "#" in line] == [
        line for line in text.splitlines() if "#" in line
    ]
    assert apply(after, changes) == after
    assert bool(differences(before, config)) == (config != before)
    assert (after == text) or config != before


@EXAMPLES
@given(data=st.data())
@same_folder
def test_whatever_is_typed_is_told_at_its_field_or_read_back(name: str, data: st.DataObject) -> None:
    typed = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    site = site_of(name)
    line = next(iter(site.lines.values()))
    changes: list[Change] = [
        SetSiteHolidays(data.draw(some(typed))),
        SetShift(next(iter(site.shifts)), start=data.draw(typed), days=data.draw(some(typed))),
        SetLinkValues(line.id, line.last.id, per_hour=data.draw(typed), buffer=data.draw(typed)),
        SetStationOutages(next(iter(site.stations)), data.draw(some(typed))),
        AddStation(data.draw(typed), f"{line.id}/{line.last.id}", data.draw(typed)),
    ]
    text = apply(example(name), changes)
    assert tomllib.loads(text)
    assert re.findall(r"^\s*#.*", text, re.MULTILINE) == re.findall(r"^\s*#.*", example(name), re.MULTILINE)
    with pytest.raises(SiteFaults) as raised:  # "start" and "per_hour" cannot both be guessed
        check_text(Path(), text)
    assert all(one.change in changes for one in placed(text, changes, raised.value.faults))


@EXAMPLES
def test_an_example_written_back_as_it_is_read_stays_as_it_is(name: str, tmp_path: Path) -> None:
    site = site_of(name)
    changes: list[Change] = [SetSiteHolidays(tuple(map(str, site.holidays)))]
    for shift in site.shifts.values():
        breaks = tuple(f"{start:%H:%M}-{end:%H:%M}" for start, end in shift.breaks)
        days = tuple(DAYS[day] for day in shift.days)
        changes.append(SetShift(shift.id, f"{shift.start:%H:%M}", f"{shift.end:%H:%M}", days, breaks, ()))
    for line in site.lines.values():
        changes.append(SetShipBuffer(line.id, duration_text(line.ship_buffer)))
        for link in line.links:
            lags = map(duration_text, (link.lead, link.transfer, link.buffer))
            rate = None if link.per_hour is None else f"{float(link.per_hour):g}"
            changes.append(SetLinkValues(line.id, link.id, rate, *lags))
    changes += [SetStationOutages(station, ()) for station in site.stations]
    assert apply(example(name), changes) == example(name)
    (tmp_path / "site.toml").write_text("version = 1\n")
    assert write_site(tmp_path, example(name)) == load(tmp_path)


@given(st.integers(0, 400 * 3600))
def test_a_duration_is_told_as_it_would_be_written(seconds: int) -> None:
    text = f"{seconds}s"
    assert duration_from_text(duration_text(duration_from_text(text))) == duration_from_text(text)
