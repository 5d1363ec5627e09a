-- Median and 90th percentile beside the means of kpi_values: of the same facts, and shown where the
-- mean is.
with quantiles as (
    {%- for family, facts_model, measures in [
        (
            "contacts",
            "int_contacts_timed",
            ["live_wait_seconds", "handle_seconds", "handled_hold_seconds"],
        ),
        ("replies", "int_deferred_contacts_replied", ["reply_open_seconds"]),
        ("resolutions", "int_tickets_resolved", ["full_resolution_elapsed_seconds"]),
        ("reopens", "int_tickets_first_solved", ["first_resolution_elapsed_seconds"]),
    ] %}
    select *
    from (
        {{ kpi_quantiles(family, facts_model, measures) | indent(8) }}
    ) as {{ family }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

definitions as (
    select * from {{ ref("int_kpi_definitions") }}
),

means as (
    select * from {{ ref("kpi_values") }}
),

final as (
    select
        means.kpi_id,
        means.kpi_version,
        means.period_grain,
        means.period_start,
        means.slice_type,
        means.slice_value,
        {%- for quantile in ["median", "p90"] %}
        case
            when means.sample_flag <> 'suppressed'
                then definitions.multiplier * quantiles.{{ quantile }}
        end as {{ quantile }},
        {%- endfor %}
        quantiles.sample_size,
        means.sample_flag,
        means.is_provisional
    from means
    inner join definitions
        on
            means.kpi_id = definitions.kpi_id
            and means.kpi_version = definitions.kpi_version
    inner join quantiles
        on
            definitions.family = quantiles.family
            and definitions.quantile_measure = quantiles.quantile_measure
            and means.period_grain = quantiles.period_grain
            and means.period_start = quantiles.period_start
            and means.slice_type = quantiles.slice_type
            and means.slice_value = quantiles.slice_value
)

select * from final
order by kpi_id, period_grain, slice_type, slice_value, period_start
