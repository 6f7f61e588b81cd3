"""What ladders make is told through real servers: once, collapsed, after quiet hours, and to whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from ledger.notices import ask_for_test, count_waiting
from shopfloor.channels import Channel
from shopfloor.instants import HOUR_MS, MINUTE_MS, SECOND_MS
from tests.factory import Plant, china
from tests.ledger.flagging import Flagging
from tests.notices.conftest import Office
from tests.postbox import BlackHole, MailServer, Webhook

MakeChannel = Callable[..., Channel]
MakeOffice = Callable[..., Office]
AT_ONCE = {"collapse_ms": 0}


def test_a_step_of_a_ladder_is_a_mail_and_a_post_that_say_what_is_the_matter(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, mail: MailServer, webhook: Webhook
) -> None:
    told = office(channel(mail.address), channel(webhook.address, "hook"))
    flagging.raise_("sew-1", "cut", "24 15:05")
    told.beat(china("24 15:14"))
    assert mail.mails == []
    told.beat(china("24 15:15"))
    assert mail.subjects() == ["Hangzhou Shirts: Cutting unanswered for 10 min: lead told"]
    assert mail.recipients == [["manager@example.com"]]
    (text,) = mail.texts()
    line = "15:15 Cutting unanswered for 10 min: lead told. A-1: Sewing misses 40, flagged 15:05."
    assert text.splitlines() == [line]
    assert (webhook.titles(), webhook.lines()) == (mail.subjects(), [line])
    told.between(china("24 15:16"), china("24 15:34"), MINUTE_MS)
    assert len(mail.mails) == len(webhook.posts) == 1
    rows = told.ledger.rows("SELECT role, sent_at FROM notices")
    assert [tuple(row) for row in rows] == [("lead", china("24 15:15"))]
    state = told.state("mail")
    assert (state["messages"], state["last_sent_at"], state["tries"], state["fault"]) == (
        1,
        china("24 15:15"),
        0,
        None,
    )


def test_a_target_that_is_down_for_an_hour_gets_everything_once_afterwards(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, mail: MailServer, webhook: Webhook
) -> None:
    told = office(channel(mail.address), channel(webhook.address, "hook"))
    flagging.raise_("sew-1", "cut", "24 15:05")
    mail.stop()
    webhook.status = 503
    told.between(china("24 15:10"), china("24 16:14"), 10 * SECOND_MS)
    state = told.state("mail")
    assert "127.0.0.1" in state["fault"]
    assert state["failing_since_at"] == china("24 15:15")
    assert 10 < state["tries"] < 20  # each pause is longer than the one before
    assert (mail.mails, webhook.posts) == ([], [])
    mail.start()
    webhook.status = 200
    told.between(china("24 16:14:10"), china("24 16:40"), 10 * SECOND_MS)
    (text,) = mail.texts()
    roles = ["lead", "supervisor", "manager"]
    assert [line.split(":")[2].split()[0] for line in text.splitlines()] == roles
    assert webhook.lines() == text.splitlines()
    assert (len(mail.mails), len(webhook.posts)) == (1, 1)
    assert (told.state("mail")["tries"], told.state("mail")["fault"]) == (0, None)


def test_a_mail_server_that_wants_it_later_gets_it_later(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, mail: MailServer
) -> None:
    told = office(channel(mail.address))
    flagging.raise_("sew-1", "cut", "24 15:05")
    mail.refuse = "451 try later"
    told.beat(china("24 15:15"))
    mail.refuse = ""
    told.beat(china("24 15:15:09"))
    assert (mail.mails, told.state("mail")["tries"]) == ([], 1)
    told.beat(china("24 15:15:10"))
    assert len(mail.mails) == 1


def test_a_channel_that_fails_does_not_stop_the_others(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook
) -> None:
    with BlackHole() as hole:
        nobody = f"mailto://127.0.0.1:{hole.port}?from=a@example.com&to=b@example.com&cto=0.2"
        told = office(
            channel(nobody), channel("json://127.0.0.1:1", "away"), channel(webhook.address, "hook")
        )
        flagging.raise_("sew-1", "cut", "24 15:05")
        told.beat(china("24 15:15"))
    assert len(webhook.posts) == 1
    assert [told.state(each)["tries"] for each in ("mail", "away", "hook")] == [1, 1, 0]


def test_several_within_a_time_become_one_message(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook
) -> None:
    told = office(channel(webhook.address, collapse_ms=50 * MINUTE_MS))
    flagging.raise_("sew-1", "cut", "24 15:05")
    told.between(china("24 15:06"), china("24 16:04"), MINUTE_MS)
    assert webhook.titles() == [
        "Hangzhou Shirts: Cutting unanswered for 10 min: lead told"
    ]  # the first at once
    told.between(china("24 16:05"), china("24 17:00"), MINUTE_MS)
    assert webhook.titles()[1:] == ["Hangzhou Shirts: 2 notices"]
    assert [line[:5] for line in webhook.lines()] == ["15:15", "15:35", "16:05"]


def test_in_quiet_hours_it_waits_and_then_says_what_became_of_it(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, plant: Plant, webhook: Webhook
) -> None:
    told = office(channel(webhook.address, quiet=((time(15, 10), time(16)),)))
    flagging.raise_("sew-1", "cut", "24 15:05")
    told.between(china("24 15:10"), china("24 15:40"), MINUTE_MS)
    for code in plant.codes()[:2]:
        plant.scan("scanner-cut", code, "24 15:50")
        plant.scan("scanner-cut", code, "24 15:51")
    told.between(china("24 15:52"), china("24 15:59"), MINUTE_MS)
    assert (webhook.posts, count_waiting(told.ledger, told.channels[0])) == ([], 2)
    told.beat(china("24 16:00"))
    assert webhook.titles() == ["Hangzhou Shirts: 2 notices"]
    assert len(webhook.lines()) == 2
    assert all(line.endswith("flagged 15:05. resolved 15:51.") for line in webhook.lines())


def test_each_channel_tells_its_roles_and_its_lines(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook, mail: MailServer
) -> None:
    managers = channel(mail.address, roles=("manager",), **AT_ONCE)
    other = channel("json://127.0.0.1:1", "other", lines=("jackets",), **AT_ONCE)
    told = office(managers, other, channel(webhook.address, "hook", roles=("lead", "supervisor"), **AT_ONCE))
    flagging.raise_("sew-1", "cut", "24 15:05")
    told.between(china("24 15:10"), china("24 16:30"), MINUTE_MS)
    assert [title.rsplit(": ", 1)[1] for title in webhook.titles()] == ["lead told", "supervisor told"]
    assert mail.subjects() == ["Hangzhou Shirts: Cutting unanswered for 60 min: manager told"]
    assert told.state("other")["tries"] == 0
    assert [count_waiting(told.ledger, each) for each in told.channels] == [0, 0, 0]


def test_a_new_channel_begins_with_what_happens_then(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook
) -> None:
    flagging.raise_("sew-1", "cut", "24 15:05")
    office().beat(china("24 15:20"))
    told = office(channel(webhook.address, **AT_ONCE), at="24 15:21")
    told.between(china("24 15:21"), china("24 15:40"), MINUTE_MS)
    assert [title.rsplit(": ", 1)[1] for title in webhook.titles()] == ["supervisor told"]


def test_the_address_is_read_when_it_is_used_and_stands_in_no_table(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook
) -> None:
    away = channel("json://plant:secret@127.0.0.1:1/x")
    told = office(away)
    flagging.raise_("sew-1", "cut", "24 15:05")
    told.beat(china("24 15:15"))
    assert "secret" not in repr([tuple(row) for row in told.ledger.rows("SELECT * FROM channels")])
    assert "secret" not in repr(told.log.said)
    assert away.address_file is not None
    away.address_file.write_text(webhook.address)
    told.beat(china("24 15:15:10"))
    assert len(webhook.posts) == 1
    away.address_file.unlink()
    told.beat(china("24 15:36"))
    assert told.state("mail")["fault"].startswith("mail.txt cannot be read")


def test_a_test_goes_out_at_once_also_in_quiet_hours_and_moves_nothing(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook
) -> None:
    told = office(channel(webhook.address, quiet=((time(15), time(16)),)))
    flagging.raise_("sew-1", "cut", "24 15:05")
    told.beat(china("24 15:20"))
    with told.ledger.write(china("24 15:20")) as tx:
        ask_for_test(tx, "mail", "Ann")
    told.beat(china("24 15:20:01"))
    told.beat(china("24 15:20:02"))
    assert webhook.titles() == ["Hangzhou Shirts: test of mail"]
    assert webhook.lines() == ["Ann tries whether messages arrive here. Nothing has happened."]
    state = told.state("mail")
    assert (state["test_done_at"], state["test_fault"]) == (china("24 15:20:01"), None)
    assert count_waiting(told.ledger, told.channels[0]) == 1
    webhook.stop()
    with told.ledger.write(china("24 15:21")) as tx:
        ask_for_test(tx, "mail", "Ann")
    told.beat(china("24 15:21"))
    assert "127.0.0.1" in told.state("mail")["test_fault"]
    assert told.state("mail")["tries"] == 0


def test_a_clock_that_is_put_back_holds_nothing_up(
    office: MakeOffice, channel: MakeChannel, flagging: Flagging, webhook: Webhook
) -> None:
    told = office(channel(webhook.address))
    flagging.raise_("sew-1", "cut", "24 15:05")
    webhook.status = 500
    told.beat(china("24 15:15") + 24 * HOUR_MS)
    webhook.status = 200
    told.beat(china("24 15:16"))
    assert len(webhook.posts) == 1
