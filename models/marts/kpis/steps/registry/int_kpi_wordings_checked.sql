-- Would two readers understand the same? A definition has few words, and none that each reader
-- fills in differently.
with documentation as (
    select * from {{ ref("kpi_documentation") }}
),

definitions as (
    {%- for language in ["fr", "en"] %}
    select
        kpi_id,
        kpi_version,
        '{{ language }}' as language,
        {{ word_count("definition_" ~ language) }} as words,
        {{ words_only("definition_" ~ language) }} as words_only
    from documentation
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

ambiguities as (
    select
        definitions.kpi_id,
        definitions.kpi_version,
        count(*) as ambiguous_terms
    from definitions
    inner join {{ ref("kpi_ambiguous_terms") }} as terms
        on
            definitions.language = terms.language
            and definitions.words_only like '% ' || terms.term || ' %'
    group by 1, 2
),

lengths as (
    select
        kpi_id,
        kpi_version,
        max(words) as longest_definition_words
    from definitions
    group by 1, 2
),

final as (
    select
        lengths.kpi_id,
        lengths.kpi_version,
        lengths.longest_definition_words,
        coalesce(ambiguities.ambiguous_terms, 0) as ambiguous_terms
    from lengths
    left join ambiguities
        on
            lengths.kpi_id = ambiguities.kpi_id
            and lengths.kpi_version = ambiguities.kpi_version
)

select * from final
