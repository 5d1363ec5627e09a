-- A value is its numerator over its denominator, and null exactly where that cannot be made: over
-- 0, without data, or suppressed. A count is its own value. So are figures of one person, where
-- nothing is shown of few answers.
-- A failure means that a published figure cannot be checked from what stands beside it. Look first
-- at int_kpi_estimates, then at the suppression in int_kpi_statuses.
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
        value,
        sample_flag
    from {{ ref(table) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

kpi_values as (
    select
        published.*,
        definitions.denominator_measure is not null as has_denominator
    from published
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            published.kpi_id = definitions.kpi_id
            and published.kpi_version = definitions.kpi_version
),

expected as (
    select
        *,
        case
            when sample_flag = 'suppressed' then null
            when has_denominator then numerator / nullif(denominator, 0)
            else numerator
        end as expected_value
    from kpi_values
)

select * from expected
where
    (value is null) <> (expected_value is null)
    or abs(value - expected_value) > 1e-9 * greatest(abs(expected_value), 1)
