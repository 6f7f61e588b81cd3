"""What the catalogues of the floor's languages say: each in its own words, with its own signs."""

from __future__ import annotations

import re

import pytest

from kiosk.catalogues import OWN, read_catalogue
from tests.messages import PLACEHOLDER, texts_of
from tests.web.test_languages import TRANSLATED


def words_of(tag: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What a catalogue says for each message: one text, or one for each plural."""
    return {
        texts_of(each): each.string if isinstance(each.string, tuple) else (each.string,)
        for each in read_catalogue(OWN / f"{tag}.po")
        if each.id
    }


def has_words(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2,}", PLACEHOLDER.sub(" ", text)))


ALIKE = re.compile(
    r"""\b(?: PIN | min | live | [Pp]lan | Tablets? | Station | OFFLINE | offline | Scanner | Name | Zoom | Version
    | bytes? | material | Roles | supervisor | CAMERA | tab | id | order | MMM? | EEE )\b""",
    re.VERBOSE,
)
"""Words that English has in common with a language here, and forms of dates."""


@pytest.mark.parametrize("tag", TRANSLATED)
def test_no_catalogue_has_words_of_another_language(tag: str) -> None:
    """What was filled in for one language and copied into the others counts as translated, and nobody can read it."""
    others = [words_of(other) for other in TRANSLATED if other != tag]
    for message, told_with in words_of(tag).items():
        for text in told_with:
            if text in message:
                assert not has_words(ALIKE.sub(" ", text)), text
            elif has_words(text):
                assert not any(text in other[message] for other in others), text


def test_what_is_said_in_chinese_has_chinese_letters() -> None:
    latin = [
        text for each in words_of("zh").values() for text in each if not re.search(r"[\u4e00-\u9fff]", text)
    ]
    assert [text for text in latin if has_words(ALIKE.sub(" ", text))] == []


WRONG = {
    "zh": r"[\u4e00-\u9fff][,;:?!()] | [,;:?!][\u4e00-\u9fff] | [\u4e00-\u9fff]\.(?:\s|$) | 你",
    "es": r"^[^¿]*\? | ^[^¡]*! | [“„] | \b(?:tú|tu|tus|vosotros|vuestr[oa]s?)\b",
    "de": r"„[^“]*$ | ^[^„]*“ | [”«»] | en[ ]Sie\b | \b(?:[Ii]hr[ ]habt|[Dd]u|[Dd]ein|euch|euer|eure)\b",
    "vi": r"[„«»]",
}
"""Signs of another language, and another address than the one of `docs/languages.md`."""


@pytest.mark.parametrize("tag", TRANSLATED)
def test_signs_and_address_are_those_of_the_language(tag: str) -> None:
    wrong = re.compile(WRONG[tag], re.VERBOSE)
    told_with = [PLACEHOLDER.sub("X", text) for each in words_of(tag).values() for text in each]
    assert [text for text in told_with if wrong.search(text)] == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_sentence_ends_like_its_message(tag: str) -> None:
    ends = str.maketrans("。\uff1f\uff01\uff1a", ".?!:")
    wrong = []
    for message, told_with in words_of(tag).items():
        if message[0][-1] in ".?!:" and not message[0].endswith("..."):
            wrong += [text for text in told_with if text[-1:].translate(ends) != message[0][-1]]
    assert wrong == []
