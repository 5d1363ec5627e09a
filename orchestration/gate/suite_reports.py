"""The suites of the role reports: what a person reads without asking further."""

from orchestration.gate.checks import Check, Suite, in_set, no_rows, not_null, suite, unique

# The longest trend of a line, in periods.
TREND = 12
COLOURS = ("green", "amber", "red", "grey")
_DASHBOARDS = "reports.dashboards"


def direction() -> Suite:
    """One row per headline KPI."""
    return suite("reports", "direction", [unique("kpi_id"), *_lines("direction")])


def agent() -> Suite:
    """One row per KPI and person."""
    return suite(
        "reports",
        "agent",
        [
            unique("kpi_id", "agent_id"),
            *_lines("agent"),
            no_rows(
                "nobody_is_told_to_act_on_a_person",
                "from batch_rows where is_action_due",
                "No figure of one person calls for action by itself.",
                ("is_action_due",),
            ),
        ],
    )


def manager() -> Suite:
    """One row per KPI and team, and per KPI for the whole service."""
    return suite("reports", "manager", [_key(), *_lines("manager")])


def real_time() -> Suite:
    """One row per KPI and site, and per KPI over everything."""
    return suite("reports", "real_time", [_key(), *_lines("real_time")])


def monthly_committee() -> Suite:
    """One row per KPI and brand, all of the same month."""
    return suite(
        "reports",
        "monthly_committee",
        [
            _key(),
            *_lines("monthly_committee"),
            no_rows(
                "all_lines_speak_of_one_month",
                "from (select 1 from batch_rows having count(distinct period_start) > 1)",
                "The committee looks at one frozen month.",
                ("period_start",),
            ),
        ],
    )


def value_bridge() -> Suite:
    """One row per month and step from cost to value."""
    return suite(
        "reports",
        "value_bridge",
        [unique("month_start", "position"), *not_null("month_start", "label_fr", "label_en")],
    )


def _key() -> Check:
    return unique("kpi_id", "slice_type", "slice_value")


def _lines(dashboard: str) -> list[Check]:
    return [
        *not_null("label_fr", "label_en", "unit", "period_start", "owner_role", "status_symbol"),
        in_set("status_colour", COLOURS),
        no_rows(
            "trend_ends_with_the_value",
            f"from batch_rows where len(trend) > {TREND} or trend[-1] is distinct from value",
            f"A trend holds at most {TREND} values, and the line's own comes last.",
            ("trend", "value"),
        ),
        no_rows(
            "verdict_says_what_to_do",
            "from batch_rows where status in ('warn', 'alert')"
            " and (next_action_fr is null or next_action_en is null)",
            "A warning and an alert name the next action, in both languages.",
            ("status", "next_action_fr", "next_action_en"),
        ),
        no_rows(
            "dashboard_is_short",
            f"""
from (
    select max_kpis from {_DASHBOARDS}
    where dashboard = '{dashboard}'
        and max_kpis < (select count(distinct kpi_id) from batch_rows)
)
""",
            "A dashboard holds no more KPIs than its seed allows.",
            ("kpi_id", f"{_DASHBOARDS}.dashboard", f"{_DASHBOARDS}.max_kpis"),
        ),
    ]
