"""What an edition says of itself: rows by table, headline KPIs, batches, and what has changed."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.gate.judge import read_catalog
from orchestration.gate.verdict import Verdict
from orchestration.landing.ledger import record_path
from orchestration.system import sql
from orchestration.system.files import read_json
from orchestration.system.paths import DataPaths

_HEADLINES = """
select kpi_id, period_grain, period_start, value, status
from kpis.kpi_values
where slice_type = 'total' and value is not null and period_grain in ('month', 'quarter')
qualify row_number() over (
    partition by kpi_id
    order by period_grain = 'month' desc, period_start desc
) = 1
order by kpi_id
"""


def table_counts(database: Path) -> dict[str, int]:
    """Return the number of rows of every table, by `schema.table`."""
    tables = sorted(read_catalog(database).tables)
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            f"{schema}.{table}": connection.execute(
                f"select count(*) from {sql.name(schema)}.{sql.name(table)}"
            ).fetchone()[0]
            for schema, table in tables
        }


def latest_kpis(database: Path) -> list[dict[str, Any]]:
    """Return for every KPI its latest monthly total (quarterly where there is no monthly one)."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(_HEADLINES).fetchall()
    return [
        {
            "kpi_id": kpi_id,
            "period_grain": grain,
            "period_start": start.isoformat(),
            "value": float(value),
            "status": status,
        }
        for kpi_id, grain, start, value, status in rows
    ]


def verdict_summary(verdict: Verdict) -> dict[str, Any]:
    """Return how the gate judged, with the warnings that did not stop it."""
    return {
        "success": verdict.success,
        "judged_at": verdict.judged_at,
        "suites_version": verdict.suites_version,
        "counts": verdict.counts,
        "warnings": [
            {
                "suite": check.suite,
                "name": check.name,
                "unexpected_count": check.unexpected_count,
                "meaning": check.meaning,
            }
            for check in verdict.checks
            if not check.success
        ],
    }


def batches_covered(
    paths: DataPaths, latest_batch: int | None, base: dict | None
) -> dict[str, Any]:
    """Return the ledger's batches up to `latest_batch` (None: all), and which are new since base.

    `arrival_warnings` are what looked unusual about the new ones when they came.
    """
    numbers = sorted(int(path.stem) for path in paths.batches.glob("*.json") if path.stem.isdigit())
    covered = [number for number in numbers if 0 < number <= (latest_batch or numbers[-1])]
    before = ((base or {}).get("batches") or {}).get("latest") or 0
    new = [number for number in covered if number > before]
    return {
        "latest": covered[-1] if covered else 0,
        "count": len(covered),
        "new": new,
        "arrival_warnings": [warning for number in new for warning in _warnings(paths, number)],
        "held_back": _held_back(paths),
        "taken_for_true": [
            {
                "batch": number,
                "source": one.get("source"),
                "table": one.get("table"),
                **_said(taken),
            }
            for number in new
            if (one := read_json(record_path(paths, number)))
            for taken in one.get("accepts") or ()
        ],
    }


def _held_back(paths: DataPaths) -> list[dict[str, Any]]:
    """What the last accept run held back: nothing of it is in this edition."""
    held = [read_json(path) or {} for path in sorted((paths.batches / "held").glob("*.json"))]
    return [
        {"source": one["source"], "table": one["table"], "rows": one["received"]}
        | {"findings": one["strange"]}
        for one in held
        if one
    ]


def _said(taken: dict[str, Any]) -> dict[str, Any]:
    """What readers are told of who accepted: the reason and the day; the name is the ledger's."""
    return {name: taken.get(name) for name in ("because", "at")} | {"of": taken.get("batch")}


def _warnings(paths: DataPaths, batch: int) -> list[dict[str, Any]]:
    stored = read_json(paths.arrival_checks(batch)) or {}
    return list(stored.get("findings", []))


def changes(
    base: dict | None, tables: dict[str, int], kpis: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """Return what differs from the base edition's record; None without one to compare with.

    `tables`: rows more or fewer, by table (a table that came or went counts whole).
    `kpis`: those whose latest monthly total moved, each with what it was `before` and is `after`.
    """
    if base is None:
        return None
    old_tables = base.get("tables", {})
    differences = {
        name: tables.get(name, 0) - old_tables.get(name, 0)
        for name in sorted({*tables, *old_tables})
    }
    before = {kpi["kpi_id"]: kpi for kpi in base.get("latest_kpis", [])}
    after = {kpi["kpi_id"]: kpi for kpi in kpis}
    return {
        "since": base["edition"],
        "tables": {name: rows for name, rows in differences.items() if rows},
        "kpis": [
            {"kpi_id": kpi_id, "before": _point(before, kpi_id), "after": _point(after, kpi_id)}
            for kpi_id in sorted({*before, *after})
            if before.get(kpi_id) != after.get(kpi_id)
        ],
    }


def _point(kpis: dict[str, dict], kpi_id: str) -> dict[str, Any] | None:
    kpi = kpis.get(kpi_id)
    return kpi and {name: kpi[name] for name in ("period_start", "value", "status")}
