"""Exact 95 % limits of the counts that KPIs treat as Poisson: SQL lacks the quantile."""

from scipy.special import gammaincinv

TAIL = 0.025


def model(dbt, session):
    definitions = dbt.ref("int_kpi_definitions").filter("interval_method = 'poisson'")
    figures = dbt.ref("int_kpi_figures").filter("numerator is not null")
    counts = (
        figures.set_alias("figures")
        .join(
            definitions.set_alias("definitions"),
            "figures.kpi_id = definitions.kpi_id and figures.kpi_version = definitions.kpi_version",
        )
        .project("cast(round(figures.numerator) as bigint) as event_count")
        .distinct()
        .df()
    )
    events = counts["event_count"]
    # k events are as rare as this when gamma(k) or gamma(k + 1) of them were expected
    counts["fewest_events"] = gammaincinv(events, TAIL)
    counts["most_events"] = gammaincinv(events + 1, 1 - TAIL)
    # nothing can be fewer than no event
    counts.loc[events == 0, "fewest_events"] = 0.0
    return counts
