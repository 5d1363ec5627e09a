{#-
    Condition: a row of `relation` (`orders` or `documents`) must be built again, or all of them:
    new batches changed it, its customer, the contact that it names or an exchange rate from its day
    on, or its day was not over. `customer` is the column with the surviving customer, `day` a date of
    the row, in UTC or anywhere else.
-#}
{% macro of_changed_purchases(relation, key, customer, day, contact=none) -%}
    {%- if not execute -%}
        {%- for model_name in [
            "stg_billing__exchange_rate_versions",
            "stg_pilotage__run_context",
            "int_customer_references_matched",
            "int_run_dated",
        ] -%}
            {%- do ref(model_name) -%}
        {%- endfor -%}
        {%- if contact -%}
            {%- do ref("int_contacts_changed") -%}
        {%- endif -%}
        {{ return("true") }}
    {%- endif -%}
    {%- if flags.FULL_REFRESH or as_built(relation) is none -%}
        true
    {%- else -%}
        (
            {{ relation }}.{{ key }} in ({{ changed_rows("stg_billing__" ~ relation, key) }})
            or {{ relation }}.{{ customer }} in (
                {{ changed_references("refs.customer_id", "customer_id") }}
                union
                -- an id that nobody knows stands for itself
                {{ changed_references("refs.ref_value", "customer_id") }}
            )
            {%- if contact %}
            or {{ relation }}.{{ contact }} in (
                select changed.contact_id from {{ ref("int_contacts_changed") }} as changed
            )
            {%- endif %}
            or (
                {{ relation }}.currency <> 'EUR'
                and {{ day }} >= (
                    select {{ add_days("min(news.rate_date)", -1) }}
                    from {{ ref("stg_billing__exchange_rate_versions") }} as news
                    where news.batch > {{ previous_batch() }}
                )
            )
            or {{ of_days_not_over(day) }}
        )
    {%- endif -%}
{%- endmacro %}
