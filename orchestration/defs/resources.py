"""The warehouse as Dagster sees it: its paths, its lock, and the instant that a run looks from."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.publication.recovery import recover
from orchestration.system.environment import prepare_environment
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths, data_paths
from orchestration.warehouse.run_context import parse_as_of


class Warehouse(dg.ConfigurableResource):
    """Holds the data directory's lock for as long as a run lasts, whoever launched it."""

    as_of: str | None = None

    @property
    def paths(self) -> DataPaths:
        return data_paths()

    @property
    def as_of_instant(self) -> str | None:
        """Return the instant in UTC, None for now; UsageError when it cannot be read."""
        return parse_as_of(self.as_of) if self.as_of else None

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        paths = prepare_environment()
        with hold(paths, f"Dagster run {context.run.run_id if context.run else 'unknown'}"):
            for done in recover(paths):
                (context.log or dg.get_dagster_logger()).info(done)
            yield self
