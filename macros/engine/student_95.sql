{#-
    Standard errors on either side that make a 95 % interval when the spread itself is estimated with
    so many degrees of freedom (Student): Cornish and Fisher's expansion of its quantile, short by 0.3 %
    at four of them, and by less above.
-#}
{% macro student_95(degrees) -%}
    {{ return(adapter.dispatch("student_95")(degrees)) }}
{%- endmacro %}

{% macro default__student_95(degrees) -%}
{%- set z = 1.959964 -%}
    (
        {{ z }}
        + {{ (z ** 3 + z) / 4 }} / ({{ degrees }})
        + {{ (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 }} / power({{ degrees }}, 2)
        + {{ (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 }} / power({{ degrees }}, 3)
    )
{%- endmacro %}
