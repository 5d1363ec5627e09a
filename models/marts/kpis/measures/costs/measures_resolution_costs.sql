-- What the service cost in a month beside the issues that it resolved in it. An issue is resolved
-- when nobody came back about it for the whole window, and its ticket, if it has one, left the
-- backlog.
with run as (
    select * from {{ ref("int_run_observed") }}
),

exchanges as (
    {{ exchanges_seen() }}
),

costs as (
    select
        business_date as month_start,
        sum(service_cost_eur) as service_cost_eur
    from {{ ref("measures_costs") }}
    group by 1
),

ended as (
    select
        issues.issue_id,
        issues.ended_at,
        {{ add_hours("issues.ended_at", parameter("issue_window_hours")) }} as window_ends_at,
        greatest(issues.ended_at, tickets.last_solved_at) as resolved_at
    from {{ ref("issues") }} as issues
    left join {{ ref("tickets") }} as tickets
        on issues.ticket_id = tickets.ticket_id
    where not coalesce(tickets.is_open, false)
),

resolved as (
    select
        {{
            period_start("month", business_date("ended.resolved_at", "run.business_time_zone"))
        }} as month_start,
        count(case when ended.window_ends_at <= exchanges.seen_until then 1 end) as issues_resolved,
        count(case when ended.window_ends_at > exchanges.seen_until then 1 end) as issues_pending
    from ended
    cross join run
    cross join exchanges
    group by 1
),

final as (
    select
        costs.month_start as business_date,
        costs.service_cost_eur,
        coalesce(resolved.issues_resolved, 0) as issues_resolved,
        coalesce(resolved.issues_pending, 0) as issues_pending
    from costs
    left join resolved
        on costs.month_start = resolved.month_start
)

select * from final
