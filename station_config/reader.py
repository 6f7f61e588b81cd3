"""Reading tables so that every fault is found at once.

A value that cannot be used is reported and replaced by a harmless stand-in, and its key is no longer
`sound`: whoever compares keys with each other asks that first, so that one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from shopfloor.sentences import sentence
from station_config.faults import Fault
from station_config.keys import KEYS, tables_with
from station_config.positions import KeyPath, Positions, key_text
from station_config.wording import either, nearest, quoted, shown

T = TypeVar("T")

_FEW = 2
"""Tables that a key in the wrong place may belong to, for that to be good advice."""


class Unfit(Exception):  # never leaves this package; it becomes a Fault
    """A raw value that cannot be used; `better` is what was probably meant, as it is to be written."""

    def __init__(self, *, what: str | None = None, better: str | None = None) -> None:
        super().__init__(what, better)
        self.what = what
        self.better = better


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """A kind of value: what it is called, an example as it is to be written, and how it is read."""

    what: str
    example: str
    parse: Callable[[object], T]
    """Raises Unfit."""
    choices: tuple[str, ...] = ()

    def advice(self, better: str | None = None, *, key: str = "") -> str:
        """The second half of a fault's sentence: what to write instead."""
        if better is None and self.choices:
            return sentence("write %(choices)s", choices=either(quoted(choice) for choice in self.choices))
        assigned = f"{key} = " if key else ""
        if better is not None:
            return sentence("write %(key)s%(value)s", key=assigned, value=better)
        return sentence("write for example %(key)s%(value)s", key=assigned, value=self.example)


class FaultLog:
    """The faults of one file, in the order of the file."""

    def __init__(self, file: str, positions: Positions) -> None:
        self._file = file
        self._positions = positions
        self._faults: list[Fault] = []

    def add(self, path: KeyPath, text: str) -> None:
        self._faults.append(Fault(self._file, self._positions.line_of(path), key_text(path), text))

    def line_of(self, path: KeyPath) -> int | None:
        return self._positions.line_of(path)

    def in_order(self) -> tuple[Fault, ...]:
        return tuple(sorted(self._faults, key=lambda fault: fault.line or 0))


class Table:
    """One table of the file. A table that is not there at all stays silent about what is missing in it."""

    def __init__(self, log: FaultLog, path: KeyPath, title: str, raw: Mapping[str, object] | None) -> None:
        self.path = path
        self._log = log
        self._title = title
        self._raw = {} if raw is None else raw
        self._absent = raw is None
        self._unsound: set[str] = set()
        self._misspelled: set[str] = set()
        for key in self._raw:
            if key not in KEYS[title]:
                self._unknown(key)

    def has(self, key: str) -> bool:
        return key in self._raw

    def raw(self, key: str) -> object:
        """The value as written; None when it is left out."""
        return self._raw.get(key)

    def sound(self, *keys: str) -> bool:
        """Whether all these keys were read without a fault; one left out on purpose is sound."""
        return not self._absent and self._unsound.isdisjoint(keys)

    def fault(self, key: str, text: str, *deeper: str | int) -> None:
        """Report a fault of a key, or of an item in it; from now on the key is not sound."""
        self._unsound.add(key)
        self._log.add((*self.path, key, *deeper), text)

    def line_of(self, key: str) -> int | None:
        return self._log.line_of((*self.path, key))

    def need(self, key: str, value: Value[T], stand_in: T) -> T:
        """A key that must be there."""
        if key not in self._raw:
            self.missing(key, value.advice(key=key))
            return stand_in
        return self.may(key, value, stand_in)

    def may(self, key: str, value: Value[T], default: T) -> T:
        """A key that may be left out."""
        if key not in self._raw:
            return default
        found = self._parse(key, value, self._raw[key])
        return default if found is None else found[0]

    def items(self, key: str, value: Value[T], *, needed: bool = False) -> list[tuple[int, T]]:
        """The usable items of a list of values, each with its index."""
        example = f"{key} = [{value.example}]"
        if key not in self._raw:
            if needed:
                self.missing(key, sentence("write for example %(example)s", example=example))
            return []
        raw = self._raw[key]
        if not isinstance(raw, list):
            instead = f"[{shown(raw)}]" if isinstance(raw, str) else f"[{value.example}]"
            self.fault(
                key,
                sentence(
                    "%(raw)s is not a list; write for example %(key)s = %(instead)s",
                    raw=shown(raw),
                    key=key,
                    instead=instead,
                ),
            )
            return []
        if needed and not raw:
            self.fault(key, sentence("the list is empty; write for example %(example)s", example=example))
        found: list[tuple[int, T]] = []
        for index, item in enumerate(raw):
            parsed = self._parse(key, value, item, index)
            if parsed is None:
                continue
            if any(parsed[0] == earlier for _, earlier in found):
                self.fault(
                    key, sentence("%(item)s stands in the list twice; take one out", item=shown(item)), index
                )
            else:
                found.append((index, parsed[0]))
        return found

    def table(self, key: str, needed: str = "") -> Table:
        """The table under a key, such as [web]. `needed` names the keys that it must have, if it must be."""
        raw = self._raw.get(key, {})
        if needed and key not in self._raw:
            self.missing(key, sentence("write [%(key)s] and below it %(needed)s", key=key, needed=needed))
            raw = None
        elif not isinstance(raw, dict):
            self.fault(
                key,
                sentence(
                    "%(raw)s is not a table; write [%(key)s] and its keys on the lines below",
                    raw=shown(raw),
                    key=key,
                ),
            )
            raw = None
        return Table(self._log, (*self.path, key), f"[{key}]", raw)

    def tables(self, key: str, header: str, *, needed: bool = False) -> list[Table]:
        """The tables of a list such as [[shift]]. Not sound if one of them is missing or no table."""
        title = f"[[{header}]]"
        if key not in self._raw:
            if needed:
                self.missing(key, sentence("write %(title)s and its keys on the lines below", title=title))
            return []
        raw = self._raw[key]
        if isinstance(raw, dict) and key in self._misspelled:
            self._unsound.add(key)  # only the tables below a misspelled header: [[lnie]], then [[line.link]]
            return []
        if not isinstance(raw, list):
            what = sentence("a single table") if isinstance(raw, dict) else shown(raw)
            self.fault(
                key,
                sentence(
                    "%(what)s where a list of tables belongs; write %(title)s in two brackets",
                    what=what,
                    title=title,
                ),
            )
            if not isinstance(raw, dict):
                return []
            self._unsound.discard(key)  # what it holds can be read all the same
            return [Table(self._log, (*self.path, key), title, raw)]
        if needed and not raw:
            self.fault(
                key,
                sentence("the list is empty; write %(title)s and its keys on the lines below", title=title),
            )
        found = []
        for index, item in enumerate(raw):
            if isinstance(item, dict):
                found.append(Table(self._log, (*self.path, key, index), title, item))
            else:
                self.fault(
                    key,
                    sentence(
                        "%(item)s is not a table; write %(title)s and its keys below",
                        item=shown(item),
                        title=title,
                    ),
                    index,
                )
        return found

    def rates(self, key: str, value: Value[T], example: str = "{ cut = 40 }") -> dict[str, T]:
        """The usable entries of a table whose keys are free, such as a product's per_hour."""
        raw = self._raw.get(key, {})
        if not isinstance(raw, dict):
            self.fault(
                key,
                sentence(
                    "%(raw)s is not a table; write for example %(key)s = %(example)s",
                    raw=shown(raw),
                    key=key,
                    example=example,
                ),
            )
            return {}
        found = {}
        for name, item in raw.items():
            parsed = self._parse(key, value, item, name)
            if parsed is not None:
                found[name] = parsed[0]
        return found

    def missing(self, key: str, advice: str) -> None:
        """Report a missing key, unless its absence is already told by another fault."""
        if not self._absent and key not in self._unsound:
            self.fault(key, sentence("is missing; %(advice)s", advice=advice))

    def _parse(self, key: str, value: Value[T], raw: object, *deeper: str | int) -> tuple[T] | None:
        """The value in a tuple of one, so that None can only mean: reported."""
        try:
            return (value.parse(raw),)
        except Unfit as unfit:
            named = deeper[-1] if deeper else key
            advice = value.advice(unfit.better, key=key_text((named,)) if isinstance(named, str) else "")
            self.fault(
                key,
                sentence(
                    "%(raw)s is not %(what)s; %(advice)s",
                    raw=shown(raw),
                    what=unfit.what or value.what,
                    advice=advice,
                ),
                *deeper,
            )
            return None

    def _unknown(self, key: str) -> None:
        known = KEYS[self._title]
        near = nearest(key, known)
        elsewhere = tables_with(key)
        if near is not None:
            self._misspelled.add(near)
            self._unsound.update({near} - self._raw.keys())
        if not self._title and key == "link":
            advice = sentence("write [[line.link]] below the [[line]] it belongs to")
            self._unsound.add("line")
        elif near is not None and near in (f"{key}s", key.removesuffix("s")):
            advice = sentence("did you mean %(near)s?", near=near)
        elif elsewhere and len(elsewhere) <= _FEW:
            advice = sentence("it belongs to %(elsewhere)s, so move it there", elsewhere=either(elsewhere))
        elif near is not None:
            advice = sentence("did you mean %(near)s?", near=near)
        else:
            advice = sentence("take it out, or write one of %(known)s", known=", ".join(known))
        where = (
            sentence("of %(title)s", title=self._title) if self._title else sentence("at the top of the file")
        )
        self._log.add(
            (*self.path, key), sentence("is not a key %(where)s; %(advice)s", where=where, advice=advice)
        )


def choice(what: str, choices: Sequence[str]) -> Value[str]:
    """One word of a few."""

    def parse(raw: object) -> str:
        if isinstance(raw, str):
            if raw in choices:
                return raw
            near = nearest(raw.lower(), choices)
            raise Unfit(better=near and quoted(near))
        raise Unfit

    return Value(what, quoted(choices[0]), parse, tuple(choices))


def is_text(raw: object) -> bool:
    """A text that can be shown: not empty, no control characters, no blanks around it."""
    return isinstance(raw, str) and bool(raw) and raw.isprintable() and raw == raw.strip()


def text_of(raw: object) -> str:
    """The text, or Unfit."""
    if not is_text(raw):
        raise Unfit
    return cast(str, raw)
