{%- set words = {
    "fr": {
        "colon": " : ", "of": " verbatims, ", "repeats": " réitérations sur ",
        "issues": " dossiers, ", "elsewhere": " % ailleurs", "and": " % contre ",
        "nothing": "aucun dossier mûr", "association": " ; association, pas cause",
        "cost": " € de réitérations",
    },
    "en": {
        "colon": ": ", "of": " texts, ", "repeats": " repeats of ",
        "issues": " issues, ", "elsewhere": " % elsewhere", "and": " % against ",
        "nothing": "no issue whose window is over", "association": "; an association, no cause",
        "cost": " EUR of repeats",
    },
} %}
-- What goes with each topic of free texts in a month: how many speak ill, how content their writers
-- are and what effort they had, how often their issues come back, beside the texts of the month
-- without the topic, and what the repeats cost. Nothing here says that the topic is the cause.
with texts as (
    select
        verbatim_id,
        {{ period_start("month", "written_date") }} as month_start,
        source,
        contact_id,
        topics,
        polarity
    from {{ ref("verbatims") }}
    where is_in_scope
),

answers as (
    select
        *,
        'survey_answer:' || answer_id as verbatim_id
    from {{ ref("survey_answers") }}
    where is_counted
),

scores as (
    select
        invitation_id,
        max(case when {{ is_satisfaction_answer("answers") }} then score end) as csat,
        max(case when instrument = 'ces_effort' and scale_min = 1 and scale_max = 7 then score end)
            as effort
    from answers
    group by 1
),

-- once an issue, however many of its contacts led to a text
issues as (
    select
        members.contact_id,
        issues.issue_id,
        issues.repeat_count
    from {{ ref("issue_contacts") }} as members
    inner join {{ ref("issues") }} as issues
        on members.issue_id = issues.issue_id
    where
        issues.is_mature
        and issues.is_identified
),

described as (
    select
        texts.*,
        answers.invitation_id,
        scores.csat,
        scores.effort,
        issues.issue_id,
        issues.repeat_count
    from texts
    left join answers
        on texts.verbatim_id = answers.verbatim_id
    left join scores
        on answers.invitation_id = scores.invitation_id
    left join issues
        on texts.contact_id = issues.contact_id
),

-- the topic's texts and all texts, by the same sums: what is elsewhere is the difference
single as (
    select
        *,
        {{ each_of("topics") }} as topic
    from described
    union all
    select
        *,
        '' as topic
    from described
),

summed as (
    select
        month_start,
        topic,
        count(*) as verbatims,
        -- opinions alone, as negative_verbatim_share counts them
        count(case when source <> 'ticket_message' then polarity end) as labelled,
        count(case when source <> 'ticket_message' and polarity = 'negative' then 1 end)
            as negative
    from single
    group by 1, 2
),

-- once an invitation, however many texts came with its scores
answered as (
    select
        month_start,
        topic,
        count(csat) as csat_answers,
        count(case when csat >= 4 then 1 end) as csat_satisfied,
        count(effort) as effort_answers,
        coalesce(sum(effort), 0) as effort_sum
    from (
        select distinct
            month_start,
            topic,
            invitation_id,
            csat,
            effort
        from single
        where invitation_id is not null
    ) as distinct_invitations
    group by 1, 2
),

repeated as (
    select
        month_start,
        topic,
        count(*) as issues,
        sum(repeat_count) as repeats,
        sum(repeat_count * repeat_count) as repeats_squared
    from (
        select distinct
            month_start,
            topic,
            issue_id,
            repeat_count
        from single
        where issue_id is not null
    ) as distinct_issues
    group by 1, 2
),

cost_per_contact as (
    select
        period_start as month_start,
        value as cost_per_contact_eur
    from {{ ref("kpi_values") }}
    where
        kpi_id = 'cost_per_contact_eur'
        and period_grain = 'month'
        and slice_type = 'total'
),

-- an issue of the topic's texts is not elsewhere, though other texts may be about it, too
compared as (
    select
        topics.month_start,
        topics.topic,
        topics.verbatims,
        topics.labelled,
        topics.negative,
        {%- for sum in ["csat_answers", "csat_satisfied", "effort_answers", "effort_sum"] %}
        coalesce(answered.{{ sum }}, 0) as {{ sum }},
        coalesce(answered_in_all.{{ sum }}, 0) - coalesce(answered.{{ sum }}, 0)
            as {{ sum }}_elsewhere,
        {%- endfor %}
        coalesce(repeated.issues, 0) as issues,
        coalesce(repeated.repeats, 0) as repeats,
        coalesce(repeated.repeats_squared, 0) as repeats_squared,
        coalesce(repeated_in_all.issues, 0) - coalesce(repeated.issues, 0) as issues_elsewhere,
        coalesce(repeated_in_all.repeats, 0) - coalesce(repeated.repeats, 0) as repeats_elsewhere,
        coalesce(repeated_in_all.repeats_squared, 0) - coalesce(repeated.repeats_squared, 0)
            as repeats_squared_elsewhere,
        cost_per_contact.cost_per_contact_eur
    from summed as topics
    inner join summed as months
        on
            topics.month_start = months.month_start
            and months.topic = ''
    left join answered
        on
            topics.month_start = answered.month_start
            and topics.topic = answered.topic
    left join answered as answered_in_all
        on
            topics.month_start = answered_in_all.month_start
            and answered_in_all.topic = ''
    left join repeated
        on
            topics.month_start = repeated.month_start
            and topics.topic = repeated.topic
    left join repeated as repeated_in_all
        on
            topics.month_start = repeated_in_all.month_start
            and repeated_in_all.topic = ''
    left join cost_per_contact
        on topics.month_start = cost_per_contact.month_start
    where topics.topic <> ''
),

shares as (
    select
        *,
        negative / cast(nullif(labelled, 0) as double) as negative_share,
        csat_satisfied / cast(nullif(csat_answers, 0) as double) as csat_t2b,
        csat_satisfied_elsewhere / cast(nullif(csat_answers_elsewhere, 0) as double)
            as csat_t2b_elsewhere,
        cast(effort_sum as double) / nullif(effort_answers, 0) as effort_mean,
        cast(effort_sum_elsewhere as double) / nullif(effort_answers_elsewhere, 0)
            as effort_mean_elsewhere,
        repeats / cast(nullif(issues, 0) as double) as repeats_per_issue,
        repeats_elsewhere / cast(nullif(issues_elsewhere, 0) as double)
            as repeats_per_issue_elsewhere
    from compared
),

differing as (
    select
        *,
        repeats_per_issue - repeats_per_issue_elsewhere as repeats_difference,
        {{ normal_95() }} * sqrt(
            (
                repeats_squared / cast(nullif(issues, 0) as double)
                - repeats_per_issue * repeats_per_issue
            ) / nullif(issues - 1, 0)
            + (
                repeats_squared_elsewhere / cast(nullif(issues_elsewhere, 0) as double)
                - repeats_per_issue_elsewhere * repeats_per_issue_elsewhere
            ) / nullif(issues_elsewhere - 1, 0)
        ) as repeats_reach
    from shares
),

labels as (
    select
        code as topic,
        max(case when language = 'fr' then label end) as label_fr,
        max(case when language = 'en' then label end) as label_en
    from {{ ref("verbatim_words") }}
    where kind = 'topic'
    group by 1
),

costed as (
    select
        differing.month_start,
        differing.topic,
        coalesce(labels.label_fr, 'Autre') as label_fr,
        coalesce(labels.label_en, 'Other') as label_en,
        case
            when issues = 0 then 'no_data'
            when issues < {{ parameter("minimum_sample") }} then 'insufficient_sample'
            else 'measured'
        end as state,
        verbatims,
        labelled,
        negative,
        round(negative_share, 6) as negative_share,
        {%- for name, sign in [("low", "-"), ("high", "+")] %}
        case
            when labelled > 0
                then round(
                    greatest(
                        {{ wilson_centre("negative", "labelled") }}
                        {{ sign }} {{ wilson_half_width("negative", "labelled") | indent(24) }},
                        0
                    ),
                    6
                )
        end as negative_share_{{ name }},
        {%- endfor %}
        csat_answers,
        csat_answers_elsewhere,
        effort_answers,
        effort_answers_elsewhere,
        -- of fewer who answered nothing is shown, nor of the others beside them
        {%- for score, answers in [
            ("csat_t2b", "csat_answers"), ("effort_mean", "effort_answers"),
        ] %}
        {%- for where in ["", "_elsewhere"] %}
        case
            when least({{ answers }}, {{ answers }}_elsewhere) >= {{ parameter("suppress_below") }}
                then round({{ score }}{{ where }}, 6)
        end as {{ score }}{{ where }},
        {%- endfor %}
        {%- endfor %}
        issues,
        cast(repeats as bigint) as repeats,
        round(repeats_per_issue, 6) as repeats_per_issue,
        issues_elsewhere,
        round(repeats_per_issue_elsewhere, 6) as repeats_per_issue_elsewhere,
        round(repeats_difference, 6) as repeats_difference,
        round(repeats_difference - repeats_reach, 6) as repeats_difference_low,
        round(repeats_difference + repeats_reach, 6) as repeats_difference_high,
        cast(
            round(case when issues > 0 then repeats * cost_per_contact_eur end, 2) as decimal(18, 2)
        ) as repeat_cost_eur,
        cast(round(repeats_difference * issues * cost_per_contact_eur, 2) as decimal(18, 2))
            as repeat_cost_beyond_eur,
        issues > 0 and cost_per_contact_eur is not null and differing.topic <> 'other' as is_ranked
    from differing
    left join labels
        on differing.topic = labels.topic
),

final as (
    select
        * exclude (is_ranked),
        -- what no topic covers is none
        case
            when is_ranked
                then cast(
                    row_number() over (
                        partition by month_start, is_ranked
                        order by repeat_cost_eur desc, topic
                    ) as integer
                )
        end as cost_rank,
        {%- for language in ["fr", "en"] %}
        label_{{ language }} || '{{ words[language]["colon"] }}' || verbatims
        || '{{ words[language]["of"] }}' || case
            when issues = 0 then '{{ words[language]["nothing"] }}'
            else repeats || '{{ words[language]["repeats"] }}' || issues
            || '{{ words[language]["issues"] }}'
            || {{ in_language("round(100 * repeats_per_issue, 1)", language) }}
            || coalesce(
                '{{ words[language]["and"] }}'
                || {{ in_language("round(100 * repeats_per_issue_elsewhere, 1)", language) }}
                || '{{ words[language]["elsewhere"] }}',
                ' %'
            )
            || coalesce(
                ', ' || {{ in_language("repeat_cost_eur", language) }}
                || '{{ words[language]["cost"] }}',
                ''
            )
        end || '{{ words[language]["association"] }}' as statement_{{ language }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from costed
)

select * from final
order by month_start, cost_rank, topic
