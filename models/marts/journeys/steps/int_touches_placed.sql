-- a view: read once, by the next step, and too wide to be written on the way
{{ config(materialized = "view") }}
-- Which journey a touch belongs to: that of its own contact or ticket, or of the one it names; else
-- the one that the person was in, from its start until the quiet period after its end. What comes
-- later, within the time in which outcomes are awaited, follows from the latest journey. This alone
-- decides which journey an outcome is counted for.
with touches as (
    select
        touches.*,
        strands.journey_id as named_journey_id,
        coalesce(strands.customer_id, touches.customer_id) as person_id
    from {{ ref("int_touches_united") }} as touches
    left join {{ ref("int_strands_in_journeys") }} as strands
        on touches.strand_id = strands.strand_id
),

journeys as (
    select
        journey_id,
        customer_id,
        min(started_at) as started_at,
        max(ended_at) as ended_at
    from {{ ref("int_strands_in_journeys") }}
    where
        not is_excluded
        and customer_id is not null
        and {{ of_changed_persons("customer_id") }}
    group by 1, 2
),

-- what names no contact or ticket, in one line with the starts of the journeys; a journey begins
-- before a touch of the same instant
lined_up as (
    select
        person_id,
        event_at,
        1 as rank_at_same_instant,
        source,
        event_type,
        reference_id,
        cast(null as varchar) as journey_id,
        cast(null as timestamptz) as ended_at
    from touches
    where
        person_id is not null
        and named_journey_id is null
    union all
    select
        customer_id,
        started_at,
        0,
        null,
        null,
        null,
        journey_id,
        ended_at
    from journeys
),

latest as (
    select
        source,
        event_type,
        reference_id,
        event_at,
        {{
            last_known(
                "journey_id", "person_id", "event_at, rank_at_same_instant, journey_id, reference_id"
            )
        }} as journey_id,
        {{
            last_known(
                "ended_at", "person_id", "event_at, rank_at_same_instant, journey_id, reference_id"
            )
        }} as ended_at
    from lined_up
),

reached as (
    select
        *,
        event_at <= {{ add_hours("ended_at", parameter("journey_quiet_hours")) }} as is_within,
        event_at <= {{ add_hours("ended_at", "24 * " ~ parameter("journey_outcome_days")) }}
            as is_following
    from latest
),

final as (
    select
        touches.*,
        case
            when touches.is_strand_touch then 'own'
            when touches.named_journey_id is not null then 'reference'
            when reached.is_within then 'time'
        end as journey_link,
        coalesce(
            touches.named_journey_id, case when reached.is_within then reached.journey_id end
        ) as journey_id,
        coalesce(
            touches.named_journey_id, case when reached.is_following then reached.journey_id end
        ) as follows_journey_id
    from touches
    left join reached
        on
            touches.source = reached.source
            and touches.event_type = reached.event_type
            and touches.reference_id = reached.reference_id
)

select * from final
