{#-
    Standard error of a mean or of a promoter score (`interval_method` `mean`, `nps`), before the
    KPI's multiplier; null for any other. `added_answers` are shared out over the scale of a score:
    as many in the middle, and the rest to both ends.
-#}
{% macro kpi_standard_error(added_answers="0") -%}
    case
        when divisor > 1 and interval_method = 'mean'
            then sqrt(
                greatest(
                    squares - divisor * (numerator / divisor) * (numerator / divisor), 0
                ) / (divisor - 1) / divisor
            )
        when divisor > 0 and interval_method = 'nps'
            then sqrt(
                greatest(
                    (squares + {{ added_answers }} / 2) / (divisor + {{ added_answers }})
                    - power(numerator / (divisor + {{ added_answers }}), 2),
                    0
                ) / (divisor + {{ added_answers }})
            )
    end
{%- endmacro %}
