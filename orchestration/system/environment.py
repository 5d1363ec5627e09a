"""The process's own settings: one data directory, private files, no telemetry, quiet libraries."""

import os
from pathlib import Path

from orchestration.system.paths import PROJECT_ROOT, DataPaths, data_paths

SILENCE = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "GX_ANALYTICS_ENABLED": "false",
}

# What is written is for its owner alone; what is published is shared by name (`files.share`).
PRIVATE = 0o077

DAGSTER_YAML = """\
telemetry:
  enabled: false
# The warehouse has one writer, so runs wait for one another.
concurrency:
  runs:
    max_concurrent_runs: 1
# Dagster's own log of events, with connections that are kept: a launch costs a third less.
event_log_storage:
  module: orchestration.defs.event_log
  class: EventLog
# Promises of the landed tables, compared with the clock by Dagster's daemon.
freshness:
  enabled: true
"""
# What was written before; a file that is still so is written anew.
FORMER_DAGSTER_YAML = """\
telemetry:
  enabled: false
# The warehouse has one writer, so runs wait for one another.
concurrency:
  runs:
    max_concurrent_runs: 1
"""


def prepare_environment() -> DataPaths:
    """Set what dbt, Dagster and Great Expectations read from the environment; return the paths.

    Must run before any of them is imported. The data directory becomes absolute, because dbt
    resolves it from the project's folder and Dagster from another process. dbt's own files go
    below it too, so that two data directories never share a `target/`.
    """
    os.umask(PRIVATE)
    os.environ.update(SILENCE)
    paths = data_paths()
    os.environ["PILOTAGE_DATA_DIR"] = str(paths.root)
    os.environ.setdefault("DBT_TARGET_PATH", str(paths.root / "dbt" / "target"))
    os.environ.setdefault("DBT_LOG_PATH", str(paths.root / "dbt" / "logs"))
    os.environ["DAGSTER_HOME"] = str(paths.dagster)
    return paths


def dbt_target_path() -> Path:
    """Return the folder of what dbt writes (`DBT_TARGET_PATH`, else `target/`)."""
    return PROJECT_ROOT / os.environ.get("DBT_TARGET_PATH", "target")


def dbt_log_path() -> Path:
    """Return the folder of dbt's log (`DBT_LOG_PATH`, else `logs/`)."""
    return PROJECT_ROOT / os.environ.get("DBT_LOG_PATH", "logs")


def prepare_dagster_home(paths: DataPaths) -> None:
    """Create Dagster's folder with its settings; a user's own `dagster.yaml` is kept."""
    paths.dagster.mkdir(parents=True, exist_ok=True)
    settings = paths.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") == FORMER_DAGSTER_YAML:
        settings.write_text(DAGSTER_YAML, encoding="utf-8")
