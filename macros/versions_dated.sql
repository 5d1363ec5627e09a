{#-
    Query: the versions of a relation (a name, with `valid_from` and `is_first_version`) by local
    date. Of several on one day the last counts, from the day at whose end it held (`from_date`)
    until the day at whose end it no longer did (`until_date`).
-#}
{% macro versions_dated(versions, key) -%}
    {%- set dated -%}
    (
        select
            *,
            case
                -- the best guess for all that came before it
                when is_first_version then cast('0001-01-01' as date)
                else {{
                    business_date("valid_from", parameter("business_time_zone", "varchar"))
                }}
            end as from_date
        from {{ versions }}
    ) as dated
    {%- endset -%}
    select
        *,
        coalesce(
            lead(from_date) over (partition by {{ key }} order by from_date),
            cast('9999-12-31' as date)
        ) as until_date
    from {{
        first_row_per_key(dated, [key, "from_date"], ["valid_from desc nulls last"])
    }} as last_of_day
{%- endmacro %}
