"""Which ids exist, and what is said when one does not."""

from __future__ import annotations

from shopfloor.kinds import kind_word
from shopfloor.sentences import sentence
from station_config.reader import Table
from station_config.values import ID, id_like
from station_config.wording import either, nearest, quoted

_LISTED = 8


class Names:
    """The ids of one kind of thing. Open: some id could not be read, so no reference can be called wrong."""

    def __init__(self, what: str, *, is_open: bool = False) -> None:
        self.what = what
        self.is_open = is_open
        self.has_duplicates = False
        self._first: dict[str, Table] = {}
        self._meant: set[str] = set()
        """Ids as they will be once their spelling is put right."""

    def __contains__(self, name: str) -> bool:
        return name in self._first

    @property
    def certain(self) -> bool:
        """Whether every id was read and each stands once."""
        return not (self.is_open or self.has_duplicates)

    def read(self, table: Table) -> str:
        """The id of a table. A badly spelled one counts as known, a missing one makes the kind open."""
        written = table.raw("id")
        stand_in = written if isinstance(written, str) else ""
        name = table.need("id", ID, stand_in)
        if not isinstance(written, str):
            self.is_open = True
        elif name in self._first:
            self.has_duplicates = True
            line = self._first[name].line_of("id")
            place = "" if line is None else sentence(" in line %(line)s", line=line)
            table.fault(
                "id",
                sentence(
                    "%(name)s is the id of another %(what)s%(place)s; write another id here",
                    name=quoted(name),
                    what=kind_word(self.what),
                    place=place,
                ),
            )
        else:
            self._first[name] = table
            if not table.sound("id"):
                self._meant.add(id_like(name))
        return name

    def check(self, table: Table, key: str, name: str, *deeper: str | int) -> bool:
        """Whether the reference can be followed; a wrong one is reported."""
        if name in self._first:
            return True
        if not self.excuses(name):
            table.fault(
                key,
                sentence(
                    "there is no %(what)s %(name)s; %(advice)s",
                    what=kind_word(self.what),
                    name=quoted(name),
                    advice=self.advice(name),
                ),
                *deeper,
            )
        return False

    def excuses(self, name: str) -> bool:
        """Whether an unknown id may be right all the same, once another fault is put right."""
        return self.is_open or name in self._meant

    def advice(self, name: str, prefix: str = "") -> str:
        """What to write instead of an unknown id."""
        near = nearest(name, self._first)
        if near is not None:
            return sentence("did you mean %(near)s?", near=quoted(prefix + near))
        if not self._first:
            return sentence("write a %(what)s of that id, or take it out", what=kind_word(self.what))
        some = [quoted(prefix + known) for known in self._first]
        return (
            sentence("write %(some)s", some=either(some))
            if len(some) <= _LISTED
            else sentence("write for example %(some)s", some=either(some[:3]))
        )
