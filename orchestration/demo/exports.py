"""How each table lands: its files, formats and the dirt that a real drop carries.

Every relation `out_<table>` holds the true rows in their final order, with a draw key `_k` last.
The main file leaves some rows out (they come late, in a second file) and holds first versions of
others; the second file repeats some rows, corrects some and deletes a few.
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.system.sql import text

UTC_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
LOCAL_FORMAT = "%Y-%m-%dT%H:%M:%S"
CORRECTED = 0.004


@dataclass(frozen=True)
class Export:
    """One landing table. `form` is a file ending; shares are parts of the true rows.

    local: instants are written as Paris time without offset; semicolon: with decimal commas;
    corrected: column that the first version leaves empty; deleted: share that comes again deleted.
    """

    source: str
    table: str
    form: str = "csv"
    local: bool = False
    semicolon: bool = False
    late: float = 0.0
    again: float = 0.0
    corrected: str | None = None
    deleted: float = 0.0
    extra_column: str | None = None


EXPORTS = (
    Export("interactions", "contacts", late=0.006, again=0.004, corrected="reason", deleted=0.0004),
    Export("interactions", "contact_legs", form="parquet", late=0.006, again=0.003),
    Export("interactions", "agent_activity", form="parquet"),
    Export("interactions", "tickets", form="jsonl", late=0.005, again=0.004, corrected="priority"),
    Export("interactions", "ticket_events", late=0.004, again=0.003),
    Export("interactions", "public_feedback", form="jsonl.gz"),
    Export("surveys", "invitations", local=True),
    Export("surveys", "answers", form="csv.gz", local=True, late=0.006, again=0.004),
    Export("billing", "customers", local=True, corrected="segment", late=0.004),
    Export("billing", "customer_refs", local=True, again=0.004),
    Export("billing", "customer_merges", local=True),
    Export("billing", "subscription_events", local=True, again=0.004),
    Export(
        "billing",
        "orders",
        local=True,
        semicolon=True,
        late=0.006,
        again=0.004,
        corrected="currency",
        extra_column="entrepot",
    ),
    Export("billing", "documents", form="parquet"),
    Export("billing", "exchange_rates"),
    Export("billing", "service_costs"),
    Export("workforce", "agents", local=True),
    Export("workforce", "certifications"),
    Export("workforce", "required_skills"),
    Export("workforce", "skill_assessments"),
    Export("workforce", "trainings"),
    Export("workforce", "quality_evaluations", again=0.01),
    Export("workforce", "improvement_proposals"),
    Export("steering", "objectives"),
    Export("steering", "decisions", form="jsonl", local=True),
    Export("steering", "dashboard_views", form="csv.gz", local=True),
    Export("steering", "dashboard_users"),
    Export("steering", "cancel_holdout"),
)
BY_TABLE = {export.table: export for export in EXPORTS}


@dataclass
class Tally:
    """What was written for a table. `rows` are distinct true rows, wherever they landed."""

    rows: int = 0
    late: int = 0
    duplicate: int = 0
    corrected: int = 0
    deleted: int = 0
    quarantined: int = 0
    files: list[str] = field(default_factory=list)

    @property
    def received(self) -> int:
        """Rows in all files together."""
        return self.rows + self.duplicate + self.corrected + self.deleted + self.quarantined

    @property
    def accepted(self) -> int:
        return self.received - self.duplicate - self.quarantined


def first_version(export: Export) -> str:
    """Return the condition for rows whose main-file version is corrected later."""
    if not export.corrected:
        return "false"
    is_last = f"u(_k, 'late') >= {export.late} and u(_k, 'again') >= {export.again}"
    return f"({is_last} and u(_k, 'corrected') < {CORRECTED})"


def write_main(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    tally: Tally,
    inbox: Path,
    label: str = "",
    relation: str | None = None,
) -> None:
    """Write the main file of a relation and set aside what the second file will hold."""
    relation = relation or f"out_{export.table}"
    columns = {name: f'"{name}"' for name in _columns(connection, relation)}
    if export.corrected:
        columns[export.corrected] = f'if({first_version(export)}, null, "{export.corrected}")'
    source = f"{relation} where u(_k, 'late') >= {export.late}" if export.late else relation
    name = f"{export.table}{'_' + label if label else ''}.{export.form}"
    _copy(connection, export, columns, source, inbox / export.source / name)
    tally.files.append(f"{export.source}/{name}")
    tally.rows += connection.execute(f"select count(*) from {relation}").fetchone()[0]
    _set_aside(connection, export, tally, relation)


def write_second(
    connection: duckdb.DuckDBPyConnection, export: Export, tally: Tally, inbox: Path
) -> None:
    """Write the second drop of a table, when it has anything to say."""
    second = f"second_{export.table}"
    if not connection.execute(f"select count(*) from {second}").fetchone()[0]:
        return
    columns = {name: f'"{name}"' for name in _columns(connection, second)}
    if not export.deleted:
        del columns["is_deleted"]
    if export.extra_column:
        columns[export.extra_column] = "'E' || rowid % 7"
    name = f"{export.table}_late.{export.form}"
    _copy(connection, export, columns, second, inbox / export.source / name)
    tally.files.append(f"{export.source}/{name}")


def _set_aside(
    connection: duckdb.DuckDBPyConnection, export: Export, tally: Tally, relation: str
) -> None:
    """Add this relation's late, repeated, corrected and deleted rows to `second_<table>`."""
    second = f"second_{export.table}"
    connection.execute(
        f"create table if not exists {second} as "
        f"select * exclude (_k), null::boolean as is_deleted from {relation} limit 0"
    )
    unsuspected = f"u(_k, 'late') >= {export.late} and u(_k, 'again') >= {export.again}"
    newer = "* exclude (_k) replace (updated_at + interval 1 hour as updated_at)"
    parts = [
        ("late", f"u(_k, 'late') < {export.late}", "* exclude (_k), null"),
        (
            "duplicate",
            f"u(_k, 'late') >= {export.late} and u(_k, 'again') < {export.again}",
            "* exclude (_k), null",
        ),
    ]
    if export.corrected:
        parts.append(("corrected", first_version(export), f"{newer}, null"))
    if export.deleted:
        unchanged = f"{unsuspected} and not {first_version(export)}"
        condition = f"{unchanged} and u(_k, 'deleted') < {export.deleted}"
        parts.append(("deleted", condition, f"{newer}, true"))
    for kind, condition, columns in parts:
        count = connection.execute(
            f"insert into {second} select {columns} from {relation} where {condition}"
        ).fetchone()[0]
        setattr(tally, kind, getattr(tally, kind) + count)


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns to write and their types: the draw key stays here."""
    described = connection.execute(f"describe {relation}").fetchall()
    return {name: kind for name, kind, *_ in described if name != "_k"}


def _copy(
    connection: duckdb.DuckDBPyConnection,
    export: Export,
    columns: dict[str, str],
    source: str,
    target: Path,
) -> None:
    """Write columns (name to expression) of a source in the table's landing form."""
    target.parent.mkdir(parents=True, exist_ok=True)
    types = _columns(connection, source.split(" where ")[0])
    shown = ", ".join(
        f'{_rendered(export, types.get(name, "VARCHAR"), expression)} as "{name}"'
        for name, expression in columns.items()
    )
    connection.execute(
        f"copy (select {shown} from {source}) to {text(target)} ({_options(export)})"
    )


def _rendered(export: Export, kind: str, expression: str) -> str:
    """Return an expression in the form in which the table's files write its type."""
    if kind == "TIMESTAMP" and export.form == "parquet":
        return f"({expression})::timestamptz"
    if kind == "TIMESTAMP" and export.local:
        return f"paris({expression})"
    if kind.startswith("DECIMAL") and export.semicolon:
        return f"replace(({expression})::varchar, '.', ',')"
    return expression


def _options(export: Export) -> str:
    """Return the options of the copy statement."""
    instants = LOCAL_FORMAT if export.local else UTC_FORMAT
    if export.form == "parquet":
        return "format parquet, compression zstd, row_group_size 122880"
    packed = ", compression gzip" if export.form.endswith(".gz") else ""
    if export.form.startswith("jsonl"):
        return f"format json, timestampformat '{instants}'{packed}"
    delimiter = ";" if export.semicolon else ","
    return f"format csv, header true, delimiter '{delimiter}', timestampformat '{instants}'{packed}"
