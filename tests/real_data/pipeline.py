"""Run the whole pipeline on one data set, and read its edition."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from tests.published import publish as run_alone

from .mapping import drop

# Arguments of `pilotage run`. The last tickets are surveyed in January 2024: the month after,
# every answering window of 14 days is over.
RUN_ARGUMENTS = {"techsupport": ["--as-of", "2024-02-01"]}


class Kpi(NamedTuple):
    """One value of a KPI; numbers are floats, absent ones None."""

    numerator: float | None
    denominator: float | None
    value: float | None
    sample_size: int | None
    ci_low: float | None
    ci_high: float | None


def publish(name: str, data_dir: Path) -> Path:
    """Bring in a data set, run `pilotage run` on it alone and return the published file.

    Raises `AssertionError` with the command's output when it does not publish, `DataMissing`
    where a raw file is absent.
    """
    drop(name, data_dir)
    return run_alone(data_dir, *RUN_ARGUMENTS.get(name, []))


def kpi(
    edition: duckdb.DuckDBPyConnection,
    kpi_id: str,
    period_grain: str,
    period_start: str,
    slice_type: str = "total",
    slice_value: str = "all",
) -> Kpi | None:
    """Return one value of a KPI, or None when the edition has no such row."""
    row = edition.execute(
        """
        select numerator, denominator, value, sample_size, ci_low, ci_high
        from kpis.kpi_values
        where kpi_id = ? and period_grain = ? and period_start = cast(? as date)
            and slice_type = ? and slice_value = ?
        """,
        [kpi_id, period_grain, period_start, slice_type, slice_value],
    ).fetchone()
    return None if row is None else Kpi(*(_number(part) for part in row))


def kpi_sums(
    edition: duckdb.DuckDBPyConnection, kpi_id: str, period_grain: str = "month"
) -> tuple[float | None, float | None]:
    """Return the sums of a KPI's numerators and denominators over all periods (total slice)."""
    row = edition.execute(
        """
        select sum(numerator), sum(denominator)
        from kpis.kpi_values
        where kpi_id = ? and period_grain = ? and slice_type = 'total'
        """,
        [kpi_id, period_grain],
    ).fetchone()
    return _number(row[0]), _number(row[1])


def ledger_totals(data_dir: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return received, accepted, quarantined and duplicate rows of each table in the ledger.

    Each table is expected in one batch.
    """
    totals = {}
    for path in sorted((data_dir / "landing" / "batches").glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        if record["table"] is None:  # the landing's own first record, without rows
            continue
        totals[f"{record['source']}.{record['table']}"] = tuple(
            record[key] for key in ("received", "accepted", "quarantined", "duplicate")
        )
    return totals


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
