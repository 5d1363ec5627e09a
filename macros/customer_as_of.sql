{#-
    Condition that joins int_customer_versions_dated as `versions`: what the person of a row (two
    expressions: the surviving customer and a local date) was on that date. One match at most.
-#}
{% macro customer_as_of(customer, date) -%}
    {{ customer }} = versions.customer_id
    and {{ date }} >= versions.from_date
    and {{ date }} < versions.until_date
{%- endmacro %}
