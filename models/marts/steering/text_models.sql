-- How good each month's model of polarity is on texts that it had not seen, beside what says the
-- most frequent polarity of all and what counts words of a lexicon; and the words that it leans on.
with models as (
    select * from {{ ref("int_text_models") }}
),

-- what it then did in its month, of the texts that came without a score
used as (
    select
        {{ period_start("month", "written_date") }} as month_start,
        count(*) as texts_without_score,
        count(case when labelled_by = 'model' then 1 end) as texts_labelled
    from {{ ref("verbatims") }}
    where
        is_in_scope
        and score_polarity is null
    group by 1
),

final as (
    select
        models.model_version,
        models.labels_from,
        models.state,
        models.learned_from,
        models.learned_until,
        models.training_texts,
        models.distinct_texts,
        models.negative_texts,
        models.neutral_texts,
        models.positive_texts,
        models.learned_accuracy,
        models.learned_macro_f1,
        models.lexicon_accuracy,
        models.lexicon_macro_f1,
        models.majority_accuracy,
        models.majority_macro_f1,
        models.labelled_share,
        models.labelled_accuracy,
        coalesce(used.texts_without_score, 0) as texts_without_score,
        coalesce(used.texts_labelled, 0) as texts_labelled,
        cast({{ list_length("models.terms") }} as integer) as term_count,
        models.strongest_negative,
        models.strongest_neutral,
        models.strongest_positive,
        models.fingerprint
    from models
    left join used
        on models.labels_from = used.month_start
)

select * from final
order by labels_from
