"""How long does it take to count the open seconds of a first reply, beside the usual way?

    .venv/bin/python -m benchmarks.business_hours [--tickets 1000000] [--runs 5] [--record]

Generates tickets with a first reply over two years, always the same, then alternates in one
process:

* look-up: the SQL that the macro `with_business_clocks` compiles to, on the calendar that models
  themselves build (whose own time is measured apart, once a run of the pipeline);
* weeks: each ticket expanded into the weeks between its creation and its reply, each week into its
  openings, their intersection with the ticket summed, in the date functions that come to hand. The
  openings are turned into instants beforehand, so that this way is not slowed by time zones;
* weeks, tuned: the same with integer arithmetic instead of date functions, as fast as we could
  make it.

Every ticket must have the same open seconds by all three. `--record` keeps the measurement as JSON
in `benchmarks/results/`.
"""

import argparse
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.harness import keep
from tests.oracles.compiled import (
    CALENDAR_MODELS,
    build_calendar,
    compiled,
    compiled_models,
    sandbox,
)

FIRST, AS_OF = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)

# Written at any hour of two years; replied after some hours (log-normal, median four, a twentieth
# after more than three days), one in a hundred after weeks.
TICKETS = """
    create table tickets as
    with drawn as (
        select
            i as ticket_id,
            'team_' || hash(i * 3) % 12 as team,
            timestamptz '2024-01-01 00:00:00Z'
                + to_seconds(cast(hash(i) % (2 * 365 * 86400) as bigint)) as created_at,
            (hash(i * 7) % 1000000 + 0.5) / 1000000 as u,
            (hash(i * 11) % 1000000 + 0.5) / 1000000 as v
        from range($tickets) as numbers (i)
    )
    select
        ticket_id,
        team,
        created_at,
        created_at + to_seconds(
            cast(
                case
                    when ticket_id % 100 = 0 then 7 * 86400 + u * 21 * 86400
                    else least(
                        4 * 3600 * exp(1.8 * sqrt(-2 * ln(u)) * cos(2 * pi() * v)),
                        14 * 86400
                    )
                end as bigint
            )
        ) as replied_at
    from drawn
"""

LOOK_UP = """
    select ticket_id, replied_at_business_clock - created_at_business_clock as open_seconds
    from {{ with_business_clocks("tickets", "team", ["created_at", "replied_at"]) }} as clocked
"""

# what the other ways read: the openings of every team, by the Monday of their week
OPENINGS = """
    create table openings as
    select date_trunc('week', calendar_date) as week_start, opened_at, closed_at
    from intermediate.int_business_openings_dated
    where hours_key = '*'
"""

WEEKS = """
    with weeks as (
        select
            ticket_id,
            created_at,
            replied_at,
            unnest(
                generate_series({created_monday}, {replied_monday}, interval '7 days')
            ) as week_start
        from tickets
    ),

    clipped as (
        select
            weeks.ticket_id,
            greatest(weeks.created_at, openings.opened_at) as began_at,
            least(weeks.replied_at, openings.closed_at) as ended_at
        from weeks
        inner join openings on weeks.week_start = openings.week_start
    ),

    summed as (
        select ticket_id, sum(greatest(0, {milliseconds})) / 1000 as open_seconds
        from clipped
        group by ticket_id
    )

    select tickets.ticket_id, coalesce(summed.open_seconds, 0) as open_seconds
    from tickets
    left join summed on tickets.ticket_id = summed.ticket_id
"""

AS_USUAL = WEEKS.format(
    created_monday="date_trunc('week', created_at)",
    replied_monday="date_trunc('week', replied_at)",
    milliseconds="date_diff('millisecond', began_at, ended_at)",
)

# these functions ask for the session's time zone at every instant; integers and dates do not
_DATE = "make_date(cast(epoch_us({}) // 86400000000 as integer))"
TUNED = WEEKS.format(
    created_monday=f"date_trunc('week', {_DATE.format('created_at')})",
    replied_monday=f"date_trunc('week', {_DATE.format('replied_at')})",
    milliseconds="epoch_ms(ended_at) - epoch_ms(began_at)",
)


def timed(connection: duckdb.DuckDBPyConnection, table: str, query: str) -> float:
    """Seconds that it takes to make a table of a query's rows."""
    start = time.perf_counter()
    connection.execute(f"create or replace table {table} as {query}")
    return time.perf_counter() - start


def measure(tickets: int, runs: int) -> dict:
    """Alternate the three ways `runs` times and return the record of the measurement."""
    with tempfile.TemporaryDirectory(prefix="pilotage-hours-") as name:
        work = Path(name)
        models, look_up = compiled_models(CALENDAR_MODELS, work), compiled(LOOK_UP, work)
        ways = {"look_up": look_up, "weeks": AS_USUAL, "weeks_tuned": TUNED}
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        connection = sandbox(work, FIRST, AS_OF)
        start = time.perf_counter()
        build_calendar(connection, models)
        calendar_seconds = time.perf_counter() - start
        connection.execute(TICKETS.replace("$tickets", str(tickets)))
        connection.execute(OPENINGS)
        for run in range(runs + 1):
            took = {way: timed(connection, f"by_{way}", query) for way, query in ways.items()}
            if run:  # the first round warms up
                for way, its_seconds in took.items():
                    seconds[way].append(its_seconds)
        [(equal, weeks)] = connection.execute("""
            select
                count_if(
                    by_look_up.open_seconds = by_weeks.open_seconds
                    and by_look_up.open_seconds = by_weeks_tuned.open_seconds
                ),
                (select sum(date_diff('week', created_at, replied_at) + 1) from tickets)
            from by_look_up
            inner join by_weeks using (ticket_id)
            inner join by_weeks_tuned using (ticket_id)
        """).fetchall()
        if equal != tickets:
            raise SystemExit(f"The open seconds of {tickets - equal:,} tickets differ.")
    faster = {
        way: [theirs / ours for theirs, ours in zip(seconds[way], seconds["look_up"], strict=True)]
        for way in ("weeks", "weeks_tuned")
    }
    return {
        "tickets": tickets,
        "weeks_expanded": weeks,
        "calendar_seconds": round(calendar_seconds, 3),
        "seconds": {way: [round(took, 3) for took in all_] for way, all_ in seconds.items()},
        "median_times_faster": round(statistics.median(faster["weeks"]), 1),
        "median_times_faster_than_tuned": round(statistics.median(faster["weeks_tuned"]), 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--record", action="store_true", help="keep the result as JSON")
    options = parser.parse_args()
    record = measure(options.tickets, options.runs)
    medians = {way: statistics.median(took) for way, took in record["seconds"].items()}
    print(f"{options.tickets:,} tickets, {options.runs} rounds, medians; all open seconds equal:")
    print(f"  look-up                    {medians['look_up']:6.2f} s")
    print(
        f"  weeks expanded             {medians['weeks']:6.2f} s   the look-up is "
        f"{record['median_times_faster']} times faster"
    )
    print(
        f"  weeks expanded, tuned      {medians['weeks_tuned']:6.2f} s   "
        f"{record['median_times_faster_than_tuned']} times"
    )
    print(f"  calendar, once             {record['calendar_seconds']:6.2f} s")
    print(f"  peak memory {record['peak_memory_mb']:,} MB")
    if options.record:
        print(f"Recorded in {keep(f'business_hours_{options.tickets}', record)}")


if __name__ == "__main__":
    main()
