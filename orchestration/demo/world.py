"""Write the demo world: every table of the landing contract, and the truth beside it."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.demo.chains import make_chains
from orchestration.demo.effects import Effects
from orchestration.demo.engine import Settings, run, set_variables, utc, workshop
from orchestration.demo.exports import BY_TABLE, EXPORTS, Tally, write_main, write_second
from orchestration.demo.malformed import FAULTS, Row, sample_rows, write_malformed
from orchestration.demo.truth import identity, planted, write_truth
from orchestration.demo.verbatims import load_verbatims

DEFAULT_CUSTOMERS = 12_000
DEFAULT_MONTHS = 18
DEFAULT_SEED = 7
LONGEST_WORLD = 72
FEWEST_CUSTOMERS = 50
MOST_CUSTOMERS = 9_000_000
CONTACTS_PER_SPAN = 600_000
SPANNED = (
    "contacts",
    "contact_legs",
    "agent_activity",
    "tickets",
    "ticket_events",
    "invitations",
    "answers",
    "orders",
    "documents",
)
SEPARATE_SURVEYS = {"invitations": "out_invitations_other", "answers": "out_answers_other"}


@dataclass(frozen=True)
class DemoReport:
    """What was written. `rows` maps `<source>.<table>` to the rows in its files together."""

    inbox: Path
    truth: Path
    rows: dict[str, int]
    files: int

    @property
    def contacts(self) -> int:
        return self.rows["interactions.contacts"]

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())


def write_demo(
    inbox: Path,
    truth: Path,
    customers: int = DEFAULT_CUSTOMERS,
    months: int = DEFAULT_MONTHS,
    seed: int = DEFAULT_SEED,
    effects: Effects | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
) -> DemoReport:
    """Write all tables of the contract into `inbox`, and the truth file, which stays outside it.

    The world ends on 30 June 2026 and lasts `months` months (1 to 72); a customer makes about 0.7
    contacts a month. Same arguments, same bytes, whatever the machine's threads. `memory_limit`
    (like '4GB') bounds DuckDB's memory; it spills beside its temporary database.
    Raise ValueError on arguments out of range or a truth file inside the inbox.
    """
    if not (1 <= months <= LONGEST_WORLD and FEWEST_CUSTOMERS <= customers <= MOST_CUSTOMERS):
        raise ValueError(
            f"customers must be {FEWEST_CUSTOMERS} to {MOST_CUSTOMERS}, months 1 to {LONGEST_WORLD}"
        )
    if inbox.resolve() in truth.resolve().parents:
        raise ValueError("the truth file must not lie in the inbox")
    settings = Settings(customers, months, seed, effects or Effects())
    with workshop(settings, threads, memory_limit) as connection:
        tallies, faults = _write_world(connection, settings, inbox)
        found = {"identity": identity(connection), "planted": planted(connection, settings)}
        write_truth(truth, settings, tallies, faults, found)
    return DemoReport(
        inbox=inbox,
        truth=truth,
        rows={f"{BY_TABLE[name].source}.{name}": t.received for name, t in tallies.items()},
        files=sum(len(tally.files) for tally in tallies.values()),
    )


def _write_world(
    connection: duckdb.DuckDBPyConnection, settings: Settings, inbox: Path
) -> tuple[dict[str, Tally], dict[str, dict[str, int]]]:
    """Make the world step by step, writing each table as soon as it is complete."""
    run(connection, "01_macros", "02_profiles", "03_calendar", "04_agents", "05_customers")
    load_verbatims(connection)
    make_chains(connection, settings)
    run(connection, "15_lives")
    tallies = {export.table: Tally() for export in EXPORTS}
    samples: dict[str, list[Row]] = {}

    set_variables(connection, contact_base=0, order_base=0, document_base=0)
    for label, first, last in spans(settings):
        _make_span(connection, first, last)
        for name in SPANNED:
            write_main(connection, BY_TABLE[name], tallies[name], inbox, label)
            if name in FAULTS and not samples.get(name):
                samples[name] = sample_rows(connection, name, f"out_{name}")

    run(
        connection,
        "30_subscriptions",
        "31_customers",
        "32_workforce",
        "33_surveys",
        "34_steering",
    )
    for export in EXPORTS:
        name = export.table
        if name in SEPARATE_SURVEYS:
            relation = SEPARATE_SURVEYS[name]
            write_main(connection, export, tallies[name], inbox, "other", relation)
        elif name not in SPANNED:
            write_main(connection, export, tallies[name], inbox)
            if name in FAULTS:
                samples[name] = sample_rows(connection, name, f"out_{name}")
        write_second(connection, export, tallies[name], inbox)
    faults = {
        name: write_malformed(name, rows, tallies[name], inbox) for name, rows in samples.items()
    }
    return tallies, faults


def spans(settings: Settings) -> list[tuple[str, int, int]]:
    """Return (label, first month, month after the last): files hold up to half a year each."""
    size = max(1, min(6, int(CONTACTS_PER_SPAN / settings.monthly_contacts)))
    starts = range(0, settings.months, size)
    cuts = [(start, min(start + size, settings.months)) for start in starts]
    return [(f"{settings.month(first):%Y_%m}", first, after) for first, after in cuts]


def _make_span(connection: duckdb.DuckDBPyConnection, first: int, after: int) -> None:
    """Make the tables of some months; numbers go on from the span before."""
    start, end = connection.execute(
        "select min(first_day), max(last_day) + 1 from months where month_no between $1 and $2",
        [first, after - 1],
    ).fetchone()
    set_variables(
        connection, span_from=start, span_to=end, chunk_from=utc(start), chunk_to=utc(end)
    )
    run(
        connection,
        "20_contacts",
        "21_legs",
        "22_activity",
        "23_tickets",
        "24_answers",
        "25_orders",
        "26_documents",
    )
    for variable, relation in (
        ("contact_base", "contacts_chunk"),
        ("order_base", "out_orders"),
        ("document_base", "out_documents"),
    ):
        connection.execute(
            f"set variable {variable} = "
            f"getvariable('{variable}') + (select count(*) from {relation})"
        )
