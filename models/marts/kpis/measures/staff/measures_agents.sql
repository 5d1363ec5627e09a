-- Headcount at both ends, comings and goings between them, certificates and proposals: states of
-- the closing month beside movements of the whole period, so no grain is a sum of another.
with facts as (
    select * from {{ ref("int_staff_facts_listed") }}
),

counted as (
    select
        period_grain,
        period_start,
        team,
        site,
        provider,
        count(case when fact = 'person' then 1 end) as people,
        count(case when fact = 'opening' then 1 end) as headcount_at_opening,
        count(case when fact = 'closing' then 1 end) as headcount_at_closing,
        count(case when fact = 'hire' then 1 end) as hires,
        count(case when fact = 'departure' then 1 end) as leavers,
        count(case when fact = 'closing' then is_met end) as staff_to_certify,
        count(case when fact = 'closing' and is_met then 1 end) as staff_certified,
        count(case when fact = 'proposal' then 1 end) as proposals,
        count(case when fact = 'proposal' and is_met then 1 end) as proposals_adopted
    from facts
    group by 1, 2, 3, 4, 5
),

-- before it, proposals were not collected: that nobody made one is not known
first_proposals as (
    select
        period_grain,
        min(period_start) as period_start
    from facts
    where fact = 'proposal'
    group by 1
),

averaged as (
    select
        counted.*,
        (headcount_at_opening + headcount_at_closing) / 2.0 as average_headcount,
        (hires + leavers) / 2.0 as average_hires_and_leavers,
        coalesce(counted.period_start >= first_proposals.period_start, false)
            as has_proposals_collected
    from counted
    left join first_proposals
        on counted.period_grain = first_proposals.period_grain
),

final as (
    select
        period_grain,
        period_start,
        team,
        site,
        coalesce(provider, 'own') as provider,
        people,
        headcount_at_opening,
        headcount_at_closing,
        hires,
        leavers,
        case when provider is null then leavers else 0 end as own_leavers,
        cast(case when provider is null then average_headcount else 0 end as decimal(18, 1))
            as own_average_headcount,
        cast(average_hires_and_leavers as decimal(18, 1)) as average_hires_and_leavers,
        staff_to_certify,
        staff_certified,
        proposals,
        proposals_adopted,
        cast(case when has_proposals_collected then average_headcount else 0 end as decimal(18, 1))
            as average_headcount_proposing
    from averaged
)

select * from final
