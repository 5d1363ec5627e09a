"""The lineage of a built warehouse: computed once a project, and read back from then on.

It depends on the project alone, so it is kept beside the warehouse (`lineage.json`) under a key of
the compiled SQL and of what reads it. Computing it takes seconds, reading it a fraction of one.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lineage.graph import PUBLISHED, Column, Graph, Table, Uses
from orchestration.lineage.kpis import Kpi, Lineage, kpis_in_use
from orchestration.system.errors import PilotageError
from orchestration.system.files import read_json, write_file
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.compiled import FILE_NAME as COMPILED
from orchestration.warehouse.compiled import read_compiled
from orchestration.warehouse.dbt_command import one_line

FILE_NAME = "lineage.json"
# How the catalog calls the file that is opened alone; profiles.yml attaches the other one to it.
BUILD = "build"


def load_lineage(paths: DataPaths) -> Lineage:
    """Return the lineage of the project as it was last built in a data directory.

    Raises PilotageError when nothing was built there.
    """
    path, key = paths.warehouse / FILE_NAME, _key(paths.warehouse / COMPILED)
    stored = read_json(path)
    if stored and stored.get("key") == key:
        return _restored(stored)
    lineage = lineage_of(paths)
    content = json.dumps({"key": key} | _stored(lineage), separators=(",", ":"))
    write_file(path, content.encode(), lasting=False)
    return lineage


def lineage_of(paths: DataPaths) -> Lineage:
    """Compute the lineage of what was last built in a data directory."""
    # with it comes sqlglot, which reading back does without
    from orchestration.lineage.computed import graph_of

    compiled = read_compiled(paths.warehouse)
    graph = graph_of(compiled, built_columns(paths))
    return Lineage(graph, kpis_in_use(PROJECT_ROOT / "seeds", compiled))


def built_columns(paths: DataPaths) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Return the columns of every built relation, by (database, schema, name)."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, file in ((BUILD, paths.build_db), (PUBLISHED, paths.marts_db)):
        if not file.exists():
            raise PilotageError(f"There is no {file}: run `pilotage run`.")
        try:
            with duckdb.connect(str(file), read_only=True) as connection:
                columns = connection.execute(
                    "select schema_name, table_name, column_name from duckdb_columns()"
                    " where not internal order by table_oid, column_index"
                ).fetchall()
        except duckdb.Error as error:
            # a build that writes keeps readers out
            raise PilotageError(f"{file} cannot be read: {one_line(str(error))}") from error
        for schema, table, column in columns:
            found[name, schema, table].append(column)
    return {relation: tuple(columns) for relation, columns in found.items()}


def _key(compiled: Path) -> str:
    """Return the SHA-256 of all that decides the lineage: compiled SQL, seeds and what reads it."""
    digest = hashlib.sha256(version("sqlglot").encode())
    files: Iterable[Path] = [
        compiled,
        *sorted((PROJECT_ROOT / "seeds").glob("kpi_*.csv")),
        *sorted(Path(__file__).parent.glob("*.py")),
    ]
    for file in files:
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()


def _stored(lineage: Lineage) -> dict[str, Any]:
    made_from: dict[str, dict[str, list[list[str]]]] = defaultdict(dict)
    for column, uses in lineage.graph.made_from.items():
        made_from[column.table][column.name] = [
            sorted(map(str, uses.value)),
            sorted(map(str, uses.rows)),
        ]
    return {
        "tables": [list(vars(table).values()) for table in lineage.graph.tables.values()],
        "made_from": made_from,
        "unresolved": dict(lineage.graph.unresolved),
        "kpis": [
            vars(kpi) | {"measures": list(map(str, kpi.measures))} for kpi in lineage.kpis.values()
        ],
    }


def _restored(stored: dict[str, Any]) -> Lineage:
    known: dict[str, Column] = {}

    def column(name: str) -> Column:
        if name not in known:
            table, _, its_column = name.rpartition(".")
            known[name] = Column(table, its_column)
        return known[name]

    def columns(names: list[str]) -> frozenset[Column]:
        return frozenset(map(column, names))

    tables = [
        Table(name, kind, tuple(its_columns), *rest)
        for name, kind, its_columns, *rest in stored["tables"]
    ]
    made_from = {
        Column(table, name): Uses(columns(value), columns(rows))
        for table, its_columns in stored["made_from"].items()
        for name, (value, rows) in its_columns.items()
    }
    kpis = [
        Kpi(**kpi | {"measures": tuple(map(column, kpi["measures"])), "parts": tuple(kpi["parts"])})
        for kpi in stored["kpis"]
    ]
    graph = Graph({one.name: one for one in tables}, made_from, stored["unresolved"])
    return Lineage(graph, {kpi.kpi_id: kpi for kpi in kpis})
