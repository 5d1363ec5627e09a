-- Which KPI precedes which? Every link of the strategy map, at every lag, on the changes from month
-- to month.
with measured as (
    select * from {{ ref("int_lead_lags") }}
    where basis = 'change'
),

links as (
    select
        links.*,
        causes.name_fr as cause_fr,
        causes.name_en as cause_en,
        effects.name_fr as effect_fr,
        effects.name_en as effect_en
    from {{ ref("kpi_links") }} as links
    inner join {{ ref("published_kpi_catalogue") }} as causes
        on
            links.cause_kpi_id = causes.kpi_id
            and causes.valid_to is null
    inner join {{ ref("published_kpi_catalogue") }} as effects
        on
            links.effect_kpi_id = effects.kpi_id
            and effects.valid_to is null
),

judged as (
    select
        links.*,
        measured.lag_months,
        measured.sample_size,
        measured.correlation,
        measured.rank_correlation,
        measured.ci_low,
        measured.ci_high,
        measured.p_value,
        measured.p_value_adjusted,
        coalesce(measured.is_strongest, false) as is_strongest,
        case
            when not coalesce(measured.is_tested, false) then 'insufficient_history'
            when measured.p_value_adjusted >= 0.05 then 'not_shown'
            when measured.is_echo then 'echo'
            when sign(measured.correlation) = links.expected_sign then 'predictive'
            else 'contrary'
        end as verdict
    from links
    left join measured
        on
            links.cause_kpi_id = measured.cause_kpi_id
            and links.effect_kpi_id = measured.effect_kpi_id
            and measured.lag_months > 0
),

final as (
    select
        cause_kpi_id,
        effect_kpi_id,
        coalesce(lag_months, 0) as lag_months,
        cast(expected_sign as integer) as expected_sign,
        cast(expected_lag_months as integer) as expected_lag_months,
        coalesce(sample_size, 0) as sample_size,
        correlation,
        rank_correlation,
        ci_low,
        ci_high,
        p_value,
        p_value_adjusted,
        is_strongest,
        verdict,
        {%- for language, words in {
            "fr": {
                "no": " : pas assez d’histoire pour juger (",
                "months": " mois)",
                "not_shown": " : aucun lien établi à ",
                "echo": " : ne précède pas, écho d’un lien plus fort à un autre délai ou dans le même mois, à ",
                "predictive": " : précède, à ",
                "contrary": " : précède, en sens inverse de l’attendu, à ",
                "one_month": " mois",
                "lag": " mois",
                "interval": " ; intervalle à 95 % de ",
                "to": " à ",
                "sample": " ; ",
                "end": " mois ; association, pas cause)",
            },
            "en": {
                "no": ": not enough history to judge (",
                "months": " months)",
                "not_shown": ": no link shown at ",
                "echo": ": does not precede, an echo of a stronger link at another lag or in the same month, at ",
                "predictive": ": precedes, by ",
                "contrary": ": precedes, against what was expected, by ",
                "one_month": " month",
                "lag": " months",
                "interval": "; 95 % interval ",
                "to": " to ",
                "sample": "; ",
                "end": " months; association, no cause)",
            },
        }.items() %}
        cause_{{ language }} || ' → ' || effect_{{ language }} || case
            when verdict = 'insufficient_history'
                then '{{ words.no }}' || coalesce(sample_size, 0) || '{{ words.months }}'
            else case verdict
                when 'not_shown' then '{{ words.not_shown }}'
                when 'echo' then '{{ words.echo }}'
                when 'predictive' then '{{ words.predictive }}'
                else '{{ words.contrary }}'
            end || lag_months
            || case when lag_months = 1 then '{{ words.one_month }}' else '{{ words.lag }}' end
            || ' (r = ' || {{ in_language("round(correlation, 2)", language) }}
            || '{{ words.interval }}' || {{ in_language("round(ci_low, 2)", language) }}
            || '{{ words.to }}' || {{ in_language("round(ci_high, 2)", language) }}
            || '{{ words.sample }}' || sample_size || '{{ words.end }}'
        end as statement_{{ language }}{{ "," if not loop.last }}
        {%- endfor %}
    from judged
)

select * from final
order by cause_kpi_id, effect_kpi_id, lag_months
