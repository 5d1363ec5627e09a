-- Landed rows of the tables about one customer without being a contact or a ticket, reduced
-- to their key and when they came; and of the rates and costs that give them and contacts a value.
{%- set tables = {
    "interactions": ["public_feedback"],
    "surveys": ["invitations", "answers"],
    "billing": ["subscription_events", "orders", "documents", "exchange_rates", "service_costs"],
} %}
{%- for source_name, table_names in tables.items() %}
{%- set is_last_source = loop.last %}
{%- for table_name in table_names %}
{{ landed_rows(source_name, table_name) }}
{{ "union all" if not (is_last_source and loop.last) }}
{%- endfor %}
{%- endfor %}
