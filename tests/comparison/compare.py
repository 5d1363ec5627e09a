"""Do two editions hold the same? Every table by its content, in both directions.

Rows are compared as multisets over the columns that both have. Floating-point numbers are equal
within a relative tolerance, because sums run in another order when tables are read in another one;
everything else must be equal exactly. What says which run it was, and when, is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

TOLERANCE = 1e-9
# Columns that differ between any two runs, and why. Everything else must be equal.
LEFT_OUT = {
    "edition": "the name of the run",
    "previous_edition": "the name of an earlier run",
    "published_at": "when the run started, by the clock",
    "first_published_at": "when an earlier run started, by the clock",
    "project_fingerprint": "a hash of the project's files, which are other ones",
}
FLOATS = ("FLOAT", "DOUBLE")

Column = tuple[str, str]


@dataclass
class Comparison:
    """One table in both editions. `rows` are how many each has, None where there is no such table;
    `only` how many have no equal in the other; `differing` how many of these differ by column."""

    table: str
    rows: tuple[int | None, int | None]
    only: tuple[int, int] = (0, 0)
    differing: dict[str, int] = field(default_factory=dict)
    shape: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return None not in self.rows and self.only == (0, 0) and not self.shape

    def __str__(self) -> str:
        old, new = self.rows
        if old is None or new is None:
            return f"{self.table}: only in the {'new' if old is None else 'old'} edition"
        parts = list(self.shape)
        if self.only != (0, 0):
            columns = ", ".join(f"{name} ({count:,})" for name, count in self.differing.items())
            parts.append(
                f"of {old:,} and {new:,} rows {self.only[0]:,} only in the old, "
                f"{self.only[1]:,} only in the new; by column: {columns or 'how often they occur'}"
            )
        return f"{self.table}: {'; '.join(parts) or f'equal, {old:,} rows'}"


def compare(old: Path, new: Path) -> Iterator[Comparison]:
    """Compare every table of two DuckDB files, in the order of their names."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false")
        for alias, path in (("old", old), ("new", new)):
            con.execute(f"attach '{path}' as {alias} (read_only)")
        tables = {alias: _tables(con, alias) for alias in ("old", "new")}
        for table in sorted(tables["old"] | tables["new"]):
            rows = tuple(
                _number(con, f"select count(*) from {alias}.{table}")
                if table in tables[alias]
                else None
                for alias in ("old", "new")
            )
            if None in rows:
                yield Comparison(table, rows)
            else:
                yield _compare_table(con, table, rows)


def _compare_table(con: duckdb.DuckDBPyConnection, table: str, rows: tuple[int, int]) -> Comparison:
    old, new = (dict(_columns(con, alias, table)) for alias in ("old", "new"))
    shape = [f"column {name} only in the old edition" for name in old if name not in new]
    shape += [f"column {name} only in the new edition" for name in new if name not in old]
    shape += [
        f"column {name} is {new[name]} instead of {kind}"
        for name, kind in old.items()
        if new.get(name, kind) != kind
    ]
    columns = [(name, kind) for name, kind in old.items() if name in new and name not in LEFT_OUT]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    for here, there in (("old", "new"), ("new", "old")):
        con.execute(f"""
            create or replace temp table only_{here} as
            select row_number() over () as row_id, * from (
                select {names} from {here}.{table} except all select {names} from {there}.{table}
            )
        """)
    _forget_equal_within_tolerance(con, columns)
    only = tuple(_number(con, f"select count(*) from only_{alias}") for alias in ("old", "new"))
    counts = {name: _differing(con, name) for name, _ in columns} if any(only) else {}
    differing = {name: count for name, count in counts.items() if count}
    return Comparison(table, rows, only, differing, shape)


def _forget_equal_within_tolerance(
    con: duckdb.DuckDBPyConnection, columns: Sequence[Column]
) -> None:
    """Take out pairs of rows that agree in everything but the last digits of their floats."""
    floats = [(name, kind) for name, kind in columns if kind.startswith(FLOATS)]
    if not floats:
        return
    others = [f'"{name}"' for name, kind in columns if not kind.startswith(FLOATS)]
    # rows that differ in floats alone pair up in the order of these
    number = f"""
        row_number() over (
            {f"partition by {', '.join(others)}" if others else ""}
            order by {", ".join(f'"{name}"' for name, _ in floats)}
        ) as pair_number
    """
    same = " and ".join(
        [
            "o.pair_number = n.pair_number",
            *(f"o.{name} is not distinct from n.{name}" for name in others),
        ]
    )
    close = " and ".join(is_close(f'o."{name}"', f'n."{name}"', kind) for name, kind in floats)
    con.execute(f"""
        create or replace temp table equal_pairs as
        select o.row_id as old_id, n.row_id as new_id
        from (select *, {number} from only_old) as o
        inner join (select *, {number} from only_new) as n on {same}
        where {close}
    """)
    for alias in ("old", "new"):
        con.execute(f"""
            delete from only_{alias} where row_id in (select {alias}_id from equal_pairs)
        """)


def is_close(old: str, new: str, kind: str) -> str:
    """Return a condition: two columns of a type are equal, but for the last digits of floats."""
    if kind.endswith("[]"):
        pairs = f"list_zip({old}, {new})"
        each = is_close("pair[1]", "pair[2]", kind.removesuffix("[]"))
        all_close = (
            f"len({old}) = len({new}) and list_bool_and(list_transform({pairs}, pair -> {each}))"
        )
        return f"({old} is not distinct from {new} or coalesce({all_close}, false))"
    difference = f"abs({old} - {new}) <= {TOLERANCE} * greatest(abs({old}), abs({new}))"
    return f"({old} is not distinct from {new} or coalesce({difference}, false))"


def _differing(con: duckdb.DuckDBPyConnection, column: str) -> int:
    """In how many of the rows without an equal the column has a value that the others lack."""
    return max(
        _number(
            con,
            f"""
            select count(*) from (
                select "{column}" from only_{here} except all select "{column}" from only_{there}
            )
            """,
        )
        for here, there in (("old", "new"), ("new", "old"))
    )


def _tables(con: duckdb.DuckDBPyConnection, alias: str) -> set[str]:
    found = con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ?", [alias]
    )
    return {f"{schema}.{table}" for schema, table in found.fetchall()}


def _columns(con: duckdb.DuckDBPyConnection, alias: str, table: str) -> list[Column]:
    found = con.execute(
        """
        select column_name, data_type
        from duckdb_columns()
        where database_name = ? and schema_name || '.' || table_name = ?
        order by column_index
        """,
        [alias, table],
    )
    return found.fetchall()


def _number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    [(number,)] = con.execute(sql).fetchall()
    return number
