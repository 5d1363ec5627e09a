"""The charts of the direction's dashboard, as Superset saves them.

Superset draws a chart from its `params`, and answers its API from its `query_context`. Both are
made here of one description, so that they cannot say different things.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
# (column, operator, value), as both forms of a filter have them
Filter = tuple[str, str, Any]
MONTH = "P1M"


@dataclass(frozen=True)
class Metric:
    """A figure that a chart asks: an SQL expression, and how the chart calls it."""

    label: str
    expression: str

    def as_saved(self) -> Row:
        return {
            "expressionType": "SQL",
            "sqlExpression": self.expression,
            "label": self.label,
            "hasCustomLabel": True,
            "optionName": f"metric_{self.label}",
        }


@dataclass(frozen=True)
class Chart:
    """A chart: what it asks of a dataset, how it is drawn (`looks`), and its place in twelfths of
    the page's width. With `columns` alone it lists rows; `x_axis` is the date of a line."""

    key: str
    title: str
    dataset: str
    kind: str
    width: int
    height: int
    metrics: Sequence[Metric] = ()
    columns: Sequence[str] = ()
    x_axis: str | None = None
    filters: Sequence[Filter] = ()
    order: Sequence[tuple[str, bool]] = ()
    looks: Row = field(default_factory=dict)
    description: str | None = None

    def params(self) -> Row:
        """Return what Superset draws the chart from."""
        metrics = [one.as_saved() for one in self.metrics]
        return {
            "viz_type": self.kind,
            "adhoc_filters": [_adhoc_filter(self.key, one) for one in self.filters],
            "row_limit": 10_000,
            "extra_form_data": {},
            **self._asked(metrics),
            **self.looks,
        }

    def _asked(self, metrics: list[Row]) -> Row:
        if self.kind == "table":
            return {
                "query_mode": "raw",
                "all_columns": list(self.columns),
                "order_by_cols": [json.dumps([column, up]) for column, up in self.order],
            }
        if self.kind == "big_number_total":
            return {"metric": metrics[0]}
        if self.kind == "waterfall":
            return {"metric": metrics[0], "x_axis": self.x_axis, "groupby": []}
        return {
            "metrics": metrics,
            "x_axis": self.x_axis,
            "time_grain_sqla": MONTH,
            "groupby": list(self.columns),
        }

    def query_context(self) -> str:
        """Return the query behind the chart, which Superset's API answers."""
        query: Row = {
            "filters": [{"col": col, "op": op, "val": val} for col, op, val in self.filters],
            "columns": [*self._axis(), *self.columns],
            "orderby": [list(one) for one in self.order],
            "row_limit": 10_000,
            "extras": {},
            "annotation_layers": [],
        }
        if self.metrics:
            query["metrics"] = [one.as_saved() for one in self.metrics]
        context = {
            "datasource": {"id": 0, "type": "table"},
            "force": False,
            "queries": [query],
            "form_data": self.params(),
            "result_format": "json",
            "result_type": "full",
        }
        return json.dumps(context, ensure_ascii=False, sort_keys=True)

    def _axis(self) -> list[Any]:
        if self.x_axis is None:
            return []
        if self.kind == "waterfall":
            return [self.x_axis]
        return [
            {
                "columnType": "BASE_AXIS",
                "expressionType": "SQL",
                "label": self.x_axis,
                "sqlExpression": self.x_axis,
                "timeGrain": MONTH,
            }
        ]


def _adhoc_filter(key: str, condition: Filter) -> Row:
    column, operator, value = condition
    return {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "filterOptionName": f"filter_{key}_{column}",
        "subject": column,
        "operator": operator,
        "comparator": value,
    }


@dataclass(frozen=True)
class Kpi:
    """What the seeds say of a KPI, in one language; `written` is how its unit is written."""

    kpi_id: str
    name: str
    question: str
    perspective: str
    written: Row


def number(kpi: Kpi) -> Chart:
    """Return the big number of a line of the direction."""
    factor, looks = _looks(kpi.written)
    return Chart(
        f"number_{kpi.kpi_id}",
        kpi.name,
        "direction",
        "big_number_total",
        width=2,
        height=26,
        metrics=[Metric(kpi.kpi_id, f"max(value){factor}")],
        filters=[("kpi_id", "==", kpi.kpi_id)],
        looks=looks | {"header_font_size": 0.5},
        description=kpi.question,
    )


def trend(kpi: Kpi, title: str) -> Chart:
    """Return a KPI's months over everything, with the interval as a band."""
    factor, looks = _looks(kpi.written)
    return Chart(
        f"trend_{kpi.kpi_id}",
        title,
        "kpi_series",
        "echarts_timeseries_line",
        width=6,
        height=40,
        metrics=[
            # by these endings Superset knows a line and the two ends of its band
            Metric(f"{kpi.name}__yhat", f"max(value){factor}"),
            Metric(f"{kpi.name}__yhat_lower", f"max(ci_low){factor}"),
            Metric(f"{kpi.name}__yhat_upper", f"max(ci_high){factor}"),
        ],
        x_axis="period_start",
        filters=[*_months(kpi), ("slice_type", "==", "total")],
        order=[("period_start", True)],
        looks=looks | LINE,
        description=kpi.question,
    )


def by_channel(kpi: Kpi, title: str, language: str) -> Chart:
    """Return a KPI's months, a line a channel."""
    factor, looks = _looks(kpi.written)
    return Chart(
        f"by_channel_{kpi.kpi_id}",
        title,
        "kpi_series",
        "echarts_timeseries_line",
        width=6,
        height=45,
        metrics=[Metric(kpi.name, f"max(value){factor}")],
        columns=[f"slice_text_{language}"],
        x_axis="period_start",
        filters=[*_months(kpi), ("slice_type", "==", "channel")],
        order=[("period_start", True)],
        looks=looks | LINE | {"truncate_metric": True, "truncateYAxis": True},
        description=kpi.question,
    )


LINE: Row = {
    "show_legend": True,
    "legendOrientation": "top",
    "rich_tooltip": True,
    "markerEnabled": True,
    "x_axis_time_format": "smart_date",
    "y_axis_bounds": [None, None],
}


def _months(kpi: Kpi) -> Iterator[Filter]:
    yield "kpi_id", "==", kpi.kpi_id
    yield "period_grain", "==", "month"


def _looks(unit: Row) -> tuple[str, Row]:
    """Return what a figure in this unit is multiplied by, and how Superset writes it then."""
    kind, decimals = unit["kind"], int(unit["decimals"])
    sign = "+" if unit["is_signed"] == "true" else ""
    if kind == "percent":
        return "", {"y_axis_format": f"{sign}.{decimals}%"}
    if kind in ("duration", "open_duration"):
        # Superset writes milliseconds as a duration
        return " * 1000", {"y_axis_format": "DURATION"}
    written: Row = {"y_axis_format": f"{sign},.{decimals}f"}
    if kind == "amount":
        written["currency_format"] = {"symbol": "EUR", "symbolPosition": "suffix"}
    return "", written
