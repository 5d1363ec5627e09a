"""From an empty data directory to a published edition, and everything that must not change it.

One small demonstration world, built once; the tests follow one another as a user's days would.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.gate.built import nodes_hash, read_proof
from orchestration.system.environment import DBT_PLACES
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.build import counted_nodes
from tests.faults.variables import hostile
from tests.joins.plans import Findings, compiled_queries, judge, read_exceptions
from tests.oracles.business_time import read_business_hours
from tests.oracles.ticket_lives import as_of_of, differences, ticket_lives
from tests.orchestration.pages import ASKED, queries
from tests.orchestration.parsed import parsed_once

pytestmark = pytest.mark.builds(3)

QUERIES = [
    pytest.param(sql, id=f"{page.stem}-{number}")
    for folder in ASKED
    for page in sorted((PROJECT_ROOT / folder).glob("*.md"))
    for number, sql in enumerate(queries(page), start=1)
]
# Too rare for 300 customers (few detractors who accept a call, never ten callers in half an hour),
# or in need of more than seven months (twelve of orders; two windows of 90 days in a row).
RARE = {
    # of seven months, none has all four perspectives, and twelve make a lead
    "bsc_index",
    "churn_model_lift",
    "detractor_loop_closure_rate",
    "intervals_in_target_rate",
    "lead_lag_r",
    "repeat_purchase_rate",
}
# Seven months, so that windows of 90 days are over.
# taken today, long after the world's last day
DECISION = (
    *("--kpi", "answer_rate", "--slice-type", "channel", "--slice-value", "phone"),
    *("--control", "chat", "--expected-gain-eur", "9000", "--confidence", "0.5"),
    *("--effort-days", "5"),
)
SIZE = {"PILOTAGE_DEMO_CUSTOMERS": "300", "PILOTAGE_DEMO_MONTHS": "7"}


@dataclass
class World:
    """A data directory, the commands on it, and what the first run said."""

    paths: DataPaths
    first: subprocess.CompletedProcess

    def pilotage(self, *arguments: str) -> subprocess.CompletedProcess:
        return run(self.paths.root, sys.executable, "-m", "orchestration", *arguments)

    @property
    def edition(self) -> str:
        """The edition that readers open."""
        return self.paths.pointer.resolve().parent.name

    def joins(self) -> Findings:
        """Explain what dbt compiled last, on the tables that it built."""
        with duckdb.connect(str(self.paths.build_db), read_only=True) as connection:
            connection.execute(f"attach '{self.paths.marts_db}' as marts (read_only)")
            queries = compiled_queries(self.paths.root / "dbt" / "target")
            return judge(connection, queries, read_exceptions())

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.paths.pointer), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def run(root: Path, *command: str, is_plain: bool = False) -> subprocess.CompletedProcess:
    # of dbt's variables none has a say, whatever it is, unless dbt is called by its own name
    others = {} if is_plain else hostile()
    environment = os.environ | others | SIZE | {"PILOTAGE_DATA_DIR": str(root)}
    for name in DBT_PLACES:
        environment.pop(name, None)
    return subprocess.run(
        command, env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("pilotage") / "data"
    first = run(root, sys.executable, "-m", "orchestration", "run")
    assert first.returncode == 0, first.stdout + first.stderr
    yield World(DataPaths(root), first)


def test_an_empty_inbox_becomes_a_published_edition(world: World) -> None:
    assert "Headline KPIs" in world.first.stdout
    assert f"Edition {world.edition}: {world.paths.pointer}" in world.first.stdout
    assert (world.paths.root / "demo_truth.json").exists()
    record = json.loads((world.paths.editions / world.edition / "edition.json").read_text())
    assert record["verdict"]["success"] is True
    built = json.loads((world.paths.warehouse / "built.json").read_text())
    assert (built["edition"], built["latest_batch"]) == (
        world.edition,
        record["batches"]["latest"],
    )
    proof = read_proof(world.paths.editions / world.edition)
    assert proof is not None and proof.edition == world.edition
    assert (proof.done, proof.standing) == (proof.expected, 0)
    assert proof.nodes_sha256 == nodes_hash(counted_nodes(parsed_once()))
    [(rows, editions)] = world.query(
        "select count(value), count(distinct edition) from kpis.kpi_values"
    )
    assert rows > 0
    assert editions == 1


@pytest.mark.parametrize("sql", QUERIES)
def test_every_query_of_the_pages_runs_on_an_edition(world: World, sql: str) -> None:
    world.query(sql)


def test_every_active_kpi_has_a_total(world: World) -> None:
    """The demonstration shows everything that is active and can be seen at this size."""
    silent = world.query(
        """
        select kpi_id from kpis.kpi_catalogue where status = 'active'
        except
        select kpi_id from kpis.kpi_values where slice_type = 'total' and value is not null
        """
    )
    assert {kpi_id for (kpi_id,) in silent} <= RARE


def test_the_coming_fortnight_is_forecast_better_than_by_past_weeks(world: World) -> None:
    """Even of three hundred customers; how well it goes on larger worlds: tests/forecasts."""
    [(method, avoided, half_hours, days)] = world.query(
        "select method, squared_error_avoided, half_hour_calibration, day_calibration "
        "from steering.forecast_quality "
        "where slice_type = 'total' and state = 'coming' and is_in_force"
    )
    assert method.startswith("usual_week")
    assert avoided > 0.1
    assert 0.7 < half_hours < 0.9
    assert 0.6 < days < 0.95
    [(first, last, needed, most)] = world.query(
        "select min(business_date - as_of_date), max(business_date - as_of_date), "
        "min(agents_needed), max(agents_needed_high) from steering.volume_forecasts "
        "where slice_type = 'total' and period_grain = 'half_hour'"
    )
    # the day after the as-of day may be a Sunday, and so may the last one
    assert first in (1, 2) and last in (13, 14)
    assert 1 <= needed <= most < 10


def test_no_model_joins_all_pairs_of_what_grows(world: World) -> None:
    assert world.joins() == Findings()


def test_every_ticket_agrees_with_the_oracle(world: World) -> None:
    with duckdb.connect(str(world.paths.warehouse / "build.duckdb"), read_only=True) as build:
        as_of = as_of_of(build)
    hours = read_business_hours(PROJECT_ROOT / "seeds")
    lives = ticket_lives(world.paths.accepted, hours, as_of)
    assert sum(life.reopen_count for life in lives.values()) > 0, "an easy world would prove little"
    with duckdb.connect(str(world.paths.pointer), read_only=True) as edition:
        assert differences(edition, lives) == []


def test_progress_is_plain_lines_where_nobody_watches(world: World) -> None:
    lines = world.first.stdout.splitlines()
    for step in ("Accept", "Build", "Candidate", "Gate", "Publish"):
        assert any(line.startswith(f"{step}: ") and line.endswith(" s") for line in lines), step
    assert "\x1b[" not in world.first.stdout


def test_rows_in_quarantine_are_a_warning_with_a_place_to_look(world: World) -> None:
    assert f"rows are in quarantine, with their reasons: {world.paths.quarantine}" in (
        world.first.stderr
    )


def test_a_second_run_says_that_there_is_nothing_new(world: World) -> None:
    before = (world.edition, world.paths.marts_db.stat().st_mtime_ns)
    again = world.pilotage("run")
    assert again.returncode == 0, again.stderr
    assert "Nothing new" in again.stdout
    assert "Headline KPIs" in again.stdout
    assert "Build" not in again.stdout
    assert (world.edition, world.paths.marts_db.stat().st_mtime_ns) == before


def test_a_kpi_is_told_in_the_words_of_the_edition(world: World) -> None:
    [(value, period)] = world.query("""
        select value_text_en, period_text_en
        from reports.kpi_series
        where kpi_id = 'fcr_rate' and slice_type = 'total' and period_grain = 'month'
            and not is_provisional
        order by period_start desc
        limit 1
    """)
    told = world.pilotage("kpi", "fcr_rate", "--periods", "3")
    assert told.returncode == 0, told.stderr
    assert f"Newest figure, {period}: " in told.stdout
    assert value in told.stdout
    [(channel, by_channel)] = world.query("""
        select slice_text_en, value_text_en
        from reports.kpi_series
        where kpi_id = 'fcr_rate' and slice_type = 'channel' and period_grain = 'month'
            and not is_provisional
        order by period_start desc, value desc, slice_text_en
        limit 1
    """)
    cut = world.pilotage("kpi", "fcr_rate", "--by", "channel").stdout
    first = cut.partition("Channel ")[2].splitlines()[1]
    assert first.split()[:2] == [channel, by_channel]
    every = world.pilotage("kpi").stdout
    active = world.query("select kpi_id from kpis.kpi_catalogue where valid_to is null")
    assert [kpi_id for (kpi_id,) in active if f" {kpi_id} " not in every] == []


@pytest.mark.parametrize(
    ("kpi_id", "cut"), [("fcr_rate", ()), ("fcr_rate", ("channel",)), ("save_rate_90d", ())]
)
def test_an_explained_figure_agrees_down_to_its_rows(
    world: World, kpi_id: str, cut: tuple[str, ...]
) -> None:
    [(month, slice_value, numerator, denominator)] = world.query(f"""
        select strftime(period_start, '%Y-%m'), slice_value, numerator, denominator
        from kpis.kpi_values
        where kpi_id = '{kpi_id}' and slice_type = '{(*cut, "total")[0]}'
            and period_grain = 'month' and numerator > 0
        order by sample_size desc, period_start
        limit 1
    """)
    asked = ("--slice", f"{cut[0]}={slice_value}") if cut else ()
    done = world.pilotage("explain", kpi_id, month, *asked)
    assert done.returncode == 0, done.stderr
    assert "it agrees with the published figure" in done.stdout
    for heading, rows in {
        "Numerator": numerator,
        "In the denominator only": denominator - numerator,
    }.items():
        assert f"{heading}: {rows:,.0f} {'row' if rows == 1 else 'rows'}" in done.stdout
    # copied as it is shown, it gives the same
    query = done.stdout.partition("to run on the published edition:\n")[2]
    if query:
        found = world.query(f"select sum(numerator), sum(denominator) from ({query})")
        assert found == [(numerator, denominator)]
    assert bool(query) == (kpi_id in ("fcr_rate", "save_rate_90d"))


def test_nobody_gets_rows_of_what_is_hidden_or_about_people(world: World) -> None:
    [(kpi_id, month, slice_type, slice_value)] = world.query("""
        select kpi_id, strftime(period_start, '%Y-%m'), slice_type, slice_value
        from kpis.kpi_values
        where sample_flag = 'suppressed' and period_grain = 'month' and slice_type <> 'total'
        limit 1
    """)
    done = world.pilotage("explain", kpi_id, month, "--slice", f"{slice_type}={slice_value}")
    assert done.returncode == 0, done.stderr
    assert "Fewer than five people" in done.stdout
    assert "No query" in done.stdout
    rows = done.stdout.partition("\nRows\n")[2].splitlines()
    assert rows
    assert all("no rows. It is about people" in line for line in rows)


def test_plain_dbt_needs_no_further_settings(world: World) -> None:
    dbt = Path(sys.executable).with_name("dbt")
    target = ["--target-path", str(world.paths.root / "plain")]
    log = ["--log-path", str(world.paths.root / "plain")]
    # the model with its data tests and its unit tests
    command = (str(dbt), "build", "--select", "contacts", *target, *log)
    done = run(world.paths.root, *command, is_plain=True)
    assert done.returncode == 0, done.stdout
    assert "ERROR=0" in done.stdout
    assert "PASS=0" not in done.stdout


def drop_contact(world: World) -> None:
    """Drop one more contact, a copy of an old one under a new key."""
    row = next(iter(read_contacts(world)))
    path = world.paths.inbox / "interactions" / "contacts_more.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row.keys())
        writer.writeheader()
        writer.writerow(row | {"contact_id": "one-more"})


def read_contacts(world: World) -> Iterator[dict[str, str]]:
    for path in sorted((world.paths.inbox / "interactions").glob("contacts*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            first = file.readline()
            file.seek(0)
            delimiter = ";" if ";" in first else ","
            yield from csv.DictReader(file, delimiter=delimiter)


def test_a_new_file_brings_a_new_edition_and_keeps_the_old(world: World) -> None:
    old = world.edition
    drop_contact(world)
    decided = world.pilotage("decide", "DEC-100", *DECISION)
    assert decided.returncode == 0, decided.stderr
    done = world.pilotage("run")
    assert done.returncode == 0, done.stderr
    assert world.edition > old
    assert world.query("select count(*) from core.contacts where contact_id = 'one-more'") == [(1,)]
    assert (world.paths.editions / old / "pilotage.duckdb").exists()


def test_a_decision_from_the_terminal_is_in_the_next_edition(world: World) -> None:
    query = """
        select kpi_id, control_slice_value, status, verdict, priority_rank is not null
        from steering.decisions where decision_id = 'DEC-100'
    """
    assert world.query(query) == [("answer_rate", "chat", "observed", "too_early", True)]
    known = world.query("select count(*) from steering.decisions where verdict = 'too_early'")
    assert known[0][0] > 1, "the demonstration's own are there, too"


def test_no_model_joins_all_pairs_when_it_adds_to_what_stands(world: World) -> None:
    assert world.joins().products == []


def test_a_rollback_stays_until_something_new_comes(world: World) -> None:
    new = world.edition
    assert world.pilotage("rollback").returncode == 0
    old = world.edition
    assert old < new
    again = world.pilotage("run")
    assert (again.returncode, world.edition) == (0, old), again.stderr
    assert world.pilotage("rollback", new).returncode == 0
    assert world.edition == new


def test_a_refused_file_fails_accept_and_not_the_others(world: World) -> None:
    wrong = world.paths.inbox / "surveys" / "answers_wrong.csv"
    wrong.write_text("colour\nblue\n")
    try:
        done = world.pilotage("accept")
        assert done.returncode == 1
        assert "surveys/answers_wrong.csv" in done.stderr
        # It is refused again without stopping a run, and without making it build.
        again = world.pilotage("run")
        assert again.returncode == 0
        assert "Nothing new" in again.stdout
        assert "surveys/answers_wrong.csv" in again.stderr
    finally:
        wrong.unlink()


def test_marts_that_somebody_wrote_to_leave_the_last_edition(world: World) -> None:
    edition, content = world.edition, world.paths.pointer.read_bytes()
    with duckdb.connect(str(world.paths.marts_db)) as marts:
        marts.execute("update kpis.kpi_values set value = 7 where kpi_id = 'csat_t2b'")
    judged = world.pilotage("gate")
    assert judged.returncode == 1, judged.stdout + judged.stderr
    assert "is not what the build left" in judged.stderr
    assert "Traceback" not in judged.stderr
    assert (world.edition, world.paths.pointer.read_bytes()) == (edition, content)
