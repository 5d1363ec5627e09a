"""What the pages show, read from an edition once: every page is made of these rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from orchestration.system import sql
from orchestration.warehouse.run_context import BUSINESS_ZONE

Row = dict[str, Any]

# One line of a dashboard as its report has it; what only some reports have is null in the others.
ROLES = ("direction", "manager", "agent", "real_time", "monthly_committee")
LINE_COLUMNS = (
    "position, perspective, kpi_id, label_fr, label_en, slice_type, slice_value, period_grain, "
    "period_start, value, value_text_fr, value_text_en, unit, direction, target, target_text_fr, "
    "target_text_en, gap, is_target_met, trend, is_trend_broken, interval_text_fr, "
    "interval_text_en, sample_size, sample_flag, status, warn_threshold, alert_threshold, "
    "warn_floor, alert_floor, is_confirmed, is_action_due, is_provisional, owner_role, owner_fr, "
    "next_action_fr, next_action_en, signal_fr, signal_en, open_signal_count"
)
DECISION_COLUMNS = (
    "open_decision_count, last_decision, last_decided_on, last_decision_verdict, "
    "last_decision_statement_fr, last_decision_statement_en"
)
DECIDED = ("direction", "manager", "monthly_committee")

# The intervals of a line's last twelve periods; what a report hides from its readers has no trend.
BANDS = """
select values.kpi_id, values.slice_type, values.slice_value, values.period_grain,
    values.period_start, values.ci_low, values.ci_high
from kpis.kpi_values as values
inner join (
    select distinct kpi_id, slice_type, slice_value, period_grain, period_start
    from ({lines})
    where value is not null
) as lines
    on values.kpi_id = lines.kpi_id
    and values.slice_type = lines.slice_type
    and values.slice_value = lines.slice_value
    and values.period_grain = lines.period_grain
    and values.period_start between
        case lines.period_grain
            when 'day' then lines.period_start - 11
            else lines.period_start - interval 11 month
        end
        and lines.period_start
order by values.period_start
"""
POINTS = """
select kpi_id, period_grain, period_start, period_text_fr, period_text_en, slice_type, slice_value,
    slice_text_fr, slice_text_en, value, value_text_fr, value_text_en, ci_low, ci_high, sample_size,
    sample_flag, status, warn_threshold, alert_threshold, warn_floor, alert_floor, is_provisional,
    is_series_break
from reports.kpi_series
where period_grain in ('month', 'quarter')
order by kpi_id, period_start
"""
TABLES = """
select schema_name as room, table_name as name, comment as description, estimated_size as row_count
from duckdb_tables()
where not internal
order by schema_name, table_name
"""
COLUMNS = """
select schema_name as room, table_name, column_name as name, data_type, comment as description,
    not is_nullable as is_required
from duckdb_columns()
where not internal
order by schema_name, table_name, column_index
"""
RESTATEMENTS = """
select kpi_id, period_start, period_grain, edition, published_at, previous_value, value,
    change_cause
from kpis.kpi_editions
where
    slice_type = 'total'
    and change_cause <> 'first'
qualify row_number() over (partition by kpi_id order by published_at desc, period_start desc) <= 8
order by kpi_id, published_at desc, period_start desc
"""


@dataclass(frozen=True)
class Content:
    """The rows of an edition that pages are made of; nothing of single persons but `agents`."""

    lines: dict[str, list[Row]]
    bands: dict[tuple, list[Row]]
    points: dict[str, list[Row]]
    tables: list[Row]
    columns: dict[tuple[str, str], list[Row]]
    rows: dict[str, list[Row]]

    @cached_property
    def labels(self) -> dict[tuple[str, str], Row]:
        return {(row["kind"], row["code"]): row for row in self.rows["labels"]}

    @cached_property
    def slices(self) -> dict[tuple[str, str], Row]:
        """The names of slices, where figures are shown of them, by type and code."""
        return {
            (row["slice_type"], row["slice_value"]): row
            for rows in self.points.values()
            for row in rows
        }

    @cached_property
    def units(self) -> dict[str, Row]:
        return {row["unit"]: row for row in self.rows["units"]}

    @cached_property
    def dashboards(self) -> dict[str, Row]:
        return {row["dashboard"]: row for row in self.rows["dashboards"]}

    @cached_property
    def kpis(self) -> dict[str, Row]:
        """The definitions in force, by KPI, in the order of the catalogue's perspectives."""
        in_force = [row for row in self.rows["catalogue"] if row["valid_to"] is None]
        return {row["kpi_id"]: row for row in in_force}

    @cached_property
    def _by_kpi(self) -> dict[str, dict[str, list[Row]]]:
        return {name: _grouped(self.rows[name], lambda row: row["kpi_id"]) for name in OF_A_KPI}

    def of_kpi(self, name: str, kpi_id: str) -> list[Row]:
        """Return the rows of a name of `OF_A_KPI` that speak of one KPI, in their order."""
        return self._by_kpi[name].get(kpi_id, [])


# What a KPI's page shows the rows of that speak of it.
OF_A_KPI = ("thresholds", "benchmarks", "quality", "catalogue", "restatements")
# What is read whole, in the order in which it is shown.
WHOLE = {
    "labels": "from kpis.labels",
    "units": "from kpis.units",
    "dashboards": "from reports.dashboards",
    "dashboard_kpis": "from reports.dashboard_kpis order by dashboard, position",
    "catalogue": "from kpis.kpi_catalogue order by kpi_id, kpi_version",
    "thresholds": "from kpis.kpi_thresholds order by kpi_id, period_grain, valid_from",
    "benchmarks": "from kpis.benchmark_gaps order by kpi_id, population",
    "quality": "from kpis.kpi_quality",
    "links": "from kpis.kpi_links",
    "objectives": "from steering.objectives order by objective_id",
    "signals": "from steering.signals where state in ('open', 'qualified') order by priority",
    "decisions": "from steering.decisions order by decided_on desc, decision_id",
    "leads": "from steering.lead_lags where is_strongest order by cause_kpi_id, effect_kpi_id",
    "scorecard": (
        "from steering.scorecard where is_declared and level <> 'kpi' and not is_provisional "
        "and score is not null "
        "qualify period_start = max(period_start) over () order by level, perspective"
    ),
    "bridge": (
        "from reports.value_bridge where service_roi is not null "
        "qualify month_start = max(month_start) over () order by position"
    ),
    "friction": (
        "from journeys.transitions where friction_cost_eur > 0 order by friction_rank limit 3"
    ),
    "findings": "from kpis.findings",
    "freshness": "from kpis.source_freshness order by source, table_name",
    "restatements": RESTATEMENTS,
    # what the windows of the newest figures were looked at from
    "as_of": (
        "select cast(max(computed_at) - interval 1 microsecond as date) as as_of"
        " from kpis.kpi_values"
    ),
}


def read(database: Path) -> Content:
    """Read what the pages of the edition in `database` are made of."""
    with duckdb.connect(str(database), read_only=True) as con:
        # whoever's machine it is
        con.execute(f"set TimeZone = {sql.text(BUSINESS_ZONE.key)}")
        lines = {role: rows_of(con, _lines(role)) for role in ROLES}
        shared = " union all by name ".join(_lines(role) for role in ROLES if role != "agent")
        columns: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows_of(con, COLUMNS):
            columns[row["room"], row["table_name"]].append(row)
        return Content(
            lines=lines,
            bands=_grouped(rows_of(con, BANDS.format(lines=shared)), line_key),
            points=_grouped(rows_of(con, POINTS), lambda row: row["kpi_id"]),
            tables=rows_of(con, TABLES),
            columns=columns,
            rows={name: rows_of(con, query) for name, query in WHOLE.items()},
        )


def line_key(row: Row) -> tuple:
    return row["kpi_id"], row["slice_type"], row["slice_value"], row["period_grain"]


def _lines(role: str) -> str:
    more = f", {DECISION_COLUMNS}" if role in DECIDED else ", null as last_decision"
    if role == "agent":
        more += ", agent_id, certificate_expires_on, required_skills, covered_skills"
    return f"select {LINE_COLUMNS}{more} from reports.{role}"


def rows_of(
    con: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any] | None = None
) -> list[Row]:
    """Return the rows of a query by column; `values` are bound to it."""
    result = con.execute(query, values or {})
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _grouped(rows: Iterable[Row], key: Any) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
