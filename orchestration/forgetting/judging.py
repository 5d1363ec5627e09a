"""What becomes of each record of a file: it stays, it goes, or an agent is taken out of it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from orchestration.forgetting.traces import Traces
from orchestration.landing.mappings import fillings

_plain = lru_cache(4096)(fillings.plain)


class Field(NamedTuple):
    """A value of a record: what it is called, what it says, and where in the record it stands."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Known:
    """What is known of a file: `links` are the values, by column or field, of records that are
    theirs; `cells` are columns with numbers of agents; `pages` are the fields of JSON that hold the
    records of a page. `called` says what the file may call a column, `delimiter` what separates
    its cells, where that was said."""

    links: Mapping[str, frozenset[str]]
    cells: Collection[str] = ()
    pages: frozenset[str] = frozenset()
    called: Mapping[str, Sequence[str]] = field(default_factory=dict)
    delimiter: str = ""

    def places(self, column: str, names: Sequence[str]) -> list[int]:
        """Where a column stands among those of a file: as it is written, else whatever its case,
        accents and punctuation, as the landing looks for it."""
        called = self.called.get(column, (column,))
        exact = [at for at, name in enumerate(names) if name in called]
        alike = {_plain(one) for one in called}
        return exact or [at for at, name in enumerate(names) if _plain(name) in alike]

    def knows(self, names: Sequence[str]) -> int:
        """How many of these names are columns of the file."""
        return len(self._names.intersection(map(_plain, names)))

    @cached_property
    def _names(self) -> frozenset[str]:
        own = {*self.links, *self.cells} - set(self.called)
        return frozenset(map(_plain, own.union(*self.called.values())))


class Changed(Exception):
    """The first record that is not kept as it is, where that is all that is asked."""


class NotWritable(Exception):
    """The file, or something that it packs, is of no kind that can be written anew."""


@dataclass
class Judge:
    """What becomes of each record. `is_first_enough` raises `Changed` at the first that changes."""

    traces: Traces
    known: Known
    is_first_enough: bool = False
    changed: int = field(default=0, init=False)

    @cached_property
    def leading(self) -> Traces:
        """What takes a record with it: an agent is taken out of records about others."""
        traces = self.traces
        return replace(traces, plain=(), agents={}) if traces.agents else traces

    @cached_property
    def _any_of(self) -> re.Pattern[str]:
        values = set().union(*self.known.links.values())
        if self.known.cells:
            values |= set(self.traces.agents)
        return re.compile("|".join(map(re.escape, sorted(values))) or r"(?!)")

    def may_concern(self, written: str) -> bool:
        """Says no of a piece whose records all stay as they are."""
        return self.traces.may_mention(written) or bool(self._any_of.search(written))

    def kept(
        self, record: str, fields: Callable[[], Sequence[Field]] = tuple, quote: str = ""
    ) -> str | None:
        """Return a record as it stays, None when it goes.

        Of its `fields` one may say whose it is, or have a number that is exchanged where it stands,
        within `quote`s; everything around it stays as it is written.
        """
        if self.leading.mentions(record):
            return self.tell(None)
        new = record
        if self._any_of.search(record):
            found = fields()
            if self._is_theirs(found):
                return self.tell(None)
            new = self._exchanged(record, found, quote)
        if self.traces.agents:
            new = self.traces.replaced(new)
        return new if new == record else self.tell(new)

    def as_text(self, written: str) -> str:
        """Return what is no record, without them."""
        new = self.traces.replaced(written)
        return written if new == written else self.tell(new) or ""

    def tell(self, new: str | None) -> str | None:
        """Count a record that changes, and return what becomes of it."""
        self.changed += 1
        if self.is_first_enough:
            raise Changed
        return new

    def _is_theirs(self, fields: Sequence[Field]) -> bool:
        names = [one.name for one in fields]
        return any(
            fields[at].value in values
            for column, values in self.known.links.items()
            for at in self.known.places(column, names)
        )

    def _exchanged(self, record: str, fields: Sequence[Field], quote: str) -> str:
        """Return a record with other numbers of agents, each in its place."""
        names = [one.name for one in fields]
        places = {at for column in self.known.cells for at in self.known.places(column, names)}
        for at in sorted(places, reverse=True):
            _, value, start, end = fields[at]
            if value in self.traces.agents:
                number = f"{quote}{self.traces.agents[value]}{quote}"
                record = record[:start] + number + record[end:]
        return record
