"""What goes wrong with exports: each class is a query over the clean rows of one table.

`{rows}` are the clean rows of a batch; `{n}` is a number that differs by seed.
"""

from dataclasses import dataclass

BROKEN_ACCENTS = "replace(replace(replace({0}, 'é', 'Ã©'), 'è', 'Ã¨'), 'à', 'Ã\u00a0')"
_INSTANTS = ("queue_entered_at", "answered_at", "ended_at", "updated_at")


@dataclass(frozen=True)
class Class:
    """One way of being corrupt.

    `is_unit`: of money or time, to be refused. `spans` are lengths of the batch in days.
    `is_again`: the clean rows have landed before.
    """

    name: str
    table: str
    query: str
    is_unit: bool = False
    spans: tuple[int, ...] = (1, 7)
    is_again: bool = False


def _replaced(**columns: str) -> str:
    said = ", ".join(f"{value} as {name}" for name, value in columns.items())
    return f"select * replace ({said}) from {{rows}}"


def _shifted(interval: str) -> str:
    return _replaced(**{name: f"{name} {interval}" for name in _INSTANTS})


CLASSES = (
    Class(
        "seconds as milliseconds",
        "interactions.contacts",
        _replaced(wait_seconds="wait_seconds * 1000"),
        is_unit=True,
    ),
    Class(
        "half of the seconds as milliseconds",
        "interactions.contacts",
        _replaced(wait_seconds="if(hash(contact_id) % 2 = 0, wait_seconds * 1000, wait_seconds)"),
        is_unit=True,
    ),
    Class(
        "minutes as seconds",
        "interactions.contact_legs",
        _replaced(talk_seconds="talk_seconds / 60", wrap_seconds="wrap_seconds / 60"),
        is_unit=True,
    ),
    Class(
        "cents as euros",
        "billing.orders",
        _replaced(net_amount="net_amount * 100"),
        is_unit=True,
    ),
    Class(
        "thousands of euros as euros",
        "billing.documents",
        _replaced(net_amount="net_amount / 1000"),
        is_unit=True,
        # invoices come in a few days of the month
        spans=(7,),
    ),
    Class(
        "nulls in an optional column",
        "interactions.contacts",
        "select * replace (if({n} % 3 = 0, null, reason) as reason, "
        "if({n} % 3 = 1, null, queue) as queue, if({n} % 3 = 2, null, customer_ref) "
        "as customer_ref) from {rows}",
    ),
    Class(
        "the same contacts under other ids",
        "interactions.contacts",
        _replaced(contact_id="'K9' || substr(contact_id, 3)"),
        is_again=True,
    ),
    Class("two hours later", "interactions.contacts", _shifted("+ interval 2 hours")),
    Class("two hours earlier", "interactions.contacts", _shifted("- interval 2 hours")),
    Class(
        "customer and contact swapped",
        "interactions.contacts",
        _replaced(contact_id="coalesce(customer_ref, contact_id)", customer_ref="contact_id"),
    ),
    Class(
        "contact and agent swapped",
        "interactions.contact_legs",
        _replaced(contact_id="agent_id", agent_id="contact_id"),
    ),
    Class(
        "contacts without their prefix",
        "interactions.contact_legs",
        _replaced(contact_id="ltrim(substr(contact_id, 2), '0')"),
    ),
    Class(
        "a channel with a typo",
        "interactions.contacts",
        _replaced(channel="if(channel = 'phone', 'phnoe', channel)"),
    ),
    Class(
        "broken accents",
        "interactions.ticket_events",
        _replaced(text=BROKEN_ACCENTS.format('"text"')).replace("as text", 'as "text"'),
    ),
    Class(
        "forty legs a contact",
        "interactions.contact_legs",
        "select rows.* replace (leg_id || '-' || i as leg_id) "
        "from {rows} as rows cross join range(40) as copies (i)",
    ),
    Class(
        "one agent on all legs",
        "interactions.contact_legs",
        _replaced(agent_id="(select min(agent_id) from {rows})"),
    ),
    Class("an unknown currency", "billing.orders", _replaced(currency="'XBT'")),
    Class(
        "a truncated file",
        "interactions.contacts",
        "from {rows} qualify row_number() over (order by queue_entered_at, contact_id) "
        "<= count(*) over () * (30 + {n} % 25) / 100",
        spans=(1,),
    ),
    Class(
        "a missing day",
        "interactions.contacts",
        "from {rows} where cast(timezone('Europe/Paris', queue_entered_at) as date) <> {day}",
        spans=(7,),
    ),
    Class(
        "answers two hours late",
        "interactions.contacts",
        _replaced(
            answered_at="answered_at + interval 2 hours", ended_at="ended_at + interval 2 hours"
        ),
    ),
    Class(
        "one channel and priority for all",
        "interactions.tickets",
        _replaced(priority="'urgent'", channel="'email'"),
    ),
)
