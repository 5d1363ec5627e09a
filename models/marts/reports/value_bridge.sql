-- From what the service costs to what it brings in, step by step: each month whose windows are
-- over.
{%- set steps = [
    ("service_cost_eur", "-1", "Coût du service", "Cost of the service"),
    ("margin_saved_eur", "1", "Marge sauvegardée", "Margin saved"),
    ("repurchase_margin_eur", "1", "Marge des réachats en plus", "Margin of repurchases beyond"),
    ("sales_margin_eur", "1", "Marge des ventes assistées", "Margin of assisted sales"),
] %}
with months as (
    select measures.*
    from {{ ref("measures_service_value") }} as measures
    inner join {{ ref("kpi_values") }} as kpi_values
        on
            kpi_values.kpi_id = 'service_value_created_eur'
            and kpi_values.period_grain = 'month'
            and kpi_values.slice_type = 'total'
            and measures.business_date = kpi_values.period_start
    where not kpi_values.is_provisional
),

steps as (
    {%- for amount, sign, label_fr, label_en in steps %}
    select
        business_date as month_start,
        {{ loop.index }} as position,
        '{{ amount | replace("_eur", "") }}' as step,
        '{{ label_fr }}' as label_fr,
        '{{ label_en }}' as label_en,
        {{ sign }} * {{ amount }} as amount_eur,
        service_roi
    from months
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

final as (
    select
        month_start,
        cast(position as integer) as position,
        step,
        label_fr,
        label_en,
        cast(amount_eur as decimal(18, 2)) as amount_eur,
        -- unknown as soon as a step is
        case
            when count(amount_eur) over so_far = position
                then cast(sum(amount_eur) over so_far as decimal(18, 2))
        end as running_total_eur,
        service_roi
    from steps
    window so_far as (partition by month_start order by position)
)

select * from final
order by month_start, position
