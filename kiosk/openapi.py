"""The OpenAPI document of /api/v1, made from the shapes that the API decodes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from kiosk import api_corrections as corrections
from kiosk import api_countermeasures as improving
from kiosk import api_flag_bodies as flags
from kiosk import api_order_shapes as orders
from kiosk import api_shapes as shapes
from kiosk.version import running_version

_REF = "#/components/schemas/{name}"
_FAULTS = {
    400: "The request cannot be read",
    401: "Somebody is registered at the site, and nobody is told by the request",
    403: "Whoever sends it may not do that",
    404: "There is nothing by that name",
    422: "A rule refuses it, or the id was used for something else",
    503: "The ledger cannot be written or read just now; try again",
}
_NOT_ALLOWED = (401, 403)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    summary: str
    gives: Any
    takes: Any = None
    status: int = 200
    faults: tuple[int, ...] = (503,)
    query: tuple[tuple[str, int | None, str], ...] = ()
    """Name, least value and meaning of each; without a least value it is a text."""
    also: tuple[tuple[int, Any], ...] = ()
    """Other answers, and what they hold."""
    fault: Any = shapes.Fault
    """What a request is answered with that cannot be read or is refused."""


_ACT = (400, 404, 422, 503)
ORDERS = (
    Operation(
        "get",
        "/orders",
        "Open orders by due and the last shipped ones, then drafts by due; at most 500 of each.",
        orders.Orders,
    ),
    Operation(
        "post",
        "/orders",
        "Take in one order, or a list of at most 500, all or none: as drafts, or released where nobody has to confirm.",
        orders.Orders,
        takes=orders.OrderBody | list[orders.OrderBody],
        status=201,
        faults=(400, 422, 503),
        fault=orders.OrderFaults,
    ),
    Operation(
        "get",
        "/orders/{order}",
        "One order: what is being agreed, plan versions, links, batches, flags.",
        orders.Order,
        faults=(404, 503),
    ),
    *(
        Operation("post", f"/orders/{{order}}/{act}", text, orders.Order, takes=takes, faults=_ACT)
        for act, text, takes in (
            (
                "confirmations",
                "Confirm what is being agreed in a role; the last of them releases it.",
                orders.ConfirmBody,
            ),
            ("withdraw", "Take a confirmation back.", orders.TakeBackBody),
            (
                "change",
                "Change what is being agreed; confirmations that this touches are withdrawn.",
                orders.ChangeBody,
            ),
            ("release", "Release a draft that waits for nobody.", orders.ReleaseBody),
            (
                "plan-anew",
                "Propose another due for a released order; its plan stays until it is agreed.",
                orders.PlanAnewBody,
            ),
        )
    ),
    Operation(
        "post",
        "/orders/{order}/discard",
        "Give up a draft, or the change of a released order.",
        orders.GivenUp,
        takes=orders.GiveUpBody,
        faults=_ACT,
    ),
    Operation(
        "get",
        "/promise",
        "The earliest due that a quantity can have beside what is released.",
        orders.Promise,
        faults=(400, 422, 503),
        query=(("product", None, "A product's id"), ("quantity", 1, "Units")),
    ),
    Operation(
        "post",
        "/plan",
        "Divide orders backward beside what is released, as `interlock plan --json` prints it; nothing is stored.",
        orders.Plan,
        takes=orders.OrderBody | list[orders.OrderBody],
        faults=(400, 422, 503),
        fault=orders.OrderFaults,
    ),
)

CORRECTIONS = (
    *(
        Operation("post", path, text, gives, takes=takes, faults=(400, 422, 503))
        for path, text, takes, gives in (
            (
                "/scans/{event_id}/undo",
                "Take back what a scan or a scrap recorded; refused when others have gone on from it.",
                corrections.UndoBody,
                corrections.Corrected,
            ),
            (
                "/scrap",
                "Scrap units of a batch, or reject them as a previous link gave them.",
                corrections.ScrapBody,
                corrections.Corrected,
            ),
            (
                "/split",
                "Split what is in hand of a batch: part of it goes on under a code of its own.",
                corrections.SplitBody,
                corrections.Parted,
            ),
            (
                "/refused/{refused}/force",
                "Count a refused scan that skipped a link.",
                corrections.SettleBody,
                corrections.Corrected,
            ),
            (
                "/refused/{refused}/discard",
                "Let a refused scan never count.",
                corrections.SettleBody,
                corrections.Corrected,
            ),
        )
    ),
)

FLAGS = (
    Operation("get", "/flags", "Open flags, the oldest first.", shapes.Flags),
    Operation(
        "post",
        "/flags",
        "Raise not received against a previous link, for an order or for a batch; the missing quantity is filled in.",
        shapes.Flag,
        takes=flags.FlagBody,
        status=201,
        faults=(400, 422, 503),
    ),
    Operation("get", "/flags/{flag}", "One flag, open or closed.", shapes.Flag, faults=(404, 503)),
    *(
        Operation("post", f"/flags/{{flag}}/{act}", text, shapes.Flag, takes=takes, faults=_ACT)
        for act, text, takes in (
            ("answer", "Answer a flag for the flagged link.", flags.AnswerBody),
            (
                "pass",
                "Answer that it is the previous link's doing: the link's own flag against it is raised, and chained.",
                flags.PassBody,
            ),
            ("withdraw", "Take back a flag of one's own link.", flags.WithdrawBody),
            ("dispute", "Say for the flagged link that the flag is wrong.", flags.DisputeBody),
            ("ruling", "Uphold or overturn a disputed flag.", flags.RulingBody),
            ("consequence", "Choose a consequence for the link that raised the flag.", flags.ConsequenceBody),
            ("consequence/dispute", "Say for the flagged link that it is wrong.", flags.DisputeBody),
            ("consequence/ruling", "Uphold or overturn a disputed consequence.", flags.RulingBody),
        )
    ),
)

COUNTERMEASURES = (
    Operation(
        "get",
        "/countermeasures",
        "Countermeasures with their figures before and after: open ones first.",
        improving.Countermeasures,
        faults=(404, 503),
        query=(("line", None, "Of one line"),),
    ),
    Operation(
        "post",
        "/countermeasures",
        "Make one against a reason of a link; it belongs to a role or a link.",
        improving.Countermeasure,
        takes=improving.CountermeasureBody,
        status=201,
        faults=(400, 422, 503),
    ),
    Operation(
        "get", "/countermeasures/{number}", "One countermeasure.", improving.Countermeasure, faults=(404, 503)
    ),
    Operation(
        "post",
        "/countermeasures/{number}/settle",
        "Say since which day it is in effect, or give it up.",
        improving.Countermeasure,
        takes=improving.SettleMeasureBody,
        faults=_ACT,
    ),
)

OPERATIONS = (
    Operation(
        "post",
        "/scans",
        "Record one scan, or a list of at most 500; each has a result of its own. A single scan whose id "
        "was used for another one is answered with 422.",
        shapes.ScanResult | list[shapes.ScanResult],
        takes=shapes.ScanBody | list[shapes.ScanBody],
        faults=(400, 503),
        also=((422, shapes.ScanResult),),
    ),
    *CORRECTIONS,
    Operation("get", "/board/{line}", "The floor board of a line.", shapes.Board, faults=(404, 503)),
    *ORDERS,
    *FLAGS,
    *COUNTERMEASURES,
    Operation(
        "get",
        "/responsibility/{line}",
        "Handoffs, minutes, flags and promises of each link over production dates; the last seven days if not told.",
        shapes.Responsibility,
        faults=(400, 404, 503),
        query=(("from", None, "First production date"), ("to", None, "Last production date")),
    ),
    Operation(
        "get",
        "/events",
        "Events after a sequence, in order.",
        shapes.Events,
        faults=(400, 503),
        query=(("after", 0, "The last sequence that is known already"), ("limit", 1, "At most so many")),
    ),
    Operation("get", "/openapi.json", "This document.", dict[str, Any], faults=()),
)


@cache
def document() -> dict[str, Any]:
    """The document, OpenAPI 3.1."""
    types = [
        one
        for operation in OPERATIONS
        for one in (
            operation.takes,
            operation.gives,
            operation.fault,
            *(shape for _, shape in operation.also),
        )
        if one is not None
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(map(repr, types), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Interlock",
            "version": running_version(),
            "description": "Handoffs between the links of a line, flags and answers. Instants are ISO 8601 "
            "with the site's offset.",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _described(operation: Operation, by_type: dict[str, Any]) -> dict[str, Any]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _name_schema(name)} for name in names
    ]
    parameters += [
        {"name": name, "in": "query", "description": text, "schema": _query_schema(least)}
        for name, least, text in operation.query
    ]
    described: dict[str, Any] = {
        "operationId": f"{operation.method}{operation.path.replace('/', '_').replace('.', '_')}".replace(
            "{", ""
        ).replace("}", ""),
        "summary": operation.summary,
        "responses": {
            str(operation.status): _json("As asked for", by_type[repr(operation.gives)]),
            **{
                str(status): _json(_FAULTS[status], by_type[repr(operation.fault)])
                for status in operation.faults
            },
            **{str(status): _json(_FAULTS[status], by_type[repr(shape)]) for status, shape in operation.also},
            **{str(status): _json(_FAULTS[status], by_type[repr(shapes.Fault)]) for status in _NOT_ALLOWED},
        },
    }
    if parameters:
        described["parameters"] = parameters
    if operation.takes is not None:
        described["requestBody"] = {"required": True, **_json("", by_type[repr(operation.takes)])}
        del described["requestBody"]["description"]
    return described


def _name_schema(name: str) -> dict[str, str]:
    return {"type": "integer" if name in ("flag", "refused") else "string"}


def _query_schema(least: int | None) -> dict[str, Any]:
    return {"type": "string"} if least is None else {"type": "integer", "minimum": least}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
