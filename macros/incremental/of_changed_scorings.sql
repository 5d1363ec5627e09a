{#-
    Condition: a customer's scoring of a Monday (columns customer_id and scored_date) is made again:
    the customer changed, int_subscribers_scored has it anew, or it is before all that can be scored.
-#}
{% macro of_changed_scorings() -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        (
            {{ of_changed_persons("customer_id") }}
            or (customer_id, scored_date) in (
                select
                    scored.customer_id,
                    scored.scored_date
                from {{ ref("int_subscribers_scored") }} as scored
            )
            or scored_date < (
                select {{ first_scored_from("dates.calendar_date") }}
                from {{ ref("dates") }} as dates
            )
        )
    {%- endif -%}
{%- endmacro %}
