{#-
    The person behind the reference that a row of `relation` carries: the customer it leads to
    (`refs`, from int_customer_references_matched), else the reference itself, which is still one
    person; null without any reference.
-#}
{% macro referenced_person(relation) -%}
    coalesce(
        refs.customer_id,
        case
            when {{ relation }}.customer_ref_type = 'customer_id' then {{ relation }}.customer_ref
            else {{ relation }}.customer_ref_type || ':' || {{ relation }}.customer_ref
        end
    )
{%- endmacro %}
