-- How many customers came for each reason in each week, wrote ill of each topic, or showed each new
-- sign that they may leave, beside the eight weeks before it: Poisson's tail says how likely as
-- many are by chance, and the spread of those weeks and the growth of all subjects of a type say
-- whether it is more than the usual ups and downs.
{%- set past = "range between interval 56 days preceding and interval 7 days preceding" %}
with run as (
    select * from {{ ref("int_run_dated") }}
),

signs as (
    {%- for sign in churn_triggers() %}
    select
        triggers.trigger,
        features.customer_id,
        features.scored_date
    from {{ ref("int_churn_features") }} as features
    cross join {{ ref("churn_triggers") }} as triggers
    where
        triggers.trigger = '{{ sign }}'
        and triggers.surges
        and features.{{ sign }} > 0
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

signs_followed as (
    select
        *,
        lag(scored_date) over (
            partition by trigger, customer_id order by scored_date
        ) as previous_date
    from signs
),

first_scoring as (
    select min(scored_date) as scored_date
    from {{ ref("int_churn_features") }}
),

occasions as (
    select
        'reason' as subject_type,
        reason as subject,
        -- one who comes back is still one; nobody known is one each time
        coalesce(customer_id, contact_id) as person_id,
        business_date
    from {{ ref("contacts") }}
    where
        is_in_scope
        and reason is not null
    union all
    select
        'topic' as subject_type,
        topic as subject,
        person_id,
        business_date
    from (
        select
            {{ each_of("topics") }} as topic,
            coalesce(customer_id, verbatim_id) as person_id,
            written_date as business_date
        from {{ ref("verbatims") }}
        where
            is_in_scope
            -- complaints of it, as negative_verbatim_share counts them
            and polarity = 'negative'
            and source <> 'ticket_message'
    ) as texts
    -- what no topic covers is no subject
    where topic <> 'other'
    union all
    -- a sign of a Monday is of the week before it, and new where the Monday before had none
    select
        'trigger' as subject_type,
        followed.trigger,
        followed.customer_id,
        {{ add_days("followed.scored_date", -7) }}
    from signs_followed as followed
    cross join first_scoring
    where
        followed.scored_date > first_scoring.scored_date
        and (
            followed.previous_date is null
            or followed.previous_date < {{ add_days("followed.scored_date", -7) }}
        )
),

counted as (
    select
        subject_type,
        subject,
        {{ period_start("week", "business_date") }} as week_start,
        count(distinct person_id) as customer_count
    from occasions
    group by 1, 2, 3
),

-- weeks without a customer for the subject count as none; none is before the first of all
placed as (
    select
        *,
        min(week_start) over (partition by subject_type) as first_week_start,
        sum(customer_count) over (partition by subject_type, week_start) as customers_of_all,
        coalesce(sum(customer_count) over past, 0) / 8.0 as baseline,
        coalesce(sum(customer_count * customer_count) over past, 0) / 8.0 as squares
    from counted
    window past as (partition by subject_type, subject order by week_start {{ past }})
),

weeks as (
    select
        subject_type,
        week_start,
        customers_of_all,
        sum(customers_of_all) over past / 8.0 as baseline_of_all
    from (
        select
            subject_type,
            week_start,
            max(customers_of_all) as customers_of_all
        from placed
        group by 1, 2
    ) as weekly
    window past as (partition by subject_type order by week_start {{ past }})
),

measured as (
    select
        placed.subject_type,
        placed.subject,
        placed.week_start,
        placed.customer_count,
        placed.baseline,
        greatest(
            (placed.squares - placed.baseline * placed.baseline) / nullif(placed.baseline, 0), 1
        ) as dispersion,
        -- of few customers the growth of all is chance, too
        case
            when weeks.baseline_of_all >= {{ parameter("growth_minimum") }}
                then greatest(weeks.customers_of_all / weeks.baseline_of_all, 1)
            else 1
        end as growth
    from placed
    inner join weeks
        on
            placed.subject_type = weeks.subject_type
            and placed.week_start = weeks.week_start
    cross join run
    where
        {{ add_days("placed.week_start", 7) }} <= run.as_of_date
        -- eight weeks before it are known
        and placed.week_start >= {{ add_days("placed.first_week_start", 56) }}
),

tested as (
    select
        *,
        case
            when baseline > 0 and customer_count > baseline
                then {{ poisson_tail("customer_count", "baseline") }}
            when baseline > 0 then 1
        end as p_value
    from measured
),

final as (
    select
        subject_type,
        subject,
        week_start,
        customer_count,
        baseline,
        round(p_value, 9) as p_value,
        customer_count >= {{ parameter("surge_minimum") }}
        and coalesce(p_value < {{ parameter("surge_p_value") }}, true) as is_surge,
        -- more than the weeks before varied by (one chance in a thousand), and than all grew by
        customer_count >= {{ parameter("surge_minimum") }}
        and customer_count - baseline >= {{ parameter("surge_minimum") }}
        and coalesce(
            p_value < {{ parameter("surge_p_value") }}
            and customer_count - baseline * growth
            > 3.29 * sqrt(dispersion * baseline * growth * (1 + 1 / 8.0)),
            true
        ) as is_surge_for_certain
    from tested
)

select * from final
