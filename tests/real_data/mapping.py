"""Bring a public data set into the shape of the landing contract.

    python -m tests.real_data.mapping anonymous_bank --inbox data/landing/inbox

Each data set has a folder under `mappings/`. A file `<source>__<table>.sql` gives the rows of
one landing table; a file `_<name>.sql` is a view that the others share. SQL reads a text file
through `getvariable('<name>')`; DuckDB has no reader for workbooks here, so pandas loads each
one into a table of its name first. The data itself is never part of the project.
"""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import duckdb

PROJECT_ROOT = Path(__file__).resolve().parents[2]
MAPPINGS = Path(__file__).resolve().parent / "mappings"


class DataMissing(Exception):
    """A raw file is not where it is looked for; the message says where that is."""


@dataclass(frozen=True)
class Dataset:
    """The raw files of a data set, by the name under which its SQL reads them.

    Paths are relative to the directory of real data. `text_files` become DuckDB variables,
    `workbooks` become tables.
    """

    name: str
    text_files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    workbooks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset("anonymous_bank", text_files={"calls": "anonymous_bank/february_1999.txt"}),
        Dataset("techsupport", text_files={"tickets": "techsupport/technical_support_dataset.csv"}),
        Dataset(
            "telco",
            workbooks={
                "services": "telco/Telco_customer_churn_services.xlsx",
                "outcomes": "telco/Telco_customer_churn_status.xlsx",
            },
        ),
    )
}


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


def load(name: str, root: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Map a data set in memory: a table `<source>__<table>` for each landing table.

    Raises `KeyError` for an unknown data set and `DataMissing` where a raw file is absent.
    """
    dataset = DATASETS[name]
    text_files = {key: raw_file(path, root) for key, path in dataset.text_files.items()}
    workbooks = {key: raw_file(path, root) for key, path in dataset.workbooks.items()}
    connection = duckdb.connect()
    for key, path in text_files.items():
        connection.execute(f"set variable {_identifier(key)} = {_literal(str(path))}")
    for key, path in workbooks.items():
        _load_workbook(connection, key, path)
    folder = MAPPINGS / name
    for script in sorted(folder.glob("_*.sql")):
        view = _identifier(script.stem.lstrip("_"))
        connection.execute(f"create table {view} as {script.read_text('utf-8')}")
    for script in landing_scripts(name):
        connection.execute(
            f"create table {_identifier(script.stem)} as {script.read_text('utf-8')}"
        )
    return connection


def landing_scripts(name: str) -> list[Path]:
    """Return the SQL files of a data set that give a landing table, in order of name."""
    return sorted(path for path in (MAPPINGS / name).glob("*__*.sql") if path.name[0] != "_")


def write(name: str, inbox: Path, root: Path | None = None) -> list[Path]:
    """Map a data set and write `<source>/<table>_<data set>.csv` below the inbox."""
    connection = load(name, root)
    written = []
    for script in landing_scripts(name):
        source, table = script.stem.split("__")
        target = inbox / source / f"{table}_{name}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(
            f"copy {_identifier(script.stem)} to {_literal(str(target))} (format csv, header)"
        )
        written.append(target)
    connection.close()
    return written


def _load_workbook(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Create a table from the only sheet of a workbook; column names stay as they are."""
    import pandas

    frame = pandas.read_excel(path)
    connection.register("sheet", frame)
    connection.execute(f"create table {_identifier(table)} as select * from sheet")
    connection.unregister("sheet")


def _identifier(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def main(arguments: list[str] | None = None) -> int:
    """Write the landing files of one data set. Returns the exit status (2: data absent)."""
    parser = argparse.ArgumentParser(prog="python -m tests.real_data.mapping")
    parser.add_argument("dataset", choices=sorted(DATASETS))
    parser.add_argument("--inbox", type=Path, required=True, help="a landing inbox")
    options = parser.parse_args(arguments)
    try:
        written = write(options.dataset, options.inbox)
    except DataMissing as error:
        print(error)
        return 2
    for path in written:
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
