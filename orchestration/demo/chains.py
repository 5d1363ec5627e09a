"""Chains of contacts: every root, what follows from it, who leaves, who answers a survey.

The world is made one range of customers at a time: a customer's chains depend on no other's.
"""

import duckdb

from orchestration.demo.engine import Settings, run, set_variables

MAXIMUM_DEPTH = 5
CONTACTS_PER_RANGE = 1_200_000


def customer_ranges(settings: Settings) -> list[tuple[int, int]]:
    """Return inclusive customer ranges that hold about a million contacts each."""
    per_customer = settings.monthly_contacts * settings.months / settings.customers
    size = max(1, int(CONTACTS_PER_RANGE / per_customer))
    starts = range(1, settings.customers + 1, size)
    return [(start, min(start + size - 1, settings.customers)) for start in starts]


def make_chains(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Fill contacts_all, responses, barometer, cancel_intents and churn_exposures."""
    run(connection, "06_stores")
    for first, last in customer_ranges(settings):
        set_variables(connection, customer_from=first, customer_to=last)
        connection.execute("drop table if exists drafts")
        run(connection, "10_roots")
        _follow(connection)
        run(connection, "13_churn")
        _follow(connection)
        if first == 1:
            connection.execute("create table contacts_all as from drafts limit 0")
        run(connection, "14_surveys")


def _follow(connection: duckdb.DuckDBPyConnection) -> None:
    """Resolve the intents, then what they lead to, until nothing follows."""
    for _ in range(MAXIMUM_DEPTH):
        run(connection, "11_resolve")
        connection.execute("create temp table if not exists drafts as from step limit 0")
        connection.execute("insert into drafts from step")
        run(connection, "12_follow")
