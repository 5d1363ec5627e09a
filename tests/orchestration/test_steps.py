"""What stands before the first step: all that a plain `dbt build` reads of runs and editions."""

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from orchestration.run.steps import initialise
from orchestration.system.paths import DataPaths
from orchestration.warehouse.run_context import RunContext


def test_a_data_directory_can_be_read_before_anything_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTAGE_PSEUDONYM_KEY", "k" * 64)
    paths = DataPaths(tmp_path)
    initialise(paths)
    assert json.loads(paths.run_context.read_text()) == asdict(RunContext("0", None, 0, 0, None))
    history = duckdb.sql(f"from read_parquet('{paths.kpi_editions}/*.parquet')")
    assert history.columns[:2] == ["kpi_id", "kpi_version"] and history.fetchall() == []


def test_a_context_that_is_there_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILOTAGE_PSEUDONYM_KEY", "k" * 64)
    paths = DataPaths(tmp_path)
    initialise(paths)
    paths.run_context.write_text("{}")
    initialise(paths)
    assert paths.run_context.read_text() == "{}"
