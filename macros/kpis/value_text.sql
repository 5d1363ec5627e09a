{#-
    A figure as a person reads it, in `language` `fr` or `en`: `83,4 %`, `2 h 35 min`, `€5.60`,
    `+30.7`, `4,33 / 5`. How a unit is written stands in its row of the seed `units`, which the
    relation `units` of the query is joined to. Spaces within a figure do not break. Null where the
    figure is.
-#}
{% macro value_text(figure, units, language) -%}
    {#- doubles: a decimal would be rounded by other rules -#}
    {%- set number = "cast(" ~ figure ~ " as double)" -%}
    {%- set size = "abs(" ~ number ~ ")" -%}
    {%- set sign = (
        "case when " ~ units ~ ".is_signed and round(" ~ number ~ ", " ~ units ~ ".decimals) > 0"
        ~ " then '+' else '' end"
    ) -%}
    {%- set space = "\u00a0" -%}
    case {{ units }}.kind
        when 'percent'
            then
                -- a small share keeps a second digit
                {{ sign }} || {{ number_text(
                    "100 * " ~ number,
                    units ~ ".decimals + case when 0 < " ~ size ~ " and " ~ size ~ " < 0.02 then 1 else 0 end",
                    language,
                ) }} || '{{ "\u202f%" if language == "fr" else "%" }}'
        when 'amount'
            then
                {%- set digits = "case when " ~ size ~ " < 1000 then " ~ units ~ ".decimals else 0 end" %}
                {%- if language == "fr" %}
                {{ number_text(number, digits, language) }} || '{{ space }}€'
                {%- else %}
                case when {{ number }} < 0 then '-€' else '€' end
                || {{ number_text(size, digits, language) }}
                {%- endif %}
        when 'number'
            then
                {{ sign }} || {{ number_text(number, units ~ ".decimals", language) }}
                || coalesce('{{ space }}' || {{ units }}.suffix_{{ language }}, '')
        when 'duration'
            -- two days by the clock and more are read in days
            then
                case
                    when {{ size }} < 172800 then {{ duration_text(number) }}
                    else
                        {{ number_text(number ~ " / 86400", 1, language) }}
                        || '{{ space }}{{ "j" if language == "fr" else "d" }}'
                end
        -- open hours make no days
        when 'open_duration' then {{ duration_text(number) }}
    end
{%- endmacro %}

{#- An interval as a person reads it: `82,3 % à 84,5 %`, `82.3% to 84.5%`. -#}
{% macro interval_text(low, high, units, language) -%}
    {{ value_text(low, units, language) }}
    || ' {{ "à" if language == "fr" else "to" }} '
    || {{ value_text(high, units, language) }}
{%- endmacro %}

{#- A double with grouped thousands, as `language` writes it. -#}
{% macro number_text(number, digits, language) -%}
    {%- if language == "fr" -%}
    replace(replace({{ grouped_number(number, digits) }}, ',', '{{ "\u202f" }}'), '.', ',')
    {%- else -%}
    {{ grouped_number(number, digits) }}
    {%- endif -%}
{%- endmacro %}

{#- Seconds in the two largest of hours, minutes and seconds: `16 s`, `2 min 5 s`, `2 h 35 min`. -#}
{% macro duration_text(seconds) -%}
    {%- set whole = "cast(round(abs(" ~ seconds ~ ")) as bigint)" -%}
    {%- set hours = "cast(floor(" ~ whole ~ " / 3600) as bigint)" -%}
    {%- set minutes = "cast(floor(" ~ whole ~ " % 3600 / 60) as bigint)" -%}
    {%- set space = "\u00a0" -%}
    case when round({{ seconds }}) < 0 then '-' else '' end
    || case when {{ hours }} > 0 then {{ hours }} || '{{ space }}h' else '' end
    || case
        when {{ hours }} > 0 and {{ minutes }} = 0 then ''
        when {{ hours }} > 0 then '{{ space }}' || {{ minutes }} || '{{ space }}min'
        when {{ minutes }} > 0 then {{ minutes }} || '{{ space }}min'
        else {{ whole }} || '{{ space }}s'
    end
    || case
        when {{ hours }} = 0 and {{ minutes }} > 0 and {{ whole }} % 60 > 0
            then '{{ space }}' || {{ whole }} % 60 || '{{ space }}s'
        else ''
    end
{%- endmacro %}
