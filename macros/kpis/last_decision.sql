{#- In a select list of a role's report: what was decided on the KPI of the line, and what became of it. -#}
{% macro last_decision(decisions) -%}
    coalesce({{ decisions }}.open_decision_count, 0) as open_decision_count,
    {{ decisions }}.action as last_decision,
    {{ decisions }}.decided_on as last_decided_on,
    {{ decisions }}.verdict as last_decision_verdict,
    {{ decisions }}.statement_fr as last_decision_statement_fr,
    {{ decisions }}.statement_en as last_decision_statement_en
{%- endmacro %}
