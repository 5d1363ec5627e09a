-- Every value was made by a version of a definition that the published catalogue holds.
-- A failure means that readers find a figure that nobody explains. Look first at kpi_version in
-- int_kpi_figures, then at the versions in kpi_catalogue.csv.
{%- for table in ["kpi_values", "agent_kpi_values"] %}
select
    '{{ table }}' as table_name,
    figures.kpi_id,
    figures.kpi_version
from {{ ref(table) }} as figures
left join {{ ref("published_kpi_catalogue") }} as catalogue
    on
        figures.kpi_id = catalogue.kpi_id
        and figures.kpi_version = catalogue.kpi_version
where catalogue.kpi_id is null
{{ "union all" if not loop.last }}
{%- endfor %}
