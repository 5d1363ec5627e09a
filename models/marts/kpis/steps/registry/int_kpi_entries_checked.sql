-- What each active KPI still lacks in the registry. A threshold of 0 is one; a KPI that is only
-- context for others needs none.
{%- set fields = [
    "question_fr", "question_en", "definition_fr", "definition_en", "numerator", "owner_role",
    "interpretation_fr", "interpretation_en", "decision", "objective_id",
] %}
with run as (
    select * from {{ ref("int_run_dated") }}
),

active as (
    select catalogue.*
    from {{ ref("published_kpi_catalogue") }} as catalogue
    cross join run
    where
        catalogue.status = 'active'
        and catalogue.valid_from <= run.as_of_date
        and (catalogue.valid_to > run.as_of_date or catalogue.valid_to is null)
),

with_thresholds as (
    select distinct thresholds.kpi_id
    from {{ ref("kpi_thresholds") }} as thresholds
    cross join run
    where
        thresholds.basis <> 'to_be_set'
        and thresholds.warn_threshold is not null
        and thresholds.alert_threshold is not null
        and thresholds.valid_from <= run.as_of_date
        and (thresholds.valid_to > run.as_of_date or thresholds.valid_to is null)
),

checked as (
    select
        active.*,
        coalesce(trim(active.owner_role), '') <> '' as has_owner,
        coalesce(trim(active.decision), '') <> '' as has_decision,
        with_thresholds.kpi_id is not null or active.direction = 'context' as has_thresholds,
        concat_ws(
            ', '
            {%- for field in fields %},
            case when coalesce(trim(active.{{ field }}), '') = '' then '{{ field }}' end
            {%- endfor %},
            case
                when with_thresholds.kpi_id is null and active.direction <> 'context'
                    then 'thresholds'
            end
        ) as missing_fields
    from active
    left join with_thresholds
        on active.kpi_id = with_thresholds.kpi_id
),

final as (
    select
        kpi_id,
        kpi_version,
        perspective,
        is_review_due,
        has_owner,
        has_decision,
        has_thresholds,
        missing_fields,
        missing_fields = '' as is_complete
    from checked
)

select * from final
