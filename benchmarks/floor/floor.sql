-- The least that must be done: from accepted Parquet to the core facts that ten headline KPIs need,
-- and to their cells by day, week, month and quarter, in total and by each slice. Written by hand
-- for DuckDB and for the demonstration's seeds: parameters stand here as they are there, one
-- calendar of business hours holds for all, no description, no test, no history, no increment.
-- The driver gives the accepted files as views of schema `landed`, the seeds as tables of `seeds`.

create macro local_date(instant) as cast(instant at time zone 'Europe/Paris' as date);
create macro local_midnight(day) as cast(day as timestamp) at time zone 'Europe/Paris';
create macro seconds_between(earlier, later) as
    cast((epoch_ms(later) - epoch_ms(earlier)) / 1000 as decimal(18, 4));

create table as_of as
with instants as (
    select max(greatest(queue_entered_at, ended_at)) as instant from landed.contacts
    union all select max(created_at) from landed.tickets
    union all select max(event_at) from landed.ticket_events
    union all select max(posted_at) from landed.public_feedback
    union all select max(sent_at) from landed.invitations
    union all select max(answered_at) from landed.answers
    union all select max(ordered_at) from landed.orders
    union all select max(cast(issued_on as timestamp) at time zone 'UTC') from landed.documents
)
select max(instant) as as_of, local_date(max(instant)) as as_of_date from instants;

----------------------------------------------------------------------------------------------------
-- people: merges, other ids, and who held an address when

create table survivors as
with recursive merges as (
    select merged_customer_id as customer_id, survivor_customer_id as linked_id, true as is_merge
    from (
        from landed.customer_merges
        qualify row_number() over (
            partition by merged_customer_id
            order by coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
    )
    where not coalesce(is_deleted, false) and merged_customer_id <> survivor_customer_id
),
refs as (
    select ref_type, ref_value, customer_id
    from landed.customer_refs
    where ref_type = 'customer_id'
    qualify
        row_number() over (
            partition by ref_type, ref_value, customer_id
            order by coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
),
aliases as (
    select ref_value as customer_id, min(customer_id) as linked_id, false as is_merge
    from refs
    where ref_value <> customer_id and ref_value not in (select customer_id from merges)
    group by 1
),
all_links as (from merges union all from aliases),
links as (
    select links.*
    from all_links as links
    left join all_links as answers
        on links.linked_id = answers.customer_id and links.customer_id = answers.linked_id
    where
        links.is_merge
        or answers.customer_id is null
        or (not answers.is_merge and links.customer_id > answers.customer_id)
),
chains as (
    select links.customer_id, links.linked_id as survivor_id, links.is_merge
    from links anti join links as further on links.linked_id = further.customer_id
    union all
    select links.customer_id, chains.survivor_id, links.is_merge
    from chains inner join links on links.linked_id = chains.customer_id
)
from chains;

create table customer_rows as
select rows.*, coalesce(survivors.survivor_id, rows.customer_id) as person_id
from (
    from landed.customers
    qualify
        row_number() over (
            partition by customer_id
            order by
                case when updated_at is null and is_deleted then 0 else 1 end,
                updated_at desc nulls last, coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
) as rows
left join survivors on rows.customer_id = survivors.customer_id;

create table customers as
select
    person_id as customer_id,
    coalesce(segment, 'unknown') as segment,
    coalesce(brand, 'unknown') as brand,
    coalesce(is_test, false) as is_test,
    coalesce(is_staff, false) as is_staff
from customer_rows
qualify row_number() over (
    partition by person_id
    order by case when customer_id = person_id then 0 else 1 end, created_at, customer_id
) = 1;

create table held as
with declared as (
    select
        refs.ref_type,
        refs.ref_value,
        coalesce(survivors.survivor_id, refs.customer_id) as customer_id,
        coalesce(valid_from, timestamptz '0001-01-01') as declared_from,
        coalesce(valid_to, timestamptz '9999-12-31') as declared_before
    from (
        from landed.customer_refs
        where ref_type <> 'customer_id'
        qualify
            row_number() over (
                partition by ref_type, ref_value, customer_id
                order by coalesce(is_deleted, false) desc, batch, row_number
            ) = 1
            and not coalesce(is_deleted, false)
    ) as refs
    left join survivors on refs.customer_id = survivors.customer_id
),
holders as (
    from declared
    where declared_from < declared_before
    qualify
        row_number() over (
            partition by ref_type, ref_value, declared_from
            order by declared_before desc, customer_id
        ) = 1
        and declared_before >= coalesce(
            max(declared_before) over (
                partition by ref_type, ref_value
                order by declared_from, declared_before desc, customer_id
                rows between unbounded preceding and 1 preceding
            ),
            declared_before
        )
)
select
    ref_type,
    ref_value,
    customer_id,
    declared_from as valid_from,
    least(
        declared_before,
        coalesce(
            lead(declared_from) over (partition by ref_type, ref_value order by declared_from),
            declared_before
        )
    ) as valid_before
from holders;

create table people_behind as
with addresses as (
    select 'email' as ref_type, email as ref_value, min(person_id) as customer_id
    from customer_rows where email is not null group by 2
    union all
    select 'phone', phone, min(person_id) from customer_rows where phone is not null group by 2
),
taken as (
    select ref_type, ref_value, valid_from, valid_before from held
    union all
    select ref_type, ref_value, timestamptz '0001-01-01', timestamptz '0001-01-01' from addresses
),
gaps as (
    select
        ref_type,
        ref_value,
        valid_before as valid_from,
        coalesce(
            lead(valid_from) over (
                partition by ref_type, ref_value order by valid_from, valid_before
            ),
            timestamptz '9999-12-31'
        ) as valid_before
    from taken
),
known_ids as (select customer_id from customer_rows union select customer_id from survivors),
stretches as (
    select
        'customer_id' as ref_type,
        known_ids.customer_id as ref_value,
        timestamptz '0001-01-01' as valid_from,
        timestamptz '9999-12-31' as valid_before,
        coalesce(survivors.survivor_id, known_ids.customer_id) as customer_id
    from known_ids left join survivors on known_ids.customer_id = survivors.customer_id
    union all
    select ref_type, ref_value, valid_from, valid_before, customer_id from held
    union all
    select addresses.ref_type, addresses.ref_value, gaps.valid_from, gaps.valid_before, customer_id
    from addresses
    inner join gaps
        on addresses.ref_type = gaps.ref_type and addresses.ref_value = gaps.ref_value
    where gaps.valid_from < gaps.valid_before
)
select stretches.*, customers.segment
from stretches left join customers on stretches.customer_id = customers.customer_id;

----------------------------------------------------------------------------------------------------
-- tickets: replies, solves, and when each was in the backlog

create table ticket_rows as
select
    tickets.* replace (
        coalesce(is_spam, false) as is_spam,
        nullif(merged_into_ticket_id, ticket_id) as merged_into_ticket_id,
        coalesce(created_by, 'customer') as created_by
    )
from landed.tickets as tickets
qualify
    row_number() over (
        partition by ticket_id
        order by
            case when updated_at is null and is_deleted then 0 else 1 end,
            updated_at desc nulls last, coalesce(is_deleted, false) desc, batch, row_number
    ) = 1
    and not coalesce(is_deleted, false);

delete from ticket_rows where created_at > (select as_of from as_of);

create table ticket_events as
with events as (
    select ticket_id, null as event_id, 'created' as event_type, created_at as event_at
    from ticket_rows
    union all
    select events.ticket_id, events.event_id, events.event_type, events.event_at
    from (
        from landed.ticket_events
        qualify
            row_number() over (
                partition by event_id order by coalesce(is_deleted, false) desc, batch, row_number
            ) = 1
            and not coalesce(is_deleted, false)
    ) as events
    inner join ticket_rows on events.ticket_id = ticket_rows.ticket_id
    where
        events.event_at >= ticket_rows.created_at
        and events.event_at <= (select as_of from as_of)
)
select
    *,
    row_number() over (
        partition by ticket_id
        order by
            event_at,
            case event_type
                when 'created' then 1 when 'customer_message' then 2 when 'reopened' then 3
                when 'solved' then 5 when 'closed' then 6 else 4
            end,
            event_id
    ) as event_number
from events;

create table tickets as
with recursive chains as (
    select children.ticket_id, children.merged_into_ticket_id as survivor_id
    from ticket_rows as children
    inner join ticket_rows as parents on children.merged_into_ticket_id = parents.ticket_id
    anti join (
        select ticket_id from ticket_rows as merged
        semi join ticket_rows as others on merged.merged_into_ticket_id = others.ticket_id
    ) as further on children.merged_into_ticket_id = further.ticket_id
    union all
    select children.ticket_id, chains.survivor_id
    from chains
    inner join ticket_rows as children on children.merged_into_ticket_id = chains.ticket_id
),
milestones as (
    select
        ticket_id,
        min(event_at) filter (event_type = 'public_reply') as first_public_reply_at,
        max(event_at) filter (event_type = 'public_reply') as last_public_reply_at,
        max(event_at) filter (event_type = 'solved') as last_solved_at
    from ticket_events
    group by 1
)
select
    rows.ticket_id,
    coalesce(
        people.customer_id,
        case
            when customer_ref_type = 'customer_id' then customer_ref
            else customer_ref_type || ':' || customer_ref
        end
    ) as customer_id,
    people.customer_id is not null or coalesce(customer_ref_type = 'customer_id', false)
        as is_identified,
    rows.customer_ref,
    rows.customer_ref_type,
    rows.channel,
    rows.reason,
    coalesce(reasons.reason_group, rows.reason, 'unknown') as reason_group,
    coalesce(rows.team, 'unknown') as team,
    coalesce(rows.brand, 'unknown') as brand,
    rows.team as source_team,
    rows.brand as source_brand,
    rows.created_at,
    rows.created_by,
    rows.is_spam,
    rows.merged_into_ticket_id,
    coalesce(chains.survivor_id, rows.ticket_id) as surviving_ticket_id,
    milestones.first_public_reply_at,
    milestones.last_public_reply_at,
    milestones.last_solved_at
from ticket_rows as rows
inner join milestones on rows.ticket_id = milestones.ticket_id
left join chains on rows.ticket_id = chains.ticket_id
left join seeds.reasons as reasons on rows.reason = reasons.reason
left join people_behind as people
    on
        rows.customer_ref_type = people.ref_type
        and rows.customer_ref = people.ref_value
        and rows.created_at >= people.valid_from
        and rows.created_at < people.valid_before;

create table ticket_open_intervals as
with states as (
    select
        ticket_id,
        event_number,
        event_type,
        event_at,
        event_type in ('created', 'reopened') as is_open,
        lag(event_type in ('created', 'reopened')) over (
            partition by ticket_id order by event_number
        ) as was_open
    from ticket_events
    where event_type in ('created', 'reopened', 'solved', 'closed')
),
turns as (
    select
        *,
        lead(event_at) over (partition by ticket_id order by event_number) as left_at
    from states
    where is_open is distinct from coalesce(was_open, false)
)
select ticket_id, event_at as opened_at, left_at, event_type as opened_by
from turns
where is_open;

----------------------------------------------------------------------------------------------------
-- contacts: callbacks folded into what they follow, legs summed, tickets that stand for a contact

create table contact_rows as
from landed.contacts
qualify
    row_number() over (
        partition by contact_id
        order by
            case when updated_at is null and is_deleted then 0 else 1 end,
            updated_at desc nulls last, coalesce(is_deleted, false) desc, batch, row_number
    ) = 1
    and not coalesce(is_deleted, false);

create table contact_roots as
with recursive children as (
    select contact_id, parent_contact_id
    from contact_rows
    where
        parent_contact_id is not null
        and parent_contact_id <> contact_id
        and parent_contact_id in (select contact_id from contact_rows)
),
chains as (
    select children.contact_id, children.parent_contact_id as root_id
    from children anti join children as further
        on children.parent_contact_id = further.contact_id
    union all
    select children.contact_id, chains.root_id
    from chains inner join children on children.parent_contact_id = chains.contact_id
)
from chains;

create table contacts as
with legs as (
    from landed.contact_legs
    qualify
        row_number() over (
            partition by leg_id order by coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
),
legs_summed as (
    select
        coalesce(roots.root_id, legs.contact_id) as root_id,
        sum(talk_seconds) as talk_seconds,
        sum(coalesce(hold_seconds, 0)) as hold_seconds,
        sum(coalesce(wrap_seconds, 0)) as wrap_seconds,
        bool_or(talk_seconds is null) as has_missing_talk
    from legs
    semi join contact_rows on legs.contact_id = contact_rows.contact_id
    left join contact_roots as roots on legs.contact_id = roots.contact_id
    group by 1
),
platforms_with_legs as (
    select distinct
        channel, coalesce(brand, 'unknown') as brand, coalesce(site, 'unknown') as site
    from landed.contacts as contacts
    semi join landed.contact_legs as legs on contacts.contact_id = legs.contact_id
    where channel is not null
),
members as (
    select
        rows.*,
        coalesce(roots.root_id, rows.contact_id) as root_id,
        coalesce(cast(channels.is_live as boolean), rows.channel in ('phone', 'chat')) as is_live,
        case
            when
                platforms.channel is null
                and coalesce(cast(channels.is_live as boolean), rows.channel in ('phone', 'chat'))
                then seconds_between(rows.answered_at, rows.ended_at)
        end as own_talk_seconds
    from contact_rows as rows
    left join contact_roots as roots on rows.contact_id = roots.contact_id
    left join seeds.channels as channels on rows.channel = channels.channel
    left join platforms_with_legs as platforms
        on
            rows.channel = platforms.channel
            and coalesce(rows.brand, 'unknown') = platforms.brand
            and coalesce(rows.site, 'unknown') = platforms.site
),
-- most contacts have no other to fold into them
families as (
    select
        root_id,
        max(ended_at) as ended_at,
        bool_or(disposition = 'answered') as is_handled,
        sum(own_talk_seconds) as own_talk_seconds,
        min(ticket_id) as ticket_id
    from members
    where root_id in (select contact_roots.root_id from contact_roots)
    group by 1
),
folded as (
    select
        roots.contact_id,
        roots.customer_ref,
        roots.customer_ref_type,
        roots.channel,
        roots.is_live,
        roots.reason,
        roots.queue,
        roots.team,
        roots.brand,
        roots.site,
        coalesce(roots.ticket_id, families.ticket_id) as ticket_id,
        roots.queue_entered_at,
        roots.answered_at,
        case when families.root_id is null then roots.ended_at else families.ended_at end
            as ended_at,
        coalesce(
            roots.wait_seconds,
            case
                when roots.disposition = 'answered'
                    then seconds_between(roots.queue_entered_at, roots.answered_at)
                else seconds_between(roots.queue_entered_at, roots.ended_at)
            end
        ) as wait_seconds,
        roots.disposition,
        case
            when families.root_id is null then roots.disposition = 'answered'
            else families.is_handled
        end as is_handled,
        roots.direction = 'inbound'
        and coalesce(roots.initiated_by, 'customer') = 'customer'
        and not coalesce(roots.is_internal, false)
        and not coalesce(roots.is_test, false)
        and not coalesce(roots.is_spam, false)
        and roots.disposition is distinct from 'no_answer' as is_in_scope,
        case
            when
                not coalesce(
                    legs_summed.has_missing_talk,
                    coalesce(families.own_talk_seconds, roots.own_talk_seconds) is null
                )
                then
                    coalesce(legs_summed.talk_seconds, 0)
                    + coalesce(families.own_talk_seconds, roots.own_talk_seconds, 0)
                    + coalesce(legs_summed.hold_seconds, 0)
                    + coalesce(legs_summed.wrap_seconds, 0)
        end as agent_seconds
    from members as roots
    left join families on roots.contact_id = families.root_id
    left join legs_summed on roots.contact_id = legs_summed.root_id
    where roots.contact_id = roots.root_id
),
tickets_alone as (
    select
        'ticket:' || ticket_id as contact_id,
        customer_ref,
        customer_ref_type,
        channel,
        false as is_live,
        reason,
        cast(null as varchar) as queue,
        source_team as team,
        source_brand as brand,
        cast(null as varchar) as site,
        ticket_id,
        created_at as queue_entered_at,
        first_public_reply_at as answered_at,
        case
            when last_solved_at < first_public_reply_at then last_public_reply_at
            else coalesce(last_solved_at, last_public_reply_at)
        end as ended_at,
        seconds_between(created_at, first_public_reply_at) as wait_seconds,
        case when first_public_reply_at is not null then 'answered' end as disposition,
        first_public_reply_at is not null as is_handled,
        true as is_in_scope,
        cast(null as decimal(18, 4)) as agent_seconds
    from tickets
    where
        created_by = 'customer'
        and not is_spam
        and merged_into_ticket_id is null
        and ticket_id not in (select ticket_id from contact_rows where ticket_id is not null)
),
all_contacts as (
    from folded where queue_entered_at <= (select as_of from as_of)
    union all by name from tickets_alone
),
-- an offset is a whole number of quarters of an hour: one conversion for each
zones as (
    select all_contacts.*, coalesce(sites.time_zone, 'Europe/Paris') as time_zone
    from all_contacts left join seeds.sites as sites on all_contacts.site = sites.site
),
local_dates as (
    select
        time_zone,
        epoch_us(queue_entered_at) // 900000000 as quarter_hour,
        cast(min(queue_entered_at) at time zone time_zone as date) as business_date
    from zones
    group by 1, 2
)
select
    zones.contact_id,
    coalesce(
        people.customer_id,
        case
            when customer_ref_type = 'customer_id' then customer_ref
            else customer_ref_type || ':' || customer_ref
        end
    ) as customer_id,
    people.customer_id is not null or coalesce(customer_ref_type = 'customer_id', false)
        as is_identified,
    coalesce(people.segment, 'unknown') as segment,
    zones.channel,
    zones.is_live,
    coalesce(reasons.reason_group, zones.reason, 'unknown') as reason_group,
    coalesce(zones.team, 'unknown') as team,
    coalesce(zones.brand, 'unknown') as brand,
    coalesce(zones.site, 'unknown') as site,
    zones.ticket_id,
    zones.queue_entered_at,
    zones.answered_at,
    greatest(
        zones.queue_entered_at,
        coalesce(zones.ended_at, zones.answered_at, zones.queue_entered_at)
    ) as over_at,
    local_dates.business_date,
    zones.disposition,
    zones.is_in_scope,
    zones.is_in_scope and coalesce(zones.is_handled, false) as is_handled,
    coalesce(
        disposition = 'abandoned'
        and wait_seconds < coalesce(cast(queues.short_abandon_seconds as integer), 5),
        false
    ) as is_short_abandon,
    coalesce(
        disposition = 'answered'
        and wait_seconds <= coalesce(cast(queues.service_level_seconds as integer), 20),
        false
    ) as is_in_time,
    zones.wait_seconds,
    case when zones.is_in_scope and zones.is_handled then zones.agent_seconds end
        as handle_seconds
from zones
inner join local_dates
    on
        zones.time_zone = local_dates.time_zone
        and epoch_us(zones.queue_entered_at) // 900000000 = local_dates.quarter_hour
left join people_behind as people
    on
        zones.customer_ref_type = people.ref_type
        and zones.customer_ref = people.ref_value
        and zones.queue_entered_at >= people.valid_from
        and zones.queue_entered_at < people.valid_before
left join seeds.reasons as reasons on zones.reason = reasons.reason
left join seeds.queues as queues on zones.queue = queues.queue;

----------------------------------------------------------------------------------------------------
-- issues: handled contacts of one person about one thing, no more than a week between them

create table issue_contacts as
with followed as (
    select
        *,
        max(case when is_handled then over_at end) over (
            partition by customer_id, reason_group order by queue_entered_at, contact_id
            rows between unbounded preceding and 1 preceding
        ) as handled_until
    from contacts
    where is_in_scope and customer_id is not null
),
opened as (
    select
        *,
        coalesce(queue_entered_at <= handled_until + interval 168 hours, false) as is_within
    from followed
),
named as (
    select
        *,
        last_value(case when is_handled and not is_within then contact_id end ignore nulls) over (
            partition by customer_id, reason_group order by queue_entered_at, contact_id
            rows between unbounded preceding and current row
        ) as latest_issue_id
    from opened
),
looked_ahead as (
    select
        *,
        last_value(case when is_handled then queue_entered_at end ignore nulls) over back
            as next_handled_at,
        last_value(case when is_handled then latest_issue_id end ignore nulls) over back
            as next_issue_id
    from named
    window back as (
        partition by customer_id, reason_group order by queue_entered_at desc, contact_id desc
        rows between unbounded preceding and current row
    )
)
select
    case
        when is_handled or is_within then latest_issue_id
        when next_handled_at <= over_at + interval 168 hours then next_issue_id
    end as issue_id,
    contact_id,
    is_identified,
    segment,
    reason_group,
    case when disposition in ('bot_contained', 'bot_failed') then 'bot' else channel end as channel,
    team,
    brand,
    site,
    business_date,
    queue_entered_at as started_at,
    over_at,
    is_handled,
    ticket_id,
    over_at + interval 168 hours as window_ends_at,
    over_at + interval 168 hours <= (select as_of from as_of) as is_mature
from looked_ahead
where
    is_handled
    or (is_within and latest_issue_id is not null)
    or next_handled_at <= over_at + interval 168 hours;

create table issues as
with summed as (
    select issue_id, count(*) as contact_count
    from issue_contacts
    where is_handled
    group by 1
),
anchors as (from issue_contacts where contact_id = issue_id),
settled as (
    select
        anchors.issue_id,
        not bool_or(
            intervals.opened_at <= anchors.window_ends_at
            and (intervals.left_at is null or intervals.left_at > anchors.window_ends_at)
        )
        and not bool_or(
            intervals.opened_by = 'reopened'
            and intervals.opened_at >= anchors.started_at
            and intervals.opened_at <= anchors.window_ends_at
        ) as is_settled
    from anchors
    inner join tickets on anchors.ticket_id = tickets.ticket_id
    inner join ticket_open_intervals as intervals
        on tickets.surviving_ticket_id = intervals.ticket_id
    group by 1
)
select
    anchors.*,
    summed.contact_count,
    anchors.is_mature and summed.contact_count = 1 and coalesce(settled.is_settled, true)
        as is_resolved_at_first_contact
from anchors
inner join summed on anchors.issue_id = summed.issue_id
left join settled on anchors.issue_id = settled.issue_id;

----------------------------------------------------------------------------------------------------
-- first replies on the open clock

create table replies as
with days as (
    select cast(unnest(generate_series(
        (select min(business_date) - 2 from contacts),
        (select as_of_date + 2 from as_of),
        interval 1 day
    )) as date) as day
),
open_days as (
    select
        days.day,
        (day + cast(hours.opens_at as time)) at time zone 'Europe/Paris' as opened_at,
        (day + cast(hours.closes_at as time)) at time zone 'Europe/Paris' as closed_at
    from days
    inner join seeds.business_calendars as hours
        on isodow(days.day) = cast(hours.weekday as integer) and hours.team is null
    anti join seeds.business_holidays as holidays
        on days.day = cast(holidays.holiday_date as date)
),
openings as (
    select days.day, open_days.opened_at, open_days.closed_at
    from days left join open_days on days.day = open_days.day
),
clock as (
    select
        *,
        coalesce(
            sum(seconds_between(opened_at, closed_at)) over (
                order by day rows between unbounded preceding and 1 preceding
            ),
            0
        ) as seconds_before
    from openings
),
deferred as (
    select
        contacts.*,
        case
            when contacts.answered_at <= as_of.as_of then contacts.answered_at
            else tickets.first_public_reply_at
        end as replied_at
    from contacts
    cross join as_of
    left join tickets on contacts.ticket_id = tickets.ticket_id
    where
        contacts.is_in_scope
        and not coalesce(
            contacts.disposition in ('ivr_contained', 'bot_contained', 'bot_failed'), false
        )
        and not contacts.is_short_abandon
        and not contacts.is_live
)
select
    deferred.*,
    replied.seconds_before
    + coalesce(
        seconds_between(
            replied.opened_at,
            greatest(replied.opened_at, least(deferred.replied_at, replied.closed_at))
        ),
        0
    )
    - asked.seconds_before
    - coalesce(
        seconds_between(
            asked.opened_at,
            greatest(asked.opened_at, least(deferred.queue_entered_at, asked.closed_at))
        ),
        0
    ) as reply_open_seconds
from deferred
inner join clock as asked on local_date(deferred.queue_entered_at) = asked.day
inner join clock as replied on local_date(deferred.replied_at) = replied.day
where deferred.replied_at >= deferred.queue_entered_at;

----------------------------------------------------------------------------------------------------
-- survey answers that count

create table survey_answers as
with invitation_rows as (
    from landed.invitations
    qualify
        row_number() over (
            partition by invitation_id order by coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
),
named as (
    select
        invitations.*,
        coalesce(roots.root_id, invitations.contact_id, 'ticket:' || invitations.ticket_id)
            as exchange_id,
        coalesce(
            surveys.kind,
            case
                when
                    bool_or(
                        invitations.contact_id is not null or invitations.ticket_id is not null
                    ) over (partition by invitations.survey_code)
                    then 'transactional'
                else 'relational'
            end
        ) as survey_kind
    from invitation_rows as invitations
    left join seeds.surveys as surveys on invitations.survey_code = surveys.survey_code
    left join contact_roots as roots on invitations.contact_id = roots.contact_id
),
described as (
    select
        named.invitation_id,
        named.survey_kind,
        named.sent_at,
        case
            when
                people.customer_id is null
                and coalesce(named.customer_ref_type <> 'customer_id', true)
                and (exchanges.is_identified or tickets.is_identified)
                then case
                    when exchanges.is_identified then exchanges.customer_id
                    else tickets.customer_id
                end
            else coalesce(
                people.customer_id,
                case
                    when named.customer_ref_type = 'customer_id' then named.customer_ref
                    else named.customer_ref_type || ':' || named.customer_ref
                end,
                exchanges.customer_id,
                tickets.customer_id
            )
        end as customer_id,
        coalesce(exchanges.channel, tickets.channel, named.channel, 'unknown') as channel,
        coalesce(exchanges.reason_group, tickets.reason_group, 'unknown') as reason_group,
        coalesce(exchanges.team, tickets.team, 'unknown') as team,
        coalesce(exchanges.brand, tickets.source_brand) as exchange_brand,
        coalesce(exchanges.site, 'unknown') as site,
        coalesce(named.is_staff, false) as is_staff
    from named
    left join people_behind as people
        on
            named.customer_ref_type = people.ref_type
            and named.customer_ref = people.ref_value
            and named.sent_at >= people.valid_from
            and named.sent_at < people.valid_before
    left join contacts as exchanges on named.exchange_id = exchanges.contact_id
    left join tickets on named.ticket_id = tickets.ticket_id
    where named.sent_at <= (select as_of from as_of)
),
answer_rows as (
    from landed.answers
    qualify
        row_number() over (
            partition by answer_id order by coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
),
valid as (
    select
        answers.answer_id,
        answers.invitation_id,
        answers.question_code,
        answers.score,
        answers.answered_at,
        local_date(answers.answered_at) as business_date,
        described.* exclude (invitation_id, is_staff, exchange_brand),
        coalesce(customers.segment, 'unknown') as segment,
        coalesce(described.exchange_brand, customers.brand, 'unknown') as brand,
        questions.instrument,
        cast(questions.scale_min as integer) as scale_min,
        cast(questions.scale_max as integer) as scale_max
    from answer_rows as answers
    inner join described on answers.invitation_id = described.invitation_id
    inner join seeds.survey_questions as questions
        on answers.question_code = questions.question_code
    left join customers on described.customer_id = customers.customer_id
    where
        answers.answered_at <= (select as_of from as_of)
        and questions.instrument in ('nps', 'csat', 'ces_effort')
        and not described.is_staff
        and not coalesce(customers.is_test or customers.is_staff, false)
        and answers.score between cast(questions.scale_min as integer)
        and cast(questions.scale_max as integer)
        and answers.answered_at >= described.sent_at
        and answers.answered_at <= described.sent_at + interval 336 hours
    qualify row_number() over (
        partition by answers.invitation_id, answers.question_code
        order by answers.answered_at desc, answers.answer_id desc
    ) = 1
)
select
    *,
    row_number() over (
        partition by
            survey_kind, instrument, scale_min, scale_max,
            coalesce(customer_id, invitation_id), date_trunc('quarter', business_date)
        order by answered_at desc, answer_id desc
    ) = 1 as is_last_of_customer_in_quarter
from valid;

----------------------------------------------------------------------------------------------------
-- orders, and what a customer bought again after a contact

create table orders as
select
    rows.order_id,
    coalesce(survivors.survivor_id, rows.customer_id) as customer_id,
    rows.ordered_at,
    local_date(rows.ordered_at) as ordered_date,
    coalesce(rows.status, 'paid') as status,
    rows.net_amount,
    not coalesce(rows.is_automatic, false)
    and coalesce(
        rows.refunded_amount, case when rows.status = 'refunded' then rows.net_amount else 0 end
    ) < rows.net_amount as is_repurchase,
    coalesce(rows.is_test, false) or coalesce(customers.is_test, false) as is_test
from (
    from landed.orders
    qualify
        row_number() over (
            partition by order_id
            order by
                case when updated_at is null and is_deleted then 0 else 1 end,
                updated_at desc nulls last, coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
) as rows
left join survivors on rows.customer_id = survivors.customer_id
left join customers
    on coalesce(survivors.survivor_id, rows.customer_id) = customers.customer_id
where rows.ordered_at <= (select as_of from as_of);

create table customer_months as
with first_handled as (
    select contacts.*
    from contacts
    left join customers on contacts.customer_id = customers.customer_id
    where
        contacts.is_handled
        and contacts.is_identified
        and not coalesce(customers.is_test or customers.is_staff, false)
    qualify row_number() over (
        partition by contacts.customer_id, date_trunc('month', contacts.business_date)
        order by contacts.queue_entered_at, contacts.contact_id
    ) = 1
),
purchases as (
    from orders where status in ('paid', 'refunded') and not is_test and net_amount > 0
)
select
    months.contact_id,
    any_value(months.customer_id) as customer_id,
    any_value(months.business_date) as business_date,
    any_value(months.channel) as channel,
    any_value(months.reason_group) as reason_group,
    any_value(months.team) as team,
    any_value(coalesce(customers.segment, 'unknown')) as segment,
    any_value(coalesce(customers.brand, 'unknown')) as brand,
    bool_or(purchases.ordered_at < months.queue_entered_at) as has_earlier_purchase,
    bool_or(
        purchases.is_repurchase
        and purchases.ordered_date > months.business_date
        and purchases.ordered_date <= months.business_date + 90
    ) as is_repurchased
from first_handled as months
inner join purchases on months.customer_id = purchases.customer_id
left join customers on months.customer_id = customers.customer_id
where local_midnight(months.business_date + 91) <= (select as_of from as_of)
group by 1;

----------------------------------------------------------------------------------------------------
-- who was a customer when a month began and when it ended

create table retention as
with events as (
    from landed.subscription_events
    qualify
        row_number() over (
            partition by event_id order by coalesce(is_deleted, false) desc, batch, row_number
        ) = 1
        and not coalesce(is_deleted, false)
),
states as (
    select
        last_value(customer_id ignore nulls) over so_far as customer_id,
        last_value(case
            when event_type in ('started', 'resumed') then 'running'
            when event_type in ('paused', 'ended') then event_type
        end ignore nulls) over so_far as lifecycle,
        last_value(
            case when event_type in ('started', 'changed') then coalesce(status, 'active') end
            ignore nulls
        ) over so_far as billing_status,
        last_value(case when event_type in ('started', 'changed') then amount end ignore nulls)
            over so_far as amount,
        last_value(case when event_type = 'paused' then effective_at end ignore nulls)
            over so_far as last_paused_at,
        effective_at as valid_from,
        lead(effective_at) over so_far as valid_before
    from events
    where event_type in ('started', 'changed', 'paused', 'resumed', 'ended')
    window so_far as (
        partition by subscription_id
        order by
            effective_at,
            case event_type
                when 'started' then 1 when 'changed' then 2 when 'paused' then 3
                when 'resumed' then 4 else 5
            end,
            event_id
        rows between unbounded preceding and current row
    )
),
snapshots as (
    select distinct
        date_trunc('month', day) as snapshot_date,
        local_midnight(date_trunc('month', day)) as snapshot_at
    from (
        select unnest(generate_series(
            (select local_date(min(effective_at)) from events),
            (select as_of_date from as_of),
            interval 1 day
        )) as day
    )
    union all
    select as_of_date, as_of from as_of
),
looks as (
    select
        snapshots.snapshot_at,
        coalesce(survivors.survivor_id, states.customer_id) as customer_id,
        bool_or(
            states.billing_status in ('active', 'past_due')
            and (
                states.lifecycle = 'running'
                or (
                    states.lifecycle = 'paused'
                    and snapshots.snapshot_date <= local_date(states.last_paused_at) + 90
                )
            )
        ) as is_customer
    from states
    inner join snapshots
        on
            states.valid_from <= snapshots.snapshot_at
            and (states.valid_before > snapshots.snapshot_at or states.valid_before is null)
    left join survivors on states.customer_id = survivors.customer_id
    where
        states.amount > 0
        and (states.valid_before > states.valid_from or states.valid_before is null)
    group by 1, 2
),
present as (
    select looks.snapshot_at, looks.customer_id, customers.segment, customers.brand
    from looks
    left join customers on looks.customer_id = customers.customer_id
    where looks.is_customer and not coalesce(customers.is_test or customers.is_staff, false)
),
starts as (
    select 'month' as period_grain, cast(snapshot_date as date) as period_start, snapshot_at
    from snapshots where snapshot_at <> (select as_of from as_of)
    union all
    select 'quarter', cast(snapshot_date as date), snapshot_at
    from snapshots
    where
        snapshot_date = date_trunc('quarter', snapshot_date)
        and snapshot_at <> (select as_of from as_of)
),
periods as (
    select
        *,
        coalesce(
            lead(snapshot_at) over (partition by period_grain order by period_start),
            (select as_of from as_of)
        ) as closes_at
    from starts
)
select
    periods.period_grain,
    periods.period_start,
    coalesce(opening.segment, 'unknown') as segment,
    coalesce(opening.brand, 'unknown') as brand,
    count(*) as customers_at_opening,
    count(*) - count(closing.customer_id) as customers_lost
from periods
inner join present as opening on periods.snapshot_at = opening.snapshot_at
left join present as closing
    on periods.closes_at = closing.snapshot_at and opening.customer_id = closing.customer_id
group by 1, 2, 3, 4;

----------------------------------------------------------------------------------------------------
-- what a month cost, shared by the time of agents where no channel is named

create table costs as
with cost_rows as (
    from landed.service_costs
    qualify
        row_number() over (
            partition by cost_month, channel, cost_type
            order by batch desc, source_file desc, row_number desc
        ) = 1
        and not coalesce(is_deleted, false)
),
monthly as (
    select
        cast(date_trunc('month', cost_month) as date) as month,
        channel,
        sum(amount_eur) as amount_eur
    from cost_rows
    where date_trunc('month', cost_month) <= (select as_of_date from as_of)
    group by 1, 2
),
handled as (
    select
        cast(date_trunc('month', business_date) as date) as month,
        contacts.channel,
        count(*) filter (is_handled) as contacts_handled,
        sum(cast(
            case when handle_seconds > 0 then handle_seconds end
            / coalesce(cast(channels.concurrency as integer), 1) as decimal(18, 4)
        )) as agent_seconds
    from contacts
    left join seeds.channels as channels on contacts.channel = channels.channel
    where contacts.is_in_scope
    group by 1, 2
),
spread as (
    select month, channel, amount_eur from monthly where channel is not null
    union all
    select
        monthly.month,
        coalesce(handled.channel, 'unallocated'),
        monthly.amount_eur
        * coalesce(
            handled.agent_seconds
            / sum(handled.agent_seconds) over (partition by handled.month),
            1
        )
    from monthly
    left join handled on monthly.month = handled.month and handled.agent_seconds > 0
    where monthly.channel is null
),
summed as (
    select month, channel, cast(sum(amount_eur) as decimal(24, 8)) as cost_eur
    from spread
    group by 1, 2
)
select
    coalesce(summed.month, handled.month) as month,
    coalesce(summed.channel, handled.channel) as channel,
    coalesce(summed.cost_eur, 0) as cost_eur,
    coalesce(handled.contacts_handled, 0) as contacts_handled
from summed
full join handled on summed.month = handled.month and summed.channel = handled.channel
where coalesce(summed.month, handled.month) in (select month from monthly);

----------------------------------------------------------------------------------------------------
-- the cells: sums by day and slice, then sums of these by longer periods

create table kpi_cells as
with measured as (
    select
        'service_level_20s' as kpi_id,
        business_date, channel, reason_group, team, segment, brand, site,
        count(*) filter (is_in_time) as numerator,
        count(*) as denominator
    from contacts
    where
        is_in_scope and is_live and disposition in ('answered', 'abandoned')
        and not is_short_abandon
    group by all
    union all
    select
        'first_reply_time_s', business_date, channel, reason_group, team, segment, brand, site,
        sum(reply_open_seconds), count(*)
    from replies group by all
    union all
    select
        'fcr_rate', business_date, channel, reason_group, team, segment, brand, site,
        count(*) filter (is_resolved_at_first_contact), count(*)
    from issues where is_identified and is_mature group by all
    union all
    select
        'repeat_contact_rate', business_date, channel, reason_group, team, segment, brand, site,
        count(*) filter (contact_id <> issue_id), count(*)
    from issue_contacts where is_identified and is_handled group by all
    union all
    select
        'nps_relational', business_date, channel, reason_group, team, segment, brand, site,
        count(*) filter (score >= 9) - count(*) filter (score <= 6), count(*)
    from survey_answers
    where
        instrument = 'nps' and survey_kind = 'relational' and is_last_of_customer_in_quarter
        and scale_min = 0 and scale_max = 10
    group by all
    union all
    select
        'csat_t2b', business_date, channel, reason_group, team, segment, brand, site,
        count(*) filter (score >= 4), count(*)
    from survey_answers where instrument = 'csat' and scale_min = 1 and scale_max = 5 group by all
    union all
    select
        'ces_effort_mean', business_date, channel, reason_group, team, segment, brand, site,
        sum(score), count(*)
    from survey_answers
    where instrument = 'ces_effort' and scale_min = 1 and scale_max = 7
    group by all
    union all
    select
        'repurchase_rate_90d', business_date, channel, reason_group, team, segment, brand, null,
        count(*) filter (is_repurchased), count(*)
    from customer_months where has_earlier_purchase group by all
    union all
    select
        'cost_per_contact_eur', month, channel, null, null, null, null, null,
        cast(sum(cost_eur) as double), sum(contacts_handled)
    from costs group by all
),
sliced as (
    select
        kpi_id,
        business_date,
        case
            when grouping(channel) = 0 then 'channel'
            when grouping(reason_group) = 0 then 'reason_group'
            when grouping(team) = 0 then 'team'
            when grouping(segment) = 0 then 'segment'
            when grouping(brand) = 0 then 'brand'
            when grouping(site) = 0 then 'site'
            else 'total'
        end as slice_type,
        case
            when grouping(channel) = 0 then channel
            when grouping(reason_group) = 0 then reason_group
            when grouping(team) = 0 then team
            when grouping(segment) = 0 then segment
            when grouping(brand) = 0 then brand
            when grouping(site) = 0 then site
            else 'all'
        end as slice_value,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from measured
    group by grouping sets (
        (kpi_id, business_date),
        (kpi_id, business_date, channel), (kpi_id, business_date, reason_group),
        (kpi_id, business_date, team), (kpi_id, business_date, segment),
        (kpi_id, business_date, brand), (kpi_id, business_date, site)
    )
),
retained as (
    select
        'logo_churn_rate' as kpi_id,
        period_grain,
        period_start,
        case
            when grouping(segment) = 0 then 'segment'
            when grouping(brand) = 0 then 'brand'
            else 'total'
        end as slice_type,
        case
            when grouping(segment) = 0 then segment
            when grouping(brand) = 0 then brand
            else 'all'
        end as slice_value,
        sum(customers_lost) as numerator,
        sum(customers_at_opening) as denominator
    from retention
    group by grouping sets (
        (period_grain, period_start), (period_grain, period_start, segment),
        (period_grain, period_start, brand)
    )
),
cells as (
    select
        kpi_id,
        grain as period_grain,
        cast(date_trunc(grain, business_date) as date) as period_start,
        slice_type,
        slice_value,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from sliced
    cross join (values ('day'), ('week'), ('month'), ('quarter')) as grains (grain)
    where
        slice_value is not null
        and (
            grain in ('month', 'quarter')
            or kpi_id not in ('repurchase_rate_90d', 'cost_per_contact_eur')
        )
    group by all
    union all
    from retained
)
select
    *,
    case kpi_id when 'nps_relational' then 100 else 1 end * numerator / denominator as value
from cells
where denominator > 0;
