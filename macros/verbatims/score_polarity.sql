{#-
    What a score says, from where it lies between the worst (0) and the best (1) of its scale:
    `negative` below the middle, `positive` above it, `neutral` around it. Of a willingness to
    recommend from 0 to 10 by its own bands. `scores` has instrument, score, scale_min, scale_max, polarity.
-#}
{% macro score_polarity(scores) -%}
    {%- set position -%}
        (
            case when {{ scores }}.polarity = 'high_is_bad'
                then {{ scores }}.scale_max - {{ scores }}.score
                else {{ scores }}.score - {{ scores }}.scale_min
            end
        ) / cast({{ scores }}.scale_max - {{ scores }}.scale_min as double)
    {%- endset -%}
    case
        when {{ scores }}.instrument = 'nps' and {{ scores }}.score >= 9 then 'positive'
        when {{ scores }}.instrument = 'nps' and {{ scores }}.score >= 7 then 'neutral'
        when {{ scores }}.instrument = 'nps' then 'negative'
        when {{ position }} < 0.4 then 'negative'
        when {{ position }} > 0.6 then 'positive'
        else 'neutral'
    end
{%- endmacro %}
