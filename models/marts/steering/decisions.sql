-- Every decision, what became of its KPI, and what to do next.
{%- set conclusions = {
    "improved": (
        "The KPI improved by more than chance explains.",
        "L’indicateur s’est amélioré plus que le hasard ne l’explique."
    ),
    "worsened": (
        "The KPI worsened by more than chance explains.",
        "L’indicateur s’est dégradé plus que le hasard ne l’explique."
    ),
    "no_detectable_effect": (
        "No effect that chance would not explain.",
        "Aucun effet que le hasard n’expliquerait pas."
    ),
    "cancelled": ("Cancelled: nothing is measured.", "Annulée : rien n’est mesuré."),
    "unknown_kpi": (
        "Not measurable: no KPI that is computed has this id.",
        "Non mesurable : aucun indicateur calculé ne porte cet identifiant."
    ),
    "no_window": (
        "Not measurable: the review does not come after the decision.",
        "Non mesurable : la revue ne vient pas après la décision."
    ),
    "review_not_reached": (
        "Too early: the date of the review is not reached.",
        "Trop tôt : la date de revue n’est pas atteinte."
    ),
    "provisional": (
        "Too early: figures after the decision can still change.",
        "Trop tôt : des chiffres d’après la décision peuvent encore changer."
    ),
    "not_additive": (
        "Not measurable: the figures of this KPI do not add up over time.",
        "Non mesurable : les chiffres de cet indicateur ne s’additionnent pas dans le temps."
    ),
    "hidden": (
        "Not measurable: too few people stand behind some of the figures to show them.",
        "Non mesurable : trop peu de personnes derrière certains chiffres pour les montrer."
    ),
    "definition_changed": (
        "Not measurable: the definition of the KPI changed meanwhile.",
        "Non mesurable : la définition de l’indicateur a changé entre-temps."
    ),
    "no_figures": (
        "Not measurable: figures of the slice, or of the one to compare with, are missing.",
        "Non mesurable : il manque des chiffres du périmètre ou de son témoin."
    ),
    "withheld": (
        "Not measurable: a source of the KPI stopped meanwhile.",
        "Non mesurable : une source de l’indicateur s’est arrêtée entre-temps."
    ),
    "small_sample": (
        "Too few observations to judge.",
        "Trop peu d’observations pour conclure."
    ),
    "no_control": (
        "An association in time: without a slice to compare with it is not known"
        ~ " what the decision changed.",
        "Une concomitance : sans périmètre témoin, on ne sait pas ce que la décision a changé."
    ),
    "no_interval": (
        "Not measurable: how much of it is chance is not known for this KPI.",
        "Non mesurable : on ne sait pas, pour cet indicateur, quelle part revient au hasard."
    ),
    "no_direction": (
        "Not measurable: neither more nor less of this KPI is better.",
        "Non mesurable : ni la hausse ni la baisse de cet indicateur n’est un progrès."
    ),
    "insufficient_identification": (
        "Not measurable: too few contacts are attached to a customer.",
        "Non mesurable : trop peu de contacts sont rattachés à un client."
    ),
    "pre_trend": (
        "Not measurable: the two slices moved apart before the decision already.",
        "Non mesurable : les deux périmètres s’écartaient déjà avant la décision."
    ),
} %}
with known as (
    select * from {{ ref("int_decisions_known") }}
),

judged as (
    select
        *,
        verdict in ('improved', 'worsened', 'no_detectable_effect') as is_judged
    from {{ ref("int_decisions_judged") }}
),

valued as (
    select
        known.*,
        judged.* exclude (decision_id),
        {%- for bound in ["effect", "effect_low", "effect_high"] %}
        -- as much of the gain expected as came of the change expected
        case
            when judged.is_judged
                then cast(known.expected_gain_eur as double) * judged.{{ bound }}
                / nullif(cast(known.expected_change as double), 0)
        end as gain_of_{{ bound }},
        {%- endfor %}
        case
            when coalesce(known.status, 'observed') = 'observed'
                then cast(known.expected_gain_eur as double) * cast(known.confidence as double)
                / nullif(cast(known.effort_days as double), 0)
        end as priority_score
    from known
    inner join judged
        on known.decision_id = judged.decision_id
),

-- what the next days of work bring most with
ranked as (
    select
        *,
        case
            when priority_score is not null
                then row_number() over (
                    order by
                        priority_score desc nulls last,
                        expected_gain_eur desc,
                        decided_on,
                        decision_id
                )
        end as priority_rank
    from valued
),

worded as (
    select
        *,
        {%- for language, everything, versus, alone in [
            ("en", "the whole service", " against ", ", before and after"),
            ("fr", "tout le service", " face à ", ", avant et après"),
        ] %}
        coalesce(kpi_name_{{ language }}, kpi_id) || ', '
        || coalesce(slice_value, '{{ everything }}')
        || case
            when method = 'before_after' then '{{ alone }}'
            when has_control then '{{ versus }}' || control_slice_value
            else ''
        end as subject_{{ language }},
        {{ change_in_words("effect", "unit", language) | indent(8) }} as effect_{{ language }},
        {%- for bound in ["effect_low", "effect_high"] %}
        {{ change_in_words(bound, "unit", language, names_unit=false) | indent(8) }}
            as {{ bound }}_{{ language }},
        {%- endfor %}
        case coalesce(verdict_reason, verdict)
            {%- for said, texts in conclusions.items() %}
            when '{{ said }}' then '{{ texts[0 if language == "en" else 1] }}'
            {%- endfor %}
        end as conclusion_{{ language }},
        {%- endfor %}
        treated_before_sample || ', ' || treated_after_sample
        || coalesce(' / ' || control_before_sample || ', ' || control_after_sample, '') as samples
    from ranked
),

final as (
    select
        decision_id,
        kpi_id,
        objective_id,
        signal_id,
        level,
        owner_role,
        decided_on,
        action,
        slice_type,
        slice_value,
        control_slice_value,
        expected_change,
        expected_gain_eur,
        confidence,
        effort_days,
        cost_eur,
        review_on,
        status,
        updated_at,
        review_due_on,
        is_review_due,
        is_overdue,
        is_followed_up,
        method,
        period_grain,
        before_starts_on,
        before_ends_on,
        after_starts_on,
        after_ends_on,
        unit,
        direction,
        treated_before,
        treated_after,
        control_before,
        control_after,
        treated_before_sample,
        treated_after_sample,
        control_before_sample,
        control_after_sample,
        effect,
        effect_low,
        effect_high,
        placebo_effect,
        placebo_low,
        placebo_high,
        verdict,
        verdict_reason,
        gain_of_effect as realised_gain_eur,
        least(gain_of_effect_low, gain_of_effect_high) as realised_gain_low_eur,
        greatest(gain_of_effect_low, gain_of_effect_high) as realised_gain_high_eur,
        (gain_of_effect - cast(cost_eur as double)) / nullif(cast(cost_eur as double), 0) as roi,
        priority_score,
        priority_rank,
        subject_en
        || coalesce(
            ': ' || effect_en
            || coalesce(
                ' (95 % interval ' || effect_low_en || ' to ' || effect_high_en, ' (no interval'
            ) || coalesce('; samples ' || samples, '') || ').',
            coalesce(' (samples ' || samples || ')', '') || '.'
        ) || ' ' || conclusion_en as statement_en,
        subject_fr
        || coalesce(
            ' : ' || effect_fr
            || coalesce(
                ' (intervalle à 95 % : ' || effect_low_fr || ' à ' || effect_high_fr,
                ' (sans intervalle'
            ) || coalesce(' ; effectifs ' || samples, '') || ').',
            coalesce(' (effectifs ' || samples || ')', '') || '.'
        ) || ' ' || conclusion_fr as statement_fr
    from worded
)

select * from final
order by decided_on, decision_id
