"""A small contract and an inbox to drop files into."""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
import pytest

from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.contract import Contract, load_contract
from orchestration.landing.ledger import records
from orchestration.system.paths import DataPaths

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

CONTRACT = """
sources:
  - name: calls
    config: {meta: {time_zone: Europe/Paris}}
    tables:
      - name: contacts
        config: {meta: {key: [contact_id], version: updated_at}}
        columns:
          - {name: contact_id, data_type: varchar, config: {meta: {required: true, pii: none}}}
          - name: customer_ref
            data_type: varchar
            config: {meta: {pseudonym: by customer_ref_type, pii: direct}}
          - name: customer_ref_type
            data_type: varchar
            config:
              meta: {allowed: [customer_id, email, phone, handle, account], pii: none}
          - name: channel
            data_type: varchar
            config: {meta: {required: true, allowed: [phone, chat], pii: none}}
          - {name: reason, data_type: varchar, config: {meta: {pii: none}}}
          - {name: queued_at, data_type: timestamptz, config: {meta: {required: true, pii: none}}}
          - name: answered_at
            data_type: timestamptz
            config: {meta: {not_before: queued_at, pii: none}}
          - {name: wait_seconds, data_type: "decimal(18,4)", config: {meta: {min: 0, pii: none}}}
          - {name: agents, data_type: integer, config: {meta: {max: 9, pii: none}}}
          - {name: is_test, data_type: boolean, config: {meta: {pii: none}}}
          - {name: born_on, data_type: date, config: {meta: {pii: none}}}
          - {name: due_on, data_type: date, config: {meta: {future: allowed, pii: none}}}
          - {name: note, data_type: varchar, config: {meta: {free_text: true, pii: direct}}}
          - {name: updated_at, data_type: timestamptz, config: {meta: {pii: none}}}
          - {name: is_deleted, data_type: boolean, config: {meta: {pii: none}}}
      - name: contact_events
        config: {meta: {key: [event_id], version: first_wins}}
        columns:
          - {name: event_id, data_type: varchar, config: {meta: {required: true, pii: none}}}
          - {name: kind, data_type: varchar, config: {meta: {required: true, pii: none}}}
          - name: amount
            data_type: decimal(18,4)
            config: {meta: {required_when: {column: kind, values: [sold]}, pii: none}}
          - {name: is_deleted, data_type: boolean, config: {meta: {pii: none}}}
      - name: rates
        config: {meta: {key: [rate_date, currency], version: last_wins}}
        columns:
          - {name: rate_date, data_type: date, config: {meta: {required: true, pii: none}}}
          - {name: currency, data_type: varchar, config: {meta: {pii: none}}}
          - {name: units, data_type: "decimal(18,4)", config: {meta: {required: true, pii: none}}}
          - {name: is_deleted, data_type: boolean, config: {meta: {pii: none}}}
      - name: people
        config: {meta: {key: [ref_type, ref_value], version: first_wins}}
        columns:
          - {name: ref_type, data_type: varchar, config: {meta: {required: true, pii: none}}}
          - name: ref_value
            data_type: varchar
            config: {meta: {required: true, pseudonym: by ref_type, pii: direct}}
          - {name: email, data_type: varchar, config: {meta: {pseudonym: email, pii: direct}}}
          - {name: is_deleted, data_type: boolean, config: {meta: {pii: none}}}
"""


def write_contract(root: Path, text: str = CONTRACT, source: str = "calls") -> Path:
    """Write a contract below `root` as a project has it, and return `root`."""
    file = root / "models" / "staging" / source / f"_{source}__sources.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return root


@dataclass
class Landing:
    """A data directory with a contract; what tests do with it, in few words."""

    paths: DataPaths
    contract: Contract

    def drop(self, name: str, content: str | bytes, source: str = "calls") -> Path:
        """Put a file into the inbox; text loses its indentation, `.gz` is compressed."""
        path = self.paths.inbox / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = dedent(content).encode() if isinstance(content, str) else content
        if name.endswith(".gz") and not data.startswith(b"\x1f\x8b"):
            data = gzip.compress(data)
        path.write_bytes(data)
        return path

    def drop_parquet(self, name: str, query: str, codec: str = "snappy") -> Path:
        path = self.paths.inbox / "calls" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.connect().execute(
            f"copy ({query}) to '{path}' (format parquet, compression {codec})"
        )
        return path

    def accept(self, **options: Any) -> AcceptReport:
        return accept(self.paths, self.contract, **({"now": NOW} | options))

    def rows(self, table: str, columns: str = "*", source: str = "calls") -> list[tuple]:
        """Accepted rows in their order of arrival, as dbt reads them."""
        files = self.paths.accepted / source / table / "*" / "*.parquet"
        with duckdb.connect() as con:
            con.execute("set timezone = 'UTC'")
            return con.execute(
                f"select {columns} from read_parquet('{files}', union_by_name = true)"
                " order by batch, source_file, row_number"
            ).fetchall()

    def quarantined(self, table: str = "contacts") -> list[tuple[int, str]]:
        """Quarantined rows: (row number, reason), in order."""
        return [(row, reason) for _, row, reason, _ in self.quarantine(table)]

    def quarantine(self, table: str = "contacts") -> list[tuple]:
        """Quarantined rows: (source file, row number, reason, raw)."""
        files = sorted((self.paths.quarantine / "calls" / table).glob("*/*.parquet"))
        if not files:
            return []
        with duckdb.connect() as con:
            return con.execute(
                "select source_file, row_number, reason, raw from read_parquet($1) order by all",
                [[str(file) for file in files]],
            ).fetchall()

    def refusal(self, report: AcceptReport) -> str:
        """The reason of the one refused file."""
        (refused,) = report.refused
        return refused.reason

    def assert_whole(self) -> None:
        """What holds whenever no accept is running: the ledger says what lies there."""
        assert not (self.paths.accepted.parent / ".staging").exists() or not list(
            (self.paths.accepted.parent / ".staging").iterdir()
        )
        assert not list(self.paths.batches.glob("*.pending"))
        assert not list(self.paths.root.rglob("*.partial"))
        known = records(self.paths)
        visible = set(self.paths.accepted.glob("*/*/batch=*"))
        named = {
            self.paths.accepted / record.source / record.table / f"batch={record.batch}"
            for record in known
        }
        assert {path for path in visible if path.name != "batch=0"} == named
        for record in known:
            assert record.received == record.accepted + record.quarantined + record.duplicate
            for file in record.files:
                assert file.received == file.accepted + file.quarantined + file.duplicate
            count = len(self.rows_of_batch(record.source, record.table, record.batch))
            assert record.accepted == count
            aside = self.paths.quarantine / record.source / record.table / f"batch={record.batch}"
            assert bool(record.quarantined) == aside.exists()

    def rows_of_batch(self, source: str, table: str, batch: int) -> list[tuple]:
        directory = self.paths.accepted / source / table / f"batch={batch}"
        files = [str(file) for file in directory.glob("*.parquet")]
        with duckdb.connect() as con:
            return (
                con.execute("select * from read_parquet($1)", [files]).fetchall() if files else []
            )

    def ledger(self, batch: int) -> dict:
        return json.loads((self.paths.batches / f"{batch:08d}.json").read_text())


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PILOTAGE_PSEUDONYM_KEY", raising=False)


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return load_contract(write_contract(tmp_path_factory.mktemp("project")))


@pytest.fixture
def landing(tmp_path: Path, contract: Contract) -> Landing:
    return Landing(DataPaths(tmp_path / "data"), contract)
