-- The same contacts and issues seen from the contact: was it a repeat, was it the only one? Handled
-- contacts of known customers, on their own day.
with contacts as (
    select
        issue_contacts.*,
        issues.is_resolved_at_first_contact as is_one_and_done
    from {{ ref("issue_contacts") }} as issue_contacts
    inner join {{ ref("issues") }} as issues
        on issue_contacts.issue_id = issues.issue_id
    where
        issue_contacts.is_handled
        and issue_contacts.is_identified
),

final as (
    select
        business_date,
        channel,
        reason_group,
        team,
        segment,
        brand,
        site,
        count(*) as identified_contacts_handled,
        count(case when is_repeat then 1 end) as contacts_repeated,
        count(case when is_mature then 1 end) as identified_contacts_mature,
        count(case when not is_mature then 1 end) as identified_contacts_pending,
        count(case when is_mature and is_one_and_done then 1 end) as contacts_one_and_done
    from contacts
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from final
