-- Contacts of one person about one thing follow each other into one issue as long as no more than
-- the window lies between them. Only contacts that an agent handled make an issue; what else the
-- person tried meanwhile (an abandoned call, a bot) belongs to it, and neither opens nor prolongs
-- it.
{%- set thread = "customer_id, reason_group" %}
{%- set in_time = "started_at, contact_id" %}
{%- set back_in_time = "started_at desc, contact_id desc" %}
with contacts as (
    select
        *,
        queue_entered_at as started_at,
        {{ contact_over_at("contacts") }} as over_at
    from {{ ref("contacts") }} as contacts
    where
        is_in_scope
        and customer_id is not null
        and {{ of_changed_persons("customer_id") }}
),

-- not the end of the contact before but the latest so far: an earlier one may last longer
followed as (
    select
        *,
        max(case when is_handled then over_at end) over (
            partition by {{ thread }} order by {{ in_time }}
            rows between unbounded preceding and 1 preceding
        ) as handled_until
    from contacts
),

opened as (
    select
        *,
        coalesce(
            started_at <= {{ add_hours("handled_until", parameter("issue_window_hours")) }},
            false
        ) as is_within_window
    from followed
),

named as (
    select
        *,
        {{
            last_known(
                "case when is_handled and not is_within_window then contact_id end",
                thread,
                in_time
            )
        }} as latest_issue_id
    from opened
),

looked_ahead as (
    select
        *,
        {{ last_known("case when is_handled then started_at end", thread, back_in_time) }}
            as next_handled_at,
        {{ last_known("case when is_handled then latest_issue_id end", thread, back_in_time) }}
            as next_issue_id
    from named
),

joined as (
    select
        *,
        case
            when is_handled or is_within_window then latest_issue_id
            when
                next_handled_at <= {{ add_hours("over_at", parameter("issue_window_hours")) }}
                then next_issue_id
        end as issue_id
    from looked_ahead
),

final as (
    select
        issue_id,
        contact_id,
        customer_id,
        started_at,
        over_at,
        is_handled,
        contact_id = issue_id as is_anchor,
        case when is_handled then {{ seconds_between("handled_until", "started_at") }} end
            as seconds_since_handled,
        {{ add_hours("over_at", parameter("issue_window_hours")) }} as window_ends_at
    from joined
    where issue_id is not null
)

select * from final
