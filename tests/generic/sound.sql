{#-
    One query for all that each row of a table must be; each key is grouped once more. Gives one row
    per broken rule: the column, the rule, and how many rows (or keys) break it; fails on any.

    What is said at a column:
    - `constraints: [{type: not_null}]`, asked here where no contract has the engine enforce it at
      the write;
    - `config: {meta: {accepted_values: […]}}`; null is accepted unless it is excluded, too.

    What is said here:
    - `key`: these columns together name a row. `also_unique` lists further keys. A key of one column
      leaves out its nulls; in a longer one nulls are equal to each other;
    - `rules`: name -> condition on one row. A condition that is unknown (null) is not broken.
-#}
{% test sound(model, key=[], also_unique=[], rules={}) %}

{{ config(fail_calc="coalesce(sum(failed_rows), 0)") }}

{%- set conditions = column_rules() -%}
{%- for rule, condition in rules.items() -%}
    {%- do conditions.append(["", rule, condition]) -%}
{%- endfor -%}
{%- set keys = ([key] if key else []) + also_unique %}

with rows_to_check as (
    select * from {{ model }}
),

broken as (
    select
        {%- for column, rule, condition in conditions %}
        sum(case when not ({{ condition }}) then 1 else 0 end) as broken_{{ loop.index }},
        {%- endfor %}
        count(*) as row_count
    from rows_to_check
)

{% for column, rule, condition in conditions -%}
select
    '{{ column }}' as column_name,
    '{{ rule }}' as rule,
    broken_{{ loop.index }} as failed_rows
from broken
where broken_{{ loop.index }} > 0
union all
{% endfor -%}
{%- for columns in keys -%}
{%- set columns = columns | join(", ") if columns is not string else columns -%}
select
    '{{ columns }}' as column_name,
    'unique' as rule,
    count(*) as failed_rows
from (
    select {{ columns }}
    from rows_to_check
    {%- if "," not in columns %}
    where {{ columns }} is not null
    {%- endif %}
    group by {{ columns }}
    having count(*) > 1
) as repeated
having count(*) > 0
union all
{% endfor -%}
select
    '' as column_name,
    '' as rule,
    0 as failed_rows
from broken
where 1 = 0

{% endtest %}
