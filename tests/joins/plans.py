"""Which joins of a query compare every row of one side with every row of the other, although both
sides grow with the data?

DuckDB's own plan says how each join is carried out. What a side holds follows from what stands
behind it: a seed, a constant or an aggregate without groups stays as long as it is; what is read
from landed files grows, and so does everything built from it. Days counted out of a landed instant
grow as well, with history. What this cannot see is a hash join on a key that few values share.

The plan must be that of large tables whatever the world at hand: `as_if_large` sets it so.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import yaml

Plan = dict[str, Any]
EXCEPTIONS = Path(__file__).with_name("exceptions.yml")

# Every one of these may look at all pairs of rows; a hash join or an as-of join does not.
PAIRWISE = {
    "BLOCKWISE_NL_JOIN": "Condition",
    "CROSS_PRODUCT": "",
    "IE_JOIN": "Conditions",
    "NESTED_LOOP_JOIN": "Conditions",
    "PIECEWISE_MERGE_JOIN": "Conditions",
}
# A name in a condition, no function, keyword, type or text.
COLUMN = re.compile(r"'[^']*'|\b([a-z_][a-z0-9_]*)\b(?!\()")
LEFT_SIDE_ONLY = {"SEMI", "ANTI", "SINGLE", "MARK"}


@dataclass(frozen=True)
class Rows:
    """What a relation holds: whether its rows become more as data lands, whether its values come
    from landed data at all, and which relations are the growing ones behind it."""

    grow: bool = False
    landed: bool = False
    behind: frozenset[str] = frozenset()

    def __or__(self, other: "Rows") -> "Rows":
        return Rows(
            self.grow or other.grow, self.landed or other.landed, self.behind | other.behind
        )


CONSTANT = Rows()


@dataclass(frozen=True)
class Product:
    """A join of two growing sides, pair by pair. `condition` is as the plan writes it."""

    operator: str
    condition: str
    sides: tuple[str, ...]

    @property
    def columns(self) -> str:
        """The columns that are compared, in alphabetical order; empty for a cross product."""
        return " ".join(sorted({name for name in COLUMN.findall(self.condition) if name}))

    def __str__(self) -> str:
        return f"{self.operator} of {' with '.join(self.sides)} on {self.condition or 'nothing'}"


@dataclass
class Explained:
    """What a query returns, and the products in its plan."""

    rows: Rows
    products: list[Product]


def as_if_large(connection: duckdb.DuckDBPyConnection) -> None:
    """Have the planner choose what it would for large tables, leave out no empty one, and read
    the first rows of a table at once."""
    for setting in (
        "nested_loop_join_threshold",
        "merge_join_threshold",
        "asof_loop_join_threshold",
    ):
        connection.execute(f"set {setting} = 0")
    connection.execute("set disabled_optimizers = 'statistics_propagation, late_materialization'")


def explain(
    connection: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, Rows]
) -> Explained:
    """Explain a query; `tables` says what is known, by name, and any other table grows."""
    [(_, text)] = connection.execute(f"explain (format json) {sql}").fetchall()
    reader = _Reader(tables)
    rows = [reader.read(node) for node in json.loads(text)]
    return Explained(rows[0], reader.products)


@dataclass
class _Reader:
    """Reads a plan from its leaves; `ctes` has what was materialised, by its number."""

    tables: Mapping[str, Rows]
    ctes: dict[str, Rows] = field(default_factory=dict)
    products: list[Product] = field(default_factory=list)

    def read(self, node: Plan) -> Rows:
        name, info = node["name"].strip(), node["extra_info"]
        if name in ("CTE", "REC_CTE"):
            return self._common(node)
        sides = [self.read(child) for child in node["children"]]
        below = _all(sides)
        if name in PAIRWISE and sum(side.grow for side in sides) > 1:
            condition = info.get(PAIRWISE[name], "")
            said = condition if isinstance(condition, str) else " AND ".join(condition)
            self.products.append(Product(name, said, tuple(map(_names, sides))))
        if info.get("Join Type") in LEFT_SIDE_ONLY:
            return Rows(sides[0].grow, below.landed, sides[0].behind)
        if name in ("UNGROUPED_AGGREGATE", "LIMIT", "STREAMING_LIMIT", "TOP_N"):
            return Rows(False, below.landed)
        if name == "UNNEST":
            # a list out of landed data is as long as history
            return Rows(below.landed, below.landed, below.behind or frozenset({"a list"}))
        return below if node["children"] else self._leaf(name, info)

    def _common(self, node: Plan) -> Rows:
        number = node["extra_info"]["Table Index"]
        definition, body = node["children"]
        # what a recursion starts from, or what a common table expression is
        self.ctes[number] = self.read(definition)
        rows = self.read(body)
        return self.ctes[number] | rows if node["name"].strip() == "REC_CTE" else rows

    def _leaf(self, name: str, info: dict[str, Any]) -> Rows:
        if name in ("CTE_SCAN", "REC_CTE_SCAN"):
            return self.ctes[info["CTE Index"]]
        if name == "SEQ_SCAN":
            table = info["Table"].replace('"', "")
            return self.tables.get(table, Rows(True, True, frozenset({table})))
        if name == "READ_JSON":
            # the run's context: one row
            return Rows(False, True)
        if name in ("DUMMY_SCAN", "COLUMN_DATA_SCAN", "EMPTY_RESULT", "RANGE", "GENERATE_SERIES"):
            return CONSTANT
        return Rows(True, True, frozenset({"landed files"}))


def _all(sides: list[Rows]) -> Rows:
    rows = CONSTANT
    for side in sides:
        rows |= side
    return rows


def _names(rows: Rows) -> str:
    return "(" + ", ".join(sorted(rows.behind)) + ")"


@dataclass(frozen=True)
class Queries:
    """The compiled SQL of every model by relation, each after those that it reads; no SQL for a
    model in Python, of which any number of rows may come. `seeds` stay as they are."""

    sql: Mapping[str, str]
    seeds: frozenset[str]


def compiled_queries(target: Path) -> Queries:
    """Read what dbt compiled into its target folder when it built last.

    Raises FileNotFoundError when a model was never compiled there.
    """
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    nodes = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    reads = {key: node.get("depends_on", {}).get("nodes", []) for key, node in nodes.items()}
    compiled = target / "compiled" / manifest["metadata"]["project_name"]
    sql, seeds = {}, set()
    for key in TopologicalSorter(reads).static_order():
        if key not in nodes:  # a source
            continue
        node = nodes[key]
        relation = node["relation_name"].replace('"', "")
        if node["resource_type"] == "seed":
            seeds.add(relation)
        elif node["language"] == "sql":
            sql[relation] = (compiled / node["original_file_path"]).read_text(encoding="utf-8")
    return Queries(sql, frozenset(seeds))


@dataclass(frozen=True)
class Exceptions:
    """What the list beside this module allows, with the reasons: relations that stay small though
    landed data stands behind them, and products by model and columns compared."""

    small: Mapping[str, str]
    products: Mapping[tuple[str, str], str]


def read_exceptions(path: Path = EXCEPTIONS) -> Exceptions:
    """Read the list. Raises KeyError for an entry without a reason."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    products = {
        (entry["model"], " ".join(sorted(entry["on"]))): entry["reason"]
        for entry in content["pairs"]
    }
    return Exceptions({e["relation"]: e["reason"] for e in content["stays_small"]}, products)


@dataclass
class Findings:
    """Products that no exception allows, as text, and exceptions that nothing needs any more."""

    products: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def judge(connection: duckdb.DuckDBPyConnection, queries: Queries, allowed: Exceptions) -> Findings:
    """Explain every model of a built world, and hold what its plan does against the list."""
    as_if_large(connection)
    findings, needed = Findings(), set()
    tables = dict.fromkeys(queries.seeds, CONSTANT)
    for relation, sql in queries.sql.items():
        model = relation.rpartition(".")[2]
        explained = explain(connection, sql, tables)
        rows = explained.rows
        if rows.grow and model in allowed.small:
            needed.add(model)
            rows = Rows(False, rows.landed)
        behind = frozenset({relation} if rows.grow else ())
        tables[relation] = Rows(rows.grow, rows.landed, behind)
        for product in explained.products:
            if (model, product.columns) in allowed.products:
                needed.add((model, product.columns))
            else:
                findings.products.append(f"{model}: {product}")
    findings.unused = [
        str(entry) for entry in (*allowed.small, *allowed.products) if entry not in needed
    ]
    return findings
