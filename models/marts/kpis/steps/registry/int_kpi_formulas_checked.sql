-- How many documented measures each part of a KPI's formula names, and whether anything fills them:
-- read from the measures models themselves.
{%- set models, marked = [], [] -%}
{%- if execute -%}
    {%- for family in kpi_families() -%}
        {%- set node = graph.nodes["model." ~ project_name ~ ".measures_" ~ family] -%}
        {%- set roles = kpi_roles(node.name) -%}
        {%- do models.append((family, node.depends_on.nodes | length)) -%}
        {%- for measure in roles.measure + roles.people -%}
            {%- do marked.append((family, measure)) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif %}
with families (family, source_count) as (
    values
    {%- for family, source_count in models %}
    ('{{ family }}', {{ source_count }}),
    {%- endfor %}
    ('none', 0)
),

measures (family, measure) as (
    values
    {%- for family, measure in marked %}
    ('{{ family }}', '{{ measure }}'),
    {%- endfor %}
    ('none', 'none')
),

final as (
    select
        catalogue.kpi_id,
        catalogue.kpi_version,
        count(case when measures.measure = catalogue.numerator_measure then 1 end) as numerators,
        count(case when measures.measure = catalogue.denominator_measure then 1 end)
            as denominators,
        coalesce(max(families.source_count), 0) > 0 as has_lineage
    from {{ ref("kpi_catalogue") }} as catalogue
    left join families
        on catalogue.family = families.family
    left join measures
        on catalogue.family = measures.family
    where catalogue.status = 'active'
    group by 1, 2
)

select * from final
