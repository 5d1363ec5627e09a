{#- A value of seeds/parameters.csv, cast to the type asked for. -#}
{% macro parameter(name, data_type="decimal(18, 4)") -%}
    (
        select cast(parameters.value as {{ data_type }})
        from {{ ref("parameters") }} as parameters
        where parameters.parameter = '{{ name }}'
    )
{%- endmacro %}
