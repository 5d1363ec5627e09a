"""The two sides of a batch as Parquet, and the count that proves that no row was lost."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.codes import unknown_codes
from orchestration.landing.contract import Table
from orchestration.landing.ledger import BatchRecord, FileRecord
from orchestration.landing.packs import each_relation, rows_with_file
from orchestration.landing.read import Loaded
from orchestration.landing.reconcile import SEQ
from orchestration.landing.rules import QUOTE
from orchestration.landing.settle import row_key
from orchestration.landing.suppression import (
    Suppressed,
    drop_suppressed_aside,
    suppressed_by_file,
)
from orchestration.system.errors import PilotageError
from orchestration.system.hashes import hash_file
from orchestration.system.sql import names, text

MOST_REASONS = 20


def write_accepted(
    con: duckdb.DuckDBPyConnection, table: Table, files: list[Loaded], batch: int, directory: Path
) -> None:
    """Write the rows of `typed` that nothing speaks against, in their order of arrival."""
    columns = names([column.name for column in table.columns])
    outcomes = con.execute("select count(*) from outcomes").fetchone()[0]
    others = f"and {SEQ} not in (select seq__ from outcomes)" if outcomes else ""
    where = f"where problem__ is null {others}"
    if not con.execute(f"select exists (select 1 from typed {where})").fetchone()[0]:
        return
    con.execute(f"""
        copy (
            select
                {columns},
                {batch}::bigint as batch,
                {_source_file(files, "file__number")} as source_file,
                row_number
            from typed {where}
            order by file__number, row_number
        ) to {text(directory / "rows.parquet")} (format parquet, compression zstd)
    """)


def write_quarantine(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    files: list[Loaded],
    directory: Path,
    suppressed: Suppressed | None = None,
) -> None:
    """Write the rows that were set aside, as their file says them, with the reason. Private.

    Their key, where it could be read, is what accepted rows have: pseudonyms of identifiers. A row
    that names somebody forgotten is not kept.
    """
    con.execute(f"""
        create table aside as
        select
            file__number as file_number, row_number, problem__ as reason,
            {row_key(table)} as row_key
        from typed
        where problem__ is not null
        union all
        select typed.file__number, typed.row_number, outcomes.reason, {row_key(table)}
        from outcomes
        inner join typed on {SEQ} = outcomes.seq__
        where not outcomes.is_duplicate
    """)
    parts = []
    for file in each_relation(files):
        parts.append(f"""
            select aside.file_number, row_number, aside.reason, {file.raw} as raw, aside.row_key
            from aside
            inner join {rows_with_file(file, file.relation)} using (file_number, row_number)
            union all
            select file_number, row_number, reason, raw, null
            from {rows_with_file(file, file.broken)}
        """)
    con.execute(f"create table quarantined as {' union all '.join(parts)}")
    if suppressed:
        drop_suppressed_aside(con, suppressed)
    if not con.execute("select count(*) from quarantined").fetchone()[0]:
        return
    path = directory / "rows.parquet"
    con.execute(f"""
        copy (
            select
                {_source_file(files, "file_number")} as source_file,
                row_number, reason, raw, row_key
            from quarantined
            order by file_number, row_number
        ) to {text(path)} (format parquet, compression zstd)
    """)
    path.chmod(0o600)


def record_of(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    files: list[Loaded],
    batch: int,
    staged: Path,
    settled: list[dict[str, Any]],
    previous: str | None,
) -> BatchRecord:
    """Count what was written against what was received, and return the batch's record.

    `settled` is what `settle.settled_by` says of it, `previous` the link of the record before.
    """
    accepted = _rows_by_file(con, staged / "accepted" / "rows.parquet")
    quarantined = _rows_by_file(con, staged / "quarantine" / "rows.parquet")
    duplicates = dict(
        con.execute(f"""
            select file__number, count(*)
            from outcomes
            inner join typed on {SEQ} = outcomes.seq__
            where is_duplicate
            group by file__number
        """).fetchall()
    )
    suppressed, received_by_file = suppressed_by_file(con), _received(con, files)
    found = []
    for file in files:
        name = file.examined.file.name
        received = received_by_file.get(file.number, 0)
        counts = (
            accepted.get(name, 0),
            quarantined.get(name, 0),
            duplicates.get(file.number, 0),
        )
        left_out = suppressed.get(file.number, 0)
        if received != sum(counts) + left_out:
            raise PilotageError(
                f"{table.full_name}: {received} rows of {name} were received, but {counts[0]} "
                f"accepted, {counts[1]} quarantined, {counts[2]} duplicate and {left_out} "
                "suppressed; nothing of the batch was accepted. This is a defect of the program: "
                "please report it"
            )
        found.append(
            FileRecord(
                name,
                file.examined.sha256,
                received,
                *counts,
                stamp=list(file.examined.stamp),
                mapped_by=file.examined.file.mapped_by,
                suppressed=left_out,
            )
        )
    return BatchRecord(
        batch=batch,
        source=table.source,
        table=table.name,
        accepted_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        files=found,
        received=sum(file.received for file in found),
        accepted=sum(file.accepted for file in found),
        quarantined=sum(file.quarantined for file in found),
        duplicate=sum(file.duplicate for file in found),
        unknown_columns=sorted({column for file in files for column in file.unknown_columns}),
        contract_sha256=table.sha256,
        reasons=_reasons(con),
        unknown_codes=unknown_codes(con, table),
        refused_identifiers=_refused_identifiers(con),
        settled=settled,
        parquet=[hashed(file) for file in sorted((staged / "accepted").iterdir())],
        previous=previous,
        suppressed=sum(file.suppressed for file in found),
    )


def hashed(file: Path) -> dict[str, Any]:
    """Return what a batch's record says of one of its accepted files."""
    sha256, _ = hash_file(file)
    return {"name": file.name, "size_bytes": file.stat().st_size, "sha256": sha256}


def _received(con: duckdb.DuckDBPyConnection, files: list[Loaded]) -> dict[int, int]:
    """Return how many rows each file has, read or broken."""
    parts = [
        f"select file_number from {rows_with_file(file, relation)}"
        for file in each_relation(files)
        for relation in (file.relation, file.broken)
    ]
    union = " union all ".join(parts)
    return dict(con.execute(f"select file_number, count(*) from ({union}) group by all").fetchall())


def _rows_by_file(con: duckdb.DuckDBPyConnection, file: Path) -> dict[str, int]:
    if not file.exists():
        return {}
    return dict(
        con.execute(
            f"select source_file, count(*) from read_parquet({text(file)}) group by source_file"
        ).fetchall()
    )


def _reasons(con: duckdb.DuckDBPyConnection) -> list[dict]:
    found = con.execute(f"""
        select reason, count(*) as row_count
        from (
            select regexp_replace(unnest(string_split(reason, '; ')), {text(QUOTE)}, '') as reason
            from quarantined
        )
        group by reason
        order by row_count desc, reason
        limit {MOST_REASONS}
    """).fetchall()
    return [{"reason": reason, "rows": rows} for reason, rows in found]


def _refused_identifiers(con: duckdb.DuckDBPyConnection) -> list[dict]:
    found = con.execute("""
        select refused, count(*) as row_count
        from (
            select unnest(string_split(refused__, ',')) as refused
            from typed
            where problem__ is null and refused__ is not null
        )
        group by refused
        order by refused
    """).fetchall()
    return [{"column": column, "rows": rows} for column, rows in found]


def _source_file(files: list[Loaded], number: str) -> str:
    """SQL for the name of the file that a row comes from."""
    if len(files) == 1:
        return text(files[0].examined.file.name)
    last = max(file.number for file in files)
    by_number = {file.number: file.examined.file.name for file in files}
    listed = ", ".join(text(by_number.get(number, "")) for number in range(1, last + 1))
    return f"([{listed}])[{number}]"
