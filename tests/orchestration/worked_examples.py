"""The specification's worked examples as rows to land and values to expect, one YAML file each.

A file has, per table of the landing contract, `rows` and (`all`) what they have in common, and
under `expect` either cells of kpi_values (with `agent`: of agent_kpi_values) or SQL with its one
value. So that all examples land at once, each has its own brand, named like the file (`we_p01`),
and its own ids:

- every id is prefixed with the example's name, but for a KPI's; `copies: 3` makes three rows, `-1`
  to `-3`;
- every customer named anywhere exists, in the brand of the row that names them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import yaml

from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.contract import Contract, load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.run.steps import initialise
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.build import BuildReport, build
from orchestration.warehouse.dbt_command import invoke
from orchestration.warehouse.run_context import new_context
from tests.orchestration.parsed import shared_manifest

Row = dict[str, Any]
Rows = dict[str, list[Row]]

# The examples lie in 2026, and the run looks from its end whatever the clock says.
NOW = datetime(2027, 1, 1, tzinfo=UTC)
AS_OF = "2026-12-31T23:00:00Z"
FOLDER = PROJECT_ROOT / "tests" / "fixtures" / "worked_examples"
GRAINS = ("day", "week", "month", "quarter")
SLICES = (
    "total",
    "channel",
    "reason_group",
    "team",
    "segment",
    "brand",
    "site",
    "dimension",
    "offer",
    "source",
    "topic",
    "agent",
)
COMPARED = (
    "numerator",
    "denominator",
    "value",
    "n",
    "ci",
    "status",
    "sample_flag",
    "is_provisional",
)
IDS = {"customer_ref"}
CUSTOMERS = ("customer_id", "customer_ref", "merged_customer_id", "survivor_customer_id")


@dataclass(frozen=True)
class Cell:
    """One row of kpi_values, or of agent_kpi_values when cut by agent. `expected` has the compared
    columns that the example states; an empty one means that there must be no such row."""

    example: str
    kpi_id: str
    period_grain: str
    period_start: str
    slice_type: str
    slice_value: str
    expected: Row

    def __str__(self) -> str:
        where = "" if self.slice_value == self.example else f" {self.slice_value}"
        return f"{self.example}{where} {self.kpi_id} {self.period_grain} {self.period_start}"


@dataclass(frozen=True)
class Query:
    """SQL over the marts, and over `build`, that gives one value."""

    example: str
    sql: str
    value: float | None

    def __str__(self) -> str:
        return f"{self.example} {self.sql}"


@dataclass(frozen=True)
class Example:
    """`rows` by table name, ready to land; `expectations` in the order of the file."""

    name: str
    rows: Rows
    expectations: list[Cell | Query]


class Run(NamedTuple):
    """What landing and building the examples gave; `marts` is open for reading, with what is not
    published beside it as `build`. `unit_tests` has what dbt said of each of its unit tests that
    did not pass, and None of those that did."""

    paths: DataPaths
    accepted: AcceptReport
    built: BuildReport
    marts: duckdb.DuckDBPyConnection
    unit_tests: dict[str, str | None] | None = None


def build_examples(paths: DataPaths) -> tuple[AcceptReport, BuildReport]:
    """Land all examples in an empty data directory, the environment's own, and build them."""
    contract = load_contract(PROJECT_ROOT)
    initialise(paths)
    land(read_examples(FOLDER), contract, paths.inbox)
    accepted = accept(paths, contract, now=NOW)
    built = build(paths, new_context(latest_batch(paths), None, as_of=AS_OF), None)
    assert built.error is None, built.error
    return accepted, built


def run_unit_tests() -> dict[str, str | None]:
    """Run dbt's unit tests in the built world that the environment names."""
    outcome = invoke(["test", "--select", "test_type:unit"], shared_manifest())
    assert outcome.result is not None, outcome.exception
    return {
        result.node.name: None if result.status == "pass" else result.message or result.status
        for result in outcome.result.results
    }


def read_examples(folder: Path) -> list[Example]:
    """Read every `<id>.yaml` of a folder."""
    return [_read(path) for path in sorted(folder.glob("*.yaml"))]


def land(examples: Iterable[Example], contract: Contract, inbox: Path) -> None:
    """Write one CSV file a table with the rows of all examples.

    Raises KeyError for a table or a column that the contract does not know.
    """
    rows: Rows = defaultdict(list)
    for example in examples:
        for table, its_rows in example.rows.items():
            rows[table] += its_rows
    tables = {table.name: table for table in contract.tables.values()}
    for name, table_rows in rows.items():
        table = tables[name]
        columns = [column.name for column in table.columns]
        unknown = {column for row in table_rows for column in row} - set(columns)
        if unknown:
            raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")
        folder = inbox / table.source
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(table_rows)


def _read(path: Path) -> Example:
    name = f"we_{path.stem}"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    expectations = [_expectation(name, entry) for entry in content.pop("expect")]
    rows: Rows = {
        table: [row for line in part["rows"] for row in _rows(name, part.get("all", {}) | line)]
        for table, part in content.items()
    }
    _complete(name, rows)
    return Example(name, rows, expectations)


def _rows(example: str, line: Row) -> Iterator[Row]:
    """The rows that a line stands for, with ids of their own."""
    copies = line.pop("copies", None)
    for suffix in [f"-{number + 1}" for number in range(copies)] if copies else [""]:
        yield {
            column: f"{example}-{value}{suffix}" if _is_id(column) and value is not None else value
            for column, value in line.items()
        }


def _is_id(column: str) -> bool:
    return (column.endswith("_id") or column in IDS) and column != "kpi_id"


def _complete(example: str, rows: Rows) -> None:
    """Give every row its brand, and every customer a row."""
    customers = list(rows.get("customers", []))
    known = {row["customer_id"] for row in customers}
    for table, table_rows in rows.items():
        for row in table_rows:
            brand = row.get("brand", example)
            if table in ("contacts", "tickets", "customers", "public_feedback"):
                row["brand"] = brand
            else:
                row.pop("brand", None)
            if row.get("customer_ref"):
                row.setdefault("customer_ref_type", "customer_id")
            for column in CUSTOMERS:
                if row.get(column) and row[column] not in known:
                    known.add(row[column])
                    customers.append({"customer_id": row[column], "brand": brand})
    for customer in customers:
        customer.setdefault("created_at", "2025-01-01T00:00:00Z")
    if customers:
        rows["customers"] = customers


def _expectation(example: str, entry: Row) -> Cell | Query:
    if "sql" in entry:
        return Query(example, entry["sql"], entry["value"])
    absent = entry.pop("absent", False)
    grain = next(grain for grain in GRAINS if grain in entry)
    slice_type = next((slice_type for slice_type in SLICES if slice_type in entry), "brand")
    expected = {column: entry[column] for column in COMPARED if column in entry}
    unknown = set(entry) - {"kpi", grain, slice_type, *COMPARED}
    if unknown or bool(expected) == absent:
        raise ValueError(f"{example}: cannot read the expectation {entry}")
    start, slice_value = str(entry[grain]), entry.get(slice_type, example)
    if slice_type == "agent":
        slice_value = f"{example}-{slice_value}"
    return Cell(example, entry["kpi"], grain, start, slice_type, slice_value, expected)
