{#-
    A change of a KPI as text, in `language` `en` or `fr`: `+8.0 points` of a ratio that went from
    0.60 to 0.68; `+8.0` where its unit stands beside already. Null where the change is null.
-#}
{% macro change_in_words(change, unit, language, names_unit=true) -%}
    {%- set text -%}
    case
        when {{ unit }} like 'ratio%' then {{ signed_text("100 * " ~ change, 1) }}
        when {{ unit }} = 'points' then {{ signed_text(change, 1) }}
        when {{ unit }} like 'seconds%' or {{ unit }} = 'count' then {{ signed_text(change, 0) }}
        else {{ signed_text(change, 2) }}
    end
    {%- endset -%}
    {{ "replace(" ~ text ~ ", '.', ',')" if language == "fr" else text }}
    {%- if names_unit %}
    || case
        when {{ unit }} like 'ratio%' or {{ unit }} = 'points' then ' points'
        when {{ unit }} like 'seconds%' then ' s'
        when {{ unit }} like 'EUR%' then ' ' || {{ unit }}
        else ''
    end
    {%- endif %}
{%- endmacro %}
