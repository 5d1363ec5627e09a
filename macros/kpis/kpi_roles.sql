{#-
    What the columns of a measures model are to the KPI engine, as the model's own YAML declares it:
    the documented columns are the computed ones. A role's name gives its columns, in their order.

    slice           a dimension that the family's KPIs are cut by
    slice_type      (and `slice_value`) the model makes its slices itself: what it measures does not
                    add up from them
    measure         a count or a sum
    people          counts, each once, the people behind a row: too few, and nothing of a cell is shown
    reference       what the values of the family are compared with (`baseline` of a threshold)
    not_cut_by      by measure, the slices along which it has no parts (`kpi_not_cut_by`): its total
                    stands in each of their cells (customers have no reason, their contacts do)

    A model with a column `period_grain` has periods of its own: its months are not sums of days.
-#}
{% macro kpi_roles(measures_model) -%}
    {%- set roles = {
        "slice": [],
        "slice_type": [],
        "measure": [],
        "people": [],
        "reference": [],
        "not_cut_by": {},
        "has_own_periods": false,
    } -%}
    {%- if execute -%}
        {%- set node = graph.nodes["model." ~ project_name ~ "." ~ measures_model] -%}
        {%- for column in node.columns.values() -%}
            {%- set meta = column.config.get("meta", column.meta) -%}
            {%- set role = meta.get("kpi_role") -%}
            {%- if role in roles -%}{%- do roles[role].append(column.name) -%}{%- endif -%}
            {%- if meta.get("kpi_not_cut_by") -%}
                {%- do roles["not_cut_by"].update({column.name: meta["kpi_not_cut_by"]}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do roles.update({"has_own_periods": "period_grain" in node.columns}) -%}
    {%- endif -%}
    {{ return(roles) }}
{%- endmacro %}
