{#- Whether an answer of core.survey_answers counts in satisfaction: 1 to 5, where 4 and 5 are satisfied. -#}
{% macro is_satisfaction_answer(answers) -%}
    (
        {{ answers }}.is_counted
        and {{ answers }}.instrument = 'csat'
        and {{ answers }}.scale_min = 1
        and {{ answers }}.scale_max = 5
    )
{%- endmacro %}
