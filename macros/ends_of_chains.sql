{#-
    One row per `key` of `relation` that leads to another by `next_key`, with the last of its chain
    as `end_key`. Keys of a cycle, or that lead into one, have no last and are not among them.
-#}
{% macro ends_of_chains(relation, key, next_key, end_key) -%}
    with recursive links as (
        select
            {{ key }} as link_key,
            {{ next_key }} as next_link_key
        from {{ relation }}
        where {{ key }} <> {{ next_key }}
    ),

    chains as (
        select
            link_key,
            next_link_key as reached_key
        from links
        -- `union` and not `union all`: a pair met twice ends the walk, so a cycle cannot loop
        union
        select
            chains.link_key,
            links.next_link_key
        from chains
        inner join links
            on chains.reached_key = links.link_key
    )

    select
        chains.link_key as {{ key }},
        min(chains.reached_key) as {{ end_key }}
    from chains
    left join links
        on chains.reached_key = links.link_key
    where links.link_key is null
    group by 1
{%- endmacro %}
