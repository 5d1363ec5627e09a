{#-
    The person whom the customer of `relation` was merged into (`survivors`, from
    int_customer_survivors_resolved): mostly the customer itself.
-#}
{% macro surviving_customer(relation) -%}
    coalesce(survivors.surviving_customer_id, {{ relation }}.customer_id)
{%- endmacro %}
