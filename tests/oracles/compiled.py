"""The SQL that models and macros really compile to, to be run on tables of one's own.

A file named `build.duckdb` holds the relations that the SQL names: `sandbox` makes one with what
the calendar of business hours reads.
"""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.system.paths import PROJECT_ROOT

CALENDAR_MODELS = (
    "int_business_dates_ruled",
    "int_business_openings_dated",
    "int_business_hours_cumulated",
)


def compiled_models(names: tuple[str, ...], work: Path) -> dict[str, str]:
    """Return the SQL of models by name; dbt writes into `work` only."""
    _dbt(work, "compile", "--select", *names)
    found = {path.stem: path for path in (work / "target" / "compiled").rglob("*.sql")}
    return {name: found[name].read_text(encoding="utf-8") for name in names}


def compiled(jinja: str, work: Path) -> str:
    """Return the SQL that a piece of Jinja compiles to."""
    marker = "/* compiled */"
    return _dbt(work, "compile", "--inline", f"{marker} {jinja}").split(marker, 1)[1]


def sandbox(work: Path, first: datetime, as_of: datetime) -> duckdb.DuckDBPyConnection:
    """Open a file with the tables that the calendar reads: seeds, as-of instant, first instant."""
    connection = duckdb.connect(str(work / "build.duckdb"))
    connection.execute("set TimeZone = 'UTC'")
    for schema in ("reference", "staging", "intermediate"):
        connection.execute(f"create schema {schema}")
    # a column without a value would be of no type
    types = "{team: 'varchar', valid_to: 'date', time_zone: 'varchar'}"
    for seed, its_types in (
        ("parameters", "{value: 'varchar'}"),
        ("business_calendars", types),
        ("business_holidays", "{label: 'varchar'}"),
    ):
        connection.execute(
            f"create table reference.{seed} as"
            f" from read_csv(?, header = true, types = {its_types})",
            [str(PROJECT_ROOT / "seeds" / f"{seed}.csv")],
        )
    instant = "select cast(? as timestamptz) as"
    connection.execute(
        f"create table intermediate.int_run_observed as {instant} as_of", [as_of.isoformat()]
    )
    for table, column in (
        ("stg_interactions__contact_versions", "queue_entered_at"),
        ("stg_interactions__ticket_versions", "created_at"),
        ("stg_surveys__invitations", "sent_at"),
    ):
        connection.execute(
            f"create table staging.{table} as {instant} {column}", [first.isoformat()]
        )
    return connection


def build_calendar(connection: duckdb.DuckDBPyConnection, models: dict[str, str]) -> None:
    """Build the calendar's models, one after the other, from their compiled SQL."""
    for name in CALENDAR_MODELS:
        connection.execute(f"create or replace table intermediate.{name} as {models[name]}")


def _dbt(work: Path, *arguments: str) -> str:
    (work / "data" / "warehouse").mkdir(parents=True, exist_ok=True)
    # dbt refuses a directory into which nothing was accepted
    for folder in ("landing/accepted", "warehouse"):
        (work / "data" / folder).mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "--quiet",
            *arguments,
            "--target-path",
            str(work / "target"),
            "--log-path",
            str(work / "logs"),
        ],
        cwd=PROJECT_ROOT,
        env=os.environ | {"PILOTAGE_DATA_DIR": str(work / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout
