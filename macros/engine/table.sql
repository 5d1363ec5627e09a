{#-
    A table is replaced in one statement and one transaction: made beside the old one, which its own
    query may read, then put in its place. The adapter's way asks the engine seven times a table, each
    for some milliseconds of dbt's own.
-#}
{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {%- set language = model["language"] -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set beside = make_intermediate_relation(target) -%}
    {%- set replaced -%}
        drop {{ existing.type if existing else "table" }} if exists {{ target }} cascade;
        alter table {{ beside }} rename to {{ adapter.quote(target.identifier) }};
        {{ comments(target) }}
    {%- endset -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main", language=language) -%}
        {{ create_table_as(False, beside, compiled_code, language) }}
        {%- if language == "sql" %};
        {{ replaced }}
        {%- endif -%}
    {%- endcall %}
    {% if language == "python" %}
        {% call statement("replaced") -%} {{ replaced }} {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({"relations": [target]}) }}
{% endmaterialization %}
