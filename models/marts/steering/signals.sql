-- What stands out, and what is at stake: signals by the customers concerned and what they are
-- worth, each with its evidence, its owner and what to do.
{%- set kinds = [
    "outside_limits", "new_level", "divergence", "reason_surge", "topic_surge", "trigger_surge",
    "saturation",
] %}
{%- set labels = {
    "fr": {
        "outside_limits": "hors de ses limites de contrôle",
        "new_level": "à un nouveau niveau depuis huit relevés",
        "divergence": "s’améliore, son garde-fou se dégrade",
        "reason_surge": "motif en forte hausse",
        "topic_surge": "thème en forte hausse dans les verbatims négatifs",
        "trigger_surge": "signe de départ en forte hausse",
        "saturation": "équipe saturée",
        "observed": "observé", "expected": "attendu", "limits": "limites de", "to": "à",
        "half_hours": "demi-heures saturées", "chance": "probabilité par hasard",
        "below": "moins de ",
        "colon": " : ", "then": " ; ",
    },
    "en": {
        "outside_limits": "outside its control limits",
        "new_level": "on a new level for eight figures",
        "divergence": "improves while its guard-rail worsens",
        "reason_surge": "reason that surges",
        "topic_surge": "topic that surges in negative texts",
        "trigger_surge": "sign of leaving that surges",
        "saturation": "team that is saturated",
        "observed": "observed", "expected": "expected", "limits": "limits", "to": "to",
        "half_hours": "saturated half-hours", "chance": "probability by chance",
        "below": "below ",
        "colon": ": ", "then": "; ",
    },
} %}
with raised as (
    select * from {{ ref("int_signals_raised") }}
),

catalogue as (
    select * from {{ ref("published_kpi_catalogue") }}
    where valid_to is null
),

topics as (
    select
        kind,
        code,
        language,
        label
    from {{ ref("verbatim_words") }}
),

-- what a customer brings in a year, by the newest final month
customer_value as (
    select 12 * value as value_eur
    from {{ ref("kpi_values") }}
    where
        kpi_id = 'arpu_eur'
        and period_grain = 'month'
        and slice_type = 'total'
        and not is_provisional
        and value is not null
    order by period_start desc
    limit 1
),

valued as (
    select
        raised.*,
        catalogue.name_fr,
        catalogue.name_en,
        guardrails.name_fr as guardrail_fr,
        guardrails.name_en as guardrail_en,
        {%- for language in ["fr", "en"] %}
        coalesce(
            triggers.label_{{ language }},
            topics_{{ language }}.label,
            reasons.label_{{ language }},
            raised.subject
        ) as subject_{{ language }},
        {%- endfor %}
        catalogue.owner_role,
        -- surges and saturation are counted; a divergence shows the figure of its guard-rail
        case
            when raised.kind in ('outside_limits', 'new_level') then catalogue.unit
            when raised.kind = 'divergence' then guardrails.unit
            else 'count'
        end as shown_unit,
        catalogue.on_warning_fr,
        catalogue.on_warning_en,
        catalogue.on_alert_fr,
        catalogue.on_alert_en,
        cast(ceil(raised.units_concerned) as bigint) as customers_concerned,
        cast(
            round(ceil(raised.units_concerned) * customer_value.value_eur, 2) as decimal(18, 2)
        ) as value_at_stake_eur,
        raised.state in ('open', 'qualified') as is_open
    from raised
    inner join catalogue
        on raised.kpi_id = catalogue.kpi_id
    left join catalogue as guardrails
        on raised.guardrail_kpi_id = guardrails.kpi_id
    left join {{ ref("churn_triggers") }} as triggers
        on
            raised.subject = triggers.trigger
            and raised.subject_type = 'trigger'
    left join {{ ref("reasons") }} as reasons
        on
            raised.subject = reasons.reason
            and raised.subject_type = 'reason'
    {%- for language in ["fr", "en"] %}
    left join topics as topics_{{ language }}
        on
            raised.subject = topics_{{ language }}.code
            and raised.subject_type = topics_{{ language }}.kind
            and topics_{{ language }}.language = '{{ language }}'
    {%- endfor %}
    left join customer_value
        on true
),

ranked as (
    select
        *,
        case
            when is_open
                then row_number() over (
                    partition by is_open
                    order by
                        coalesce(is_unfavourable, false) desc,
                        customers_concerned desc,
                        signal_id
                )
        end as priority,
        case
            when is_unfavourable and kind <> 'new_level' then 'high'
            when is_unfavourable then 'medium'
            else 'low'
        end as severity,
        {{ dbt.datediff("began_on", "raised_on", "day") }}
            as latency_days
    from valued
),

final as (
    select
        ranked.signal_id,
        ranked.kind,
        ranked.kpi_id,
        ranked.guardrail_kpi_id,
        ranked.subject_type,
        ranked.subject,
        ranked.period_grain,
        ranked.period_start,
        ranked.began_on,
        ranked.raised_on,
        cast(ranked.latency_days as integer) as latency_days,
        ranked.last_seen_on,
        ranked.expires_on,
        ranked.state,
        ranked.severity,
        ranked.is_unfavourable,
        ranked.priority,
        ranked.observed,
        ranked.expected,
        ranked.limit_low,
        ranked.limit_high,
        ranked.p_value,
        ranked.customers_concerned,
        ranked.value_at_stake_eur,
        ranked.owner_role,
        {%- for language, words in labels.items() %}
        ranked.name_{{ language }}
        || case ranked.subject_type
            when 'total' then '' else ' (' || ranked.subject_{{ language }} || ')'
        end
        || '{{ words.colon }}' || case ranked.kind
            {%- for kind in kinds %}
            when '{{ kind }}' then '{{ words[kind] }}'
            {%- endfor %}
        end
        || coalesce(' (' || ranked.guardrail_{{ language }} || ')', '') || '{{ words.then }}'
        || case
            when ranked.kind = 'saturation'
                then {{ number_text("ranked.observed", 0, language) }} || ' {{ words.half_hours }}'
            else '{{ words.observed }} ' || {{ value_text("ranked.observed", "units", language) }}
            || ', {{ words.expected }} ' || {{ value_text("ranked.expected", "units", language) }}
            || coalesce(
                ', {{ words.limits }} '
                || {{ value_text("ranked.limit_low", "units", language) }} || ' {{ words.to }} '
                || {{ value_text("ranked.limit_high", "units", language) }},
                ''
            )
            || coalesce(
                ', {{ words.chance }} ' || case
                    when ranked.p_value < 0.0001
                        then '{{ words.below }}' || {{ number_text("0.0001", 4, language) }}
                    else {{ number_text("ranked.p_value", 4, language) }}
                end,
                ''
            )
        end as statement_{{ language }},
        {%- endfor %}
        {%- for language in ["fr", "en"] %}
        case
            when ranked.severity = 'high' then ranked.on_alert_{{ language }}
            else ranked.on_warning_{{ language }}
        end as what_to_do_{{ language }}{{ "," if not loop.last }}
        {%- endfor %}
    from ranked
    left join {{ ref("units") }} as units
        on ranked.shown_unit = units.unit
)

select * from final
order by priority, raised_on desc, signal_id
