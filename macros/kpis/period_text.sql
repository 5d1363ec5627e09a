{#-
    A period as a person reads it, in `language` `fr` or `en`: `31 mai 2026`, `S22 2026`, `mai 2026`,
    `T2 2026`; `31 May 2026`, `W22 2026`, `May 2026`, `Q2 2026`. Weeks and their year are those of ISO
    8601. `grain` and `start` are expressions.
-#}
{% macro period_text(grain, start, language) -%}
    {%- set months = {
        "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    }[language] -%}
    {%- set week, quarter = ("S", "T") if language == "fr" else ("W", "Q") -%}
    {%- set month -%}
        case extract(month from {{ start }})
            {%- for name in months %}
            when {{ loop.index }} then '{{ name }}'
            {%- endfor %}
        end || ' ' || extract(year from {{ start }})
    {%- endset -%}
    case {{ grain }}
        when 'day' then extract(day from {{ start }}) || ' ' || {{ month }}
        when 'week'
            then
                '{{ week }}' || extract(week from {{ start }}) || ' '
                || extract(year from {{ add_days(start, 3) }})
        when 'month' then {{ month }}
        when 'quarter'
            then '{{ quarter }}' || extract(quarter from {{ start }}) || ' ' || extract(year from {{ start }})
    end
{%- endmacro %}
