{#-
    The signs that a customer may leave, as seeds/churn_triggers.csv lists them and
    int_churn_features has them as columns: those that score points, and those that only the learned
    model weighs.
-#}
{% macro churn_triggers(scored=none) -%}
    {%- set with_points = [
        "frequent_contacts",
        "high_effort",
        "detractor",
        "failed_payment",
        "downgrade",
        "cancel_intent",
        "cancel_withdrawn",
        "silence",
    ] -%}
    {%- set without_points = [
        "recent_contacts",
        "complaint",
        "dissatisfied",
        "paused",
        "yearly_term",
        "new_customer",
        "long_standing",
    ] -%}
    {{ return(with_points if scored else with_points + without_points) }}
{%- endmacro %}
