"""Reports that are sent by themselves: after each shift and each week, once, with the numbers of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest

from kiosk.app import create_app
from ledger.reports_sent import sent_until
from shopfloor.channels import Channel
from shopfloor.instants import DAY_MS, MINUTE_MS
from tests.broker_fixtures import RunningBroker
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging
from tests.live_site import Site
from tests.notices.conftest import Office
from tests.postbox import MailServer
from tests.waiting import wait_for
from tests.web.conftest import services_of

MakeChannel = Callable[..., Channel]
MakeOffice = Callable[..., Office]
ONLY_REPORTS = {"roles": (), "collapse_ms": 0}


def attached(mail: MailServer) -> list[tuple[str, bytes]]:
    """The files that came, in order."""
    return [
        (str(part.get_filename()), part.get_payload(decode=True))
        for each in mail.mails
        for part in each.iter_attachments()
    ]


def test_a_shift_is_reported_a_quarter_of_an_hour_after_its_end_with_the_numbers_of_its_page(
    office: MakeOffice, channel: MakeChannel, plant: Plant, mail: MailServer
) -> None:
    told = office(channel(mail.address, reports=("shift",), **ONLY_REPORTS))
    for code in plant.codes()[:3]:
        plant.scan("scanner-cut", code, "24 15:10")
        plant.scan("scanner-cut", code, "24 15:20")
    told.between(china("24 15:30"), china("24 17:14"), MINUTE_MS)
    assert mail.mails == []
    told.restart(china("24 17:15"))
    told.between(china("24 17:15"), china("25 08:00"), MINUTE_MS)
    assert mail.subjects() == ["Shirts: report of the shift 2026-11-24/day"]
    ((name, content),) = attached(mail)
    assert name == "shift-shirts-2026-11-24-day.csv"
    page = (
        create_app(services_of(plant))
        .test_client()
        .get("/reports/shift.csv?line=shirts&shift=2026-11-24/day")
    )
    assert content == page.data
    assert "Cutting,2026-11-24T15:00:00+08:00,40,60,20" in content.decode("utf-8-sig")


def test_a_week_is_reported_on_monday_morning_once(
    office: MakeOffice, channel: MakeChannel, mail: MailServer
) -> None:
    told = office(channel(mail.address, reports=("responsibility",), **ONLY_REPORTS), at="29 23:00")
    told.between(china("29 23:00"), china("30 06:59"), MINUTE_MS)
    assert mail.mails == []
    told.between(china("30 07:00"), china("30 07:00") + 6 * DAY_MS, 60 * MINUTE_MS)
    assert mail.subjects() == ["Hangzhou Shirts: responsibility from 2026-11-23 to 2026-11-29"]
    ((name, content),) = attached(mail)
    assert name == "responsibility-2026-11-23-2026-11-29.csv"
    assert content.decode("utf-8-sig").splitlines()[0].startswith("link,line,handoffs due")


def test_a_report_waits_for_a_mail_server_that_is_down_and_for_the_end_of_quiet_hours(
    office: MakeOffice, channel: MakeChannel, mail: MailServer
) -> None:
    quiet = ((time(17), time(18)),)
    told = office(channel(mail.address, reports=("shift",), quiet=quiet, **ONLY_REPORTS))
    mail.stop()
    told.between(china("24 17:10"), china("24 17:59"), MINUTE_MS)
    assert told.state("mail")["tries"] == 0
    told.between(china("24 18:00"), china("24 18:30"), MINUTE_MS)
    assert told.state("mail")["tries"] > 1
    mail.start()
    told.between(china("24 18:31"), china("24 19:30"), MINUTE_MS)
    assert len(attached(mail)) == 1
    assert told.state("mail")["fault"] is None


def test_a_notice_goes_before_a_report_and_a_report_holds_none_up(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, mail: MailServer
) -> None:
    told = office(channel(mail.address, reports=("shift",)))
    flagging.raise_("sew-1", "cut", "24 16:05")
    told.beat(china("24 17:20"))
    told.beat(china("24 17:21"))
    assert [subject.rsplit(" ", 1)[1] for subject in mail.subjects()] == ["notices", "2026-11-24/day"]


def test_what_could_not_be_sent_for_two_days_is_read_on_its_page(
    office: MakeOffice, channel: MakeChannel, mail: MailServer
) -> None:
    told = office(channel(mail.address, reports=("shift",), **ONLY_REPORTS))
    told.restart(china("27 18:00"))
    told.between(china("27 18:00"), china("27 18:05"), MINUTE_MS)
    assert [name[13:23] for name, _ in attached(mail)] == ["2026-11-26", "2026-11-27"]


@pytest.mark.slow
def test_the_gateway_sends_them_as_the_command_writes_them(
    make_site: Callable[..., Site], embedded_broker: RunningBroker
) -> None:
    text = '[[notify]]\nid = "office"\naddress_file = "office.txt"\nroles = []\nreports = ["shift"]\n'
    with MailServer() as mail:
        site = make_site(embedded_broker, text, {"office.txt": mail.address}, only="gateway")
        wait_for(lambda: sent_until(site.ledger, "office"), 30, "the channel")
        (until_at,) = sent_until(site.ledger, "office").values()
        with site.ledger.write(until_at) as tx:  # as if the channel had been there for a day
            tx.run("UPDATE reports_sent SET until_at = until_at - ?", (DAY_MS,))
        wait_for(lambda: mail.mails, 110, "the first report")
        name, content = attached(mail)[0]
        assert name.startswith("shift-parts-")
        assert content.startswith(b"%PDF" if name.endswith(".pdf") else b"<!doctype html>")
