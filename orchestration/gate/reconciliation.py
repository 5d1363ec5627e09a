"""What is published of a part agrees with what is published of the whole."""

from orchestration.gate.checks import Suite, no_rows, suite

TOPIC = "reconciliation"
_CELL = ("kpi_id", "period_grain", "period_start", "slice_type")


def suites() -> list[Suite]:
    return [
        suite(
            "kpis",
            "kpi_values",
            [
                no_rows(
                    "total_exists_where_slices_do",
                    """
from (
    select kpi_id, period_grain, period_start
    from batch_rows
    group by all
    having count(*) filter (where slice_type = 'total') = 0
)
""",
                    "A KPI and period that has slices has a total.",
                    _CELL,
                ),
                no_rows(
                    "contacts_by_channel_sum_to_total",
                    """
from (
    select
        sum(numerator) filter (where slice_type = 'channel') as by_channel,
        sum(numerator) filter (where slice_type = 'total') as total,
    from batch_rows
    where kpi_id = 'contacts_offered'
    group by period_grain, period_start
)
where by_channel <> total
""",
                    "The contacts offered by channel sum to the total.",
                    (*_CELL, "numerator"),
                ),
            ],
            TOPIC,
        )
    ]
