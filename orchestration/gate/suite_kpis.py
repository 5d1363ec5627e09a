"""The suites of the KPI room: `kpis.kpi_values` and the registry that defines them."""

from orchestration.gate.checks import (
    WARNING,
    Check,
    Suite,
    columns_exist,
    has_rows,
    in_set,
    no_rows,
    not_negative,
    not_null,
    suite,
    unique,
)

GRAINS = ("day", "week", "month", "quarter")
SLICES = (
    "total",
    "channel",
    "reason_group",
    "team",
    "segment",
    "brand",
    "site",
    "dimension",
    "offer",
)
# Null where nobody has set a threshold: the value is shown, not judged.
STATUSES = ("ok", "warn", "alert", "insufficient_sample", "no_data", "withheld", "provisional")
VALUE_COLUMNS = (
    "kpi_id",
    "kpi_version",
    "period_grain",
    "period_start",
    "slice_type",
    "slice_value",
    "numerator",
    "denominator",
    "value",
    "sample_size",
    "sample_flag",
    "ci_low",
    "ci_high",
    "status",
    "is_confirmed",
    "is_action_due",
    "warn_threshold",
    "alert_threshold",
    "is_provisional",
    "is_series_break",
    "computed_at",
    "edition",
)
KEY = ("kpi_id", "period_grain", "period_start", "slice_type", "slice_value")
AGENT_KEY = ("kpi_id", "period_grain", "period_start", "agent_id")

# Ratios that are no share of their denominator, hence may leave [0, 1].
UNBOUNDED_RATIOS = {
    "agent_rotation_rate_fr": "hires and leavers may exceed the opening headcount",
    "churn_model_lift": "a rate over a rate",
    "net_mrr_churn_rate": "negative when expansion exceeds losses",
    "saturation_index": "offered load may exceed the staff",
}
# Room for rounding in sums of doubles, far below any displayed digit.
TOLERANCE = "1e-9"

CRITERIA = ("simple", "specific", "reliable", "immediate", "actionable")

_DEFINITION = ("numerator", "definition_en", "definition_fr")
_IS_UNDEFINED = " or ".join(f"coalesce(trim({column}), '') = ''" for column in _DEFINITION)
_CATALOGUE = "kpis.kpi_catalogue"
_WITH_UNIT = f"""
from batch_rows
inner join (select kpi_id, kpi_version, unit from {_CATALOGUE}) using (kpi_id, kpi_version)
"""
_UNIT_NEEDS = (
    "kpi_id",
    "kpi_version",
    f"{_CATALOGUE}.kpi_id",
    f"{_CATALOGUE}.kpi_version",
    f"{_CATALOGUE}.unit",
)
_IS_SHARE = "unit = 'ratio' and kpi_id not in ({})".format(
    ", ".join(f"'{kpi_id}'" for kpi_id in sorted(UNBOUNDED_RATIOS))
)


def _bounded(name: str, condition: str, low: int, high: int, meaning: str) -> Check:
    return no_rows(
        name,
        f"{_WITH_UNIT} where {condition}"
        f" and not value between {low} - {TOLERANCE} and {high} + {TOLERANCE}",
        meaning,
        (*_UNIT_NEEDS, "value"),
    )


def _share_checks(is_share: str) -> tuple[Check, ...]:
    """A share lies between 0 and 1, and is part of its denominator; `is_share` is a condition."""
    return (
        _bounded("ratio_is_between_0_and_1", is_share, 0, 1, "A share lies between 0 and 1."),
        no_rows(
            "numerator_is_within_denominator",
            f"{_WITH_UNIT} where {is_share} and numerator > denominator + {TOLERANCE}",
            "The numerator of a share is part of its denominator.",
            (*_UNIT_NEEDS, "numerator", "denominator"),
        ),
    )


def _complementary(first: str, second: str) -> Check:
    """The two KPIs share a denominator and count its two halves."""
    return no_rows(
        f"{first}_and_{second}_sum_to_one",
        f"""
from batch_rows as a
inner join batch_rows as b
    using (period_grain, period_start, slice_type, slice_value)
where a.kpi_id = '{first}' and b.kpi_id = '{second}'
    and abs(a.value + b.value - 1) > 1e-6
""",
        f"{first} + {second} = 1 in every cell.",
        (*KEY, "value"),
    )


# What holds of every value, whoever it is about.
_VALUE_CHECKS = (
    no_rows(
        "value_is_in_its_interval",
        f"from batch_rows where value < ci_low - {TOLERANCE} or value > ci_high + {TOLERANCE}",
        "ci_low <= value <= ci_high.",
        ("value", "ci_low", "ci_high"),
    ),
    no_rows(
        "share_is_the_ratio_of_its_sums",
        f"{_WITH_UNIT} where {_IS_SHARE} and denominator <> 0"
        " and abs(value - numerator / denominator) > 1e-6",
        "A stored share is its numerator over its denominator, at every level.",
        (*_UNIT_NEEDS, "value", "numerator", "denominator"),
    ),
    no_rows(
        "period_starts_on_its_first_day",
        """
from batch_rows
where (period_grain = 'week' and isodow(period_start) <> 1)
    or (period_grain = 'month' and day(period_start) <> 1)
    or (period_grain = 'quarter' and period_start <> date_trunc('quarter', period_start))
""",
        "A week starts on Monday, a month and a quarter on their first day.",
        ("period_grain", "period_start"),
    ),
    no_rows(
        "judged_value_exists",
        "from batch_rows where status in ('ok', 'warn', 'alert') and value is null",
        "What is judged ok, warn or alert has a value.",
        ("status", "value"),
    ),
    no_rows(
        "provisional_never_alerts",
        "from batch_rows where is_provisional and status in ('warn', 'alert')",
        "A period that is still open raises no alarm.",
        ("is_provisional", "status"),
    ),
    no_rows(
        "kpi_is_in_the_catalogue",
        f"""
from batch_rows
left join {_CATALOGUE} as c using (kpi_id, kpi_version)
where c.kpi_id is null
""",
        "Every value has its definition in the catalogue.",
        _UNIT_NEEDS,
    ),
)

_CELL_CHECKS = (
    *_VALUE_CHECKS,
    *_share_checks(_IS_SHARE),
    _bounded(
        "points_are_between_minus_100_and_100",
        "unit = 'points'",
        -100,
        100,
        "A net score (NPS) lies between -100 and 100.",
    ),
    _bounded(
        "index_is_between_0_and_100",
        "unit = 'points_0_100'",
        0,
        100,
        "An index lies between 0 and 100.",
    ),
    no_rows(
        "total_slice_is_all",
        "from batch_rows where slice_type = 'total' and slice_value is distinct from 'all'",
        "The slice total has the slice_value all.",
        ("slice_type", "slice_value"),
    ),
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
        KEY,
    ),
    no_rows(
        "only_a_verdict_is_confirmed_or_acted_on",
        "from batch_rows where (is_confirmed or is_action_due)"
        " and coalesce(status, 'none') not in ('warn', 'alert')",
        "Only a warning or an alert can be confirmed, and only they call for action.",
        ("status", "is_confirmed", "is_action_due"),
    ),
    no_rows(
        "judged_sample_is_large_enough",
        f"""
from batch_rows
inner join (select kpi_id, kpi_version, minimum_sample from {_CATALOGUE})
    using (kpi_id, kpi_version)
where status in ('ok', 'warn', 'alert') and sample_size < minimum_sample
""",
        "A sample below the KPI's minimum is never judged.",
        (*_UNIT_NEEDS, "status", "sample_size", f"{_CATALOGUE}.minimum_sample"),
    ),
    no_rows(
        "few_people_are_not_shown",
        f"""
from batch_rows
inner join (select kpi_id, kpi_version, is_about_people from {_CATALOGUE})
    using (kpi_id, kpi_version)
where (sample_flag = 'suppressed' or (is_about_people and sample_size between 1 and 4))
    and coalesce(value, numerator, nullif(denominator, sample_size), ci_low, ci_high) is not null
""",
        "Nothing is shown of fewer than five people.",
        (
            *_UNIT_NEEDS,
            "value",
            "numerator",
            "denominator",
            "ci_low",
            "ci_high",
            "sample_size",
            "sample_flag",
            f"{_CATALOGUE}.is_about_people",
        ),
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
        (*KEY, "numerator"),
    ),
    _complementary("answer_rate", "abandonment_rate"),
    _complementary("crr", "logo_churn_rate"),
    no_rows(
        "active_kpi_has_values",
        f"""
from {_CATALOGUE} as c
anti join batch_rows using (kpi_id)
where c.status = 'active' and c.valid_to is null
""",
        "Every active KPI of the catalogue has at least one row.",
        (*_UNIT_NEEDS, f"{_CATALOGUE}.status", f"{_CATALOGUE}.valid_to"),
        severity=WARNING,
    ),
)


def kpi_values() -> Suite:
    """One row per KPI, period and slice."""
    return suite(
        "kpis",
        "kpi_values",
        [
            *columns_exist(*VALUE_COLUMNS),
            unique(*KEY),
            *not_null(*KEY, "kpi_version", "is_provisional", "edition"),
            in_set("period_grain", GRAINS),
            in_set("slice_type", SLICES),
            in_set("status", STATUSES),
            not_negative("sample_size"),
            has_rows(),
            *_CELL_CHECKS,
        ],
    )


def kpi_quantiles() -> Suite:
    """One row per KPI with a spread, period and slice: what stands beside the mean."""
    return suite(
        "kpis",
        "kpi_quantiles",
        [
            unique(*KEY),
            *not_null(*KEY, "sample_size"),
            no_rows(
                "median_is_at_most_the_90th_percentile",
                "from batch_rows where median > p90",
                "Half of the facts are below the median, nine tenths below the 90th percentile.",
                ("median", "p90"),
            ),
            no_rows(
                "quantiles_are_shown_where_their_mean_is",
                """
from batch_rows
left join kpis.kpi_values as v
    using (kpi_id, period_grain, period_start, slice_type, slice_value)
where (v.value is null) <> (median is null)
    or (v.value is null) <> (p90 is null)
    or batch_rows.sample_size is distinct from v.sample_size
""",
                "Quantiles rest on the facts of the mean in kpi_values, and are hidden with it.",
                (
                    *KEY,
                    "median",
                    "p90",
                    "sample_size",
                    *(f"kpis.kpi_values.{column}" for column in (*KEY, "value", "sample_size")),
                ),
            ),
        ],
    )


_AGENT_VIEWS = "kpis.kpi_agent_views"
_WITH_AGENT_VIEW = f"""
from batch_rows
inner join (select kpi_id, kpi_version, minimum_sample, direction from {_CATALOGUE})
    using (kpi_id, kpi_version)
inner join (
    select kpi_id, minimum_sample as minimum_sample_of_agent, has_respondents from {_AGENT_VIEWS}
) using (kpi_id)
"""
_AGENT_VIEW_NEEDS = (
    *_UNIT_NEEDS,
    f"{_CATALOGUE}.minimum_sample",
    f"{_CATALOGUE}.direction",
    f"{_AGENT_VIEWS}.kpi_id",
    f"{_AGENT_VIEWS}.minimum_sample",
    f"{_AGENT_VIEWS}.has_respondents",
)


def agent_kpi_values() -> Suite:
    """One row per KPI, month and agent."""
    shared_only = ("slice_type", "slice_value", "is_action_due")
    columns = [name for name in VALUE_COLUMNS if name not in shared_only]
    return suite(
        "kpis",
        "agent_kpi_values",
        [
            *columns_exist(*columns, "agent_id"),
            unique(*AGENT_KEY),
            *not_null(*AGENT_KEY, "kpi_version", "is_provisional", "edition"),
            in_set("period_grain", ("month",)),
            in_set("status", STATUSES),
            not_negative("sample_size"),
            *_VALUE_CHECKS,
            # repeats may come in the month after the contacts that they repeat
            *_share_checks(f"{_IS_SHARE} and kpi_id <> 'repeat_contact_rate'"),
            no_rows(
                "kpi_is_one_that_agents_see",
                f"from batch_rows anti join {_AGENT_VIEWS} using (kpi_id)",
                "Agents see of their own what is chosen for it.",
                ("kpi_id", f"{_AGENT_VIEWS}.kpi_id"),
            ),
            no_rows(
                "judged_sample_is_large_enough",
                f"{_WITH_AGENT_VIEW} where status in ('ok', 'warn', 'alert')"
                " and sample_size < coalesce(minimum_sample_of_agent, minimum_sample)",
                "A sample below the minimum of one person is never judged.",
                (*_AGENT_VIEW_NEEDS, "status", "sample_size"),
            ),
            no_rows(
                "few_respondents_are_not_shown",
                f"{_WITH_AGENT_VIEW} where has_respondents and sample_size between 1 and 4"
                " and (value is not null or numerator is not null)",
                "Nothing is shown of what fewer than five customers answered.",
                (*_AGENT_VIEW_NEEDS, "value", "numerator", "sample_size"),
            ),
            no_rows(
                "nobody_is_held_to_a_band",
                f"{_WITH_AGENT_VIEW} where direction = 'band'"
                " and (status in ('ok', 'warn', 'alert') or warn_threshold is not null)",
                "A time that may be too long or too short is no target of one person.",
                (*_AGENT_VIEW_NEEDS, "status", "warn_threshold"),
            ),
        ],
    )


def kpi_catalogue() -> Suite:
    """One row per KPI and version of its definition."""
    return suite(
        "kpis",
        "kpi_catalogue",
        [
            *columns_exist(
                "kpi_id", "kpi_version", "status", "valid_from", "valid_to", "unit", "owner_role"
            ),
            *not_null("kpi_id", "kpi_version", "status", "unit"),
            no_rows(
                "current_kpi_is_unique",
                """
from (
    select kpi_id
    from batch_rows
    where valid_to is null
    group by kpi_id
    having count(*) > 1
)
""",
                "A KPI has one current version.",
                ("kpi_id", "valid_to"),
            ),
            no_rows(
                "active_kpi_has_an_owner",
                "from batch_rows where status = 'active' and coalesce(trim(owner_role), '') = ''",
                "Every active KPI has an owner.",
                ("status", "owner_role"),
            ),
            no_rows(
                "active_kpi_is_defined",
                f"from batch_rows where status = 'active' and ({_IS_UNDEFINED})",
                "Every active KPI has its formula and its definition in both languages.",
                ("status", *_DEFINITION),
            ),
            has_rows(severity="critical"),
        ],
    )


def kpi_quality() -> Suite:
    """One row per active KPI: which of the five criteria it meets."""
    met = " + ".join(f"is_{criterion}::integer" for criterion in CRITERIA)
    return suite(
        "kpis",
        "kpi_quality",
        [
            unique("kpi_id"),
            *not_null("kpi_id", *(f"is_{criterion}" for criterion in CRITERIA)),
            no_rows(
                "score_is_a_fifth_for_each_criterion",
                f"from batch_rows where abs(score - ({met}) / 5) > 1e-6",
                "The score is the share of the criteria that are met.",
                ("score", *(f"is_{criterion}" for criterion in CRITERIA)),
            ),
        ],
    )


def kpi_thresholds() -> Suite:
    """One row per KPI, grain and period of validity of its thresholds."""
    return suite(
        "kpis",
        "kpi_thresholds",
        [
            *columns_exist("kpi_id", "valid_from", "valid_to", "warn_threshold", "alert_threshold"),
            *not_null("kpi_id"),
            no_rows(
                "kpi_is_in_the_catalogue",
                f"from batch_rows anti join {_CATALOGUE} using (kpi_id)",
                "Every threshold belongs to a KPI of the catalogue.",
                ("kpi_id", f"{_CATALOGUE}.kpi_id"),
            ),
        ],
    )


def staffing_half_hours() -> Suite:
    """One row per team and half-hour."""
    return suite(
        "kpis",
        "staffing_half_hours",
        [
            unique("half_hour_at", "team"),
            *not_null("half_hour_at", "team", "agents_available"),
            not_negative("offered_load_erlangs"),
            not_negative("agents_available"),
            no_rows(
                "what_cannot_empty_is_not_predicted",
                "from batch_rows where predicted_wait_probability is not null"
                " and offered_load_erlangs >= agents_available",
                "Where the load reaches the agents, the queue has no steady state to predict.",
                ("predicted_wait_probability", "offered_load_erlangs", "agents_available"),
            ),
            no_rows(
                "prediction_is_a_probability",
                "from batch_rows where not predicted_wait_probability between 0 and 1"
                " or not predicted_service_level between 0 and 1",
                "A probability and a share lie between 0 and 1.",
                ("predicted_wait_probability", "predicted_service_level"),
            ),
        ],
    )
