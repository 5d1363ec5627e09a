{#-
    Condition: an invitation (a row of `invitations`, with the kind of its survey) must be described
    again, or all of them: new batches changed it, the reference that it carries or the customer
    whose id that is, the contact or the ticket that it asks about; its survey, which no seed knows,
    became one of another kind; or its day was not over.
-#}
{% macro of_changed_invitations() -%}
    {%- if not execute -%}
        {%- for model_name in [
            "stg_pilotage__run_context",
            "int_customer_references_matched",
            "int_contacts_changed",
            "int_run_dated",
        ] -%}
            {%- do ref(model_name) -%}
        {%- endfor -%}
        {{ return("true") }}
    {%- endif -%}
    {%- set before = as_built("int_survey_invitations_described") -%}
    {%- if flags.FULL_REFRESH or before is none -%}
        true
    {%- else -%}
        (
            invitations.batch > {{ previous_batch() }}
            or ({{ reference_type("invitations") }}, invitations.customer_ref) in (
                {{ changed_references("refs.ref_type, refs.ref_value") }}
            )
            -- the customer's own id, where it is known by those alone who are the same customer
            or invitations.customer_ref in ({{ changed_references("refs.customer_id") }})
            or invitations.contact_id in (
                select changed.contact_id from {{ ref("int_contacts_changed") }} as changed
            )
            or {{ ticket_contact_id("invitations.ticket_id") }} in (
                select changed.contact_id from {{ ref("int_contacts_changed") }} as changed
            )
            or (invitations.survey_code, invitations.survey_kind) not in (
                select distinct before.survey_code, before.survey_kind from {{ before }} as before
            )
            or {{ of_days_not_over(utc_date("invitations.sent_at")) }}
        )
    {%- endif -%}
{%- endmacro %}
