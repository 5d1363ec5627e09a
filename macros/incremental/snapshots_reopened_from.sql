{#-
    From which instant on subscriptions must be looked at again, all of them: what the last build
    looked at last, or the first exchange rate that new batches changed (a day before, wherever that
    day begins).
-#}
{% macro snapshots_reopened_from() -%}
    (
        select least(contexts.previous_as_of, coalesce(rates.changed_from, contexts.previous_as_of))
        from {{ ref("stg_pilotage__run_context") }} as contexts
        cross join (
            select {{ local_midnight(add_days("min(news.event_on)", -1), "'UTC'") }} as changed_from
            from {{ ref("stg_pilotage__landed_touches") }} as news
            where
                news.table_name = 'exchange_rates'
                and news.batch > {{ previous_batch() }}
        ) as rates
    )
{%- endmacro %}
