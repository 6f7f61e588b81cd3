"""The first row of an orders file: which column is which, in the languages of the people who write them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from shopfloor.orders_cells import shown

REQUIRED = ("order", "line", "product", "quantity", "due")
OPTIONAL = ("customer", "priority")
COLUMNS = REQUIRED + OPTIONAL
HEADER = ",".join(COLUMNS)

_SAME = {
    "order": "auftrag auftragsnummer 订单 订单号 工单 工单号 pedido orden đơn_hàng mã_đơn_hàng",
    "line": "linie fertigungslinie 产线 生产线 línea linea chuyền dây_chuyền",
    "product": "produkt artikel 产品 producto artículo articulo sản_phẩm",
    "quantity": "menge stückzahl anzahl 数量 cantidad số_lượng",
    "due": "termin liefertermin fällig 交期 交货期 交货时间 entrega fecha_de_entrega vencimiento hạn_giao ngày_giao",
    "customer": "kunde 客户 cliente khách_hàng",
    "priority": "priorität 优先级 prioridad ưu_tiên mức_ưu_tiên",
}
"""Columns as they are called in German, Chinese, Spanish and Vietnamese."""


def _plain(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).casefold().split())


COLUMN_OF: Mapping[str, str] = {
    **{column: column for column in COLUMNS},
    **{_plain(name.replace("_", " ")): column for column, names in _SAME.items() for name in names.split()},
}
"""The column that a name in the first row stands for."""


def is_column(cell: str) -> bool:
    """Whether a cell names a column."""
    return _plain(cell) in COLUMN_OF


def columns_of(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns in the order of the file, without empty ones at the end, and what is wrong with them."""
    named = list(cells)
    while named and not named[-1]:
        named.pop()
    columns = [COLUMN_OF.get(_plain(cell), _plain(cell)) for cell in named]
    return columns, list(_faults(named, columns))


def _faults(named: Sequence[str], columns: Sequence[str]) -> Iterable[str]:
    missing = [column for column in REQUIRED if column not in columns]
    unknown = [name for name, column in zip(named, columns, strict=True) if column not in COLUMNS]
    if len(missing) > 1 or (missing and unknown):
        yield (
            f"needed are the columns {', '.join(REQUIRED)}, found are {shown(', '.join(named))};"
            f" write {HEADER} in the first row."
        )
        return
    for column in missing:
        yield f"{column}: the column is missing; the first row is {HEADER}."
    for at, (name, column) in enumerate(zip(named, columns, strict=True)):
        if column not in COLUMNS:
            yield f"{shown(name)}: there is no such column; the columns are {HEADER}."
        elif column in columns[:at]:
            yield f"{column}: the column is there twice; take one out."
