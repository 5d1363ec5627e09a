"""A landing of its own for raw files of a vendor, and what became of them."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.connectors.convert import Conversion
from orchestration.landing.contract import Contract
from orchestration.system.files import read_json
from orchestration.system.paths import DataPaths


class Landing:
    """An empty data directory with one vendor's folder in its inbox."""

    def __init__(self, root: Path, contract: Contract, vendor: str) -> None:
        self.paths = DataPaths(root)
        self.contract = contract
        self.vendor = vendor
        self.inbox = self.paths.inbox / vendor
        self.inbox.mkdir(parents=True)

    def drop(self, name: str, content: str | bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def accept(self) -> AcceptReport:
        return accept(self.paths, self.contract)

    def convert(self) -> Conversion:
        """Accept, and return what the vendor's connector did."""
        (done,) = (one for one in self.accept().conversions if one.connector.name == self.vendor)
        return done

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """All accepted rows of `<source>.<table>`, in order of arrival."""
        source, _, name = table.partition(".")
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            return con.execute(f"""
                select {columns}
                from read_parquet(
                    '{self.paths.accepted}/{source}/{name}/*/*.parquet',
                    union_by_name = true, hive_partitioning = false
                )
                order by batch, row_number
            """).fetchall()

    def notes(self) -> dict[tuple[str, str | None], int | None]:
        """(finding, detail) → rows, as dbt reads them."""
        return {
            (note["finding"], note["detail"]): note["rows"]
            for note in read_json(self.paths.connector_notes)
        }
