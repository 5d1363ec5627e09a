"""What must be there before anything lands: directories, the key, and every table, empty."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.landing.commit import accepted_directory
from orchestration.landing.connectors.state import write_notes
from orchestration.landing.contract import ADDED_COLUMNS, Contract, Table
from orchestration.landing.ledger import BatchRecord, record_path, write_record
from orchestration.landing.pseudonyms import load_key
from orchestration.system.files import (
    directory,
    move,
    partial_name,
    private_directory,
    sync,
)
from orchestration.system.paths import DataPaths

if TYPE_CHECKING:
    import pyarrow


def initialise(paths: DataPaths, contract: Contract) -> None:
    """Create what is missing below the data directory; run again it changes nothing.

    Every table gets `batch=0/schema.parquet`, an empty file with its columns, so that a table
    nobody delivers reads as empty. `UsageError` when the pseudonym key is not usable.
    """
    for source in contract.sources:
        directory(paths.inbox / source)
    # who was there is in rows and records, and build files are not for readers
    for private in (paths.accepted, paths.batches, paths.warehouse, paths.quarantine):
        private_directory(private)
    load_key(paths.vault)
    for table in contract.tables.values():
        _write_schema(paths, table)
    private_directory(paths.connector_states)
    write_notes(paths)
    if not record_path(paths, 0).exists():
        write_record(paths, _batch_zero())


def _batch_zero() -> BatchRecord:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return BatchRecord(0, None, None, now, [], 0, 0, 0, 0, [], None)


def _write_schema(paths: DataPaths, table: Table) -> None:
    """Write the table's empty file, unless the one that is there has the same columns."""
    import pyarrow
    import pyarrow.parquet

    file = accepted_directory(paths, table.source, table.name, 0) / "schema.parquet"
    schema = _schema(table)
    try:
        if file.exists() and not file.is_symlink():
            with pyarrow.parquet.ParquetFile(file) as known:
                # dbt reads it with the others: it is there for its columns alone
                if known.schema_arrow.equals(schema) and not known.metadata.num_rows:
                    return
    except (OSError, pyarrow.ArrowException):
        pass
    directory(file.parent)
    draft = partial_name(file)
    pyarrow.parquet.ParquetWriter(draft, schema).close()
    sync(draft)
    move(draft, file)


def _schema(table: Table) -> "pyarrow.Schema":
    import pyarrow

    types = {
        "varchar": pyarrow.string(),
        "timestamptz": pyarrow.timestamp("us", tz="UTC"),
        "date": pyarrow.date32(),
        "integer": pyarrow.int32(),
        "bigint": pyarrow.int64(),
        "decimal(18,4)": pyarrow.decimal128(18, 4),
        "decimal(18,6)": pyarrow.decimal128(18, 6),
        "boolean": pyarrow.bool_(),
    }
    columns = {column.name: column.data_type for column in table.columns} | ADDED_COLUMNS
    return pyarrow.schema([(column, types[kind]) for column, kind in columns.items()])
