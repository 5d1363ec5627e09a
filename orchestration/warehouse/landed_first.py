"""A plugin of dbt-duckdb that says in one line what a plain `dbt build` lacks on a fresh clone.

Without it DuckDB says of the first file that is missing that it is missing. It is asked once a
process, before a database is opened, and adds no node.
"""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from orchestration.system.paths import data_paths

NOTHING_YET = "Nothing was accepted yet in {root}: run `pilotage accept` first (or `pilotage run`)."


class Plugin(BasePlugin):
    """Refuses a data directory into which nothing was accepted."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        paths = data_paths()
        if not (paths.accepted.is_dir() and paths.warehouse.is_dir()):
            raise DbtRuntimeError(NOTHING_YET.format(root=paths.root))
