"""What a check and a suite are: plain data, readable, hashable, without an engine."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BLOCKING = "critical"
# In place of an expectation: the file's own catalog gives the answer.
CATALOG = "catalog"
WARNING = "warning"


@dataclass(frozen=True)
class Check:
    """One expectation on one table.

    `expectation` is the name of a Great Expectations class (or of ours), with its `arguments`.
    `needs` names the columns without which it cannot be asked: `column` of the suite's own table
    or `schema.table.column`. `meaning` is what a person reads when it fails.
    """

    name: str
    expectation: str
    arguments: Mapping[str, Any]
    meaning: str
    needs: tuple[str, ...] = ()
    severity: str = BLOCKING


@dataclass(frozen=True)
class Suite:
    """The checks of one published table; `topic` sets apart a further suite on the same one."""

    schema: str
    table: str
    checks: tuple[Check, ...]
    topic: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.schema, self.table)

    @property
    def name(self) -> str:
        table = f"{self.schema}.{self.table}"
        return f"{self.topic}: {table}" if self.topic else table


@dataclass(frozen=True)
class CheckResult:
    """What became of one check. Holds counts only: an offending value might identify a person.

    `unexpected_count` is in rows. `not_run` says which column or table was missing; `exception`
    is set when the gate itself failed, which says nothing about the data.
    """

    suite: str
    name: str
    severity: str
    success: bool
    meaning: str = ""
    unexpected_count: int | None = None
    not_run: str | None = None
    exception: str | None = None

    @property
    def blocks(self) -> bool:
        """True when this result alone refuses the candidate: a warning, too, must be answered."""
        if self.exception is not None or self.not_run is not None:
            return True
        return not self.success and self.severity == BLOCKING


def suite(schema: str, table: str, checks: Sequence[Check]) -> Suite:
    """Return a suite that first of all demands its table; check names are distinct."""
    checks = [table_exists(), *checks]
    names = [check.name for check in checks]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"{schema}.{table}: check names used twice: {sorted(repeated)}")
    return Suite(schema, table, tuple(checks))


def table_exists() -> Check:
    """The table is published. Answered from the file's catalog, without an engine."""
    return Check("table_exists", CATALOG, {}, "Readers rely on this table.")


def columns_exist(*columns: str) -> list[Check]:
    return [
        Check(
            f"{column}_exists",
            "ExpectColumnToExist",
            {"column": column},
            f"Readers rely on the column {column}.",
        )
        for column in columns
    ]


def not_null(*columns: str) -> list[Check]:
    return [
        Check(
            f"{column}_is_not_null",
            "ExpectColumnValuesToNotBeNull",
            {"column": column},
            f"Every row has its {column}.",
            needs=(column,),
        )
        for column in columns
    ]


def unique(*columns: str) -> Check:
    """One column, or several taken together, name a row once."""
    if len(columns) == 1:
        return Check(
            f"{columns[0]}_is_unique",
            "ExpectColumnValuesToBeUnique",
            {"column": columns[0]},
            f"{columns[0]} names one row.",
            needs=columns,
        )
    return Check(
        "key_is_unique",
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": list(columns)},
        f"One row per {', '.join(columns)}.",
        needs=columns,
    )


def in_set(column: str, values: Sequence[str], severity: str = BLOCKING) -> Check:
    return Check(
        f"{column}_is_known",
        "ExpectColumnValuesToBeInSet",
        {"column": column, "value_set": list(values)},
        f"{column} is one of {', '.join(values)}.",
        needs=(column,),
        severity=severity,
    )


def not_negative(column: str) -> Check:
    return Check(
        f"{column}_is_not_negative",
        "ExpectColumnValuesToBeBetween",
        {"column": column, "min_value": 0},
        f"{column} is never below zero.",
        needs=(column,),
    )


def has_rows(severity: str = WARNING) -> Check:
    return Check(
        "has_rows",
        "ExpectTableRowCountToBeBetween",
        {"min_value": 1},
        "A table without rows proves nothing.",
        severity=severity,
    )


def no_rows(
    name: str,
    offending: str,
    meaning: str,
    needs: Sequence[str],
    severity: str = BLOCKING,
) -> Check:
    """Return a check that fails when the query `offending` gives rows.

    The query reads the table as `batch_rows` and selects nothing but a constant, so that no value
    leaves the engine. Braces are literal.
    """
    escaped = offending.strip().replace("{", "{{").replace("}", "}}")
    return Check(
        name,
        "ExpectNoRows",
        {
            "unexpected_rows_query": "with batch_rows as (select * from {batch})\n"
            f"select 1 as failed\n{escaped}"
        },
        meaning,
        needs=tuple(needs),
        severity=severity,
    )


def quoted(identifier: str) -> str:
    """Return an identifier as it may stand in SQL."""
    return '"' + identifier.replace('"', '""') + '"'


@dataclass(frozen=True)
class Catalog:
    """The tables of a file: `(schema, table)` → column → type; views apart."""

    tables: Mapping[tuple[str, str], Mapping[str, str]]
    views: tuple[str, ...] = field(default=())

    def missing_for(self, owner: Suite, check: Check) -> str | None:
        """Return the first column that `check` needs and the file lacks, or None."""
        for need in check.needs:
            *table, column = need.split(".")
            key = (table[0], table[1]) if table else owner.key
            if column not in self.tables.get(key, {}):
                return ".".join((*key, column))
        return None


def fingerprint(suites: Sequence[Suite], extra: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical description of `suites` and what else decides."""
    described = {
        "suites": [
            {
                "name": one.name,
                "checks": [
                    {
                        "name": check.name,
                        "expectation": check.expectation,
                        "arguments": dict(check.arguments),
                        "severity": check.severity,
                        "needs": list(check.needs),
                    }
                    for check in one.checks
                ],
            }
            for one in suites
        ],
        **extra,
    }
    text = json.dumps(described, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
