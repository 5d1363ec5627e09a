-- Every definition, of drafts too, is short enough to be read and has no word that two readers
-- understand in two ways.
-- A failure means that a KPI would be published that fails its first criterion. Look first at the
-- definitions of the KPI in kpi_documentation.csv, then at kpi_ambiguous_terms.csv.
select *
from {{ ref("int_kpi_wordings_checked") }}
where
    longest_definition_words > {{ parameter("definition_words_limit") }}
    or ambiguous_terms > 0
