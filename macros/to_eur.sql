{#-
    An amount in euros, to the cent, rounded half up at the line. Rates quote foreign units for one
    euro: divide. The quotient becomes a decimal before it is rounded, or 2.01 / 2.00 would lose
    its half cent. Null where there is no rate: never 1.
    Amounts of ten million and rates of a thousandth need more than eighteen digits on the way.
-#}
{% macro to_eur(amount, units_per_eur) -%}
    cast(
        round(cast({{ amount }} / {{ units_per_eur }} as decimal(38, 8)), 2) as decimal(18, 2)
    )
{%- endmacro %}
