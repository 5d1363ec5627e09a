{#- A subquery with one row per calendar date (column `calendar_date`) from `first` to `last`. -#}
{% macro dates_between(first, last, relation) -%}
    {{ return(adapter.dispatch("dates_between")(first, last, relation)) }}
{%- endmacro %}

{% macro duckdb__dates_between(first, last, relation) -%}
    (
        select cast(unnest(generate_series({{ first }}, {{ last }}, interval '1 day')) as date)
            as calendar_date
        from {{ relation }}
        where {{ first }} is not null
    )
{%- endmacro %}

{% macro spark__dates_between(first, last, relation) -%}
    (
        select explode(sequence({{ first }}, {{ last }}, interval 1 day)) as calendar_date
        from {{ relation }}
        where {{ first }} is not null
    )
{%- endmacro %}
