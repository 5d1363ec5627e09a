{#-
    Probability of `event_count` events or more where `mean` (above 0) are to be expected, for counts
    above the mean: the terms of the distribution from the count on, as many as can matter.
-#}
{% macro poisson_tail(event_count, mean) -%}
    {{ return(adapter.dispatch("poisson_tail")(event_count, mean)) }}
{%- endmacro %}

{% macro duckdb__poisson_tail(event_count, mean) -%}
    list_sum(
        list_transform(
            range(
                cast({{ event_count }} as bigint),
                cast({{ event_count }} + 60 + 12 * sqrt({{ event_count }}) as bigint)
            ),
            lambda events: exp(events * ln({{ mean }}) - {{ mean }} - lgamma(events + 1))
        )
    )
{%- endmacro %}
