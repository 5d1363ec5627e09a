"""Published KPIs keep to what they were: each newest week against the half year before it.

Robust control limits: the median of the weeks before, and the median of distances from it (MAD). A
figure beyond them may be true, so that this warns; what refuses is whatever came wrong (`arrival`).
"""

from orchestration.gate.checks import WARNING, Suite, no_rows, suite

TOPIC = "limits"
# Of the half year before, as many weeks have to have a figure.
FEWEST_WEEKS = 8
FEWEST_PEOPLE = 20
# A tenfold move in a quiet KPI is another unit rather than another week.
UNIT_RATIO = 8
SIGMAS = 8
_NEEDS = (
    "kpi_id",
    "period_grain",
    "period_start",
    "slice_type",
    "value",
    "sample_size",
    "is_provisional",
)
_WEEKS = f"""
from (
    select kpi_id, newest, usual, count(*) as weeks,
        1.4826 * median(abs(before - usual)) as sigma
    from (
        select newest.kpi_id, newest.value as newest, earlier.value as before,
            median(earlier.value) over (partition by newest.kpi_id) as usual
        from (
            select kpi_id, period_start, cast(value as double) as value
            from batch_rows
            where period_grain = 'week' and slice_type = 'total' and value is not null
                and not is_provisional and sample_size >= {FEWEST_PEOPLE}
            qualify row_number() over (partition by kpi_id order by period_start desc) = 1
        ) as newest
        inner join (
            select kpi_id, period_start, cast(value as double) as value
            from batch_rows
            where period_grain = 'week' and slice_type = 'total' and value is not null
        ) as earlier
            on newest.kpi_id = earlier.kpi_id
            and earlier.period_start < newest.period_start
            and earlier.period_start >= newest.period_start - interval 182 days
    )
    group by all
    having count(*) >= {FEWEST_WEEKS}
)
"""


def suites() -> list[Suite]:
    return [
        suite(
            "kpis",
            "kpi_values",
            [
                no_rows(
                    "newest_weeks_have_the_unit_of_those_before",
                    f"""{_WEEKS}
where usual > 0 and sigma < usual / 3
    and (newest > {UNIT_RATIO} * usual or newest < usual / {UNIT_RATIO})
""",
                    "No KPI's newest week is many times, or a small part of, what its weeks were: "
                    "look for amounts or durations in another unit.",
                    _NEEDS,
                    severity=WARNING,
                ),
                no_rows(
                    "newest_weeks_keep_their_limits",
                    f"""{_WEEKS}
where abs(newest - usual) > {SIGMAS} * sigma + 0.1 * abs(usual)
""",
                    "Every KPI's newest week lies within the control limits of the half year "
                    "before; see the pages of arrivals and of the KPI for what may be wrong.",
                    _NEEDS,
                    severity=WARNING,
                ),
            ],
            TOPIC,
        )
    ]
