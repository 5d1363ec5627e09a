-- Every landed row of every table, reduced to its key, when it came and which day it belongs to.
{%- set tables = {
    "interactions": [
        "contacts", "contact_legs", "agent_activity", "tickets", "ticket_events", "public_feedback",
        "vendor_figures",
    ],
    "surveys": ["invitations", "answers"],
    "billing": [
        "customers", "customer_refs", "customer_merges", "subscription_events", "orders",
        "documents", "exchange_rates", "service_costs",
    ],
    "workforce": [
        "agents", "certifications", "required_skills", "skill_assessments", "trainings",
        "quality_evaluations", "improvement_proposals",
    ],
    "steering": [
        "objectives", "decisions", "dashboard_views", "dashboard_users", "cancel_holdout",
    ],
} %}
{%- for source_name, table_names in tables.items() %}
{%- set is_last_source = loop.last %}
{%- for table_name in table_names %}
{{ landed_rows(source_name, table_name) }}
{{ "union all" if not (is_last_source and loop.last) }}
{%- endfor %}
{%- endfor %}
