{#- A subquery with one row of `relation` per key: the first in the given order. -#}
{% macro first_row_per_key(relation, key, order) -%}
    {{ return(adapter.dispatch("first_row_per_key")(relation, key, order)) }}
{%- endmacro %}

{% macro duckdb__first_row_per_key(relation, key, order) -%}
    (
        select *
        from {{ relation }}
        qualify
            row_number() over (
                partition by {{ key | join(", ") }}
                order by {{ order | join(", ") }}
            ) = 1
    )
{%- endmacro %}

{% macro spark__first_row_per_key(relation, key, order) -%}
    (
        select * except (order_in_key)
        from (
            select
                *,
                row_number() over (
                    partition by {{ key | join(", ") }}
                    order by {{ order | join(", ") }}
                ) as order_in_key
            from {{ relation }}
        )
        where order_in_key = 1
    )
{%- endmacro %}
