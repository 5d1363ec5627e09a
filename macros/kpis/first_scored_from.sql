{#-
    The first date on which customers can be scored, of the `dates` of a query. The signs look back as
    far as silence does: before, a silent customer could not be seen.
-#}
{% macro first_scored_from(calendar_date) -%}
    {{ add_days("min(" ~ calendar_date ~ ")", parameter("silence_days", "integer")) }}
{%- endmacro %}
