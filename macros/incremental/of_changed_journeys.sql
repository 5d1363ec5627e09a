{#- Condition: the journey (an expression) must be built again, or everything changed. -#}
{% macro of_changed_journeys(journey) -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        {{ journey }} in (select changed.journey_id from {{ ref("int_journeys_changed") }} as changed)
    {%- endif -%}
{%- endmacro %}
