-- The five criteria of a KPI that can be trusted to decide by, checked by machine, a fifth of the
-- score each.
{%- set criteria = ["simple", "specific", "reliable", "immediate", "actionable"] %}
with entries as (
    select * from {{ ref("int_kpi_entries_checked") }}
),

judged as (
    select
        entries.kpi_id,
        entries.kpi_version,
        coalesce(
            wordings.longest_definition_words <= {{ parameter("definition_words_limit") }}
            and wordings.ambiguous_terms = 0,
            false
        ) as is_simple,
        coalesce(formulas.numerators = 1 and formulas.denominators <= 1, false) as is_specific,
        coalesce(
            last_values.sample_size >= last_values.minimum_sample
            and coalesce(
                last_values.total_variation_distance <= {{ parameter("representativeness_limit") }},
                true
            )
            and formulas.has_lineage
            and not last_values.is_withheld,
            false
        ) as is_reliable,
        coalesce(last_values.age_hours <= last_values.cadence_hours, false) as is_immediate,
        entries.has_owner and entries.has_decision and entries.has_thresholds as is_actionable,
        wordings.longest_definition_words,
        wordings.ambiguous_terms,
        last_values.last_period_start,
        coalesce(last_values.sample_size, 0) as sample_size,
        last_values.total_variation_distance,
        last_values.age_hours,
        last_values.cadence_hours
    from entries
    left join {{ ref("int_kpi_wordings_checked") }} as wordings
        on
            entries.kpi_id = wordings.kpi_id
            and entries.kpi_version = wordings.kpi_version
    left join {{ ref("int_kpi_formulas_checked") }} as formulas
        on
            entries.kpi_id = formulas.kpi_id
            and entries.kpi_version = formulas.kpi_version
    left join {{ ref("int_kpi_last_values_found") }} as last_values
        on entries.kpi_id = last_values.kpi_id
),

final as (
    select
        kpi_id,
        kpi_version,
        {%- for criterion in criteria %}
        is_{{ criterion }},
        {%- endfor %}
        cast(
            (
                {%- for criterion in criteria %}
                case when is_{{ criterion }} then 1 else 0 end{{ " +" if not loop.last }}
                {%- endfor %}
            ) / 5.0 as decimal(3, 1)
        ) as score,
        concat_ws(
            ','
            {%- for criterion in criteria %},
            case when not is_{{ criterion }} then '{{ criterion }}' end
            {%- endfor %}
        ) as failed_criteria,
        longest_definition_words,
        ambiguous_terms,
        last_period_start,
        sample_size,
        total_variation_distance,
        age_hours,
        cadence_hours
    from judged
)

select * from final
order by kpi_id
