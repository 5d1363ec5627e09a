"""The suites of the journeys room and of the reports made from it."""

from orchestration.gate.checks import (
    Suite,
    in_set,
    no_rows,
    not_negative,
    not_null,
    suite,
    unique,
)

OUTCOMES = (
    "excluded",
    "not_asked",
    "still_open",
    "churned",
    "saved",
    "cancel_asked",
    "repurchased",
    "unresolved",
    "resolved",
    "self_served",
    "unanswered",
)


def customer_events() -> Suite:
    """One row per touch of every source."""
    return suite(
        "journeys",
        "customer_events",
        [
            unique("event_id"),
            *not_null("event_at", "event_type", "source", "reference_id", "event_number"),
            in_set("journey_link", ("own", "reference", "time")),
            no_rows(
                "linked_and_in_a_journey",
                "from batch_rows where (journey_id is null) <> (journey_link is null)",
                "A touch that belongs to a journey says why.",
                ("journey_id", "journey_link"),
            ),
        ],
    )


def customer_journeys() -> Suite:
    """One row per journey."""
    return suite(
        "journeys",
        "customer_journeys",
        [
            unique("journey_id"),
            *not_null("journey_id", "started_at", "ended_at", "outcome"),
            in_set("outcome", OUTCOMES),
            not_negative("elapsed_seconds"),
            no_rows(
                "open_hours_within_elapsed_time",
                "from batch_rows where open_seconds > elapsed_seconds",
                "The service was not open for longer than the journey lasted.",
                ("open_seconds", "elapsed_seconds"),
            ),
        ],
    )


def transitions() -> Suite:
    """One row per group of reasons and pair of steps."""
    return suite(
        "journeys",
        "transitions",
        [
            unique("friction_rank"),
            *not_null("reason_group", "from_step", "to_step", "transition_count"),
            no_rows(
                "shares_between_0_and_1",
                "from batch_rows where repeated_share not between 0 and 1"
                " or complained_share not between 0 and 1"
                " or followed_share not between 0 and 1",
                "A share lies between 0 and 1.",
                ("repeated_share", "complained_share", "followed_share"),
            ),
        ],
    )


def customer_360() -> Suite:
    """One row per customer."""
    return suite(
        "reports",
        "customer_360",
        [unique("customer_id"), *not_null("customer_id"), not_negative("mrr_eur")],
    )
