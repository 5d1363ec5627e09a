{#- The instant at which a half-hour begins, from its number (see half_hour). -#}
{% macro half_hour_start(half_hour) -%}
    {{ return(adapter.dispatch("half_hour_start")(half_hour)) }}
{%- endmacro %}

{% macro default__half_hour_start(half_hour) -%}
    to_timestamp(({{ half_hour }}) * 1800)
{%- endmacro %}

{% macro spark__half_hour_start(half_hour) -%}
    timestamp_seconds(({{ half_hour }}) * 1800)
{%- endmacro %}
