{#-
    Until when what is known of a family of KPIs reaches, where a source behind it has stopped: its
    last event. One row per such family.
-#}
{% macro families_stopped() -%}
select
    behind.family,
    min(freshness.newest_event_at) as known_until
from {{ ref("int_kpi_family_sources") }} as behind
inner join {{ ref("source_freshness") }} as freshness
    on
        behind.source_name = freshness.source
        and behind.table_name = freshness.table_name
cross join {{ ref("int_run_checked") }} as checked
where
    not freshness.is_fresh
    and not checked.is_look_back
group by 1
{%- endmacro %}
