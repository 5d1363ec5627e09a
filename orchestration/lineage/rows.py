"""Which rows stand behind a figure: the query of a measure, without its sums.

A measures model sums the rows of some relation by day and slice. Here its compiled SQL is followed
back from a column to the `select` that counts or sums it; that select without its groups, held to a
period and a slice, gives the rows themselves, by their ids.

What the way back passes is carried along: where a step renames, casts or sums again the
sums of another one, the columns are put in the place of their names. What cannot be followed so
says why, as a `NotFollowed` with a reason's code.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from orchestration.lineage.columns import DIALECT

Side = Literal["numerator", "denominator"]
# In a select list: whatever tells rows apart. Of whom a row is, is nobody's to list.
ID = "_id"
OF_PEOPLE_IN_SERVICE = ("agent_id", "evaluator_id")
# Columns of a cell that say where it stands, not what it is of.
PLACES = ("business_date", "period_grain", "period_start", "slice_type", "slice_value")


class NotFollowed(Exception):
    """A measure whose rows cannot be listed; `reason` is a code, `what` the place in the SQL."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(f"{reason}: {what}" if what else reason)
        self.reason, self.what = reason, what


@dataclass(frozen=True)
class Cell:
    """A period and a slice, in which a KPI has one figure. `start` is ISO 8601."""

    grain: str
    start: str
    slice_type: str = "total"
    slice_value: str = "all"


@dataclass(frozen=True)
class RowsQuery:
    """SQL that lists rows: the columns `ids`, and what each row adds to the sides of the figure,
    in columns of their names. `is_count`: each adds 1 and no row adds less."""

    sql: str
    ids: tuple[str, ...]
    sides: tuple[Side, ...]
    is_count: bool
    relations: frozenset[str]


@dataclass(frozen=True)
class _Part:
    """A select whose rows are counted or summed: `amount` is what a row adds, `keys` where the row
    counts, by name of the column that was asked for. All are expressions over its relations."""

    select: exp.Select
    ctes: tuple[exp.CTE, ...]
    amount: exp.Expr
    condition: exp.Expr
    is_count: bool
    keys: Mapping[str, exp.Expr]
    filters: tuple[exp.Expr, ...] = ()

    @property
    def source(self) -> tuple[str, ...]:
        """What two parts have in common whose rows are the same."""
        kept = (
            self.select.args.get(name) for name in ("from_", "joins", "where", "qualify", "group")
        )
        said = [part.sql(DIALECT) for parts in kept for part in _listed(parts)]
        keys = [f"{name}={one.sql(DIALECT)}" for name, one in sorted(self.keys.items())]
        return (*said, *keys, *(one.sql(DIALECT) for one in self.filters))


@dataclass
class RowFinder:
    """Finds the rows of measures. `sql_of` has the compiled SQL of models by the relation that
    they make, as SQL names it; `columns_of` returns the columns of a query's result."""

    sql_of: Mapping[str, str]
    columns_of: Callable[[str], Sequence[str]]
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def queries(
        self,
        relation: str,
        measures: Mapping[Side, str],
        cell: Cell,
        keys: Sequence[str],
        uncut: Iterable[str] = (),
    ) -> dict[Side, RowsQuery | NotFollowed]:
        """Return by side the query of its rows, one and the same where both sides have theirs in
        one place, or why there is none.

        `keys` are the columns of the measures model that say where a row counts; of the measures in
        `uncut` the whole counts in every slice.
        """
        parts: dict[Side, list[_Part]] = {}
        found: dict[Side, RowsQuery | NotFollowed] = {}
        for side, measure in measures.items():
            its_cell = replace(cell, slice_type="total") if measure in set(uncut) else cell
            wanted = [key for key in keys if key in PLACES or key == its_cell.slice_type]
            try:
                traced = self._trace_model(relation, measure, wanted, its_cell)
                held = [_held(part, its_cell) for part in traced]
                parts[side] = _merged([part for part in held if part is not None])
            except NotFollowed as why:
                found[side] = why
        one_place = len({tuple(one.source for one in its) for its in parts.values()}) == 1
        for sides in [tuple(parts)] if one_place else [(side,) for side in parts]:
            try:
                query: RowsQuery | NotFollowed = self._query(
                    [[parts[side][n] for side in sides] for n in range(len(parts[sides[0]]))],
                    sides,
                )
            except NotFollowed as why:
                query = why
            found |= dict.fromkeys(sides, query)
        return found

    def _query(self, pairs: list[list[_Part]], sides: tuple[Side, ...]) -> RowsQuery:
        selects, ids = [], None
        for pair in pairs:
            first = pair[0]
            named = self._ids(first)
            ids = ids or tuple(named)
            if tuple(named) != ids:
                raise NotFollowed("no_ids")
            select = first.select.copy()
            for name in ("group", "having", "order", "with_", "expressions", "distinct"):
                select.set(name, None)
            for column in named.values():
                select.select(column.copy(), copy=False)
            for side, part in zip(sides, pair, strict=True):
                select.select(exp.alias_(part.amount.copy(), side), copy=False)
            conditions = [*first.filters]
            added = list(dict.fromkeys(one.condition for one in pair))
            if exp.true() not in added:
                conditions.append(_joined(exp.Or, added))
            conditions = [*_conditions(select), *conditions]
            if conditions:
                select.set("where", exp.Where(this=_joined(exp.And, conditions)))
            selects.append(select)
        if ids is None:
            raise NotFollowed("no_rows")
        ctes = _needed(_together(part.ctes for pair in pairs for part in pair), selects)
        query: exp.Query = selects[0]
        for other in selects[1:]:
            query = exp.union(query, other, distinct=False, dialect=DIALECT)
        relations = frozenset(
            _name(table)
            for part in [*selects, *ctes]
            for table in part.find_all(exp.Table)
            if table.db
        )
        if ctes:
            query.set("with_", exp.With(expressions=[one.copy() for one in ctes]))
        places = (str(n + 1) for n in range(len(ids)))
        query = query.order_by(*places, copy=False, dialect=DIALECT)
        return RowsQuery(
            sql=query.sql(DIALECT, pretty=True, comments=False),
            ids=ids,
            sides=sides,
            is_count=all(part.is_count for pair in pairs for part in pair),
            relations=relations,
        )

    def _ids(self, part: _Part) -> dict[str, exp.Expr]:
        """Return by name the columns that tell the rows of a part apart."""
        sources = list(_sources(part.select))
        found: dict[str, exp.Expr] = {}
        for alias in sources:
            for name in self._columns(part, alias):
                if _is_id(name):
                    found.setdefault(name, exp.column(name, table=alias if sources[1:] else None))
        if found:
            return found
        # rows that are groups themselves are told apart by what groups them
        names = self._groups(part) if len(sources) == 1 else ()
        if not names:
            raise NotFollowed("no_ids", ", ".join(sources))
        return {name: exp.column(name) for name in names}

    def _with_ids(self, part: _Part) -> _Part:
        """Return a part whose relation has its ids, where it is a step that left them out."""
        source = next(iter(_sources(part.select).values()))
        step = _step(part.ctes, source)
        if not isinstance(step, exp.Select) or part.select.args.get("joins") or _is_grouped(step):
            return part
        if any(map(_is_id, self._columns(part, source.alias_or_name))):
            return part
        inner = self._with_ids(replace(part, select=step))
        added = step.copy()
        for alias in _sources(step):
            for name in filter(_is_id, self._columns(inner, alias)):
                added.select(exp.column(name, table=alias), copy=False)
        ctes = []
        for one in inner.ctes:
            ctes.append(one.copy())
            if one.alias == source.name:
                ctes[-1].set("this", added)
        return replace(part, ctes=tuple(ctes))

    def _columns(self, part: _Part, alias: str) -> tuple[str, ...]:
        asked = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(alias)))
        for name in ("from_", "joins"):
            asked.set(name, _copied(part.select.args.get(name)))
        if part.ctes:
            asked.set("with_", exp.With(expressions=[one.copy() for one in part.ctes]))
        text = asked.limit(0).sql(DIALECT)
        if text not in self._known:
            self._known[text] = tuple(self.columns_of(text))
        return self._known[text]

    def _groups(self, part: _Part) -> tuple[str, ...]:
        select: exp.Expr | None = part.select
        while isinstance(select, exp.Select):
            select = _step(part.ctes, next(iter(_sources(select).values())))
            if isinstance(select, exp.Select) and select.args.get("group"):
                names = [
                    one.alias_or_name
                    for one in select.selects
                    if not any(one.find_all(exp.AggFunc)) and not _is_place(one)
                ]
                return tuple(name for name in names if not name.endswith(OF_PEOPLE_IN_SERVICE))
            if select is not None and select.args.get("joins"):
                break
        return ()

    def _trace_model(
        self, relation: str, measure: str, wanted: Sequence[str], cell: Cell
    ) -> list[_Part]:
        sql = self.sql_of.get(relation)
        if sql is None:
            raise NotFollowed("not_summed", relation)
        try:
            query = parse_one(sql, dialect=DIALECT)
        except SqlglotError as error:
            raise NotFollowed("not_summed", relation) from error
        ctes = tuple(query.ctes) if isinstance(query, exp.Query) else ()
        return list(self._trace(query, measure, wanted, ctes, cell))

    def _trace(
        self,
        query: exp.Expr | None,
        measure: str,
        wanted: Sequence[str],
        ctes: tuple[exp.CTE, ...],
        cell: Cell,
    ) -> Iterator[_Part]:
        """Yield the selects that `measure` of a query is counted or summed in."""
        if isinstance(query, exp.Union) and not query.args.get("distinct"):
            names = [one.alias_or_name for one in _first(query).selects]
            if names == ["*"]:
                for side in (query.left, query.right):
                    yield from self._trace(side, measure, wanted, ctes, cell)
                return
            for select in _branches(query):
                yield from self._trace(_renamed(select, names), measure, wanted, ctes, cell)
            return
        if not isinstance(query, exp.Select):
            raise NotFollowed("not_summed")
        by_name = {one.alias_or_name: one.unalias() for one in query.selects}
        if measure not in by_name and "*" not in by_name:
            raise NotFollowed("not_summed", measure)
        expression = by_name.get(measure, exp.column(measure))
        if _is_nothing(expression):
            return
        keys = {key: by_name.get(key, exp.column(key)) for key in wanted}
        if any(expression.find_all(exp.AggFunc)):
            yield from self._summed(query, expression, keys, ctes, cell)
        else:
            for sign, column in _terms(expression):
                for part in self._passed(query, column, keys, ctes, cell):
                    yield part if sign > 0 else _negative(part)

    def _summed(
        self,
        select: exp.Select,
        expression: exp.Expr,
        keys: dict[str, exp.Expr],
        ctes: tuple[exp.CTE, ...],
        cell: Cell,
    ) -> Iterator[_Part]:
        group = select.args.get("group")
        if group is not None and group.find(exp.GroupingSets):
            keys = {name: _in_set(one, cell.slice_type) for name, one in keys.items()}
            if "slice_type" in keys and keys["slice_type"].name != cell.slice_type:
                return
        amount, condition, is_count = _contribution(expression)
        part = self._with_ids(_Part(select, ctes, amount, condition, is_count, keys))
        summed = _summed_column(expression)
        if summed is not None:
            try:
                self._ids(part)
            except NotFollowed as without_ids:
                try:
                    # sums of sums
                    yield from list(self._passed(select, summed, keys, ctes, cell))
                except NotFollowed:
                    raise without_ids from None
                return
        yield part

    def _passed(
        self,
        select: exp.Select,
        column: exp.Column,
        keys: Mapping[str, exp.Expr],
        ctes: tuple[exp.CTE, ...],
        cell: Cell,
    ) -> Iterator[_Part]:
        """Follow a column into the relation that a select has it from."""
        sources = _sources(select)
        alias = column.table or next(iter(sources))
        if len(sources) > 1 and not column.table:
            raise NotFollowed("not_summed", column.sql(DIALECT))
        source = sources.get(alias)
        if not isinstance(source, exp.Table) or select.args.get("qualify"):
            raise NotFollowed("not_summed", alias)
        same = _equalities(select, alias)
        here = {name: _of(one, alias, same) for name, one in keys.items()}
        # a condition on the other side of a join is left to the proof of the sums
        filters = [
            one
            for one in _conditions(select)
            if one.find(exp.Query) is None
            and all(_is_of(part, alias) for part in one.find_all(exp.Column))
        ]
        wanted = sorted(
            {part.name for one in [*here.values(), *filters] for part in one.find_all(exp.Column)}
        )
        for part in self._followed(source, column.name, wanted, ctes, cell):
            placed = {name: _placed(one, part.keys) for name, one in here.items()}
            more = tuple(_placed(one, part.keys) for one in filters)
            yield replace(part, keys=placed, filters=part.filters + more)

    def _followed(
        self,
        source: exp.Table,
        column: str,
        wanted: Sequence[str],
        ctes: tuple[exp.CTE, ...],
        cell: Cell,
    ) -> Iterator[_Part]:
        if source.db:
            relation = _name(source)
            if relation not in self.sql_of:
                raise NotFollowed("not_summed", relation)
            yield from self._trace_model(relation, column, wanted, cell)
            return
        inner = _step(ctes, source)
        if inner is None:
            raise NotFollowed("not_summed", source.name)
        yield from self._trace(inner, column, wanted, ctes, cell)


def _is_grouped(select: exp.Select) -> bool:
    """True where a row of a select may stand for several rows of what it reads."""
    return any(select.args.get(name) for name in ("group", "distinct", "having", "qualify"))


def _held(part: _Part, cell: Cell) -> _Part | None:
    """Return a part of which only the rows of a cell are left; None where it has none of it."""
    start = exp.cast(exp.Literal.string(cell.start), "date")
    keys, conditions = part.keys, []
    if "period_grain" in keys:
        conditions += [
            exp.EQ(this=keys["period_grain"].copy(), expression=exp.Literal.string(cell.grain)),
            exp.EQ(this=keys["period_start"].copy(), expression=start),
        ]
    else:
        truncated = exp.func(
            "date_trunc",
            exp.Literal.string(cell.grain),
            keys["business_date"].copy(),
            dialect=DIALECT,
        )
        conditions.append(exp.EQ(this=truncated, expression=start))
    if "slice_type" in keys:
        named = {"slice_type": cell.slice_type, "slice_value": cell.slice_value}
    elif cell.slice_type != "total":
        named = {cell.slice_type: cell.slice_value}
    else:
        named = {}
    for name, value in named.items():
        if name not in keys:
            raise NotFollowed("not_summed", name)
        conditions.append(exp.EQ(this=keys[name].copy(), expression=exp.Literal.string(value)))
    told = [one for one in conditions if not (one.left.is_string and one.right.is_string)]
    if any(one.left != one.right for one in conditions if one not in told):
        return None
    return replace(part, filters=part.filters + tuple(told))


def _merged(parts: Iterable[_Part]) -> list[_Part]:
    """Return parts of which no two have the same rows: what these add is added up."""
    found: dict[tuple[str, ...], _Part] = {}
    for part in parts:
        before = found.get(part.source)
        if before is not None:
            amount = exp.Add(this=_wrapped(before.amount), expression=_wrapped(part.amount))
            part = replace(before, amount=amount, condition=_is_not_0(amount), is_count=False)
        found[part.source] = part
    return list(found.values())


def _is_not_0(amount: exp.Expr) -> exp.Expr:
    return exp.NEQ(this=_wrapped(amount), expression=_number(0))


def _is_id(name: str) -> bool:
    return name.endswith(ID) and not name.endswith(OF_PEOPLE_IN_SERVICE)


def _step(ctes: Iterable[exp.CTE], source: exp.Expr) -> exp.Expr | None:
    """Return the query of the step that a relation of a query is; None where it is a table."""
    if not isinstance(source, exp.Table) or source.db:
        return None
    return next((one.this for one in ctes if one.alias == source.name), None)


def _contribution(expression: exp.Expr) -> tuple[exp.Expr, exp.Expr, bool]:
    """Return what a row adds to a count or sum, when it adds anything, and whether that is 1."""
    one = _bare(expression)
    if isinstance(one, exp.Sub | exp.Add):
        left, _, _ = _contribution(one.left)
        right, _, _ = _contribution(one.right)
        amount: exp.Expr = type(one)(this=_wrapped(left), expression=_wrapped(right))
        return amount, _is_not_0(amount), False
    if isinstance(one, exp.Count):
        condition = _counted(one)
        if condition == exp.true():
            return _number(1), condition, True
        return _one_if(condition), condition, True
    if isinstance(one, exp.Sum) and not isinstance(one.this, exp.Distinct):
        amount = exp.func("coalesce", one.this.copy(), _number(0))
        return amount, _is_not_0(amount), False
    raise NotFollowed("not_summed", one.sql(DIALECT))


def _counted(count: exp.Count) -> exp.Expr:
    """Return the condition on which a row is counted."""
    what = count.this
    if isinstance(what, exp.Star) or what is None:
        return exp.true()
    if isinstance(what, exp.Distinct):
        raise NotFollowed("not_summed", count.sql(DIALECT))
    if isinstance(what, exp.Case) and what.this is None and not what.args.get("default"):
        whens = what.args["ifs"]
        if len(whens) == 1 and isinstance(whens[0].args["true"], exp.Literal):
            return whens[0].this.copy()
    return exp.Not(this=exp.Is(this=_wrapped(what), expression=exp.null()))


def _bare(expression: exp.Expr) -> exp.Expr:
    """Return an expression without what changes nothing of the sum of several rows: casts, zero for
    nothing, null where nobody recorded it."""
    while True:
        is_filled = isinstance(expression, exp.Coalesce) and _is_nothing(expression.expressions[-1])
        if is_filled or isinstance(expression, exp.Cast | exp.Paren):
            expression = expression.this
        elif isinstance(expression, exp.Case):
            results = [one.args["true"] for one in expression.args["ifs"]]
            results.append(expression.args.get("default") or exp.null())
            told = [one for one in results if not isinstance(one, exp.Null)]
            if len(told) != 1:
                return expression
            expression = told[0]
        else:
            return expression


def _summed_column(expression: exp.Expr) -> exp.Column | None:
    """Return the column of which an expression is no more than the sum."""
    one = _bare(expression)
    inner = _bare(one.this) if isinstance(one, exp.Sum) else None
    return inner if isinstance(inner, exp.Column) else None


def _terms(expression: exp.Expr, sign: int = 1) -> Iterator[tuple[int, exp.Column]]:
    """Yield the columns that an expression adds up, each with 1, or -1 where it is taken off."""
    one = _bare(expression)
    if isinstance(one, exp.Column):
        yield sign, one
    elif isinstance(one, exp.Neg):
        yield from _terms(one.this, -sign)
    elif isinstance(one, exp.Add | exp.Sub):
        yield from _terms(one.left, sign)
        yield from _terms(one.right, sign if isinstance(one, exp.Add) else -sign)
    else:
        raise NotFollowed("not_summed", one.sql(DIALECT))


def _negative(part: _Part) -> _Part:
    return replace(part, amount=exp.Neg(this=_wrapped(part.amount)), is_count=False)


def _is_nothing(expression: exp.Expr) -> bool:
    while isinstance(expression, exp.Cast | exp.Paren):
        expression = expression.this
    is_zero = isinstance(expression, exp.Literal) and expression.name in ("0", "0.0")
    return is_zero or isinstance(expression, exp.Null)


def _in_set(expression: exp.Expr, cut: str) -> exp.Expr:
    """Return an expression as it is in the grouping set of one dimension, `total` for none."""

    def decided(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Case):
            return node
        for one in node.args["ifs"]:
            if one.this.find(exp.Grouping) is None:
                return node
            if any(column.name == cut for column in one.this.find_all(exp.Column)):
                return one.args["true"].copy()
        return node.args["default"].copy()

    return expression.copy().transform(decided)


def _sources(select: exp.Select) -> dict[str, exp.Expr]:
    start = select.args.get("from_")
    if start is None:
        raise NotFollowed("not_summed")
    found = {start.this.alias_or_name: start.this}
    for join in select.args.get("joins") or ():
        found[join.this.alias_or_name] = join.this
    return found


def _equalities(select: exp.Select, alias: str) -> dict[tuple[str, str], exp.Column]:
    """Return what stands in `alias` for columns of other relations, by conditions of joins."""
    found = {}
    for join in select.args.get("joins") or ():
        for one in (join.args.get("on") or exp.true()).find_all(exp.EQ):
            columns = [side for side in (one.left, one.right) if isinstance(side, exp.Column)]
            here = [column for column in columns if column.table == alias]
            there = [column for column in columns if column.table != alias]
            if here and there:
                found[there[0].table, there[0].name] = here[0]
    return found


def _of(expression: exp.Expr, alias: str, same: Mapping[tuple[str, str], exp.Column]) -> exp.Expr:
    """Return an expression in columns of one relation, of which every row is looked at."""
    if isinstance(expression, exp.Coalesce):
        for one in (expression.this, *expression.expressions):
            if isinstance(one, exp.Column) and one.table == alias:
                return one

    def own(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and not _is_of(node, alias):
            if (node.table, node.name) not in same:
                raise NotFollowed("not_summed", node.sql(DIALECT))
            return same[node.table, node.name].copy()
        return node

    return expression.copy().transform(own)


def _is_of(column: exp.Column, alias: str) -> bool:
    return column.table in ("", alias)


def _placed(expression: exp.Expr, keys: Mapping[str, exp.Expr]) -> exp.Expr:
    """Return an expression with other expressions in the place of its columns."""

    def named(node: exp.Expr) -> exp.Expr:
        return _wrapped(keys[node.name]) if isinstance(node, exp.Column) else node

    return expression.copy().transform(named)


def _wrapped(expression: exp.Expr) -> exp.Expr:
    return exp.paren(expression.copy()) if isinstance(expression, exp.Binary) else expression.copy()


def _joined(how: type[exp.And] | type[exp.Or], conditions: Sequence[exp.Expr]) -> exp.Expr:
    """Return conditions joined by `and` or `or`, in parentheses where they need them."""
    plain = [
        exp.paren(one.copy()) if isinstance(one, exp.Or) and len(conditions) > 1 else one.copy()
        for one in conditions
    ]
    return reduce(lambda left, right: how(this=left, expression=right), plain)


def _conditions(select: exp.Expr) -> list[exp.Expr]:
    where = select.args.get("where")
    if where is None:
        return []
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def _one_if(condition: exp.Expr) -> exp.Expr:
    return exp.case().when(condition.copy(), _number(1)).else_(_number(0))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _is_place(selected: exp.Expr) -> bool:
    return selected.alias_or_name in ("slice_type", "slice_value")


def _branches(query: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(query, exp.Union):
        yield from _branches(query.left)
        yield from _branches(query.right)
    elif isinstance(query, exp.Select):
        yield query
    else:
        raise NotFollowed("not_summed")


def _first(query: exp.Expr) -> exp.Select:
    return next(_branches(query))


def _renamed(select: exp.Select, names: Sequence[str]) -> exp.Select:
    """Return a later part of a union with the names of the first one."""
    found = select.copy()
    if len(found.selects) == len(names):
        renamed = [
            exp.alias_(one.unalias(), name) for one, name in zip(found.selects, names, strict=True)
        ]
        found.set("expressions", renamed)
    return found


def _together(all_ctes: Iterable[tuple[exp.CTE, ...]]) -> list[exp.CTE]:
    """Return the steps of several queries as those of one; a name has one meaning."""
    by_name: dict[str, exp.CTE] = {}
    for one in (one for ctes in all_ctes for one in ctes):
        if by_name.setdefault(one.alias, one) != one:
            raise NotFollowed("not_summed", one.alias)
    return list(by_name.values())


def _needed(ctes: Sequence[exp.CTE], selects: Sequence[exp.Expr]) -> list[exp.CTE]:
    """Return the steps of a query that selects read, directly or by way of others."""
    by_name = {one.alias: one for one in ctes}
    waiting, found = list(selects), set()
    while waiting:
        for table in waiting.pop().find_all(exp.Table):
            if not table.db and table.name in by_name and table.name not in found:
                found.add(table.name)
                waiting.append(by_name[table.name].this)
    return [one for one in ctes if one.alias in found]


def _name(table: exp.Table) -> str:
    return ".".join((table.catalog, table.db, table.name))


def _listed(parts: object) -> list[exp.Expr]:
    if parts is None:
        return []
    return list(parts) if isinstance(parts, list) else [parts]  # type: ignore[list-item]


def _copied(parts: object) -> object:
    if isinstance(parts, list):
        return [one.copy() for one in parts]
    return parts.copy() if isinstance(parts, exp.Expr) else parts
