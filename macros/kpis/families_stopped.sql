{#-
    Until when what is known of a family of KPIs reaches, where a source behind it has stopped or is no
    longer whole: its last event, or the instant before which it is whole. One row per such family.
-#}
{% macro families_stopped() -%}
select
    behind.family,
    min(broken.known_until) as known_until
from {{ ref("int_kpi_family_sources") }} as behind
inner join (
    select
        freshness.source,
        freshness.table_name,
        freshness.newest_event_at as known_until
    from {{ ref("source_freshness") }} as freshness
    cross join {{ ref("int_run_checked") }} as checked
    where
        not freshness.is_fresh
        and not checked.is_look_back
    union all
    select
        source,
        table_name,
        whole_until
    from {{ ref("source_completeness") }}
    where outcome in ('withhold', 'refuse')
) as broken
    on
        behind.source_name = broken.source
        and behind.table_name = broken.table_name
group by 1
{%- endmacro %}
