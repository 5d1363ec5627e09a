{#-
    All versions of the rows of `relation`, each with the time in which it held: from its own
    updated_at to that of the next version. A key whose current version is deleted has no history:
    a row that must disappear was never there.
-#}
{% macro version_history(relation, key) -%}
    {%- set keys = key | join(", ") -%}
    {%- set version_order = "updated_at nulls first, coalesce(is_deleted, false), batch, row_number" -%}
    select *
    from (
        select
            *,
            updated_at as valid_from,
            lead(updated_at) over (partition by {{ keys }} order by {{ version_order }}) as valid_to,
            row_number() over (partition by {{ keys }} order by {{ version_order }}) = 1
                as is_first_version,
            last_value(coalesce(is_deleted, false)) over (
                partition by {{ keys }}
                order by {{ version_order }}
                rows between unbounded preceding and unbounded following
            ) as is_gone,
            bool_or(is_deleted and updated_at is null) over (partition by {{ keys }})
                as is_gone_for_good
        from {{ relation }}
    ) as versions
    where
        not coalesce(is_deleted, false)
        and not is_gone
        and not coalesce(is_gone_for_good, false)
{%- endmacro %}
