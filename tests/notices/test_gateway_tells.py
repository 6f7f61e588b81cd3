"""The gateway as a process tells people: also when it is killed in the middle, and without holding up a scan."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from interlock import clock
from ledger.flags import Tap, raise_flag
from ledger.notices import ask_for_test, state
from shopfloor.instants import MINUTE_MS
from tests.broker_fixtures import RunningBroker
from tests.live_site import Site
from tests.postbox import MailServer, Webhook
from tests.waiting import wait_for

CHANNELS = """
[[notify]]
id = "hook"
address_file = "hook.txt"
collapse = "0min"

[[notify]]
id = "mail"
address_file = "mail.txt"
collapse = "0min"
roles = ["manager"]
"""
MakeSite = Callable[..., Site]


def flag(site: Site, station: str, against: str) -> int:
    """As if it had been raised an hour ago and more: by now everybody has to be told."""
    now = clock.now()
    tap = Tap(f"flag {station}", station, now - 65 * MINUTE_MS)
    config = site.plant.config.site
    return raise_flag(site.ledger, config, tap, against=against, order="A-1", now=now)


def all_sent(site: Site, notices: int) -> bool:
    rows = site.ledger.rows("SELECT sent_at FROM notices")
    return len(rows) == notices and all(row["sent_at"] is not None for row in rows)


def start(make_site: MakeSite, broker: RunningBroker, hook: Webhook, mail: MailServer) -> Site:
    files = {"hook.txt": f"{hook.address}?rto=60", "mail.txt": mail.address}
    return make_site(broker, CHANNELS, files, only="gateway")


def test_a_gateway_that_is_killed_while_it_sends_tells_it_again_and_then_no_more(
    make_site: MakeSite, embedded_broker: RunningBroker
) -> None:
    with Webhook() as hook, MailServer() as mail:
        site = start(make_site, embedded_broker, hook, mail)
        wait_for(lambda: state(site.ledger, "hook") is not None, seconds=30, what="the channels")
        hook.hold.clear()
        flag(site, "sew-1", "cut")
        wait_for(lambda: hook.begun == 1, 40, "the webhook to be asked")
        site.publish("scanner-cut", f'{{"id": "a1", "code": "{site.codes[0]}"}}')
        wait_for(lambda: site.recorded("a1"), seconds=30, what="a scan that is recorded while a target hangs")
        wait_for(lambda: len(mail.mails) == 1, seconds=30, what="the mail that does not wait for the webhook")
        site.kill("gateway")
        hook.lost = hook.begun
        hook.hold.set()
        wait_for(lambda: site.is_back("gateway"), seconds=30, what="the gateway's restart")
        wait_for(lambda: all_sent(site, 3), 40, "everything to be told")
        flag(site, "pack-1", "sew")
        wait_for(lambda: all_sent(site, 6), 40, "what came later")
        told = [line.split(": ")[1] for line in hook.lines() if " Cutting unanswered" in line]
        assert sorted(told) == ["lead told. A-1", "manager told. A-1", "supervisor told. A-1"]
        sewing = [line for line in hook.lines() if " Sewing unanswered" in line]
        assert len(sewing) == 3
        wait_for(lambda: any("Sewing" in subject for subject in mail.subjects()), 20, "the second mail")
        assert sum("Sewing" in subject for subject in mail.subjects()) == 1


def test_a_stop_does_not_wait_for_a_target_that_hangs(
    make_site: MakeSite, embedded_broker: RunningBroker
) -> None:
    with Webhook() as hook, MailServer() as mail:
        site = start(make_site, embedded_broker, hook, mail)
        wait_for(lambda: state(site.ledger, "hook") is not None, seconds=30, what="the channels")
        hook.hold.clear()
        with site.ledger.write(clock.now()) as tx:
            ask_for_test(tx, "hook", "Ann")
        wait_for(lambda: hook.begun == 1, seconds=30, what="the webhook to be asked")
        gateway = site.part("gateway")
        assert gateway.pid is not None
        os.kill(gateway.pid, signal.SIGTERM)
        wait_for(lambda: not gateway.alive, 30, "the gateway's end")  # it hangs for 60
        hook.hold.set()
