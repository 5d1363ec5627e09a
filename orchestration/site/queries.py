"""The query by which anybody can compute a figure again from the published measures."""

from collections.abc import Collection, Mapping
from typing import Any

ADDED_UP = """select
    sum({numerator}) as numerator{denominator},
    {formula} as value
from kpis.measures_{family}
where {period}{condition}"""


def query_of(
    kpi: Mapping[str, Any],
    columns: Collection[str],
    grain: str = "month",
    start: str = "2026-05-01",
    slice_type: str = "total",
    slice_value: str = "all",
) -> str | None:
    """Return SQL for a KPI of the catalogue in one period and slice.

    `columns` are those of its published table of measures, empty when these are not published:
    then, and where measures of several days do not add up to those of the period, it is None.
    """
    if not {kpi["numerator_measure"], "business_date"} <= set(columns):
        return None
    condition = ""
    if slice_type != "total":
        if slice_type not in columns:
            return None
        condition = f"\n    and {slice_type} = {_literal(slice_value)}"
    times = "" if kpi["multiplier"] == 1 else f"{kpi['multiplier']:g} * "
    numerator, denominator = kpi["numerator_measure"], kpi["denominator_measure"]
    if denominator:
        formula = f"{times}sum({numerator}) / nullif(sum({denominator}), 0)"
        second = f",\n    sum({denominator}) as denominator"
    else:
        formula, second = f"{times}sum({numerator})", ""
    period = f"date_trunc('{grain}', business_date) = date '{start}'"
    return ADDED_UP.format(
        numerator=numerator,
        denominator=second,
        formula=formula,
        family=kpi["family"],
        period=period,
        condition=condition,
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
