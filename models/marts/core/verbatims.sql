{{
    config(
        materialized = "incremental",
        incremental_strategy = "delete+insert",
        unique_key = "verbatim_id",
        on_schema_change = "fail",
        post_hook = "{{ delete_vanished('int_verbatims_redacted', ['verbatim_id']) }}",
    )
}}
{%- set kept = [
    "verbatim_id", "source", "written_at", "written_date", "customer_id", "contact_id", "ticket_id",
    "channel", "reason_group", "team", "brand", "segment", "is_in_scope", "score_instrument",
    "score_polarity", "redacted_text", "language", "topics", "topics_version",
] %}
{%- set polarities = ["negative", "neutral", "positive"] %}
-- Incremental by text: what was redacted anew, and what another version of the model judges.
-- A text takes the polarity of the score that came with it; without one, that which the model of
-- its month is sure of.
with models as (
    select
        *,
        model_version || '-' || substring(fingerprint, 1, 12) as label_version
    from {{ ref("int_text_models") }}
    where state = 'in_force'
),

texts as (
    select
        redacted.*,
        models.label_version,
        case when redacted.score_polarity is null then models.labels_from end as judged_from
    from {{ ref("int_verbatims_redacted") }} as redacted
    left join models
        on {{ period_start("month", "redacted.written_date") }} = models.labels_from
),

changed as (
    select texts.*
    from texts
    {%- if is_incremental() %}
    left join {{ this }} as before
        on texts.verbatim_id = before.verbatim_id
    where
        before.verbatim_id is null
        or texts.label_version is distinct from before.label_version
        {%- for column in kept if column != "verbatim_id" %}
        or texts.{{ column }} is distinct from before.{{ column }}
        {%- endfor %}
    {%- endif %}
),

-- each list of words is judged once by a version, however many wrote it
unscored as (
    select distinct
        judged_from as labels_from,
        terms
    from changed
    where judged_from is not null
),

weights as (
    select
        labels_from,
        unnest(terms) as term,
        unnest(rarity) as rarity,
        {%- for polarity in polarities %}
        unnest({{ polarity }}_weights) as {{ polarity }}_weight{{ "," if not loop.last }}
        {%- endfor %}
    from models
),

single as (
    select
        labels_from,
        terms,
        unnest(terms) as term
    from unscored
),

-- summed as decimals: the order of summing does not show
summed as (
    select
        single.labels_from,
        single.terms,
        sqrt(sum(cast(weights.rarity * weights.rarity as decimal(18, 9)))) as length,
        {%- for polarity in polarities %}
        sum(cast(weights.rarity * weights.{{ polarity }}_weight as decimal(18, 9)))
            as {{ polarity }}_sum{{ "," if not loop.last }}
        {%- endfor %}
    from single
    inner join weights
        on
            single.labels_from = weights.labels_from
            and single.term = weights.term
    group by 1, 2
),

-- of a text without any word that was learned nothing is known
odds as (
    select
        summed.labels_from,
        summed.terms,
        {%- for polarity in polarities %}
        exp(models.{{ polarity }}_intercept + summed.{{ polarity }}_sum / summed.length)
            as {{ polarity }}_odds{{ "," if not loop.last }}
        {%- endfor %}
    from summed
    inner join models
        on summed.labels_from = models.labels_from
),

judged as (
    select
        labels_from,
        terms,
        case
            when negative_odds >= greatest(neutral_odds, positive_odds) then 'negative'
            when positive_odds >= neutral_odds then 'positive'
            else 'neutral'
        end as likeliest,
        round(
            greatest(negative_odds, neutral_odds, positive_odds)
            / (negative_odds + neutral_odds + positive_odds),
            4
        ) as confidence
    from odds
),

final as (
    select
        {%- for column in kept %}
        changed.{{ column }},
        {%- endfor %}
        case
            when changed.score_polarity is not null then changed.score_polarity
            when judged.confidence >= {{ parameter("polarity_confidence") }} then judged.likeliest
        end as polarity,
        case
            when changed.score_polarity is not null then 'score'
            when judged.confidence >= {{ parameter("polarity_confidence") }} then 'model'
        end as labelled_by,
        judged.confidence,
        changed.label_version
    from changed
    left join judged
        on
            changed.judged_from = judged.labels_from
            and changed.terms = judged.terms
)

select * from final
order by written_at, verbatim_id
