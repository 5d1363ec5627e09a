{#-
    The statements that write the descriptions of the node's YAML onto a table, where its
    configuration asks for that (`persist_docs`).
-#}
{% macro comments(relation, for_relation=true, for_columns=true) -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {{ alter_relation_comment(relation, model.description) }}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description -%}
            comment on column {{ relation }}.{{ adapter.quote(column.name) }}
            is {{ duckdb_escape_comment(column.description) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- dbt asks for the columns first, to leave out what a table does not have: here that is an error. -#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set statements = comments(relation, for_relation, for_columns) -%}
    {%- if statements | trim -%}
        {% call statement("comments") -%} {{ statements }} {%- endcall %}
    {%- endif -%}
{%- endmacro %}
