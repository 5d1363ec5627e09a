-- Of late rows and corrections, a figure may be explained by those alone that it is made from.
-- A failure means that recurring revenue would be said to change with other tables, or not with its
-- own. Look first for a model on the way that says when and which rows to build, and give it
-- `meta: {gives_no_figures: true}`; when the measures read another table indeed, add it here.
{%- set made_from = [
    "customer_merges", "customer_refs", "customers", "exchange_rates", "subscription_events",
] %}
with expected (table_name) as (
    values
    {%- for table_name in made_from %}
    ('{{ table_name }}'){{ "," if not loop.last }}
    {%- endfor %}
),

found as (
    select table_name from {{ ref("int_kpi_family_sources") }}
    where family = 'recurring_revenue'
)

(select table_name from found except select table_name from expected)
union all
(select table_name from expected except select table_name from found)
