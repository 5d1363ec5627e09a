"""What readers rely on: tables, columns and rows that are there, whatever the project declares.

A table or a column that leaves the project leaves its YAML, too; what others read has to be missed
by somebody else. So the list is kept by hand, and a test compares it with the project and with the
table of tables in README.md: a published table comes and goes by a change of this file.
"""

from orchestration.gate.checks import BLOCKING, Suite, columns_exist, has_rows, suite, table_exists

TOPIC = "completeness"
TABLES = {
    "core": (
        "agent_months",
        "agents",
        "cancel_episodes",
        "contacts",
        "customer_months",
        "customers",
        "dates",
        "documents",
        "issue_contacts",
        "issues",
        "mrr_movements",
        "orders",
        "quality_evaluations",
        "subscription_months",
        "survey_answers",
        "ticket_open_intervals",
        "tickets",
    ),
    "journeys": ("customer_events", "customer_journeys", "transitions"),
    "kpis": (
        "agent_kpi_values",
        "benchmark_gaps",
        "findings",
        "kpi_agent_views",
        "kpi_benchmarks",
        "kpi_catalogue",
        "kpi_editions",
        "kpi_links",
        "kpi_objectives",
        "kpi_quality",
        "kpi_quantiles",
        "kpi_score_bounds",
        "kpi_thresholds",
        "kpi_values",
        "kpi_weights",
        "measures_backlog",
        "measures_callbacks",
        "measures_cancellations",
        "measures_cancellations_avoided",
        "measures_churn",
        "measures_complaints",
        "measures_contact_demand",
        "measures_contacts",
        "measures_costs",
        "measures_decisions",
        "measures_customer_value",
        "measures_dashboards",
        "measures_feedback",
        "measures_freshness",
        "measures_half_hours",
        "measures_invitations",
        "measures_issue_contacts",
        "measures_issues",
        "measures_lead_lags",
        "measures_orders",
        "measures_recurring_revenue",
        "measures_registry",
        "measures_reopens",
        "measures_repeat_purchases",
        "measures_replies",
        "measures_repurchase",
        "measures_repurchase_uplift",
        "measures_resolution_costs",
        "measures_resolutions",
        "measures_retention",
        "measures_revenue",
        "measures_scorecard",
        "measures_self_service",
        "measures_service_value",
        "measures_signals",
        "measures_staffing",
        "objective_progress",
        "source_freshness",
        "staffing_half_hours",
        "survey_representativeness",
        "unknown_codes",
        "waiting_now",
    ),
    "steering": (
        "churn_models",
        "churn_quality",
        "churn_scores",
        "decisions",
        "lead_lags",
        "objectives",
        "scorecard",
        "signals",
        "strategy_profiles",
    ),
    "reports": (
        "agent",
        "customer_360",
        "dashboard_kpis",
        "dashboards",
        "direction",
        "manager",
        "monthly_committee",
        "real_time",
        "value_bridge",
    ),
}
_FIGURE = (
    "kpi_id",
    "kpi_version",
    "period_grain",
    "period_start",
    "numerator",
    "denominator",
    "value",
    "sample_size",
    "ci_low",
    "ci_high",
    "status",
    "is_provisional",
    "computed_at",
    "edition",
)
_JUDGED = (
    *_FIGURE,
    "sample_flag",
    "is_confirmed",
    "warn_threshold",
    "alert_threshold",
    "is_series_break",
)
COLUMNS = {
    "kpi_values": (*_JUDGED, "slice_type", "slice_value", "is_action_due"),
    "agent_kpi_values": (*_JUDGED, "agent_id"),
    "kpi_editions": (
        *_FIGURE,
        "slice_type",
        "slice_value",
        "edition_number",
        "published_at",
        "is_withdrawn",
        "previous_value",
        "previous_edition",
        "change_cause",
        "cause_evidence",
        "other_causes",
    ),
    "kpi_catalogue": (
        "kpi_id",
        "kpi_version",
        "status",
        "valid_from",
        "valid_to",
        "unit",
        "owner_role",
    ),
    "kpi_thresholds": ("kpi_id", "valid_from", "valid_to", "warn_threshold", "alert_threshold"),
}
_ROWS = {
    "contacts": has_rows(),
    "customers": has_rows(),
    "kpi_values": has_rows(),
    "kpi_editions": has_rows(),
    "kpi_catalogue": has_rows(BLOCKING),
}


def suites() -> list[Suite]:
    """Return one suite a table that readers rely on."""
    return [
        suite(
            schema,
            table,
            [
                table_exists(),
                *(columns_exist(f"{name}_exists", name) for name in COLUMNS.get(table, ())),
                *([_ROWS[table]] if table in _ROWS else []),
            ],
            TOPIC,
        )
        for schema, tables in TABLES.items()
        for table in tables
    ]
