"""The suites of the core room: entities and events."""

from orchestration.gate.checks import (
    WARNING,
    Suite,
    columns_exist,
    has_rows,
    in_set,
    no_rows,
    not_negative,
    not_null,
    suite,
    unique,
)

VALIDITIES = (
    "valid",
    "superseded",
    "empty",
    "out_of_range",
    "late",
    "before_sending",
    "staff",
    "no_invitation",
    "unknown_question",
)
SUBSCRIPTION_STATES = (
    "running_paying",
    "free",
    "trial",
    "unpaid",
    "paused",
    "ended",
    "unknown",
)
MRR_GAINS = ("new", "expansion", "reactivation", "resumed")
MRR_MOVEMENTS = (*MRR_GAINS, "contraction", "churned", "paused", "exchange_rate")
SLA_STATUSES = ("met", "missed", "pending", "not_expected")
TENURE_BANDS = ("new", "established", "long_standing", "unknown")
VALUE_BANDS = ("none", "low", "middle", "high")


def contacts() -> Suite:
    """One row per contact."""
    return suite(
        "core",
        "contacts",
        [
            unique("contact_id"),
            *not_null("contact_id", "channel", "direction", "queue_entered_at", "business_date"),
            no_rows(
                "answered_after_it_entered",
                "from batch_rows where answered_at < queue_entered_at",
                "A contact is answered after it entered its queue.",
                ("queue_entered_at", "answered_at"),
            ),
            no_rows(
                "ended_after_it_began",
                "from batch_rows where ended_at < coalesce(answered_at, queue_entered_at)",
                "A contact ends after it was answered, or entered its queue.",
                ("queue_entered_at", "answered_at", "ended_at"),
            ),
            not_negative("wait_seconds"),
            has_rows(),
        ],
    )


def customers() -> Suite:
    """One row per customer who survived the merges."""
    return suite(
        "core",
        "customers",
        [unique("customer_id"), *not_null("customer_id"), has_rows()],
    )


def tickets() -> Suite:
    """One row per ticket."""
    return suite(
        "core",
        "tickets",
        [
            unique("ticket_id"),
            *not_null("ticket_id", "channel", "created_at", "reply_sla_status"),
            in_set("reply_sla_status", SLA_STATUSES),
            no_rows(
                "open_or_solved",
                "from batch_rows where is_open and is_solved",
                "A ticket is open or solved, never both.",
                ("is_open", "is_solved"),
            ),
            no_rows(
                "open_time_is_part_of_time",
                "from batch_rows where first_reply_open_seconds > first_reply_elapsed_seconds"
                " or full_resolution_open_seconds > full_resolution_elapsed_seconds",
                "No more open time passes than time.",
                ("first_reply_open_seconds", "full_resolution_open_seconds"),
            ),
            not_negative("first_reply_open_seconds"),
            not_negative("customer_wait_elapsed_seconds"),
        ],
    )


def ticket_open_intervals() -> Suite:
    """One row per ticket and stretch of time in the backlog."""
    return suite(
        "core",
        "ticket_open_intervals",
        [
            unique("ticket_id", "stretch_number"),
            *not_null("ticket_id", "stretch_number", "opened_at", "opened_by"),
            in_set("opened_by", ("created", "reopened")),
            no_rows(
                "left_after_it_opened",
                "from batch_rows where left_at < opened_at",
                "A ticket leaves the backlog after it entered it.",
                ("opened_at", "left_at"),
            ),
            no_rows(
                "left_by_and_left_at",
                "from batch_rows where (left_by is null) <> (left_at is null)",
                "What left the backlog left it at some time, for some reason.",
                ("left_at", "left_by"),
            ),
        ],
    )


def issues() -> Suite:
    """One row per issue."""
    return suite(
        "core",
        "issues",
        [
            unique("issue_id"),
            *not_null("issue_id", "customer_id", "reason_group", "anchor_date"),
            no_rows(
                "first_contact_is_judged_when_mature",
                "from batch_rows where (is_resolved_at_first_contact is null) = is_mature",
                "A first contact is judged once its window is over, and not before.",
                ("is_resolved_at_first_contact", "is_mature"),
            ),
        ],
    )


def issue_contacts() -> Suite:
    """One row per contact of an issue."""
    return suite(
        "core",
        "issue_contacts",
        [
            unique("contact_id"),
            *not_null("issue_id", "contact_id", "customer_id"),
            no_rows(
                "an_issue_begins_with_its_anchor",
                "from batch_rows where is_anchor <> (contact_id = issue_id)",
                "An issue is named by the contact that begins it.",
                ("is_anchor", "contact_id", "issue_id"),
            ),
        ],
    )


def survey_answers() -> Suite:
    """One row per answer to a question of a survey."""
    return suite(
        "core",
        "survey_answers",
        [
            unique("answer_id"),
            *not_null("answer_id", "invitation_id", "question_code", "answered_at", "validity"),
            in_set("validity", VALIDITIES),
            no_rows(
                "valid_score_is_on_its_scale",
                "from batch_rows where validity = 'valid'"
                " and not score between scale_min and scale_max",
                "A valid score lies on the scale of its question.",
                ("validity", "score", "scale_min", "scale_max"),
            ),
        ],
    )


def subscription_months() -> Suite:
    """One row per subscription and month."""
    return suite(
        "core",
        "subscription_months",
        [
            unique("month_start", "subscription_id"),
            *not_null("month_start", "subscription_id", "customer_id"),
            no_rows(
                "month_starts_on_its_first_day",
                "from batch_rows where day(month_start) <> 1",
                "A month is named by its first day.",
                ("month_start",),
            ),
            not_negative("opening_mrr_eur"),
            not_negative("closing_mrr_eur"),
        ],
    )


def mrr_movements() -> Suite:
    """One row per customer, month and kind of movement of recurring revenue."""
    return suite(
        "core",
        "mrr_movements",
        [
            unique("month_start", "customer_id", "movement_type"),
            *not_null("month_start", "customer_id", "movement_type", "mrr_change_eur"),
            in_set("movement_type", MRR_MOVEMENTS),
            no_rows(
                "movement_goes_the_way_of_its_name",
                f"""
from batch_rows
where movement_type <> 'exchange_rate'
    and (mrr_change_eur > 0) <> (movement_type in {MRR_GAINS})
""",
                "What is gained adds to recurring revenue, what is lost takes away.",
                ("movement_type", "mrr_change_eur"),
            ),
        ],
    )


def cancel_episodes() -> Suite:
    """One row per cancellation episode of a subscription."""
    return suite(
        "core",
        "cancel_episodes",
        [
            unique("cancel_episode_id"),
            *not_null(
                "cancel_episode_id",
                "subscription_id",
                "customer_id",
                "requested_at",
                "is_handled_by_service",
                "is_mature",
            ),
            in_set("state_at_window_end", SUBSCRIPTION_STATES),
            no_rows(
                "save_is_known_when_the_window_is_over",
                "from batch_rows where (is_saved is not null) <> is_mature",
                "A save is known once the window is over, and no earlier.",
                ("is_saved", "is_mature"),
            ),
            no_rows(
                "saved_subscription_pays",
                "from batch_rows where is_saved"
                " and state_at_window_end is distinct from 'running_paying'",
                "A saved subscription runs and pays at the end of its window.",
                ("is_saved", "state_at_window_end"),
            ),
            no_rows(
                "ended_after_it_was_asked",
                "from batch_rows where ended_at < requested_at or withdrawn_at < requested_at",
                "What ends or withdraws an episode comes after its first request.",
                ("requested_at", "ended_at", "withdrawn_at"),
            ),
            not_negative("offer_cost_eur"),
            not_negative("mrr_before_eur"),
            not_negative("mrr_after_eur"),
            not_negative("days_to_termination"),
        ],
    )


def customer_months() -> Suite:
    """One row per customer and month in which the customer is followed."""
    return suite(
        "core",
        "customer_months",
        [
            unique("month_start", "customer_id"),
            *not_null("month_start", "customer_id", "is_contacted", "index_date", "is_mature"),
            in_set("tenure_band", TENURE_BANDS),
            in_set("value_band", VALUE_BANDS),
            no_rows(
                "index_lies_in_its_month",
                "from batch_rows where date_trunc('month', index_date) <> month_start",
                "A customer is followed from a day of the month, which its first day names.",
                ("month_start", "index_date"),
            ),
            no_rows(
                "contacted_has_its_contact",
                "from batch_rows where is_contacted <> (index_contact_id is not null)",
                "Who counts as contacted has an index contact, and nobody else.",
                ("is_contacted", "index_contact_id"),
            ),
            no_rows(
                "control_bought_before",
                "from batch_rows where not is_contacted and not has_earlier_purchase",
                "Customers to compare with had bought before.",
                ("is_contacted", "has_earlier_purchase"),
            ),
            no_rows(
                "repurchase_is_known_when_the_window_is_over",
                "from batch_rows where (is_repurchased is not null) <> is_mature",
                "A repurchase is known once the window is over, and no earlier.",
                ("is_repurchased", "is_mature"),
            ),
            not_negative("earlier_purchase_value_eur"),
            not_negative("repurchase_amount_eur"),
        ],
    )


def orders() -> Suite:
    """One row per order."""
    return suite(
        "core",
        "orders",
        [
            unique("order_id"),
            *not_null("order_id", "customer_id", "ordered_at"),
        ],
    )


def documents() -> Suite:
    """One row per invoice or credit note."""
    return suite(
        "core",
        "documents",
        [
            unique("document_id"),
            *not_null("document_id", "customer_id", "issued_on"),
            no_rows(
                "credit_note_subtracts",
                "from batch_rows where (document_type = 'credit_note' and signed_amount > 0)"
                " or (document_type = 'invoice' and signed_amount < 0)",
                "An invoice adds, a credit note subtracts.",
                ("document_type", "signed_amount"),
            ),
        ],
    )


def agents() -> Suite:
    """One row per agent."""
    return suite("core", "agents", [unique("agent_id"), *not_null("agent_id")])


def agent_months() -> Suite:
    """One row per person and month in the service."""
    return suite(
        "core",
        "agent_months",
        [
            unique("month_start", "agent_id"),
            *not_null("month_start", "agent_id", "team", "site"),
            no_rows(
                "who_comes_was_hired_and_who_goes_has_left",
                "from batch_rows where not (is_present_at_opening or is_hired)"
                " or not (is_present_at_closing or is_left)",
                "A person was there when the month began, or came; is there at its end, or left.",
                ("is_present_at_opening", "is_present_at_closing", "is_hired", "is_left"),
            ),
            no_rows(
                "only_who_is_there_is_certified",
                "from batch_rows where is_certified and not is_present_at_closing",
                "Only who is in the service at the snapshot counts as certified.",
                ("is_certified", "is_present_at_closing"),
            ),
            no_rows(
                "covered_skills_are_required",
                "from batch_rows where covered_skills > required_skills",
                "The skills that are covered are some of those required.",
                ("covered_skills", "required_skills"),
            ),
        ],
    )


def quality_evaluations() -> Suite:
    """One row per evaluation of an exchange."""
    return suite(
        "core",
        "quality_evaluations",
        [
            unique("evaluation_id"),
            *not_null(
                "evaluation_id",
                "exchange_id",
                "agent_id",
                "contact_date",
                "has_critical_error",
                "is_calibration",
            ),
            not_negative("error_count"),
        ],
    )


def dates() -> Suite:
    """One row per calendar day."""
    return suite(
        "core",
        "dates",
        [unique("calendar_date"), *not_null("calendar_date")],
    )


def reconciliation() -> Suite:
    """One row per landed table: what arrived against what became of it. Asked where published."""
    return suite(
        "core",
        "reconciliation",
        [
            *columns_exist("table_name", "accepted_rows", "explained_rows"),
            no_rows(
                "every_accepted_row_is_explained",
                "from batch_rows where accepted_rows <> explained_rows",
                "Every accepted row is published, superseded, deleted or set aside by a rule.",
                ("accepted_rows", "explained_rows"),
                severity=WARNING,
            ),
        ],
    )
