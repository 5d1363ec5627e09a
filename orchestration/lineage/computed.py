"""The lineage of a project, computed from its compiled SQL.

Models in SQL are read; of models in Python their YAML says what their columns are made from
(`made_from`), and one that does not say it is listed as unresolved, never guessed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.landing.contract import ADDED_COLUMNS
from orchestration.lineage.columns import Read, Relation, Unresolved, columns_read
from orchestration.lineage.graph import PUBLISHED, ROWS, Column, Graph, Kind, Table, Uses
from orchestration.warehouse.compiled import Compiled, CompiledNode

# The database that landing tables are given here: dbt reads them in place, as files.
RAW = "raw"
# In the YAML of a model that is written in Python: what its columns are made from.
MADE_FROM, ALL_INPUTS = "made_from", "all inputs"
# In the YAML of a model: it says when and which rows to build, and no figure comes from it.
NO_FIGURES = "gives_no_figures"


def graph_of(compiled: Compiled, built: Mapping[Relation, tuple[str, ...]]) -> Graph:
    """Return the lineage of a compiled project, of whose relations `built` has the columns."""
    tables = _tables(compiled, built)
    names = {_relation(node): node.name for node in compiled.nodes.values()}
    names |= {
        (RAW, one.source, one.table): f"{one.source}.{one.table}"
        for one in compiled.sources.values()
    }
    made_from: dict[Column, Uses] = {}
    unresolved: dict[str, str] = {}
    for node in compiled.nodes.values():
        if node.kind != "model":
            continue
        try:
            if node.sql is None:
                found = _declared(node, compiled, tables)
            else:
                found = _read(node, compiled, tables, names)
            _compare(tables[node.name], found)
        except Unresolved as error:
            unresolved[node.name] = str(error)
            continue
        made_from |= {Column(node.name, name): uses for name, uses in found.items()}
    for one in compiled.sources.values():
        # of a landing table, what tells its rows apart
        name = f"{one.source}.{one.table}"
        key = frozenset(Column(name, column) for column in one.key)
        made_from[Column(name, ROWS)] = Uses(rows=key)
    return Graph(tables, made_from, unresolved)


def _tables(compiled: Compiled, built: Mapping[Relation, tuple[str, ...]]) -> dict[str, Table]:
    tables = {}
    for node in compiled.nodes.values():
        is_published = node.database == PUBLISHED
        tables[node.name] = Table(
            name=node.name,
            kind=_kind(node),
            columns=built.get(_relation(node), ()),
            published_as=f"{node.schema}.{node.alias}" if is_published else None,
            path=node.path,
            is_beside=bool(node.meta.get(NO_FIGURES)),
        )
    for one in compiled.sources.values():
        name = f"{one.source}.{one.table}"
        columns = tuple(dict.fromkeys([*one.columns, *ADDED_COLUMNS]))
        tables[name] = Table(name=name, kind="raw", columns=columns)
    return tables


def _kind(node: CompiledNode) -> Kind:
    if node.kind == "seed":
        return "seed"
    if node.path.startswith("models/staging/"):
        return "staging"
    if node.name.startswith("measures_"):
        return "measure"
    return "published" if node.database == PUBLISHED else "step"


def _relation(node: CompiledNode) -> Relation:
    return (node.database, node.schema, node.alias)


def _read(
    node: CompiledNode,
    compiled: Compiled,
    tables: Mapping[str, Table],
    names: Mapping[Relation, str],
) -> dict[str, Uses]:
    """Return what the columns of an SQL model are made from."""
    sql = node.sql or ""
    for parent in node.parents:
        if parent in compiled.sources:
            source = compiled.sources[parent]
            # read in place, as files
            relation = ".".join(f'"{part}"' for part in (RAW, source.source, source.table))
            sql = sql.replace(source.relation, relation)
    schema = {relation: tables[name].columns for relation, name in names.items()}
    found = columns_read(sql, schema)
    # what a model wrote before and looks at again is nothing that it is made from
    before = _relation(node)
    return {
        column: _uses((read for read in reads if read.relation != before), names)
        for column, reads in found.items()
    }


def _uses(reads: Iterable[Read], names: Mapping[Relation, str]) -> Uses:
    value: set[Column] = set()
    rows: set[Column] = set()
    for read in reads:
        (value if read.is_value else rows).add(Column(names[read.relation], read.column))
    return Uses(frozenset(value), frozenset(rows - value))


def _declared(
    node: CompiledNode, compiled: Compiled, tables: Mapping[str, Table]
) -> dict[str, Uses]:
    """Return what the YAML of a Python model says that its columns are made from.

    `made_from` is a list of columns (`contacts.channel`), or `all inputs`: every column of every
    table that the model reads. That of the model holds for each column without one of its own.
    """
    inputs = [compiled.nodes[parent].name for parent in node.parents if parent in compiled.nodes]
    everything = {Column(name, column) for name in inputs for column in tables[name].columns}
    found = {}
    for name in tables[node.name].columns:
        said = node.column_meta.get(name, {}).get(MADE_FROM, node.meta.get(MADE_FROM))
        if said is None:
            raise Unresolved(f"is written in Python, and no `{MADE_FROM}` is declared of {name}")
        columns = everything if said == ALL_INPUTS else {_named(one) for one in said}
        if wrong := columns - everything:
            raise Unresolved(
                f"{name} is declared as made from {min(wrong)}, which it does not read"
            )
        found[name] = Uses(value=frozenset(columns))
    return found | {ROWS: Uses(rows=frozenset(Column(name, ROWS) for name in inputs))}


def _named(column: str) -> Column:
    table, _, name = column.rpartition(".")
    return Column(table, name)


def _compare(table: Table, found: Mapping[str, Any]) -> None:
    """Raise Unresolved where the columns that were found are not those that were built."""
    wrong = {*table.columns} ^ (found.keys() - {ROWS})
    if wrong:
        raise Unresolved(f"its SQL and its built table differ in {', '.join(sorted(wrong))}")
