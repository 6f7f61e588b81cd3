"""Reports as files out of the browser: `/reports/<name>.<form>`, the same as the command writes."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, request
from gevent import get_hub

from kiosk.errors import NotHere, fault
from kiosk.rendering import no_store
from kiosk.reports import FORMATS, REPORTS, Asked, PdfMissing, ReportRefused, report, written
from kiosk.services import current
from kiosk.speech import language
from shopfloor.handoffs import clock_text
from shopfloor.instants import moment_of
from shopfloor.sentences import text_of

TYPES = {"csv": "text/csv", "html": "text/html", "pdf": "application/pdf"}

blueprint = Blueprint("reports", __name__)
blueprint.register_error_handler(
    ReportRefused, lambda why: fault(text_of(why), HTTPStatus.UNPROCESSABLE_ENTITY)
)
blueprint.register_error_handler(PdfMissing, lambda why: fault(text_of(why), HTTPStatus.NOT_IMPLEMENTED))


@blueprint.get("/reports/<name>.<form>")
def report_file(name: str, form: str) -> Response:
    """A report: line, link, shift, from and to out of the address."""
    if name not in REPORTS or form not in FORMATS:
        raise NotHere("report", f"{name}.{form}", (f"{each}.{as_}" for each in REPORTS for as_ in FORMATS))
    services, asked = current(), request.args
    words = (asked.get(key, "") for key in ("line", "link", "shift", "from", "to"))
    table = report(services, name, Asked(*words))
    site, now = services.config.site, services.clock()
    made = f"{moment_of(now, site.zone):%Y-%m-%d} {clock_text(now, site.zone)}"
    # Laying out pages takes a second: in a thread, so that all other pages go on meanwhile.
    content = get_hub().threadpool.apply(
        written, (table, form), {"site": site.name, "made": made, "reader": language()}
    )
    answer = no_store(Response(content, mimetype=TYPES[form]))
    if form != "html":
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    else:
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer
