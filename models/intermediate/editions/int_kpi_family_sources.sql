-- The lineage is dbt's own: a family whose measures read another table is made from it from then on.
{%- set found = [] %}
{%- for family in kpi_families() %}
{%- for source_name, table_name in landing_tables_behind("measures_" ~ family) %}
{%- do found.append((family, source_name, table_name)) %}
{%- endfor %}
{%- endfor %}
with final (family, source_name, table_name) as (
    values
    {%- for family, source_name, table_name in found %}
    ('{{ family }}', '{{ source_name }}', '{{ table_name }}'){{ "," if not loop.last }}
    {%- else %}
    ('', '', '')
    {%- endfor %}
)

select * from final
