-- a view: a step of kpi_editions alone
{{ config(materialized = "view") }}
-- Why each figure changed, by the strongest evidence that there is: what the row itself shows, then
-- rows that came for its very period, then merged customers, then another project, and only then
-- anything else that has come into the tables that it is made from.
with changed as (
    select * from {{ ref("int_kpi_values_changed") }}
),

edition_before as (
    select * from {{ ref("int_edition_before") }}
),

-- the periods that the edition before was in the middle of
unfinished as (
    {%- for grain in ["day", "week", "month", "quarter"] %}
    select
        '{{ grain }}' as period_grain,
        {{ period_start(grain, "as_of_date") }} as period_start
    from edition_before
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- a period is known by its total, which every KPI has
totals_before as (
    select * from {{ ref("int_kpi_values_published") }}
    where slice_type = 'total'
),

arrivals as (
    select * from {{ ref("int_family_arrivals_summed") }}
),

with_evidence as (
    select
        changed.*,
        totals_before.kpi_id is null as is_first,
        changed.kpi_version <> totals_before.kpi_version as is_other_version,
        coalesce(
            totals_before.is_provisional or changed.period_start >= unfinished.period_start, false
        ) as was_open,
        coalesce(its_period.has_new_rows, false) as has_late_rows,
        coalesce(its_period.has_corrections, false) as has_corrections,
        coalesce(ever.has_merges, false) as has_merges,
        edition_before.is_project_changed,
        coalesce(ever.has_late_rows, false) as has_related_late_rows,
        coalesce(ever.has_corrections, false) as has_related_corrections,
        coalesce(ever.has_new_rows, false) as has_related_rows
    from changed
    cross join edition_before
    left join unfinished
        on changed.period_grain = unfinished.period_grain
    left join totals_before
        on
            changed.kpi_id = totals_before.kpi_id
            and changed.period_grain = totals_before.period_grain
            and changed.period_start = totals_before.period_start
    left join {{ ref("int_kpi_definitions") }} as definitions
        on
            changed.kpi_id = definitions.kpi_id
            and changed.kpi_version = definitions.kpi_version
    left join arrivals as its_period
        on
            definitions.family = its_period.family
            and changed.period_grain = its_period.period_grain
            and changed.period_start = its_period.period_start
    left join arrivals as ever
        on
            definitions.family = ever.family
            and ever.period_grain = 'ever'
),

explained as (
    select
        *,
        case
            when is_first then 'first'
            when is_other_version then 'new_definition'
            when was_open then 'more_data'
            when has_late_rows then 'late_data'
            when has_corrections then 'correction'
            when has_merges then 'merge'
            when is_project_changed then 'new_definition'
            when has_related_late_rows then 'late_data'
            when has_related_corrections then 'correction'
            when has_related_rows then 'more_data'
            else 'unexplained'
        end as change_cause,
        case
            when is_first or is_other_version or was_open then 'cell'
            when has_late_rows or has_corrections then 'period'
            when has_merges then 'people'
            when is_project_changed then 'project'
            when has_related_rows or has_related_corrections then 'related'
            else 'none'
        end as cause_evidence
    from with_evidence
),

final as (
    select
        *,
        case
            when not is_first
                then nullif(
                    concat_ws(
                        ', ',
                        case
                            when has_late_rows and not was_open and change_cause <> 'late_data'
                                then 'late_data'
                        end,
                        case
                            when
                                (
                                    has_corrections
                                    or (cause_evidence = 'related' and has_related_corrections)
                                )
                                and change_cause <> 'correction'
                                then 'correction'
                        end,
                        case when has_merges and change_cause <> 'merge' then 'merge' end,
                        case
                            when is_project_changed and change_cause <> 'new_definition'
                                then 'new_definition'
                        end
                    ),
                    ''
                )
        end as other_causes
    from explained
)

select * from final
