"""Exact 95 % limits of the counts that KPIs treat as Poisson: SQL lacks the quantile."""

import numpy
from scipy.special import gammaincinv

TAIL = 0.025


def model(dbt, session):
    definitions = dbt.ref("int_kpi_definitions").filter("interval_method = 'poisson'")
    figures = dbt.ref("int_kpi_figures").filter("numerator is not null")
    # arrays, not a data frame: importing pandas takes longer than all of this
    counts = (
        figures.set_alias("figures")
        .join(
            definitions.set_alias("definitions"),
            "figures.kpi_id = definitions.kpi_id and figures.kpi_version = definitions.kpi_version",
        )
        .project("cast(round(figures.numerator) as bigint) as event_count")
        .distinct()
        .fetchnumpy()
    )
    events = counts["event_count"]
    # k events are as rare as this when gamma(k) or gamma(k + 1) of them were expected; nothing can
    # be fewer than no event
    counts["fewest_events"] = numpy.where(events == 0, 0.0, gammaincinv(events, TAIL))
    counts["most_events"] = gammaincinv(events + 1, 1 - TAIL)
    return counts
