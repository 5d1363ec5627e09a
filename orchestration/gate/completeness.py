"""What readers rely on: tables, columns and rows that are there, whatever the project declares.

A table or a column that leaves the project leaves its YAML, too; what others read has to be missed
by somebody else.
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
        "kpi_catalogue",
        "kpi_editions",
        "kpi_quality",
        "kpi_quantiles",
        "kpi_thresholds",
        "kpi_values",
        "staffing_half_hours",
    ),
    "reports": (
        "agent",
        "customer_360",
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
