"""What each column of one query is made from: columns of the tables that the query reads.

sqlglot reads the SQL and finds out which table each name belongs to; what is done here is to walk
from a column of the result back through common tables, subqueries and unions.

Two kinds of reading are told apart. The *value* of a column is made from what stands in its
expression. Its *rows* are decided elsewhere: by filters, joins, groups, by what is first of its
key. That is also what a count of rows is made from. Which rows a whole result has is said of a
column of its own, `*`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from orchestration.lineage.graph import ROWS

DIALECT = "duckdb"
# A table of a query, as (database, schema, name).
Relation = tuple[str, str, str]
Schema = Mapping[Relation, Iterable[str]]


class Read(NamedTuple):
    """A column of a table that a query reads: for a value, or to decide about rows."""

    relation: Relation
    column: str
    is_value: bool


Reads = frozenset[Read]
NOTHING: Reads = frozenset()


class Unresolved(Exception):
    """SQL that cannot be followed; the message says what in it."""


def columns_read(sql: str, schema: Schema) -> dict[str, Reads]:
    """Return by column of the query's result what it is made from, and by `*` what decides which
    rows there are.

    `schema` has the columns of the tables that the query reads, and may have others. Raises
    Unresolved where the SQL cannot be parsed, or names a table or column that is not there.
    """
    try:
        query = parse_one(sql, dialect=DIALECT)
        scope = build_scope(qualify(query, schema=_tables(query, schema), dialect=DIALECT))
    except SqlglotError as error:
        raise Unresolved(" ".join(str(error).split())) from error
    if scope is None:
        raise Unresolved("no query")
    known: dict[int, _Query] = {}
    for one in scope.traverse():
        known[id(one.expression)] = _Query(one, known)
    result = known[id(scope.expression)]
    return {**result.by_name, ROWS: result.rows}


def _tables(query: exp.Expr, schema: Schema) -> dict[str, Any]:
    """Return those of the schema's tables that a query names, as sqlglot wants them."""
    tables: dict[str, Any] = {}
    for named in query.find_all(exp.Table):
        database, schema_name, table = relation = _relation(named)
        # a name without a schema is a step of the query itself
        if not table or (schema_name and relation not in schema):
            raise Unresolved(f"reads {_short(named)}, which is no table of the project")
        if schema_name:
            by_name = tables.setdefault(database, {}).setdefault(schema_name, {})
            # the types have no say in where a column comes from
            by_name[table] = dict.fromkeys(schema[relation], "unknown")
    return tables


@dataclass
class _Query:
    """One scope of a query: what it selects, and what decides which rows it has.

    `known` has all scopes of the query by their expression, so that each is looked at once, and
    what reads itself (`with recursive`) finds itself.
    """

    scope: Scope
    known: dict[int, "_Query"] = field(repr=False)
    # while the conditions of joins are read, a column is no more than itself
    is_joining: bool = False
    # while it is asked which rows there are, a count of them says nothing more
    is_counting: bool = False

    def _inner(self, scope: Scope) -> "_Query":
        return self.known[id(scope.expression)]

    @cached_property
    def by_name(self) -> dict[str, Reads]:
        return dict(self.columns)

    @cached_property
    def columns(self) -> list[tuple[str, Reads]]:
        """The columns in order: the later parts of a union need not name theirs."""
        query = self.scope.expression
        if isinstance(query, exp.SetOperation):
            left, right = (self._inner(one) for one in self.scope.set_operation_scopes)
            if query.args.get("by_name"):
                names = dict.fromkeys([*left.by_name, *right.by_name])
                return [
                    (name, left.by_name.get(name, NOTHING) | right.by_name.get(name, NOTHING))
                    for name in names
                ]
            pairs = zip(left.columns, right.columns, strict=True)
            return [(name, reads | others) for (name, reads), (_, others) in pairs]
        if isinstance(query, exp.Select):
            return [(one.alias_or_name, self._selected(one)) for one in query.selects]
        raise Unresolved(f"no select: {_short(query)}")

    @cached_property
    def rows(self) -> Reads:
        """What decides which rows there are."""
        query = self.scope.expression
        if isinstance(query, exp.SetOperation):
            reads = _united(self._inner(one).rows for one in self.scope.set_operation_scopes)
            is_plain = isinstance(query, exp.Union) and not query.args.get("distinct")
            return reads if is_plain else reads | _as_rows(_united(self.by_name.values()))
        self.is_counting = True
        reads = _united(
            self._reads(part)
            for name in ("where", "group", "having", "qualify", "distinct")
            if (part := query.args.get(name)) is not None
        )
        if query.args.get("distinct"):
            reads |= _united(map(self._reads, query.args["expressions"]))
        start = query.args.get("from_")
        if start is not None:
            reads |= self._rows_of(start.this)
        for join in query.args.get("joins") or ():
            # an outer join leaves the rows as they are: it matters to the columns that it brings
            if join.side != "LEFT":
                reads |= self._joined_by.get(join.alias_or_name, NOTHING)
        self.is_counting = False
        return _as_rows(reads)

    @cached_property
    def _joined_by(self) -> dict[str, Reads]:
        """By relation that a join brings, what decides which of its rows stand beside which."""
        self.is_joining = True
        joins = self.scope.expression.args.get("joins") or ()
        found = {join.alias_or_name: _as_rows(self._join(join)) for join in joins}
        self.is_joining = False
        return found

    def _join(self, join: exp.Join) -> Reads:
        conditions = (join.args.get("on"), *(join.args.get("using") or ()))
        read = (self._reads(one) for one in conditions if one is not None)
        return self._rows_of(join.this) | _united(read)

    def _rows_of(self, relation: exp.Expr) -> Reads:
        """Return what decides which rows a relation of the FROM clause has."""
        source = self.scope.sources.get(relation.alias_or_name)
        if isinstance(source, exp.Table):
            return frozenset([Read(_relation(source), ROWS, False)])
        if isinstance(source, Scope):
            return self._given(source) if source.is_udtf else self._inner(source).rows
        return NOTHING

    def _selected(self, expression: exp.Expr) -> Reads:
        """Return what a column of the select list is made from.

        A word or number that stands for itself says that the row is there, and so does a count of
        rows or a sum of such numbers.
        """
        reads = self._reads(expression)
        return self._counted() if not reads and _says_that_rows_are_there(expression) else reads

    def _counted(self) -> Reads:
        return NOTHING if self.is_counting else self.rows

    def _reads(self, expression: exp.Expr) -> Reads:
        """Return what an expression reads, also by way of its subqueries."""
        found: set[Read] = set()
        waiting = [expression]
        while waiting:
            node = waiting.pop()
            if isinstance(node, exp.Column):
                found |= self._column(node)
            elif isinstance(node, exp.Query):
                found |= self._subquery(node)
            elif isinstance(node, exp.Window):
                found |= self._window(node)
            else:
                if isinstance(node, exp.Count) and not any(node.find_all(exp.Column)):
                    found |= self._counted()
                waiting += node.iter_expressions()
        return frozenset(found)

    def _window(self, window: exp.Window) -> Reads:
        """Return what a function reads over its window. What the window is cut and ordered by
        decides which rows are looked at; of a rank it is the value."""
        parts: list[exp.Expr] = [
            part for part in window.iter_expressions() if part is not window.this
        ]
        name = window.args.get("alias")
        if name is not None:
            parts += self._named_window(name.name)
        value, beside = self._reads(window.this), _united(self._reads(part) for part in parts)
        return value | _as_rows(beside) if any(read.is_value for read in value) else value | beside

    def _named_window(self, name: str) -> Iterator[exp.Expr]:
        for window in self.scope.expression.args.get("windows") or ():
            if window.name.lower() == name.lower():
                yield from window.iter_expressions()

    def _subquery(self, query: exp.Query) -> Reads:
        """Return what a subquery inside an expression says: its columns, and which rows it has."""
        for inner in self.scope.subquery_scopes:
            if inner.expression is query.unnest():
                found = self._inner(inner)
                return _united(found.by_name.values()) | found.rows
        raise Unresolved(f"nothing known of the subquery {_short(query)}")

    def _column(self, column: exp.Column) -> Reads:
        """Return what a column that is named in this scope, or around it, is made from."""
        here: Scope | None = self.scope
        while here is not None:
            source = here.sources.get(column.table)
            if source is not None:
                return self._inner(here)._column_of(source, column)
            # a correlated subquery names what stands around it
            here = here.parent
        raise Unresolved(f"{_short(column)}: nothing is called so there")

    def _column_of(self, source: exp.Table | Scope, column: exp.Column) -> Reads:
        by = NOTHING if self.is_joining else self._joined_by.get(column.table, NOTHING)
        if isinstance(source, exp.Table):
            return by | {Read(_relation(source), column.name, True)}
        if source.is_udtf:
            return by | self._given(source)
        columns = self._inner(source).by_name
        if column.name not in columns:
            raise Unresolved(f"{_short(column)}: {column.table} has no such column")
        return by | columns[column.name]

    def _given(self, source: Scope) -> Reads:
        """Return what a function that gives rows (`unnest`) is given: all its columns have it."""
        return self._inner(source)._reads_of_parts

    @cached_property
    def _reads_of_parts(self) -> Reads:
        return _united(self._reads(part) for part in self.scope.expression.iter_expressions())


def _says_that_rows_are_there(expression: exp.Expr) -> bool:
    if any(expression.find_all(exp.AggFunc)):
        return True
    inner = expression.unalias()
    while isinstance(inner, exp.Cast | exp.Paren):
        inner = inner.this
    return isinstance(inner, exp.Literal) and inner.name != "0"


def _as_rows(reads: Iterable[Read]) -> Reads:
    return frozenset(read._replace(is_value=False) for read in reads)


def _united(reads: Iterable[Reads]) -> Reads:
    return NOTHING.union(*reads)


def _relation(table: exp.Table) -> Relation:
    return (table.catalog, table.db, table.name)


def _short(expression: exp.Expr) -> str:
    return expression.sql(DIALECT)[:80]
