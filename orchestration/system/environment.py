"""The process's own settings: one data directory, private files, no telemetry, quiet libraries."""

import os
from pathlib import Path

from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths, data_paths
from orchestration.system.seals import signing_key

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


# Of dbt's variables, the two that say where it writes; all others say what it does.
DBT, DAGSTER = "DBT_", "DAGSTER_"
DBT_PLACES = ("DBT_TARGET_PATH", "DBT_LOG_PATH")


def forget_settings_of_dbt() -> None:
    """Take dbt's variables out of this process: what a run is, the project says.

    Some of them dbt reads while it is imported, so that this comes before.
    """
    for name in [one for one in os.environ if one.startswith(DBT) and one not in DBT_PLACES]:
        del os.environ[name]


def prepare_environment() -> DataPaths:
    """Set what dbt, Dagster and Great Expectations read from the environment; return the paths.

    Must run before any of them is imported. The data directory becomes absolute, because dbt
    resolves it from the project's folder and Dagster from another process. dbt's own files go
    below it too, so that two data directories never share a `target/`.
    """
    forget_settings_of_dbt()
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


def environment_of_dagster() -> dict[str, str]:
    """Return this process's environment without any variable of Dagster's but our own."""
    own = {name: os.environ[name] for name in ("DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY")}
    others = {name: one for name, one in os.environ.items() if not name.startswith(DAGSTER)}
    return others | own


def prepare_dagster_home(paths: DataPaths) -> None:
    """Create Dagster's folder with its settings; a user's own `dagster.yaml` is kept.

    UsageError where that names modules of its own beside a signing key: they would be run as code.
    """
    paths.dagster.mkdir(parents=True, exist_ok=True)
    settings = paths.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") == FORMER_DAGSTER_YAML:
        settings.write_text(DAGSTER_YAML, encoding="utf-8")
    refuse_foreign_settings(paths)


def refuse_foreign_settings(paths: DataPaths) -> None:
    """Raise UsageError when the operator gives a key and Dagster's settings are not the program's.

    They stand in the data directory and name Python modules: who may write there could sign.
    """
    settings = paths.dagster / "dagster.yaml"
    if signing_key() and settings.read_text(encoding="utf-8") != DAGSTER_YAML:
        raise UsageError(
            f"{settings} is not what the program wrote, and names code to run beside your key.\n"
            "Remove it, or run Dagster without the signing key."
        )
