{#-
    Whether the facts that are built person by person must be built whole: on a full refresh, and
    when int_persons_changed says that everything changed. It stands there until a build succeeded,
    so that all facts of a run, and of a run after one that failed half-way, are built alike.
-#}
{% macro everything_changed() -%}
    {%- if not execute -%}
        {%- do ref("int_persons_changed") -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set changed = as_built("int_persons_changed") -%}
    {%- if flags.FULL_REFRESH or changed is none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found = run_query("select count(*) from " ~ changed ~ " where person_id is null") -%}
    {{ return(found.columns[0].values()[0] > 0) }}
{%- endmacro %}
