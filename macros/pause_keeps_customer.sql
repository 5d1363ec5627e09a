{#-
    Whether a state of a subscription is a pause that keeps its holder a customer, as long as the pause
    does not outlast its grace (pause_kept_until). A pause of what brought nothing keeps nobody.
-#}
{% macro pause_keeps_customer(states) -%}
    (
        {{ states }}.lifecycle = 'paused'
        and {{ states }}.billing_status in ('active', 'past_due')
        and {{ states }}.monthly_amount > 0
    )
{%- endmacro %}

{#- The last local date at whose first midnight a pause that began on a date keeps the customer. -#}
{% macro pause_kept_until(paused_date) -%}
    {{ add_days(paused_date, parameter("pause_grace_days", "integer")) }}
{%- endmacro %}
