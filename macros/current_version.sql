{#-
    The rows of `relation` that count now: per key the winning version, unless that one says that
    the row must disappear. `version` is the rule of the landing contract:

    updated_at   the newest version wins, whatever the order of arrival; a version without
                 updated_at is older than any with it, and of two without it the latest arrival
                 wins; a deletion without it is final
    first_wins   events never change: the first accepted row stays, a deletion is final
    last_wins    reference tables without updated_at: the latest arrival wins

    Batch, file and row number break ties.
-#}
{% macro current_version(relation, key, version) -%}
    {%- set orders = {
        "updated_at": [
            "case when updated_at is null and is_deleted then 0 else 1 end",
            "updated_at desc nulls last",
            "coalesce(is_deleted, false) desc",
            "batch desc",
            "source_file desc",
            "row_number desc",
        ],
        "first_wins": ["coalesce(is_deleted, false) desc", "batch", "row_number"],
        "last_wins": ["batch desc", "source_file desc", "row_number desc"],
    } -%}
    select *
    from {{ first_row_per_key(relation, key, orders[version]) }} as winners
    where not coalesce(is_deleted, false)
{%- endmacro %}
