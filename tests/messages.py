"""`make messages`: what screens say, brought into every catalogue; and a language of accents for tests."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from kiosk.catalogues import OWN, read_catalogue

ROOT = Path(__file__).parents[1]
PACKAGES = ("shopfloor", "ledger", "gateway", "kiosk", "station_config")
KEYWORDS = {**DEFAULT_KEYWORDS, "sentence": (1,), "counted": (1, 2), "dated": (2,)}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
DATE_FORM = re.compile(r"[EMdy.,' ]+")
"""A message that is the form of a date: it is written anew for each language, not translated."""
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)s|%%|\{[a-z]\}")

OPEN, CLOSE, LONGER = "⟦", "⟧", 1.4
_ACCENTS = str.maketrans("aceghiklnorsuyzACEGHIKLNORSUYZ", "āčēĝĥīķļņōŕšūŷžĀČĒĜĤĪĶĻŅŌŔŠŪŶŽ")


def template() -> Catalog:
    """Every message in the code, with the files that say it."""
    catalogue = Catalog(project="Interlock", charset="utf-8")
    for package in PACKAGES:
        found = extract_from_dir(
            ROOT / package, METHODS, {"**.html": {"newstyle_gettext": "true"}}, KEYWORDS, ("tr:",)
        )
        for file, _, message, comments, context in found:
            catalogue.add(
                message, None, [(f"{package}/{file}", None)], context=context, auto_comments=comments
            )
    return catalogue


def texts_of(message: Message) -> tuple[str, ...]:
    """What is to be translated: one text, or two where there is a plural."""
    return message.id if isinstance(message.id, tuple) else (message.id,)


def bring_up(file: Path, wanted: Catalog) -> list[str]:
    """Write what is wanted into a catalogue: words that are there stay, words that nobody says go; what is missing."""
    head, _, _ = file.read_text(encoding="utf-8").partition("\n\n")
    catalogue = read_catalogue(file)
    catalogue.update(wanted, no_fuzzy_matching=True)
    for message in catalogue:
        if message.pluralizable and not any(message.string):
            message.string = ("",) * catalogue.num_plurals
    body = BytesIO()
    write_po(body, catalogue, width=110, sort_by_file=True, omit_header=True, ignore_obsolete=True)
    file.write_text(f"{head}\n\n{body.getvalue().decode()}", encoding="utf-8")
    return missing(catalogue)


def missing(catalogue: Catalog) -> list[str]:
    """The messages that a catalogue has no words for."""
    return [
        texts_of(each)[0]
        for each in catalogue
        if each.id
        and (each.fuzzy or not all(each.string if isinstance(each.string, tuple) else (each.string,)))
    ]


def pseudo_text(text: str) -> str:
    """The text with accents, in brackets and 40 % longer; what is filled in stays."""
    if DATE_FORM.fullmatch(text):
        return f"'{OPEN}'{text}'{CLOSE}'"
    pieces = PLACEHOLDER.split(text)
    kept = PLACEHOLDER.findall(text)
    letters = sum(map(len, pieces))
    more = "".join(" ŀōņĝēŕ"[at % 7] for at in range(round(letters * (LONGER - 1))))
    told = "".join(
        piece.translate(_ACCENTS) + (kept[at] if at < len(kept) else "") for at, piece in enumerate(pieces)
    )
    return f"{OPEN}{told}{more}{CLOSE}"


def write_pseudo(folder: Path) -> Path:
    """The catalogue of accents as a file of a site: the language xx."""
    catalogue = template()
    catalogue.locale = "en"
    for message in catalogue:
        if message.id:
            texts = tuple(map(pseudo_text, texts_of(message)))
            message.string = texts if message.pluralizable else texts[0]
    folder.mkdir(exist_ok=True)
    file = folder / "xx.po"
    with file.open("wb") as opened:
        write_po(opened, catalogue)
    return file


def main() -> None:
    """Bring every catalogue up to the code, and say what is to be translated."""
    wanted = template()
    lacking = False
    for file in sorted(OWN.glob("*.po")):
        texts = bring_up(file, wanted)
        lacking = lacking or bool(texts)
        print(f"{file.relative_to(ROOT)}: {len(texts)} of {len(wanted)} to translate")  # noqa: T201  # a command
        for text in texts:
            print(f"    {text}")  # noqa: T201  # a command
    sys.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()
