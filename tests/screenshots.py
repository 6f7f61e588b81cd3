"""`make screenshots`: the README's pictures, taken from the demo as a visitor sees it."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from interlock.ports import free_port
from tests.browsers import CHROMIUM_FLAGS
from tests.provision import find_program

DOCS = Path(__file__).parent.parent / "docs"
TV, TABLET = (1920, 1080), (1280, 800)
UPRIGHT, PHONE = (800, 1280), (390, 844)
README = {
    "board": ("/board/gearbox", TV, "light"),
    "kiosk": ("/kiosk/{busy}", TABLET, "light"),
    "plan": ("/orders/{offer}#plan", TABLET, "light"),
}
EVERYTHING = {
    f"{name}-{width}x{height}-{scheme}": (path, (width, height), scheme)
    for name, path in {
        "home": "/",
        "board": "/board/gearbox",
        "kiosk": "/kiosk/{busy}",
        "flagged": "/kiosk/{flagged}",
        "milestone": "/kiosk/steel-1",
        "orders": "/orders",
        "draft": "/orders/{offer}",
        "not-feasible": "/orders/{rush}",
        "changing": "/orders/{changing}",
        "new": "/plan/new",
        "import": "/plan/import",
        "load": "/plan",
        "what-if": "/plan/what-if",
        "site": "/site",
    }.items()
    for width, height in (TV, TABLET, UPRIGHT, PHONE)
    for scheme in ("light", "dark")
}


def main() -> None:
    """Take the README's pictures, or with --all every screen at every size into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", help="every screen at every size, into this folder"
    )
    parser.add_argument("--at", metavar="ADDRESS", help="of a demo that runs already")
    asked = parser.parse_args()
    folder, pictures = (asked.all, EVERYTHING) if asked.all else (DOCS, README)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data:
        if asked.at:
            take(asked.at, pictures, folder)
        else:
            with demo(Path(data)) as address:
                take(address, pictures, folder)


@contextmanager
def demo(data: Path) -> Iterator[str]:
    """A demo of its own; its address."""
    port = free_port()
    command = [sys.executable, "-m", "interlock", "demo", "--port", str(port), "--data", str(data / "demo")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        for line in running.stdout:
            sys.stdout.write(line)
            if "Ctrl-C" in line:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(20)


def take(address: str, pictures: dict[str, tuple[str, tuple[int, int], str]], folder: Path) -> None:
    """Each picture once its page is live and shows something open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_program("chromium"), args=CHROMIUM_FLAGS)
        places = stations_of_a_flag(address) | drafts(address)
        for name, (path, size, scheme) in pictures.items():
            picture(browser, address + path.format(**places), size, scheme, folder / f"{name}.png")
        browser.close()


def stations_of_a_flag(address: str) -> dict[str, str]:
    """Stations of the links on both sides of the oldest open flag; waits a while for one."""
    until_s = time.monotonic() + 120
    while True:
        with urllib.request.urlopen(f"{address}/api/v1/flags", timeout=5) as answer:  # noqa: S310  # the demo's own
            flags = json.load(answer)["flags"]
        if flags or time.monotonic() > until_s:
            break
        time.sleep(1)
    raised_by, against = (flags[0]["raised_by"], flags[0]["against"]) if flags else ("testrun", "assembly")
    return {"busy": f"{raised_by}-1", "flagged": f"{against}-1"}


def drafts(address: str) -> dict[str, str]:
    """The demo's drafts: one that waits, one that is not feasible, and the change of a released order."""
    with urllib.request.urlopen(f"{address}/api/v1/orders", timeout=5) as answer:  # noqa: S310  # the demo's own
        orders = json.load(answer)["orders"]
    found = {
        "changing": next(each["order"] for each in orders if each["state"] == "released" and each["agreeing"])
    }
    for order in orders:
        if order["state"] == "draft":
            found["offer" if order["feasible"] else "rush"] = order["order"]
    return found


def picture(browser: Browser, address: str, size: tuple[int, int], scheme: str, path: Path) -> None:
    """One page at one size in one colour scheme."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page.goto(address)
    if page.locator("#live").count():
        page.wait_for_selector("body[data-fresh=live]", state="attached", timeout=15_000)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path)
    page.close()


if __name__ == "__main__":
    main()
