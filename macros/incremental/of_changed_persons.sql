{#-
    Condition: the person (an expression) is one of those who changed, or everything changed. Null is
    nobody.
-#}
{% macro of_changed_persons(person) -%}
    {%- if everything_changed() -%}
        true
    {%- else -%}
        {{ person }} in (select changed.person_id from {{ ref("int_persons_changed") }} as changed)
    {%- endif -%}
{%- endmacro %}
