{#-
    One row per `key` of `relation` that leads to another by `next_key`, with the last of its chain
    as `end_key`. A key leads to one other at most. Keys of a cycle, or that lead into one, have no
    last and are not among them.
-#}
{% macro ends_of_chains(relation, key, next_key, end_key) -%}
    {{ return(adapter.dispatch("ends_of_chains")(relation, key, next_key, end_key)) }}
{%- endmacro %}

{#- From the last ones back, link by link: each key is met once, a cycle never. -#}
{% macro default__ends_of_chains(relation, key, next_key, end_key) -%}
    with recursive links as (
        select
            {{ key }} as link_key,
            {{ next_key }} as next_link_key
        from {{ relation }}
        where {{ key }} <> {{ next_key }}
    ),

    chains as (
        select
            links.link_key,
            links.next_link_key as end_link_key
        from links
        left join links as next_links
            on links.next_link_key = next_links.link_key
        where next_links.link_key is null
        union all
        select
            links.link_key,
            chains.end_link_key
        from chains
        inner join links
            on chains.link_key = links.next_link_key
    )

    select
        link_key as {{ key }},
        end_link_key as {{ end_key }}
    from chains
{%- endmacro %}

{#-
    A recursion reads all links once for each link of the longest chain. Here every round doubles
    the leap of all keys at once, so that twenty rounds pass a chain of a million.
-#}
{% macro duckdb__ends_of_chains(relation, key, next_key, end_key) -%}
    {%- set rounds = 20 -%}
    with links as (
        select
            {{ key }} as link_key,
            {{ next_key }} as next_link_key
        from {{ relation }}
        where {{ key }} <> {{ next_key }}
    ),

    -- most chains have one link
    last_links as (
        select
            links.link_key,
            links.next_link_key as end_link_key
        from links
        left join links as next_links
            on links.next_link_key = next_links.link_key
        where next_links.link_key is null
    ),

    leaps_0 as (
        select
            links.link_key,
            links.next_link_key as reached_key
        from links
        inner join links as next_links
            on links.next_link_key = next_links.link_key
    ),

    {%- for round in range(1, rounds + 1) %}

    leaps_{{ round }} as (
        select
            leaps.link_key,
            coalesce(further.reached_key, leaps.reached_key) as reached_key
        from leaps_{{ round - 1 }} as leaps
        left join leaps_{{ round - 1 }} as further
            on leaps.reached_key = further.link_key
    ),
    {%- endfor %}

    ends as (
        select
            link_key,
            end_link_key
        from last_links
        union all
        select
            leaps.link_key,
            last_links.end_link_key
        from leaps_{{ rounds }} as leaps
        inner join last_links
            on leaps.reached_key = last_links.link_key
    )

    select
        link_key as {{ key }},
        end_link_key as {{ end_key }}
    from ends
{%- endmacro %}
