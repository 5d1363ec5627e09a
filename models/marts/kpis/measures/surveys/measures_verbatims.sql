-- What customers say in their own words, in surveys and in public, on the date they wrote it. A
-- text has several topics, so slices do not add up and are made here.
{%- set slices = ["channel", "reason_group", "team", "segment", "brand", "source"] %}
with verbatims as (
    select
        written_date as business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        source,
        topics,
        polarity
    from {{ ref("verbatims") }}
    where
        is_in_scope
        -- a message to the service is a request, no opinion of it
        and source <> 'ticket_message'
),

cut as (
    select
        business_date,
        {{ slice_names(slices) | indent(8) }},
        count(*) as verbatims,
        count(polarity) as verbatims_labelled,
        count(case when polarity = 'negative' then 1 end) as verbatims_negative
    from verbatims
    group by {{ slice_sets("business_date", slices) | indent(4) }}
),

single as (
    select
        business_date,
        {{ each_of("topics") }} as topic,
        polarity
    from verbatims
),

by_topic as (
    select
        business_date,
        'topic' as slice_type,
        topic as slice_value,
        count(*) as verbatims,
        count(polarity) as verbatims_labelled,
        count(case when polarity = 'negative' then 1 end) as verbatims_negative
    from single
    group by 1, 2, 3
),

final as (
    select * from cut
    union all
    select * from by_topic
)

select * from final
