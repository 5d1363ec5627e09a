{#-
    Condition that joins int_customer_references_matched as `refs`: the person behind the reference
    that a row of `relation` carries, at an instant of that row. One match at most.
-#}
{% macro reference_held_at(relation, instant) -%}
    {{ reference_type(relation) }} = refs.ref_type
    and {{ relation }}.customer_ref = refs.ref_value
    and {{ relation }}.{{ instant }} >= refs.valid_from
    and {{ relation }}.{{ instant }} < refs.valid_before
{%- endmacro %}
