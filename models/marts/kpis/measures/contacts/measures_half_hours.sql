-- Half-hours of a queue, judged by their own service level: a good day may hide a bad evening. A
-- half-hour of UTC, so that none comes twice when clocks go back. Whether ten waited must be asked
-- anew in each slice, so the slices are made here.
{%- set slices = ["channel", "team", "brand", "site"] %}
with contacts as (
    select
        *,
        {{ half_hour("agents_queue_entered_at") }} as half_hour,
        coalesce(queue, 'unknown') as queue_name
    from {{ ref("contacts") }}
    where
        is_live_channel
        and (is_answered or is_abandoned)
),

half_hours as (
    select
        business_date,
        half_hour,
        queue_name as queue,
        {{ slice_names(slices) | indent(8) }},
        count(*) as contacts_eligible,
        count(case when is_answered_in_time then 1 end) as contacts_answered_in_time
    from contacts
    group by {{ slice_sets("business_date, half_hour, queue_name", slices) | indent(4) }}
),

judged as (
    select
        *,
        contacts_answered_in_time
        >= {{ parameter("interval_target_rate") }} * contacts_eligible as is_in_target
    from half_hours
    -- with fewer, one caller more or less would decide
    where contacts_eligible >= {{ parameter("interval_minimum_contacts") }}
),

final as (
    select
        business_date,
        queue,
        slice_type,
        slice_value,
        count(*) as half_hours_judged,
        count(case when is_in_target then 1 end) as half_hours_in_target
    from judged
    group by 1, 2, 3, 4
)

select * from final
