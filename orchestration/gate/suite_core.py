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

VALIDITIES = ("valid", "empty", "out_of_scale", "late", "superseded")


def contacts() -> Suite:
    """One row per contact."""
    return suite(
        "core",
        "contacts",
        [
            unique("contact_id"),
            *not_null("contact_id", "channel", "direction", "queue_entered_at", "disposition"),
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
            *not_null("ticket_id", "channel", "created_at"),
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
            unique("subscription_id", "month"),
            *not_null("subscription_id", "customer_id", "month"),
            no_rows(
                "month_starts_on_its_first_day",
                "from batch_rows where day(month) <> 1",
                "A month is named by its first day.",
                ("month",),
            ),
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


def dates() -> Suite:
    """One row per calendar day."""
    return suite(
        "core",
        "dates",
        [unique("date_day"), *not_null("date_day"), has_rows(severity="critical")],
    )


def reconciliation() -> Suite:
    """One row per landed table: what arrived against what is published. May be absent."""
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
        is_optional=True,
    )
