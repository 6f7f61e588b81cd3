"""`interlock demo`: a whole factory on this machine."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.device import ScannerClient, Unreachable
from interlock import clock
from interlock.demo.crew import settle_people
from interlock.demo.factory import CLIENT_ID, HOLD_MS, SCANS_UNDER_WAY, Factory
from interlock.demo.hands import NotNow
from interlock.demo.history import Past, past_of, play
from interlock.demo.site import DemoFault, DemoSite, demo_site
from interlock.logs import to_standard_error
from interlock.opening import open_ledger
from interlock.plant import Plant
from interlock.wake import WakeSender
from ledger.flag_clocks import hold
from ledger.store import Ledger
from ledger.whereabouts import last_happened_at
from shopfloor.instants import Instant, moment_of

LIVE_EVERY_S = 1.0
PLAN_EVERY_S = 60.0
DRAFTS_EVERY_S = 6 * 3600.0
KIOSKS = 3


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Where pages are served; 8080, or the next free one, when left out.",
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("demo-site"),
    show_default=True,
    metavar="DIR",
    help="The demo's site folder; a second start goes on with what is in it.",
)
@click.option(
    "--history",
    "days",
    type=click.FloatRange(0.1, 60),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="How much of the past a first start plays.",
)
def demo(port: int | None, folder: Path, days: float) -> None:
    """Run a whole factory on this machine: a gearbox plant around the clock, with simulated people.

    It plays a week of history through broker, gateway and ledger, then goes on live: people scan over MQTT, are
    sometimes late, flag what is missing and answer. Ctrl-C stops everything; the next start goes on from there.
    """
    to_standard_error("demo")
    try:
        with _stopped_by_signals() as stopping, demo_site(folder, port) as site:
            _run(site, days, stopping)
    except KeyboardInterrupt:
        click.echo("\nStopped. The next start goes on from here.")
    except (DemoFault, Unreachable) as fault:
        raise click.ClickException(str(fault)) from None
    except NotNow:
        raise click.ClickException(
            f"The gateway did not answer; read {folder / 'logs'} and start again."
        ) from None


def _run(site: DemoSite, days: float, stopping: threading.Event) -> None:
    for note in site.notes:
        click.echo(note)
    with _open(site.folder) as ledger:
        click.echo(f"Site folder {site.folder}, ledger with {ledger.journal}.")
        hold(
            ledger, clock.now() + HOLD_MS, clock.now()
        )  # before the gateway starts to turn the clocks of flags
        with Plant(site.folder, log_folder=site.folder / "logs") as plant, _scanners(plant) as client:
            factory = Factory(plant, ledger, client, clock.now)
            past = past_of(last_happened_at(ledger), days, clock.now())
            _play(factory, past, plant, stopping)
            _tell(plant, factory)
            _tell_people(ledger, plant)
            _live(factory, plant, stopping)


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """SIGINT and SIGTERM end what runs with a KeyboardInterrupt; while it is tidied up they do nothing more."""
    stopping = threading.Event()

    def stop(*_: object) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        stopping.set()
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, stop)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _open(folder: Path) -> Iterator[Ledger]:
    """The ledger, which the planner writes; the web server is woken like after any other commit."""
    ledger = open_ledger(folder, create=True, checkpoints=False)
    wake = WakeSender(folder)
    ledger.listeners.append(wake.changed)
    try:
        yield ledger
    finally:
        wake.close()
        ledger.close()


def _scanners(plant: Plant) -> ScannerClient:
    site = plant.config.site
    return ScannerClient(
        site.id, plant.broker, CLIENT_ID, devices=tuple(site.devices), window=SCANS_UNDER_WAY
    )


def _play(factory: Factory, past: Past, plant: Plant, stopping: threading.Event) -> None:
    def look_after() -> None:
        plant.check()
        if stopping.is_set():
            raise KeyboardInterrupt

    begun_s = time.monotonic()
    with _progress(factory, past) as told:
        play(factory, past, look_after=look_after, told=told)
    done = factory.hands.done
    click.echo(
        f"{done['scans']:,} scans, {done['flags']} flags and {done['answers']} answers in "
        f"{time.monotonic() - begun_s:.0f} s."
    )


@contextmanager
def _progress(factory: Factory, past: Past) -> Iterator[Callable[[Instant], None]]:
    """A bar on a terminal; elsewhere one line."""
    console = Console(highlight=False)
    if not console.is_terminal:
        click.echo(f"{past.text} ...")
        yield lambda _: None
        return
    console.print(f"{past.text} ...", markup=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(" " * 12, total=max(1, past.until_at - past.begin_at))

        def told(at: Instant) -> None:
            day = moment_of(at, factory.zone).strftime("%a %d %b %H:00")
            bar.update(task, completed=at - past.begin_at, description=day)

        yield told


def _tell(plant: Plant, factory: Factory) -> None:
    site, line, web = plant.config.site, factory.line, plant.web_address
    works = [link for link in line.links if link.kind == "work"]
    shown = (works[0], works[len(works) // 2], line.last)
    click.echo("\nThe factory is running.")
    click.echo(f"  Start here    {web}/")
    click.echo(f"  Floor board   {web}/board/{line.id}")
    for link in shown[:KIOSKS]:
        station = site.stations_of(line.id, link.id)[0]
        click.echo(f"  Kiosk         {web}/kiosk/{station.id}   ({station.name})")
    click.echo(f"  Scanners      MQTT at {plant.broker}, topic interlock/{site.id}/<device>/scan")
    found = factory.floor.waiting_longest()
    if found is not None:
        code, device = found
        where = f"-h {plant.broker.host} -p {plant.broker.port} -t interlock/{site.id}/{device}/scan"
        click.echo(f"  Scan a batch  mosquitto_pub {where} -q 1 -m {code}")


def _tell_people(ledger: Ledger, plant: Plant) -> None:
    """Who can log in; visitors need not."""
    line = next(iter(plant.config.site.lines.values()))
    click.echo(
        f"\nWho works here. Nobody has to log in at this demo; {plant.web_address}/login shows how it is:"
    )
    for one in settle_people(ledger, line, clock.now()):
        click.echo(f"  {one.person.name:<13} PIN {one.pin}  badge {one.person.badge}  {one.told}")
    click.echo("A badge is read at a kiosk: type its code into the field for codes.")
    click.echo("Ctrl-C stops everything.")


def _live(factory: Factory, plant: Plant, stopping: threading.Event) -> None:
    plan_at_s = drafts_at_s = 0.0
    while not stopping.is_set():
        plant.check()
        if time.monotonic() >= plan_at_s:
            factory.plan(clock.now())
            plan_at_s = time.monotonic() + PLAN_EVERY_S
        if time.monotonic() >= drafts_at_s:
            factory.set_out_drafts(clock.now())
            factory.take_on_measures(clock.now())
            drafts_at_s = time.monotonic() + DRAFTS_EVERY_S
        factory.live(clock.now())
        stopping.wait(LIVE_EVERY_S)
