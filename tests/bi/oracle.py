"""What each chart of the dashboard must show, asked of the edition by SQL of another making.

The charts say what they ask in Superset's own form. Here the same figures are asked for by hand, of
`kpis.kpi_values` where a chart reads `reports.kpi_series`: rows as a chart's data has them, in
the order of the chart's columns, then of its metrics.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.bi.charts import Chart
from orchestration.system.paths import PROJECT_ROOT

Rows = list[tuple[Any, ...]]

NUMBER = "select value * {factor} from reports.direction where kpi_id = '{kpi}'"
# what `reports.kpi_series` leaves out: cells without a figure, slices with too few
POINTS = """
select period_start{channel}, value * {factor}{interval}
from kpis.kpi_values
where kpi_id = '{kpi}' and period_grain = 'month' and slice_type = '{slice_type}'
    and value is not null and {shown}
"""
CHANNEL = ", (select label_{language} from read_csv('{seed}') where channel = slice_value)"
CHANNELS = PROJECT_ROOT / "seeds" / "channels.csv"
NAMED = "(select label_{language} from kpis.labels where kind = '{kind}' and code = {column})"
BRIDGE = """
select position || '. ' || label_{language}, amount_eur
from reports.value_bridge
where month_start = (
    select month_start from reports.value_bridge
    where service_roi is not null order by month_start desc limit 1
)
"""
SIGNALS = """
select raised_on, {severity}, statement_{language}, customers_concerned, value_at_stake_eur,
    {owner}, what_to_do_{language}
from steering.signals
"""
DECISIONS = "select decided_on, action, {verdict}, statement_{language} from steering.decisions"
FINDINGS = """
select {severity}, what, source, table_name, detail, row_count, {owner}, what_to_do
from kpis.findings
where severity <> 'notice'
"""
LINES = """
select status_symbol, label_{language}, value_text_{language}, interval_text_{language},
    target_text_{language}, sample_size, period_start, next_action_{language}
from reports.direction
"""


def expected(edition: duckdb.DuckDBPyConnection, chart: Chart, language: str) -> Rows:
    """Return what the chart must show, in no order."""
    return edition.execute(question(edition, chart, language)).fetchall()


def question(edition: duckdb.DuckDBPyConnection, chart: Chart, language: str) -> str:
    """Return the SQL that says it."""
    kind, _, kpi = chart.key.partition("_")
    words = {
        "language": language,
        "severity": NAMED.format(language=language, kind="severity", column="severity"),
        "owner": NAMED.format(language=language, kind="role", column="owner_role"),
        "verdict": NAMED.format(language=language, kind="verdict", column="verdict"),
    }
    if kind == "number":
        return NUMBER.format(kpi=kpi, factor=_factor(edition, kpi))
    if kind == "trend":
        factor = _factor(edition, kpi)
        interval = f", ci_low * {factor}, ci_high * {factor}"
        return POINTS.format(
            kpi=kpi,
            factor=factor,
            channel="",
            interval=interval,
            slice_type="total",
            shown="true",
        )
    if kind == "by":
        kpi = kpi.removeprefix("channel_")
        return POINTS.format(
            kpi=kpi,
            factor=_factor(edition, kpi),
            channel=CHANNEL.format(language=language, seed=CHANNELS),
            interval="",
            slice_type="channel",
            shown="sample_flag = 'publishable'",
        )
    tables = {
        "lines": LINES,
        "bridge": BRIDGE,
        "signals": SIGNALS,
        "decisions": DECISIONS,
        "findings": FINDINGS,
    }
    return tables[chart.key].format(**words)


def _factor(edition: duckdb.DuckDBPyConnection, kpi: str) -> int:
    """Return 1000 for a duration, which Superset shows of milliseconds."""
    [(unit,)] = edition.execute(
        "select unit from kpis.kpi_catalogue where kpi_id = ? and valid_to is null", [kpi]
    ).fetchall()
    return 1000 if unit.startswith("seconds") else 1


def comparable(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    """Return rows as texts in one order: equal as far as nine digits, whoever wrote them."""
    return sorted(tuple(map(_text, row)) for row in rows)


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, datetime):
        value = value.replace(tzinfo=value.tzinfo or UTC).timestamp() * 1000
    elif isinstance(value, date):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000
    if isinstance(value, int | float | Decimal):
        return f"{float(value):.9g}"
    return str(value)
