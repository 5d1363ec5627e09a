"""Bring a public data set in as a user would: its files, and a connector of the user's own.

    python -m tests.real_data.mapping anonymous_bank --data data

Each data set has a connector under `connectors/`, in the form of the project's own. Workbooks, and
a file with tabs, are written as CSV first: connectors read neither. The data itself is never part
of the project.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.landing.connectors.convert import convert
from orchestration.landing.connectors.declared import read_connector
from orchestration.landing.contract import load_contract
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.system.sql import literal_path, name, text

CONNECTORS = Path(__file__).resolve().parent / "connectors"
# The raw files of each data set, by the raw table that they become; below the folder of real data.
DATASETS: Mapping[str, Mapping[str, str]] = {
    "anonymous_bank": {"calls": "anonymous_bank/february_1999.txt"},
    "techsupport": {"tickets": "techsupport/technical_support_dataset.csv"},
    "telco": {
        "services": "telco/Telco_customer_churn_services.xlsx",
        "outcomes": "telco/Telco_customer_churn_status.xlsx",
    },
}


class DataMissing(Exception):
    """A raw file is not where it is looked for; the message says where that is."""


def real_data_root() -> Path:
    """Return `PILOTAGE_REAL_DATA`, or `../shared/data` seen from the project."""
    configured = os.environ.get("PILOTAGE_REAL_DATA")
    return Path(configured) if configured else PROJECT_ROOT.parent / "shared" / "data"


def raw_file(relative: str, root: Path | None = None) -> Path:
    """Return the path of a raw file. Raises `DataMissing` where it is absent."""
    path = (root or real_data_root()) / relative
    if not path.is_file():
        raise DataMissing(f"{path} is absent; set PILOTAGE_REAL_DATA to the folder of real data")
    return path


def drop(dataset: str, data: Path, root: Path | None = None) -> Path:
    """Put a data set's files and its connector into a data directory; return its inbox.

    Raises `KeyError` for an unknown data set and `DataMissing` where a raw file is absent.
    """
    paths = DataPaths(data)
    files = {table: raw_file(path, root) for table, path in DATASETS[dataset].items()}
    inbox = paths.inbox / dataset
    inbox.mkdir(parents=True, exist_ok=True)
    for table, path in files.items():
        _as_csv(path, inbox / f"{table}.csv")
    shutil.copytree(CONNECTORS / dataset, paths.connectors / dataset, dirs_exist_ok=True)
    return inbox


def load(dataset: str, root: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Convert a data set: a table `<source>__<table>` in memory for each landing table."""
    connection = duckdb.connect()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as engine:
        work = Path(folder)
        inbox = drop(dataset, work, root)
        engine.execute("set timezone = 'UTC'")
        contract = load_contract(PROJECT_ROOT)
        connector = read_connector(CONNECTORS / dataset, contract)
        done = convert(engine, connector, contract, inbox, work, work / "handed_over", b"")
        assert not done.refused, done.refused
        for mapped in done.mapped:
            connection.execute(
                f"create table {name(mapped.table.full_name.replace('.', '__'))} as"
                f" select * from read_parquet({text(literal_path(mapped.path))})"
            )
    return connection


def _as_csv(path: Path, target: Path) -> None:
    """Write a file, or the only sheet of a workbook, as CSV; names and cells stay as they are."""
    import pandas

    if path.suffix == ".xlsx":
        pandas.read_excel(path).to_csv(target, index=False)
    elif path.suffix == ".txt":
        cells = pandas.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        cells.to_csv(target, index=False)
    else:
        shutil.copyfile(path, target)


def main(arguments: list[str] | None = None) -> int:
    """Put one data set into a data directory. Returns the exit status (2: data absent)."""
    parser = argparse.ArgumentParser(prog="python -m tests.real_data.mapping")
    parser.add_argument("dataset", choices=sorted(DATASETS))
    parser.add_argument("--data", type=Path, required=True, help="a data directory")
    options = parser.parse_args(arguments)
    try:
        print(drop(options.dataset, options.data))
    except DataMissing as error:
        print(error)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
