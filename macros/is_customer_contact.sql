{#-
    Whether a contact of `relation` is one that a customer made with the service: inbound, of their own
    accord, not internal, no test, no spam. An attempt that nobody picked up is never a contact.
-#}
{% macro is_customer_contact(relation) -%}
    (
        {{ relation }}.direction = 'inbound'
        and {{ relation }}.initiated_by = 'customer'
        and not {{ relation }}.is_internal
        and not {{ relation }}.is_test
        and not {{ relation }}.is_spam
        and {{ relation }}.disposition is distinct from 'no_answer'
    )
{%- endmacro %}
