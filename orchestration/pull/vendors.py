"""Where vendors keep their records: paths, pages and cursors, as their documentation says.

Zendesk: developer.zendesk.com, Incremental Exports and Pagination. Stripe: docs.stripe.com/api,
Pagination. `{since}` in a parameter is the first instant to ask for, in seconds since 1970.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.system.errors import UsageError


@dataclass(frozen=True)
class Endpoint:
    """One kind of record. `name` is the folder of its files, `records` where a page has them.

    `pages` says how pages follow each other: `next` a link, `cursor` a link that goes on after the
    last page (`end_of_stream` ends it), `links` one below `links`, `after` the id of the last
    record, `meta` a cursor below `meta`. With a `cursor` the next pull asks for what changed since,
    in `since`; `lag` seconds before it once more. Without one everything is asked for every time.
    `is_in_order` says that records come by the cursor, oldest first: then the newest record of a
    part says where the next one begins; else the position in the list does.
    """

    name: str
    path: str
    records: str
    pages: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cursor: str = ""
    since: str = ""
    is_iso: bool = False
    lag: int = 0
    is_in_order: bool = False


@dataclass(frozen=True)
class Vendor:
    """A vendor: its address, how one proves who one is, and what it has.

    `secrets` are the names of environment variables, each with what it holds.
    """

    name: str
    secrets: Mapping[str, str]
    address: Callable[[], str]
    authentication: Callable[[], Mapping[str, str]]
    endpoints: tuple[Endpoint, ...]


def _said(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise UsageError(f"{name} is not set: see docs/how-to/pull.md.")
    return value


def _zendesk_address() -> str:
    return os.environ.get("PILOTAGE_ZENDESK_URL") or (
        f"https://{_said('PILOTAGE_ZENDESK_SUBDOMAIN')}.zendesk.com"
    )


def _zendesk_authentication() -> dict[str, str]:
    return {
        "type": "http_basic",
        "username": f"{_said('PILOTAGE_ZENDESK_EMAIL')}/token",
        "password": _said("PILOTAGE_ZENDESK_API_TOKEN"),
    }


def _stripe_address() -> str:
    return os.environ.get("PILOTAGE_STRIPE_URL") or "https://api.stripe.com"


def _stripe_authentication() -> dict[str, str]:
    return {"type": "bearer", "token": _said("PILOTAGE_STRIPE_API_KEY")}


# Cards are charged, refunded and credited, and ratings changed, for some weeks after the fact.
_FIVE_WEEKS = 35 * 86_400
_ALL = {"page[size]": 100}
_HUNDRED = {"limit": 100}

VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor(
            name="zendesk",
            secrets={
                "PILOTAGE_ZENDESK_SUBDOMAIN": "the first part of the address, before .zendesk.com",
                "PILOTAGE_ZENDESK_EMAIL": "e-mail of an administrator",
                "PILOTAGE_ZENDESK_API_TOKEN": "an API token of theirs",
            },
            address=_zendesk_address,
            authentication=_zendesk_authentication,
            endpoints=(
                Endpoint(
                    *("tickets", "api/v2/incremental/tickets/cursor.json", "tickets", "cursor"),
                    params={"per_page": 1000},
                    cursor="generated_timestamp",
                    since="start_time",
                    is_in_order=True,
                ),
                Endpoint(
                    *("ticket_events", "api/v2/incremental/ticket_events.json"),
                    *("ticket_events", "next"),
                    params={"include": "comment_events"},
                    cursor="timestamp",
                    since="start_time",
                    is_in_order=True,
                ),
                Endpoint(
                    *("users", "api/v2/incremental/users/cursor.json", "users", "cursor"),
                    params={"per_page": 1000},
                    cursor="updated_at",
                    since="start_time",
                    is_iso=True,
                    is_in_order=True,
                ),
                Endpoint(
                    *("organizations", "api/v2/incremental/organizations.json"),
                    *("organizations", "next"),
                    cursor="updated_at",
                    since="start_time",
                    is_iso=True,
                    is_in_order=True,
                ),
                Endpoint(
                    *("satisfaction_ratings", "api/v2/satisfaction_ratings.json"),
                    *("satisfaction_ratings", "links"),
                    params=_ALL | {"sort": "created_at"},
                    cursor="created_at",
                    since="start_time",
                    is_iso=True,
                    lag=_FIVE_WEEKS,
                ),
                Endpoint(
                    *("survey_responses", "api/v2/guide/survey_responses", "survey_responses"),
                    "meta",
                    params=_ALL | {"sort": "id"},
                ),
                Endpoint(
                    *("ticket_metrics", "api/v2/ticket_metrics.json", "ticket_metrics", "links"),
                    params=_ALL,
                ),
                Endpoint("groups", "api/v2/groups.json", "groups", "links", params=_ALL),
                Endpoint("brands", "api/v2/brands.json", "brands", "links", params=_ALL),
                Endpoint("sla_policies", "api/v2/slas/policies.json", "sla_policies", "next"),
                Endpoint(
                    *("schedules", "api/v2/business_hours/schedules.json", "schedules", "next"),
                ),
            ),
        ),
        Vendor(
            name="stripe",
            secrets={"PILOTAGE_STRIPE_API_KEY": "a restricted key that may read, and nothing else"},
            address=_stripe_address,
            authentication=_stripe_authentication,
            endpoints=(
                Endpoint("customers", "v1/customers", "data", "after", params=_HUNDRED),
                Endpoint(
                    *("subscriptions", "v1/subscriptions", "data", "after"),
                    params=_HUNDRED | {"status": "all", "expand[]": "data.discounts"},
                ),
                Endpoint("prices", "v1/prices", "data", "after", params=_HUNDRED),
                Endpoint("coupons", "v1/coupons", "data", "after", params=_HUNDRED),
                *(
                    Endpoint(
                        *(name, f"v1/{name}", "data", "after"),
                        params=_HUNDRED,
                        cursor="created",
                        since="created[gte]",
                        lag=_FIVE_WEEKS,
                    )
                    for name in (
                        *("invoices", "credit_notes", "charges", "payment_intents"),
                        *("refunds", "disputes", "events"),
                    )
                ),
            ),
        ),
    )
}
