"""What a check and a suite are: plain data, readable, hashable, without an engine."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.system import sql

BLOCKING = "critical"
WARNING = "warning"
# In place of an expectation: the file's own catalog gives the answer.
CATALOG = "catalog"
# Checks that count broken rows; all those of a suite are asked in one query.
BROKEN_ROWS = "ExpectNoBrokenRows"


@dataclass(frozen=True)
class Check:
    """One expectation on one table.

    `expectation` is the name of a Great Expectations class (or of ours), with its `arguments`.
    Those of `BROKEN_ROWS` are `count`, an aggregate over the table's rows, and, where the file's
    catalog may answer in its stead, the column that it knows to be `enforced_not_null`.
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
    """The checks of one published table; `topic` sets apart a further suite on the same one.

    Rows outside of the condition `only_rows` can break none of them, and are not asked.
    """

    schema: str
    table: str
    checks: tuple[Check, ...]
    topic: str | None = None
    only_rows: str | None = None

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


def suite(schema: str, table: str, checks: Sequence[Check], topic: str | None = None) -> Suite:
    """Return a suite whose checks have distinct names."""
    names = [check.name for check in checks]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"{schema}.{table}: check names used twice: {sorted(repeated)}")
    return Suite(schema, table, tuple(checks), topic)


def table_exists() -> Check:
    """The table is published. Answered from the file's catalog, without an engine."""
    return Check("table_exists", CATALOG, {}, "Readers rely on this table.")


def columns_exist(name: str, *columns: str) -> Check:
    """Answered from the file's catalog, which names the first column that is missing."""
    return Check(name, CATALOG, {"columns": list(columns)}, "Readers rely on these columns.")


def not_null(*columns: str) -> list[Check]:
    """The file's catalog answers where it has the engine enforce this, the data elsewhere."""
    return [
        _counting(
            f"{column}_is_not_null",
            f"count(*) filter (where {sql.name(column)} is null)",
            f"Every row has its {column}.",
            needs=(column,),
            enforced_not_null=column,
        )
        for column in columns
    ]


def unique(*columns: str, name: str) -> Check:
    """The columns together name a row.

    A key of one column leaves out its nulls; in a longer one nulls are equal to each other.
    """
    listed = ", ".join(map(sql.name, columns))
    known = f" where {listed} is not null" if len(columns) == 1 else ""
    return _counting(
        name,
        f"(select coalesce(sum(repeated), 0) from (select count(*) as repeated"
        f" from batch_rows{known} group by {listed} having count(*) > 1))",
        f"One row per {', '.join(columns)}.",
        needs=columns,
    )


def in_set(column: str, values: Sequence[str]) -> Check:
    known = ", ".join(map(sql.text, values))
    return broken_rows(
        f"{column}_is_known",
        f"{sql.name(column)} in ({known})",
        f"{column} is one of {', '.join(values)}.",
        (column,),
    )


def broken_rows(name: str, condition: str, meaning: str, needs: Sequence[str] = ()) -> Check:
    """Return a check that counts the rows of which `condition` is false; unknown is not broken."""
    return _counting(name, f"count(*) filter (where not ({condition}))", meaning, needs)


def has_rows(severity: str = WARNING) -> Check:
    return _counting(
        "has_rows",
        "case when count(*) = 0 then 1 else 0 end",
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
    """Return a check that counts the rows of the query `offending`, which begins with its `from`.

    The query reads the table as `batch_rows`. Only the number of its rows leaves the engine.
    """
    return _counting(
        name, f"(select count(*) from (select 1 {offending.strip()}))", meaning, needs, severity
    )


def _counting(
    name: str,
    count: str,
    meaning: str,
    needs: Sequence[str] = (),
    severity: str = BLOCKING,
    **more: str,
) -> Check:
    return Check(name, BROKEN_ROWS, {"count": count} | more, meaning, tuple(needs), severity)


def counting_query(owner: Suite, checks: Sequence[Check]) -> str:
    """Return the query whose one row has the table's rows, then those that break each check."""
    # that first count makes it one row, also where each check counts in a query of its own
    counts = ",\n".join(["count(*)", *(check.arguments["count"] for check in checks)])
    table = f"{sql.name(owner.schema)}.{sql.name(owner.table)}"
    # not materialised: the engine then reads no column but those that the checks ask about
    only = f" where {owner.only_rows}" if owner.only_rows else ""
    rows = f"with batch_rows as not materialized (select * from {table}{only})"
    return f"{rows}\nselect\n{counts}\nfrom batch_rows"


@dataclass(frozen=True)
class Catalog:
    """The tables of a file: `(schema, table)` → column → type; views apart.

    `not_null` holds the `(schema, table, column)` of which the engine has refused nulls.
    """

    tables: Mapping[tuple[str, str], Mapping[str, str]]
    views: tuple[str, ...] = field(default=())
    not_null: frozenset[tuple[str, str, str]] = frozenset()

    def missing_for(self, owner: Suite, check: Check) -> str | None:
        """Return the first column that `check` needs and the file lacks, or None."""
        for need in (*check.needs, *check.arguments.get("columns", ())):
            *table, column = need.split(".")
            key = (table[0], table[1]) if table else owner.key
            if column not in self.tables.get(key, {}):
                return ".".join((*key, column))
        return None

    def answers(self, owner: Suite, check: Check) -> bool:
        """True where no row can break the check, because the engine has refused such rows."""
        column = check.arguments.get("enforced_not_null")
        return column is not None and (*owner.key, column) in self.not_null


def fingerprint(suites: Sequence[Suite], extra: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical description of `suites` and what else decides."""
    described = {
        "suites": [
            {
                "name": one.name,
                "only_rows": one.only_rows,
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
