{#-
    What the YAML of the node that is being tested says of its columns, as a list of (column, rule,
    condition). Nulls are left to the engine where it has refused them at the write.
-#}
{% macro column_rules() -%}
    {%- set rules = [] -%}
    {%- if execute -%}
        {#- what is being compiled is the test: it names the node that it was declared on -#}
        {%- set tested = graph.nodes[model.attached_node] -%}
        {%- set is_enforced = (
            enforces_not_null()
            and tested.config.get("contract", {}).get("enforced")
            and tested.config.materialized != "view"
        ) -%}
        {%- for column in tested.columns.values() -%}
            {%- if
                not is_enforced
                and column.constraints | selectattr("type", "equalto", "not_null") | list
            -%}
                {%- do rules.append([column.name, "not_null", column.name ~ " is not null"]) -%}
            {%- endif -%}
            {%- set values = column.config.get("meta", column.meta).get("accepted_values") -%}
            {%- if values -%}
                {%- do rules.append(
                    [column.name, "accepted_values", column.name ~ " in (" ~ literals(values) ~ ")"]
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro %}
