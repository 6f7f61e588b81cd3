"""A report as CSV, as one HTML file that needs nothing else, or as PDF."""

from __future__ import annotations

import csv
import io
from typing import Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined

from kiosk import template_words
from kiosk.catalogues import ENGLISH, Language
from kiosk.reports.tables import Report
from kiosk.speech import language, speaking, told

Format = Literal["csv", "html", "pdf"]
FORMATS: tuple[Format, ...] = get_args(Format)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class PdfMissing(Exception):
    """PDF needs a library that is not installed."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"PDF needs WeasyPrint and Pango ({why}): pip install 'interlock[pdf]', and on Debian "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0; or write html and print it from a browser."
        )


def written(report: Report, form: Format, *, site: str, made: str, reader: Language = ENGLISH) -> bytes:
    """The report in a form, for a reader; `made` says when. PdfMissing."""
    if form == "csv":
        return _csv(report)
    with speaking(reader):  # also in a thread of its own, which knows nothing of the request
        page = _html(report, site, made)
    return page.encode() if form == "html" else _pdf(page)


def _csv(report: Report) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it; what would be a formula there is a text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(report.columns)
    for row in report.rows:
        writer.writerow(
            f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in row
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _html(report: Report, site: str, made: str) -> str:
    templates = Environment(loader=PackageLoader("kiosk"), autoescape=True, undefined=StrictUndefined)
    templates.globals.update(template_words.GLOBALS)
    templates.filters["told"] = told
    return templates.get_template("report.html").render(
        report=report, site=site, made=made, lang=language().lang
    )


def _pdf(page: str) -> bytes:
    try:
        from weasyprint import HTML  # noqa: PLC0415  # an extra, and slow to import
    except (ImportError, OSError) as fault:  # OSError: Pango is not there
        raise PdfMissing(type(fault).__name__) from None
    made: bytes = HTML(string=page, url_fetcher=_nothing).write_pdf()
    return made


def _nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    """A report asks nobody for anything."""
    raise ValueError(f"{url[:80]} is not fetched")
