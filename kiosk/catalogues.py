"""Languages and their catalogues: one `.po` file a language, read as it is; a site may add files of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

OWN = Path(__file__).parent / "locale"
"""The catalogues that come with Interlock."""
SITES = "languages"
"""The folder in a site's folder with catalogues of its own: further languages, or other words in one that is there."""
ENGLISH_TAG = "en"
_HEAD_BYTES = 4_000


class BadCatalogue(Exception):
    """A file that is no catalogue; the text says which and why."""


@dataclass(frozen=True)
class Language:
    """A language that pages can be read in; its files are read when somebody first does."""

    tag: str
    """The file's name, for example `de`: what addresses, cookies and browsers call it."""
    files: tuple[Path, ...] = ()
    """Later ones add to earlier ones and may replace their words."""
    written: str = field(default=ENGLISH_TAG)
    """The header's Language: `zh_Hans` tells the script as well, so that a browser picks the right glyphs."""

    @property
    def lang(self) -> str:
        """What `<html lang>` says."""
        return self.written.replace("_", "-")

    @cached_property
    def locale(self) -> Locale:
        """How dates and numbers are written; the English way where nothing is known about a language."""
        for name in (self.written, self.tag):
            try:
                return Locale.parse(name)
            except (UnknownLocaleError, ValueError):
                continue
        return Locale(ENGLISH_TAG)

    @cached_property
    def name(self) -> str:
        """Its name in itself: 中文, Deutsch; the tag where nothing is known about it."""
        is_known = self.locale.language == self.tag.replace("_", "-").partition("-")[0]
        called = self.locale.get_language_name() if is_known else None
        return self.tag if called is None else called[:1].upper() + called[1:]

    @cached_property
    def translations(self) -> NullTranslations:
        """Its messages; what it lacks is said in English."""
        told: NullTranslations = NullTranslations()
        for file in self.files:
            more = compiled(read_catalogue(file))
            more.add_fallback(told)
            told = more
        return told


ENGLISH = Language(ENGLISH_TAG)


def languages_in(
    folders: Iterable[Path], left_out: Callable[[BadCatalogue], None] = lambda _: None
) -> Mapping[str, Language]:
    """Every language of the files in some folders by its tag, English first; what is no catalogue is left out."""
    files: dict[str, list[Path]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.po")):
            try:
                if folder != OWN:  # those are read by tests
                    read_catalogue(file)
                files.setdefault(file.stem, []).append(file)
            except BadCatalogue as fault:
                left_out(fault)
    found = {ENGLISH_TAG: Language(ENGLISH_TAG, tuple(files.pop(ENGLISH_TAG, ())))}
    for tag, of_tag in sorted(files.items()):
        found[tag] = Language(tag, tuple(of_tag), _written_in(of_tag[0]) or tag)
    return found


def known(languages: Mapping[str, Language], tag: str | None) -> Language | None:
    """The language of a tag, or of its first part: zh for zh-CN. None when there is no such one."""
    if tag is not None and tag in languages:
        return languages[tag]
    wanted = (tag or "").replace("_", "-").lower()
    while wanted:
        for each in languages.values():
            if wanted in (each.tag.lower(), each.lang.lower()):
                return each
        wanted = wanted.rpartition("-")[0]
    return None


def read_catalogue(file: Path) -> Catalog:
    """A `.po` file. BadCatalogue when it cannot be read."""
    try:
        with file.open("rb") as opened:
            return read_po(opened, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as fault:
        raise BadCatalogue(
            f"{file} is no catalogue that can be read ({fault}); correct it or take it away"
        ) from None


def compiled(catalogue: Catalog) -> GNUTranslations:
    """A catalogue as gettext looks messages up; entries that are marked as fuzzy are left out."""
    machine = BytesIO()
    write_mo(machine, catalogue)
    machine.seek(0)
    return GNUTranslations(machine)


def _written_in(file: Path) -> str:
    """The header's Language, without reading the whole file."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES).decode("utf-8", "replace")
    except OSError as fault:
        raise BadCatalogue(f"{file} cannot be read ({fault.strerror})") from None
    for line in head.splitlines():
        if line.startswith('"Language: '):
            return line.removeprefix('"Language: ').removesuffix('"').removesuffix("\\n").strip()
    return ""
