{#-
    The distinct words of a text, and pairs of neighbouring ones, sorted: in lower case, without
    accents, every number as 0 (a list of texts; empty where there is no word).
-#}
{% macro text_terms(text) -%}
    {{ return(adapter.dispatch("text_terms")(text)) }}
{%- endmacro %}

{#- Only lists are made by it: DuckDB computes what stands in a lambda once a row, too. -#}
{% macro duckdb__text_terms(text) -%}
    list_sort(list_distinct(list_transform(
        [string_split(trim(regexp_replace(strip_accents({{ words_only(text) }}), '[0-9]+', '0', 'g')), ' ')],
        lambda words: list_concat(
            list_filter(words, lambda word: word <> ''),
            list_transform(
                range(1, len(words)), lambda place: words[place] || ' ' || words[place + 1]
            )
        )
    )[1]))
{%- endmacro %}

{% macro spark__text_terms(text) -%}
    array_sort(array_distinct(transform(
        array(split(trim(regexp_replace(translate({{ words_only(text) }}, 'àâäçéèêëîïôöùûüÿ', 'aaaceeeeiioouuuy'), '[0-9]+', '0')), ' ')),
        words -> concat(
            filter(words, word -> word <> ''),
            transform(
                filter(sequence(0, size(words) - 1), place -> place < size(words) - 1),
                place -> words[place] || ' ' || words[place + 1]
            )
        )
    )[0]))
{%- endmacro %}
