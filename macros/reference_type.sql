{#-
    The type under which int_customer_references_matched knows the reference of a row of `relation`:
    one that nobody gave a type may be the customer's own id, if there is such a customer.
-#}
{% macro reference_type(relation) -%}
    case {{ relation }}.customer_ref_type
        when 'reference' then 'customer_id' else {{ relation }}.customer_ref_type
    end
{%- endmacro %}
