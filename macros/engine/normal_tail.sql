{#-
    Probability that a standard normal variable lies further from 0 than `z`, on either side: SQL has
    no error function. Abramowitz and Stegun, Handbook of Mathematical Functions, formula 7.1.26: off
    by less than 1.5e-7.
-#}
{% macro normal_tail(z) -%}
    {{ return(adapter.dispatch("normal_tail")(z)) }}
{%- endmacro %}

{% macro default__normal_tail(z) -%}
{%- set distance = "(abs(" ~ z ~ ") / sqrt(2))" -%}
{%- set t = "(1 / (1 + 0.3275911 * " ~ distance ~ "))" -%}
    (
        {{ t }} * (
            0.254829592
            + {{ t }} * (
                -0.284496736
                + {{ t }} * (1.421413741 + {{ t }} * (-1.453152027 + {{ t }} * 1.061405429))
            )
        ) * exp(-{{ distance }} * {{ distance }})
    )
{%- endmacro %}
