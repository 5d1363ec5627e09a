{#- How a status is drawn, as `symbol` and `colour` say it to those who see colours and to those who do not. -#}
{% macro status_symbol(status) -%}
    case {{ status }} when 'ok' then '●' when 'warn' then '▲' when 'alert' then '■' else '○' end
{%- endmacro %}

{% macro status_colour(status) -%}
    case {{ status }}
        when 'ok' then 'green' when 'warn' then 'amber' when 'alert' then 'red' else 'grey'
    end
{%- endmacro %}
