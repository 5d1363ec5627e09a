{#-
    Whether a state of a subscription brings recurring revenue: it runs, for an amount, and is paid
    or paid late. A trial and an unpaid subscription bring nothing.
-#}
{% macro brings_revenue(states) -%}
    (
        {{ states }}.lifecycle = 'running'
        and {{ states }}.billing_status in ('active', 'past_due')
        and {{ states }}.monthly_amount > 0
    )
{%- endmacro %}
