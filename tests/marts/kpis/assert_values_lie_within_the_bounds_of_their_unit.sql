-- A share lies between 0 and 1 and is part of its denominator, a net score between -100 and 100, an
-- index between 0 and 100, a mean of stars between 0 and 5. Four ratios are no share of their
-- denominator: hires and leavers may exceed the opening headcount, a lift is a rate over a rate,
-- net churn is negative when expansion exceeds losses, and load may exceed the staff. An agent's
-- repeats may come in the month after the contacts that they repeat.
-- A failure means that a figure cannot be what its unit says. Look first at the KPI's numerator and
-- denominator in kpi_catalogue.csv.
with published as (
    {%- for table in ["kpi_values", "agent_kpi_values"] %}
    select
        '{{ table }}' as table_name,
        kpi_id,
        kpi_version,
        period_grain,
        period_start,
        numerator,
        denominator,
        value
    from {{ ref(table) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

bounded as (
    select
        published.*,
        catalogue.unit = 'ratio'
        and published.kpi_id not in (
            'agent_rotation_rate_fr', 'churn_model_lift', 'net_mrr_churn_rate', 'saturation_index'
        )
        and not (
            published.table_name = 'agent_kpi_values'
            and published.kpi_id = 'repeat_contact_rate'
        ) as is_share,
        case when catalogue.unit = 'points' then -100 else 0 end as lowest,
        case
            when catalogue.unit in ('points', 'points_0_100') then 100
            when catalogue.unit = 'stars_0_5' then 5
        end as highest
    from published
    inner join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            published.kpi_id = catalogue.kpi_id
            and published.kpi_version = catalogue.kpi_version
)

select * from bounded
where
    (
        is_share
        and (value < -1e-9 or value > 1 + 1e-9 or numerator > denominator + 1e-9)
    )
    or (
        highest is not null
        and (value < lowest - 1e-9 or value > highest + 1e-9)
    )
