"""A data directory that a test drops batches into, and builds one after the other."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.run.steps import initialise
from orchestration.system.environment import prepare_environment
from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.build import BuildReport, Part, build
from orchestration.warehouse.news import built_now
from orchestration.warehouse.run_context import Built, RunContext, new_context
from tests.orchestration.shuffled_world import World, drop

# one key, or the same reference would have another pseudonym in each warehouse
PSEUDONYM_KEY = "k" * 64
STARTED_AT = datetime(2026, 5, 1, 5, tzinfo=UTC)
# a row that comes after its own deletion is set aside, in tables whose rows never change
MAY_BE_SET_ASIDE = {
    "agent_activity",
    "answers",
    "contact_legs",
    "customer_merges",
    "customer_refs",
    "documents",
    "invitations",
    "orders",
    "subscription_events",
    "ticket_events",
}


class Warehouse:
    """Builds the dbt selection `models` below `root`, afresh at first and by batch from then on."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, models: Sequence[str]) -> None:
        monkeypatch.setenv("PILOTAGE_DATA_DIR", str(root))
        monkeypatch.setenv("PILOTAGE_PSEUDONYM_KEY", PSEUDONYM_KEY)
        monkeypatch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
        monkeypatch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
        self.paths: DataPaths = prepare_environment()
        self.contract = load_contract(PROJECT_ROOT)
        initialise(self.paths)
        self.models = models
        self.built: Built | None = None

    def land(self, rows: World, name: str) -> None:
        """Accept the rows; nothing may be refused, nor set aside but what `split` provokes."""
        drop(rows, self.paths.inbox, name)
        report = accept(self.paths, self.contract)
        assert not report.refused
        assert {batch.table for batch in report.batches if batch.quarantined} <= MAY_BE_SET_ASIDE

    def build(self, data_tests: bool = False) -> BuildReport:
        """Build what was landed since reaches of `models`, by the rules of a whole build.

        With `data_tests`, run those that read nothing else as well.
        """
        indirect = "cautious" if data_tests else "empty"
        report = self._build(Part(self.models, indirect, only_reached=True))
        assert (report.full_refresh is not None) == (self.built is None)
        self.built = built_now(self.paths, self._context(), project_fingerprint(PROJECT_ROOT))
        return report

    def stop_half_way(self, *models: str) -> None:
        """Leave what a build leaves that made these models and failed then."""
        self._build(Part(models, "empty"))

    def _build(self, part: Part) -> BuildReport:
        report = build(self.paths, self._context(), self.built, part)
        assert report.error is None, report.error
        return report

    def _context(self) -> RunContext:
        return new_context(latest_batch(self.paths), self.built, now=STARTED_AT)

    def published(self, left_out: Collection[str] = ()) -> dict[str, list[tuple]]:
        """Sorted rows of every table of the marts file, without the columns named."""
        with duckdb.connect(str(self.paths.marts_db), read_only=True) as con:
            con.execute("set TimeZone = 'UTC'")
            columns = con.execute(
                "select schema_name || '.' || table_name, list(column_name order by column_index)"
                " from duckdb_columns() where not internal group by all order by all"
            ).fetchall()
            return {
                table: con.execute(
                    f"select {', '.join(name for name in names if name not in left_out)}"
                    f" from {table} order by all"
                ).fetchall()
                for table, names in columns
            }

    def tables(self, compared: Mapping[str, str]) -> dict[str, list[tuple]]:
        """Sorted rows by table; `compared` has the `select …` that stands before `from <table>`.

        Marts go by schema and name, what is built before them by `build.<schema>.<name>`.
        """
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute(f"attach '{self.paths.build_db}' as build (read_only)")
            con.execute(f"attach '{self.paths.marts_db}' as marts (read_only)")
            con.execute("use marts")
            return {
                table: con.execute(f"{select} from {table} order by all").fetchall()
                for table, select in compared.items()
            }
