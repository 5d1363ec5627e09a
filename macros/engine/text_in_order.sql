{#- An aggregate: the texts of a group joined in the order given. -#}
{% macro text_in_order(expression, separator, order_by) -%}
    {{ return(adapter.dispatch("text_in_order")(expression, separator, order_by)) }}
{%- endmacro %}

{% macro default__text_in_order(expression, separator, order_by) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{#- A list that is sorted at the end: a third of what an aggregate in order takes. -#}
{% macro duckdb__text_in_order(expression, separator, order_by) -%}
    array_to_string(
        list_transform(
            list_sort(list({'place': row({{ order_by }}), 'text': {{ expression }}})),
            lambda item: item.text
        ),
        '{{ separator }}'
    )
{%- endmacro %}

{% macro spark__text_in_order(expression, separator, order_by) -%}
    array_join(
        transform(array_sort(collect_list(struct({{ order_by }}, {{ expression }} as text))), x -> x.text),
        '{{ separator }}'
    )
{%- endmacro %}
