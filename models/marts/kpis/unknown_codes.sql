-- Codes that the seeds do not know, and currencies that no rate converts: each stands for itself,
-- and a figure that looks it up counts it as the rule for unknown ones says.
{%- set codes = [
    ("interactions", "contacts", "contacts", "channel", "channels", "contact_source = 'contact'"),
    ("interactions", "contacts", "contacts", "reason", "reasons", "contact_source = 'contact'"),
    ("interactions", "contacts", "contacts", "queue", "queues", "contact_source = 'contact'"),
    ("interactions", "contacts", "contacts", "site", "sites", "site <> 'unknown'"),
    ("interactions", "tickets", "tickets", "channel", "channels", "true"),
    ("interactions", "tickets", "tickets", "reason", "reasons", "true"),
    ("surveys", "answers", "survey_answers", "survey_code", "surveys", "true"),
    ("surveys", "answers", "survey_answers", "question_code", "survey_questions", "true"),
    ("billing", "orders", "orders", "currency", "int_exchange_rates_valid", "true"),
    ("billing", "documents", "documents", "currency", "int_exchange_rates_valid", "true"),
    ("billing", "subscription_events", "int_subscription_states", "currency",
     "int_exchange_rates_valid", "true"),
] %}
with counted as (
    {%- for source_name, table_name, model, column, seed, condition in codes %}
    select
        '{{ source_name }}' as source,
        '{{ table_name }}' as table_name,
        '{{ column }}' as column_name,
        {{ column }} as code,
        '{{ seed }}' as known_in,
        count(*) as row_count
    from {{ ref(model) }}
    where {{ column }} is not null and {{ condition }}
    group by 4
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

known as (
    {%- for seed, column in [
        ("channels", "channel"), ("reasons", "reason"), ("queues", "queue"), ("sites", "site"),
        ("surveys", "survey_code"), ("survey_questions", "question_code"),
        ("int_exchange_rates_valid", "currency"),
    ] %}
    select
        '{{ seed }}' as known_in,
        {{ column }} as code
    from {{ ref(seed) }}
    group by 2
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        counted.source,
        counted.table_name,
        counted.column_name,
        counted.code,
        counted.row_count
    from counted
    left join known
        on
            counted.known_in = known.known_in
            and counted.code = known.code
    where known.code is null
)

select * from final
order by row_count desc, source, table_name, column_name, code
