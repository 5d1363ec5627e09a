"""Lineage of columns through the whole project, from landing tables to what is published.

A table goes by the name that dbt knows it by: `contacts` for the model, `interactions.contacts` for
the landing table of a source. Of each column is known what it is made from directly; the functions
here follow that in either direction, as far as it goes.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from orchestration.system.errors import PilotageError

# The database that dbt writes what is published to.
PUBLISHED = "marts"
# The column that stands for which rows a table has.
ROWS = "*"
Use = Literal["value", "rows"]
Kind = Literal["raw", "seed", "staging", "step", "published", "measure"]


@dataclass(frozen=True, order=True)
class Column:
    """A column of a table, by the table's name in dbt; `*` stands for which rows there are."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Table:
    """A model, a seed or a landing table. `published_as` is what readers know it by
    (`core.contacts`), None where it is not published. With `is_beside` no figure comes from it:
    the run's clock, the calendar, lists of what changed. It is followed no further."""

    name: str
    kind: Kind
    columns: tuple[str, ...]
    published_as: str | None = None
    path: str | None = None
    is_beside: bool = False


@dataclass(frozen=True)
class Uses:
    """Columns, by what they are used for: a value is made from them, or rows are decided by them.

    A column that is used for both is a value.
    """

    value: frozenset[Column] = frozenset()
    rows: frozenset[Column] = frozenset()

    def __iter__(self) -> Iterator[Column]:
        return iter(sorted(self.value | self.rows))

    def of(self, column: Column) -> Use:
        return "value" if column in self.value else "rows"


@dataclass(frozen=True)
class Graph:
    """What every column is made from directly (`made_from`), and what could not be found out:
    `unresolved` has a sentence by model."""

    tables: Mapping[str, Table]
    made_from: Mapping[Column, Uses]
    unresolved: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table by its name in dbt, or by what readers know it by.

        Raises PilotageError when there is none.
        """
        found = self.tables.get(self._published.get(name, name))
        if found is None:
            raise PilotageError(
                f"There is no table {name}: name a landing table as interactions.contacts, a "
                "published one as core.contacts, any other by its name in dbt."
            )
        return found

    def column(self, table: str, column: str) -> Column:
        """Return a column; PilotageError when the table or the column is not there."""
        found = self.table(table)
        if column not in (*found.columns, ROWS):
            raise PilotageError(
                f"{table} has no column {column}; it has {', '.join(found.columns)}."
            )
        return Column(found.name, column)

    @cached_property
    def published(self) -> dict[str, str]:
        """The name in dbt of each published table."""
        named = ((one.published_as, one.name) for one in self.tables.values())
        return {shown: name for shown, name in named if shown}

    @cached_property
    def _published(self) -> dict[str, str]:
        # a landing table keeps its name, should a schema be called like a source
        return {shown: name for shown, name in self.published.items() if shown not in self.tables}

    @cached_property
    def _read_by(self) -> Mapping[Column, Uses]:
        value: dict[Column, set[Column]] = defaultdict(set)
        rows: dict[Column, set[Column]] = defaultdict(set)
        for column, uses in self.made_from.items():
            for parent in uses.value:
                value[parent].add(column)
            for parent in uses.rows:
                rows[parent].add(column)
        return {
            column: Uses(frozenset(value[column]), frozenset(rows[column]))
            for column in {*value, *rows}
        }

    def upstream(self, columns: Iterable[Column], ends: Container[str] = ()) -> Uses:
        """Return every column that these are made from, however far, without themselves.

        The columns that decide which rows their tables have are among them. Not by way of tables
        from which no figure comes, nor of those in `ends`: these end the way.
        """
        start = set(columns)
        beside = {Column(one.table, ROWS) for one in start}
        return self._followed(self.made_from, start, beside, ends)

    def downstream(self, columns: Iterable[Column]) -> Uses:
        """Return every column that is made from any of these: the other way of `upstream`."""
        start = set(columns)
        found = self._followed(self._read_by, start, set())
        # what decides the rows of a table has a part in all its columns
        rows = {
            Column(one.table, name)
            for one in found
            if one.name == ROWS
            for name in self.tables[one.table].columns
        }
        return Uses(found.value, frozenset((found.rows | rows) - found.value))

    def _followed(
        self,
        links: Mapping[Column, Uses],
        start: set[Column],
        beside: set[Column],
        ends: Container[str] = (),
    ) -> Uses:
        """Return what is reached from `start`, and from `beside` for rows alone."""
        from_tables = {one.table for one in start}

        def further(column: Column) -> Uses:
            is_end = self.tables[column.table].is_beside or column.table in ends
            if is_end and column.table not in from_tables:
                return Uses()
            return links.get(column, Uses())

        value, waiting = set(start), list(start)
        while waiting:
            new = further(waiting.pop()).value - value
            value |= new
            waiting += new
        everything, waiting = value | beside, [*value, *beside]
        while waiting:
            uses = further(waiting.pop())
            new = (uses.value | uses.rows) - everything
            everything |= new
            waiting += new
        return Uses(frozenset(value - start), frozenset(everything - value - beside))
