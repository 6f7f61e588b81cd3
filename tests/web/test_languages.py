"""Every screen in every language: what is said, how numbers and days are written, and which language is chosen."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from flask import Flask
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.catalogues import OWN, SITES, languages_in, read_catalogue
from kiosk.speech import capital, dated, number, speaking, told
from ledger import reading
from ledger.said import told_in
from shopfloor.sentences import Sentence, as_data, counted, enumerated, from_data, listed, sentence
from tests.factory import WORKED_SITE, Plant
from tests.messages import PLACEHOLDER, missing, template, texts_of, write_pseudo
from tests.web.conftest import services_of
from tests.web.greek_plant import answers_of, busy, greek_site
from tests.web.secured import As, register
from tests.web.unspoken import unspoken

LANGUAGES = languages_in([OWN])
TRANSLATED = [tag for tag in LANGUAGES if tag != "en"]


@pytest.fixture(scope="module")
def wanted() -> list[Message]:
    return [message for message in template() if message.id]


@pytest.fixture
def greek(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path / "greek", greek_site())
    busy(plant)
    yield plant
    plant.close()


# ---- catalogues


def test_the_languages_of_the_floor_come_along_each_with_its_name() -> None:
    assert {each.tag: (each.lang, each.name) for each in LANGUAGES.values()} == {
        "en": ("en", "English"),
        "de": ("de", "Deutsch"),
        "es": ("es", "Español"),
        "vi": ("vi", "Tiếng Việt"),
        "zh": ("zh-Hans", "中文"),
    }


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_message_has_words_in_every_language(tag: str, wanted: list[Message]) -> None:
    """`make messages` names what is missing and puts empty entries where the words belong."""
    catalogue = read_catalogue(OWN / f"{tag}.po")
    there = {texts_of(each) for each in catalogue if each.id}
    assert [texts_of(each) for each in wanted if texts_of(each) not in there] == []
    assert missing(catalogue) == []
    assert [each.id for each in catalogue if each.id and each.fuzzy] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_words_have_the_same_places_to_fill_in(tag: str) -> None:
    wrong = []
    for message in read_catalogue(OWN / f"{tag}.po"):
        if message.id:
            told_with = message.string if isinstance(message.string, tuple) else (message.string,)
            places = set(PLACEHOLDER.findall(texts_of(message)[-1]))
            wrong += [text for text in told_with if set(PLACEHOLDER.findall(text)) != places]
    assert wrong == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_no_catalogue_keeps_words_that_nobody_says(tag: str, wanted: list[Message]) -> None:
    said = {texts_of(each) for each in wanted}
    assert [
        each.id for each in read_catalogue(OWN / f"{tag}.po") if each.id and texts_of(each) not in said
    ] == []


# ---- nothing untranslated


def test_every_screen_and_every_answer_is_in_the_reader_s_language(greek: Plant) -> None:
    client = create_app(services_of(greek)).test_client()
    answers = answers_of(client, greek, "xx")
    broken = [address for address, answer in answers if answer.status_code >= 500]
    found = {address: words for address, answer in answers if (words := unspoken(answer.text))}
    assert (broken, found) == ([], {})


def test_the_pages_about_people_are_in_the_reader_s_language(greek: Plant) -> None:
    app = create_app(services_of(greek))
    admin = As(app, greek).person(register(greek, "admin", "Άννα"))
    admin.client.set_cookie("lang", "xx")
    answers = [admin.get(address) for address in ("/people/1", "/people/kiosks", "/me")]
    answers += [
        admin.post(address, data=fields)
        for address, fields in (
            ("/people", {"name": "", "roles": "lead"}),
            ("/people", {"name": "Ηρώ", "roles": "operator"}),
            ("/people/2", {"act": "pin"}),
            ("/people/kiosks", {"act": "code", "station": "cut-1"}),
            ("/me", {"act": "pin", "pin": "1", "new": "123456"}),
            ("/me", {"act": "token", "name": ""}),
        )
    ]
    stranger = app.test_client()
    stranger.set_cookie("lang", "xx")
    answers += [stranger.get("/login"), stranger.get("/kiosk/cut-1")]
    answers.append(stranger.post("/login", data={"name": "x", "pin": "1"}))
    own_names = {"English", "Español", "Tiếng Việt", "Deutsch", "中文"}
    found = [words for answer in answers for words in unspoken(answer.text)]
    assert [words for words in found if words.removeprefix("text: ") not in own_names] == []
    assert max(answer.status_code for answer in answers) < 500


def test_a_badge_turns_the_kiosk_to_the_language_of_who_stands_there(app: Flask, floor: Plant) -> None:
    kiosk = As(app, floor).kiosk("sew-1")
    person = register(floor, "operator", language="zh")
    assert 'lang="en"' in kiosk.get("/kiosk/sew-1").text
    kiosk.badge_in(person)
    assert 'lang="zh-Hans"' in kiosk.get("/kiosk/sew-1").text


def test_at_a_kiosk_a_badge_goes_before_what_its_tablet_keeps_unless_its_owner_taps_another(
    app: Flask, floor: Plant
) -> None:
    kiosk = As(app, floor).kiosk("sew-1")
    chinese = register(floor, "operator", "Wang Fang", language="zh")
    undecided = register(floor, "operator", "Olga Operator")

    def shown(address: str = "/kiosk/sew-1") -> str:
        found = re.search(r'<html lang="([\w-]+)"', kiosk.get(address).text)
        assert found is not None
        return found[1]

    assert shown("/kiosk/sew-1?lang=de") == shown() == "de"  # of the tablet: nobody has badged in
    kiosk.badge_in(chinese)
    assert shown() == "zh-Hans"
    assert shown("/kiosk/sew-1?lang=vi") == shown() == "vi"
    refused = kiosk.post("/kiosk/sew-1/scans", data={"code": "7K3-0000"}, headers={"HX-Request": "true"})
    assert "7K3-0000 không phải lô ở đây" in refused.text
    kiosk.post("/kiosk/sew-1/badge-out")
    assert shown() == "de"
    kiosk.badge_in(undecided)
    assert shown() == "de"
    kiosk.badge_in(chinese)
    assert shown() == "zh-Hans"


def test_a_text_without_translation_is_found() -> None:
    assert unspoken("<p>⟦fōūņd⟧ and this is not</p>") == ["text: ⟦fōūņd⟧ and this is not"]
    assert unspoken('<p title="a title">⟦fōūņd⟧</p>') == ["p title: a title"]
    assert unspoken('<p data-said="not said">⟦fōūņd ⟦ŋōt⟧⟧ 12 min <code>left alone</code></p>') == [
        "p data-said: not said"
    ]


# ---- plurals, numbers, days


@pytest.mark.parametrize(
    ("tag", "one", "two"),
    [
        ("en", "1 hour", "2 hours"),
        ("zh", "1 小时", "2 小时"),
        ("es", "1 hora", "2 horas"),
        ("vi", "1 giờ", "2 giờ"),
        ("de", "1 Stunde", "2 Stunden"),
    ],
)
def test_plurals_are_those_of_the_language(tag: str, one: str, two: str) -> None:
    def hours(num: int) -> str:
        return LANGUAGES[tag].translations.ngettext("%(num)s hour", "%(num)s hours", num) % {"num": num}

    assert (hours(1), hours(2)) == (one, two)


@pytest.mark.parametrize(
    ("tag", "day", "short", "month"),
    [
        ("en", "Tuesday 1 December", "Tue 1 Dec", "Dec 2026"),
        ("zh", "12月1日 星期二", "12月1日 周二", "2026年12月"),
        ("es", "martes 1 de diciembre", "mar 1 dic", "dic 2026"),
        ("vi", "Thứ Ba, 1/12", "Thứ 3 1/12", "12/2026"),
        ("de", "Dienstag, 1. Dezember", "Di 1. Dez", "Dez 2026"),
    ],
)
def test_days_are_written_as_in_the_language(tag: str, day: str, short: str, month: str) -> None:
    with speaking(LANGUAGES[tag]):
        on = date(2026, 12, 1)
        assert [dated(on, form) for form in ("EEEE d MMMM", "EEE d MMM", "MMM y")] == [day, short, month]


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", ["999", "1,200", "7.5"]),
        ("zh", ["999", "1,200", "7.5"]),
        ("es", ["999", "1.200", "7,5"]),
        ("vi", ["999", "1.200", "7,5"]),
        ("de", ["999", "1.200", "7,5"]),
    ],
)
def test_numbers_are_written_as_in_the_language(tag: str, written: list[str]) -> None:
    with speaking(LANGUAGES[tag]):
        assert [number(each) for each in (999, 1200, 7.5)] == written
        assert written[1] in told(sentence("%(batch)s: %(quantity)s scrapped", batch="7K3", quantity=1200))


def test_a_sentence_within_a_sentence_is_told_too() -> None:
    given = sentence("already given %(at)s to %(to)s", at="09:41", to=listed(["Cutting", "Sewing"]))
    said = sentence("%(batch)s %(what)s", batch="7K3", what=given)
    with speaking(LANGUAGES["de"]):
        assert told(said) == "7K3 schon abgegeben 09:41 an Cutting und Sewing"
        assert capital(enumerated([sentence("sales"), sentence("purchasing")])) == "Vertrieb, Einkauf"
    assert told(said) == "7K3 already given 09:41 to Cutting and Sewing"


def test_a_sentence_begins_with_a_capital_but_an_id_stays_as_it_is() -> None:
    assert capital(sentence("no hour is over yet")) == "No hour is over yet"
    assert capital(sentence("%(event_id)s is no scan that was recorded", event_id="a/1")) == (
        "a/1 is no scan that was recorded"
    )
    given = sentence("already given %(at)s to %(to)s", at="09:41", to="sew")
    assert capital(sentence("%(what)s, and late", what=given)) == "Already given 09:41 to sew, and late"


# ---- which language


def heading(client: FlaskClient, address: str = "/", **headers: str) -> str:
    page = client.get(address, headers={name.replace("_", "-"): text for name, text in headers.items()}).text
    lang = re.search(r'<html lang="([^"]+)"', page)
    assert lang is not None
    return lang[1]


def test_the_language_is_as_asked_then_as_kept_then_the_browser_s(client: FlaskClient) -> None:
    assert heading(client) == "en"
    assert heading(client, Accept_Language="zh-CN,zh;q=0.9,en;q=0.8") == "zh-Hans"
    assert heading(client, Accept_Language="fr,vi;q=0.5") == "vi"
    assert heading(client, "/?lang=de", Accept_Language="zh-CN") == "de"
    assert heading(client, Accept_Language="zh-CN") == "de"
    assert heading(client, "/?lang=none", Accept_Language="zh-CN") == "de"
    assert heading(client, "/?lang=en") == "en"


def test_a_person_s_own_language_goes_before_the_browser_s(app: Flask, floor: Plant) -> None:
    client = As(app, floor).person(register(floor, "lead", language="vi")).client
    assert heading(client, Accept_Language="de") == "vi"
    assert heading(client, "/?lang=es", Accept_Language="de") == "es"


def test_the_site_says_which_language_is_its_own(tmp_path: Path) -> None:
    text = WORKED_SITE.replace('timezone = "Asia/Shanghai"', 'timezone = "Asia/Shanghai"\nlanguage = "zh"')
    plant = Plant(tmp_path / "chinese", text)
    client = create_app(services_of(plant)).test_client()
    assert (heading(client), heading(client, Accept_Language="de")) == ("zh-Hans", "de")
    assert client.get("/api/v1/orders/none").json == {"error": "There is no order none; there is none yet."}
    plant.close()


def test_a_program_is_answered_in_the_language_that_it_accepts(client: FlaskClient) -> None:
    address = "/api/v1/board/none"
    assert client.get(address).json == {"error": "There is no line none; known are shirts."}
    client.set_cookie("lang", "zh")
    assert client.get(address).json == {"error": "There is no line none; known are shirts."}
    german = client.get(address, headers={"Accept-Language": "de-AT"})
    assert german.json == {"error": "Linie none gibt es nicht; bekannt: shirts."}
    assert german.headers["Content-Language"] == "de"
    scan = {"device": "scanner-cut", "code": "NOSUCH"}
    assert client.post("/api/v1/scans", json=scan, headers={"Accept-Language": "es"}).json == {
        "id": None, "result": "refused", "text": "NOSUCH no es un lote de aquí"
    }  # fmt: skip


def test_every_language_is_offered_under_its_own_name(client: FlaskClient) -> None:
    page = client.get("/kiosk/cut-1?lang=vi&theme=dark").text
    assert '<b lang="vi" aria-current="true">Tiếng Việt</b>' in page
    assert '<a href="/kiosk/cut-1?theme=dark&amp;lang=zh" lang="zh-Hans"' in page
    assert "/kiosk/cut-1/stream?lang=vi" in page


# ---- a language is a file


def test_a_file_dropped_into_the_site_s_folder_is_a_language(floor: Plant) -> None:
    folder = floor.folder / SITES
    folder.mkdir()
    text = (OWN / "es.po").read_text(encoding="utf-8")
    text = text.replace('"Language: es\\n"', '"Language: pt_BR\\n"').replace("NO RECIBIDO", "NÃO RECEBIDO")
    (folder / "pt_BR.po").write_text(text, encoding="utf-8")
    client = create_app(services_of(floor)).test_client()
    assert "Português" in client.get("/").text
    page = client.get("/kiosk/sew-1", headers={"Accept-Language": "pt-BR"}).text
    assert '<html lang="pt-BR" ' in page
    assert "NÃO RECEBIDO" in page


def test_a_site_may_say_some_things_in_its_own_words(floor: Plant) -> None:
    folder = floor.folder / SITES
    folder.mkdir()
    (folder / "de.po").write_text(
        'msgid ""\nmsgstr "Language: de\\nContent-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "NOT RECEIVED"\nmsgstr "FEHLT MIR"\n',
        encoding="utf-8",
    )
    page = create_app(services_of(floor)).test_client().get("/kiosk/sew-1?lang=de").text
    assert "FEHLT MIR" in page
    assert "Diese Stunde" in page


def test_a_file_that_is_no_catalogue_is_left_out_and_logged(
    floor: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = floor.folder / SITES
    folder.mkdir()
    (folder / "fr.po").write_text("no catalogue", encoding="utf-8")
    shutil.copy(OWN / "es.po", folder / "ca.po")
    page = create_app(services_of(floor)).test_client().get("/").text
    assert 'href="/?lang=ca"' in page
    assert "lang=fr" not in page
    assert "fr.po is no catalogue that can be read" in capsys.readouterr().out


# ---- what is recorded is told in the reader's language


def test_what_was_recorded_is_told_in_the_language_of_whoever_reads_it(
    client: FlaskClient, floor: Plant
) -> None:
    code = floor.codes()[0]
    floor.scan("station:cut-1", code, "24 15:10")
    floor.scan("station:cut-1", code, "24 15:11")
    floor.scan("scanner-cut", "NOSUCH", "24 15:12")
    assert f"{code} given 15:11 to Sewing" in client.get("/kiosk/cut-1?lang=en").text
    assert f"{code} 15:11 交给 Sewing" in client.get("/kiosk/cut-1?lang=zh").text
    assert f"{code} abgegeben 15:11 an Sewing" in client.get("/kiosk/cut-1?lang=de").text
    assert "NOSUCH không phải lô ở đây" in client.get("/refused?lang=vi").text


def test_a_repeated_scan_is_answered_by_the_first_sentence(floor: Plant) -> None:
    code = floor.codes()[0]
    floor.scan("scanner-cut", code, "24 15:10", scan_id="s0")
    floor.scan("scanner-cut", code, "24 15:11", scan_id="s1")
    again = floor.scan("scanner-cut", code, "24 15:11:02", scan_id="s1")
    other = floor.scan("scanner-cut", code, "24 15:11:04", scan_id="s2")
    floor.scan("scanner-cut", "NOSUCH", "24 15:12", scan_id="s3")
    refused = floor.scan("scanner-cut", "NOSUCH", "24 15:13", scan_id="s3")
    with speaking(LANGUAGES["es"]):
        assert [told(answer.text) for answer in (again, other, refused)] == [
            f"{code} entregado 15:11 a Sewing",
            f"{code} entregado 15:11 a Sewing",
            "NOSUCH no es un lote de aquí",
        ]


def test_rows_that_were_kept_before_show_their_english_text(client: FlaskClient, floor: Plant) -> None:
    floor.scan("scanner-cut", "NOSUCH", "24 15:12")
    with floor.ledger.write(floor.now) as tx:
        tx.run("UPDATE refused SET said = NULL")
    assert "NOSUCH is no batch here" in client.get("/refused?lang=de").text


def test_what_was_said_survives_json() -> None:
    said = counted("%(n)s thing of %(who)s", "%(n)s things of %(who)s", 2, who=sentence("the customer"))
    back = from_data(json.loads(json.dumps(as_data(said))), str(said))
    assert isinstance(back, Sentence)
    assert (back, back.msgid, back.plural) == (said, said.msgid, said.plural)
    assert isinstance(back.values["who"], Sentence)
    for damaged in (None, [], ["%(n)s", {}], ["%(n)d", {"n": "x"}], {"n": 1}, ["other", {}], [1, 2]):
        assert type(from_data(damaged, "as it was")) is str
    assert told_in(None, "as it was") == "as it was"


def test_the_last_actions_know_how_they_were_said(floor: Plant) -> None:
    floor.scan("station:cut-1", floor.codes()[0], "24 15:11")
    (row,) = reading.last_actions(floor.ledger, "cut-1", 3)
    assert isinstance(told_in(row["said"], row["text"]), Sentence)


def test_the_language_of_accents_has_every_message(tmp_path: Path, wanted: list[Message]) -> None:
    catalogue = read_catalogue(write_pseudo(tmp_path / "languages"))
    assert len([each for each in catalogue if each.id]) == len(wanted)
    assert missing(catalogue) == []
