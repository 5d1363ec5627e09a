{#- The first Monday of the month that holds a date: its seventh day is in the week of it. -#}
{% macro first_monday(calendar_date) -%}
    {{ period_start("week", add_days(period_start("month", calendar_date), 6)) }}
{%- endmacro %}

{#- The newest first Monday of a month up to a date, the date included. -#}
{% macro last_first_monday(calendar_date) -%}
    case
        when {{ first_monday(calendar_date) }} <= {{ calendar_date }}
            then {{ first_monday(calendar_date) }}
        else {{ first_monday(add_days(period_start("month", calendar_date), -1)) }}
    end
{%- endmacro %}

{#- Whether a Monday is the first of its month. -#}
{% macro is_first_monday(monday) -%}
    (extract(day from {{ monday }}) <= 7)
{%- endmacro %}
