{#-
    What a score says, from where it lies between the worst (0) and the best (1) of its scale:
    `negative` below the middle, `positive` above it, `neutral` around it. Of a willingness to
    recommend from 0 to 10 by its own bands, and of stars, which begin at one: from four of five on
    positive, below three negative. `scores` has instrument, score, scale_min, scale_max, polarity.
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
        when {{ scores }}.instrument = 'nps' and {{ scores }}.scale_max = 10 and {{ scores }}.score >= 9 then 'positive'
        when {{ scores }}.instrument = 'nps' and {{ scores }}.scale_max = 10 and {{ scores }}.score >= 7 then 'neutral'
        when {{ scores }}.instrument = 'nps' and {{ scores }}.scale_max = 10 then 'negative'
        when {{ scores }}.instrument = 'rating' and {{ position }} >= 0.8 then 'positive'
        when {{ scores }}.instrument = 'rating' and {{ position }} < 0.6 then 'negative'
        when {{ scores }}.instrument = 'rating' then 'neutral'
        when {{ position }} < 0.4 then 'negative'
        when {{ position }} > 0.6 then 'positive'
        else 'neutral'
    end
{%- endmacro %}
