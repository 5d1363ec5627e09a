-- What a chart draws: every figure that there is, with the words and the colours that it needs.
with points as (
    select *
    from {{ ref("kpi_values") }}
    where
        value is not null
        and (
            sample_flag = 'publishable'
            -- the line over everything has no holes
            or slice_type = 'total'
        )
),

topics as (
    select
        code,
        max(case when language = 'fr' then label end) as label_fr,
        max(case when language = 'en' then label end) as label_en
    from {{ ref("verbatim_words") }}
    where kind = 'topic'
    group by code
),

-- slices whose codes stand in a seed of their own
seeded_names as (
    select 'channel' as slice_type, channel as slice_value, label_fr, label_en
    from {{ ref("channels") }}
    union all
    select 'topic' as slice_type, code as slice_value, label_fr, label_en
    from topics
    union all
    select 'site' as slice_type, site as slice_value, label as label_fr, label as label_en
    from {{ ref("sites") }}
),

slice_names as (
    select * from seeded_names
    union all
    -- a type of slice is a kind of label; what another seed names is named there
    select labels.kind as slice_type, labels.code as slice_value, labels.label_fr, labels.label_en
    from {{ ref("labels") }} as labels
    anti join seeded_names
        on labels.kind = seeded_names.slice_type and labels.code = seeded_names.slice_value
    union all
    select 'total' as slice_type, 'all' as slice_value, 'Ensemble' as label_fr, 'All' as label_en
),

final as (
    select
        points.kpi_id,
        catalogue.name_fr as label_fr,
        catalogue.name_en as label_en,
        catalogue.perspective,
        points.period_grain,
        points.period_start,
        {{ period_text("points.period_grain", "points.period_start", "fr") | indent(8) }}
            as period_text_fr,
        {{ period_text("points.period_grain", "points.period_start", "en") | indent(8) }}
            as period_text_en,
        points.slice_type,
        points.slice_value,
        coalesce(slice_names.label_fr, points.slice_value) as slice_text_fr,
        coalesce(slice_names.label_en, points.slice_value) as slice_text_en,
        points.value,
        {{ value_text("points.value", "units", "fr") | indent(8) }} as value_text_fr,
        {{ value_text("points.value", "units", "en") | indent(8) }} as value_text_en,
        catalogue.unit,
        units.label_fr as unit_fr,
        catalogue.direction,
        points.ci_low,
        points.ci_high,
        {%- for language in ["fr", "en"] %}
        {{ interval_text("points.ci_low", "points.ci_high", "units", language) | indent(8) }}
            as interval_text_{{ language }},
        {%- endfor %}
        points.sample_size,
        points.sample_flag,
        points.status,
        {{ status_symbol("points.status") }} as status_symbol,
        {{ status_colour("points.status") | indent(8) }} as status_colour,
        points.warn_threshold,
        points.alert_threshold,
        points.warn_floor,
        points.alert_floor,
        points.is_action_due,
        points.is_provisional,
        points.is_series_break
    from points
    inner join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            points.kpi_id = catalogue.kpi_id
            and points.kpi_version = catalogue.kpi_version
    left join {{ ref("units") }} as units
        on catalogue.unit = units.unit
    left join slice_names
        on
            points.slice_type = slice_names.slice_type
            and points.slice_value = slice_names.slice_value
)

select * from final
order by kpi_id, period_grain, slice_type, slice_value, period_start
