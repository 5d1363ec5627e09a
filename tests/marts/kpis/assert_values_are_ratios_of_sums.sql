-- A value is its numerator over its denominator, and null exactly where that cannot be made: over
-- 0, without data, or suppressed. A count is its own value.
-- A failure means that a published figure cannot be checked from what stands beside it. Look first
-- at int_kpi_estimates, then at the suppression in int_kpi_statuses.
with kpi_values as (
    select
        values_with_unit.*,
        definitions.denominator_measure is not null as has_denominator
    from {{ ref("kpi_values") }} as values_with_unit
    inner join {{ ref("int_kpi_definitions") }} as definitions
        on
            values_with_unit.kpi_id = definitions.kpi_id
            and values_with_unit.kpi_version = definitions.kpi_version
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
