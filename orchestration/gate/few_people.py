"""Nothing is shown of so few people that one of them could be known by it.

The gate's half: what the published file itself can prove, from its samples and flags, for figures,
quantiles and agents alike. How many people stand behind a figure is not published; that those are
enough, `assert_nothing_is_shown_of_few_people` asks of the build.
"""

from orchestration.gate.checks import Suite, no_rows, suite

TOPIC = "few people"
# Fewer than these are hidden; the seed's parameter may ask for more, never for less.
FEWEST = 5
_VALUES, _CATALOGUE, _AGENT_VIEWS = "kpis.kpi_values", "kpis.kpi_catalogue", "kpis.kpi_agent_views"
_CELL = ("kpi_id", "period_grain", "period_start", "slice_type", "slice_value")


def suites() -> list[Suite]:
    return [_kpi_values(), _kpi_quantiles(), _agent_kpi_values()]


def _kpi_values() -> Suite:
    shown = ("value", "numerator", "denominator", "ci_low", "ci_high")
    return suite(
        "kpis",
        "kpi_values",
        [
            no_rows(
                "few_people_are_not_shown",
                f"""
from batch_rows
inner join (select kpi_id, kpi_version, is_about_people from {_CATALOGUE})
    using (kpi_id, kpi_version)
where
    (sample_flag = 'suppressed' or (is_about_people and sample_size between 1 and {FEWEST - 1}))
    and coalesce(value, numerator, nullif(denominator, sample_size), ci_low, ci_high) is not null
""",
                f"Nothing is shown of fewer than {FEWEST} people.",
                (
                    *("kpi_id", "kpi_version", *shown, "sample_size", "sample_flag"),
                    *_of(_CATALOGUE, "kpi_id", "kpi_version", "is_about_people"),
                ),
            )
        ],
        TOPIC,
    )


def _kpi_quantiles() -> Suite:
    return suite(
        "kpis",
        "kpi_quantiles",
        [
            no_rows(
                "quantiles_are_shown_where_their_mean_is",
                f"""
from batch_rows
left join {_VALUES} as v using ({", ".join(_CELL)})
where (v.value is null) <> (median is null)
    or (v.value is null) <> (p90 is null)
    or batch_rows.sample_size is distinct from v.sample_size
""",
                "Quantiles rest on the facts of the mean in kpi_values, and are hidden with it.",
                (
                    *(*_CELL, "median", "p90", "sample_size"),
                    *_of(_VALUES, *_CELL, "value", "sample_size"),
                ),
            )
        ],
        TOPIC,
    )


def _agent_kpi_values() -> Suite:
    return suite(
        "kpis",
        "agent_kpi_values",
        [
            no_rows(
                "few_respondents_are_not_shown",
                f"""
from batch_rows
inner join (select kpi_id, has_respondents from {_AGENT_VIEWS}) using (kpi_id)
where has_respondents
    and sample_size between 1 and {FEWEST - 1}
    and (value is not null or numerator is not null)
""",
                f"Nothing is shown of what fewer than {FEWEST} customers answered.",
                (
                    *("kpi_id", "sample_size", "value", "numerator"),
                    *_of(_AGENT_VIEWS, "kpi_id", "has_respondents"),
                ),
            )
        ],
        TOPIC,
    )


def _of(table: str, *columns: str) -> list[str]:
    return [f"{table}.{column}" for column in columns]
