{#-
    The rows of `relation`, and for each of its `instants` a column `<instant>_business_clock`: the
    business seconds that its team's calendar had counted by then. Business seconds from one instant
    to another are the difference of their clocks:

        select
            replied_at_business_clock - created_at_business_clock as reply_business_seconds
        from {{ with_business_clocks("tickets", "team", ["created_at", "replied_at"]) }} as tickets

    `team` and `instants` are columns of the relation; a team without hours of its own, or none,
    keeps those of every team. Each look-up is a join on equal keys. A clock is null where the
    instant is null, before anything was observed, or on a date whose calendar is not known.
-#}
{% macro with_business_clocks(relation, team, instants) -%}
    {%- set hours = ref("int_business_hours_cumulated") -%}
    (
        select
            clocked.*
            {%- for instant in instants %},
            hours_{{ loop.index }}.business_seconds_before
            + case
                when hours_{{ loop.index }}.is_open
                    then {{ seconds_between("hours_" ~ loop.index ~ ".starts_at", "clocked." ~ instant) }}
                else 0
            end as {{ instant }}_business_clock
            {%- endfor %}
        from {{ relation }} as clocked
        left join (select distinct hours_key from {{ hours }}) as own_hours
            on clocked.{{ team }} = own_hours.hours_key
        {%- for instant in instants %}
        left join {{ hours }} as hours_{{ loop.index }}
            on
                coalesce(own_hours.hours_key, '*') = hours_{{ loop.index }}.hours_key
                and {{ utc_date("clocked." ~ instant) }} = hours_{{ loop.index }}.utc_date
                and clocked.{{ instant }} >= hours_{{ loop.index }}.starts_at
                and clocked.{{ instant }} < hours_{{ loop.index }}.ends_at
        {%- endfor %}
    )
{%- endmacro %}
