{#-
    Query: each row of `relation` once per Monday after its `from_date` up to its `until_date`, the
    latter included, as `scored_date`. Made by counting, not by joining a calendar: what a row makes
    is no more than the weeks it spans.
-#}
{% macro mondays_after(relation) -%}
    select
        spread.*,
        {{ add_days(period_start("week", "from_date"), "7 * week_number") }} as scored_date
    from (
        select
            counted.*,
            {{ each_number(1, "week_count") }} as week_number
        from (
            select
                spans.*,
                cast(
                    floor(
                        {{ dbt.datediff(period_start("week", "from_date"), "until_date", "day") }}
                        / 7
                    ) as integer
                ) as week_count
            from {{ relation }} as spans
        ) as counted
        where week_count >= 1
    ) as spread
{%- endmacro %}
