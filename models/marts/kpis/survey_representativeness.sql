-- Do those who answer resemble those who were served? The share of each channel and reason among
-- the answers beside its share among the contacts; half of the summed differences is how much of
-- one would have to move to become the other.
with answers_seen as (
    select {{ business_date("horizons.seen_until", "run.business_time_zone") }} as seen_date
    from {{ ref("int_source_horizons") }} as horizons
    cross join {{ ref("int_run_dated") }} as run
    where
        horizons.source = 'surveys'
        and horizons.table_name = 'answers'
),

counted as (
    select
        business_date,
        brand,
        channel,
        reason_group,
        contacts_handled as contacts,
        0 as answers
    from {{ ref("measures_contacts") }}
    union all
    select
        business_date,
        brand,
        channel,
        reason_group,
        0,
        exchange_invitations_answered
    from {{ ref("measures_invitations") }}
),

periods as (
    {%- for grain in ["month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "counted.business_date") }} as period_start,
        counted.*
    from counted
    cross join answers_seen
    -- invitations sent on the last date may be answered until their window is over
    where {{
        add_days(
            dbt.dateadd(grain, 1, period_start(grain, "counted.business_date")),
            parameter("survey_window_days", "integer")
        )
    }} <= answers_seen.seen_date
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

groups as (
    select
        period_grain,
        period_start,
        {{ slice_names(["brand"]) | indent(8) }},
        channel,
        reason_group,
        sum(contacts) as contacts,
        sum(answers) as answers
    from periods
    group by
        {{
            slice_sets("period_grain, period_start, channel, reason_group", ["brand"])
            | indent(8)
        }}
),

shares as (
    select
        *,
        contacts / nullif(sum(contacts) over cell, 0) as share_of_contacts,
        answers / nullif(sum(answers) over cell, 0) as share_of_answers
    from groups
    window cell as (partition by period_grain, period_start, slice_type, slice_value)
),

compared as (
    select
        period_grain,
        period_start,
        slice_type,
        slice_value,
        cast(sum(contacts) as bigint) as contacts,
        cast(sum(answers) as bigint) as answers,
        cast(
            sum(cast(abs(share_of_answers - share_of_contacts) as decimal(18, 12))) / 2 as double
        ) as total_variation_distance
    from shares
    group by 1, 2, 3, 4
),

final as (
    select
        *,
        case
            when answers >= {{ parameter("minimum_sample") }}
                then total_variation_distance <= {{ parameter("representativeness_limit") }}
        end as is_representative
    from compared
    where
        contacts > 0
        or answers > 0
)

select * from final
