-- Shared tables have no figure of one person.
-- A failure means that everybody can read what is an agent's alone. Look first at the filter in
-- kpi_values.
{%- for table in ["kpi_values", "kpi_editions"] %}
select
    '{{ table }}' as table_name,
    kpi_id,
    slice_type,
    slice_value
from {{ ref(table) }}
where slice_type = 'agent'
{{ "union all" if not loop.last }}
{%- endfor %}
