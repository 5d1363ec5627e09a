{#-
    What led from the reference that a row of `relation` carries to a person (`refs`, from
    int_customer_references_matched): one of its rules, the customer's own id, `anonymous` where
    nobody knows the reference, `none` without any.
-#}
{% macro identity_rule(relation) -%}
    coalesce(
        refs.identity_rule,
        case
            when {{ relation }}.customer_ref is null then 'none'
            when {{ relation }}.customer_ref_type = 'customer_id' then 'customer_id'
            else 'anonymous'
        end
    )
{%- endmacro %}
