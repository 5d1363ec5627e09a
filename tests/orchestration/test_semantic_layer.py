"""The KPIs a second time: MetricFlow sums the same measures by SQL of its own, and must agree.

A new KPI is covered by its row of the catalogue. Those that MetricFlow cannot say are listed, each
with its reason, in `docs/tables/metrics.md`.
"""

import json
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.registry.semantic_layer import (
    METRICS,
    OWN_PERIODS,
    OWN_SLICES,
    PAGE,
    computed_kpis,
    measure_columns,
    metric_slices,
    why_not_additive,
    written_files,
)
from orchestration.system.paths import PROJECT_ROOT
from tests.orchestration.worked_examples import Run

KPIS = {kpi["kpi_id"]: kpi for kpi in computed_kpis()}
REASONS = {kpi_id: why_not_additive(kpi["family"]) for kpi_id, kpi in KPIS.items()}
COVERED = [kpi_id for kpi_id, reason in REASONS.items() if reason is None]
NOT_COVERED = [(kpi_id, reason) for kpi_id, reason in REASONS.items() if reason]
CASES = [
    (kpi_id, slice_type)
    for kpi_id in COVERED
    for slice_type in [
        "total",
        *metric_slices(KPIS[kpi_id], measure_columns(KPIS[kpi_id]["family"])),
    ]
]

Cells = dict[tuple[date, str], float]


@pytest.fixture(scope="session")
def manifests(worked_examples: Run) -> dict[str, Any]:
    """What dbt made of the project when the examples were built, by the file's name."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (worked_examples.paths.root / "dbt" / "target").glob("*manifest.json")
    }


@pytest.fixture(scope="session")
def metricflow_sql(manifests: dict[str, Any]) -> Callable[[str, tuple[str, ...]], str]:
    return metricflow_writer(json.dumps(manifests["semantic_manifest"]))


def metricflow_writer(semantic_manifest: str) -> Callable[[str, tuple[str, ...]], str]:
    """Return the function that gives MetricFlow's SQL for a metric and what it is grouped by."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import (
        parse_manifest_from_dbt_generated_manifest,
    )
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    # All that MetricFlow needs in order to write SQL and not to run it.
    dialect = SimpleNamespace(
        sql_engine_type=SqlEngine.DUCKDB, sql_plan_renderer=DuckDbSqlPlanRenderer()
    )
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(semantic_manifest))
    engine = MetricFlowEngine(lookup, dialect)

    def sql(metric: str, group_by: tuple[str, ...]) -> str:
        request = MetricFlowQueryRequest.create(metric_names=[metric], group_by_names=group_by)
        return engine.explain(request).sql_statement.sql

    return sql


def test_what_is_committed_is_what_the_registry_says() -> None:
    paths = [*(PROJECT_ROOT / METRICS).iterdir(), PROJECT_ROOT / PAGE]
    committed = {path: path.read_text("utf-8") for path in paths}
    assert committed == written_files(), "run `make metrics`"


@pytest.mark.parametrize(("kpi_id", "slice_type"), CASES)
def test_metricflow_gives_the_kpi(
    worked_examples: Run, metricflow_sql: Callable[..., str], kpi_id: str, slice_type: str
) -> None:
    kpi = KPIS[kpi_id]
    grain = "month" if "month" in kpi["period_grains"] else kpi["period_grains"].split("|")[0]
    published, hidden = published_cells(worked_examples, kpi, grain, slice_type)

    period = f"metric_time__{grain}"
    by_slice = () if slice_type == "total" else (f"{kpi['family']}__{slice_type}",)
    columns = ", ".join([f"cast({period} as date)", *(by_slice or ["'all'"]), kpi_id])
    sql = f"select {columns} from ({metricflow_sql(kpi_id, (period, *by_slice))})"
    found = cells(worked_examples.marts.execute(sql).fetchall(), kpi)

    assert {cell: found[cell] for cell in found if cell not in hidden} == pytest.approx(
        published, rel=1e-9
    )


def test_every_metric_has_a_value_to_agree_on(worked_examples: Run) -> None:
    valued = worked_examples.marts.execute(
        "select distinct kpi_id from kpis.kpi_values"
        " where slice_type = 'total' and period_grain <> 'day'"
        # all answers of the examples but few are of one day, and hidden with those
        " and (value is not null or sample_flag = 'suppressed' and sample_size >= 100)"
    )
    assert set(COVERED) <= {kpi_id for (kpi_id,) in valued.fetchall()}


def test_every_computed_kpi_has_a_metric_or_a_reason(manifests: dict[str, Any]) -> None:
    metrics = {metric["name"] for metric in manifests["semantic_manifest"]["metrics"]}
    assert metrics & set(KPIS) == set(COVERED)


@pytest.mark.parametrize(("kpi_id", "reason"), NOT_COVERED)
def test_a_kpi_without_a_metric_has_its_reason(
    worked_examples: Run, kpi_id: str, reason: str
) -> None:
    """The reason is seen in what was built, not in what the metrics were written from."""
    family = KPIS[kpi_id]["family"]
    found = worked_examples.marts.execute(
        "select column_name from duckdb_columns() where table_name = ?", [f"measures_{family}"]
    )
    columns = {name for (name,) in found.fetchall()}
    holds = {
        OWN_PERIODS: "business_date" not in columns and "period_grain" in columns,
        OWN_SLICES: "slice_type" in columns,
    }
    assert holds[reason]


def published_cells(
    run: Run, kpi: dict[str, Any], grain: str, slice_type: str
) -> tuple[Cells, set[tuple[date, str]]]:
    """Return the values that kpi_values shows, and the cells that it hides: those of too few people
    and those of an earlier definition."""
    rows = run.marts.execute(
        """
        select period_start, slice_value, value,
            sample_flag = 'suppressed' or kpi_version <> ? as is_hidden
        from kpis.kpi_values
        where kpi_id = ? and period_grain = ? and slice_type = ?
        """,
        [int(kpi["kpi_version"]), kpi["kpi_id"], grain, slice_type],
    ).fetchall()
    hidden = {(period, value) for period, value, _, is_hidden in rows if is_hidden}
    return cells((row[:3] for row in rows if not row[3]), kpi), hidden


def cells(rows: Any, kpi: dict[str, Any]) -> Cells:
    """Return the cells with a value. Nothing to count is no row to MetricFlow, and 0 to a KPI."""
    return {
        (period, slice_value): float(value)
        for period, slice_value, value in rows
        if value is not None
        and slice_value is not None
        and (value != 0 or kpi["denominator_measure"])
    }
