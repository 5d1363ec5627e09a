"""A figure that was published as final never changes by the passing of time alone.

One demonstration world, to which nothing is added, is looked at from several instants: promises run
out, windows close, states age. Whatever was final at one of them stands at all later ones.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.demo.engine import END_DATE
from orchestration.demo.world import write_demo
from orchestration.landing.accept import accept
from orchestration.landing.ledger import latest_batch
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse.build import Part, build
from orchestration.warehouse.run_context import new_context
from tests.orchestration.warehouse import Warehouse
from tests.orchestration.worked_examples import NOW, Cell, land, read_examples

pytestmark = pytest.mark.builds(5)

EXAMPLES = read_examples(PROJECT_ROOT / "tests" / "fixtures" / "final_examples")
CELLS = [one for example in EXAMPLES for one in example.expectations if isinstance(one, Cell)]
# five minutes past midnight in Paris
EXAMPLES_AS_OF = "2026-06-29T22:05:00Z"

CUSTOMERS, MONTHS = 400, 5
# five minutes after the day, when no promise of its evening has run out; two days, when most have;
# nine, when issues are over; a hundred, when purchases are
DAYS_LATER = (0, 2, 9, 100)
KEY = "kpi_id, period_grain, period_start, slice_type, slice_value"
FIGURES = ("numerator", "denominator", "value", "sample_size", "ci_low", "ci_high")
# the state of sources, of the registry, of links and of signals, filed under the day of the look
LOOKS_AT_NOW = (
    "data_freshness_rate",
    "kpi_registry_completeness",
    "lead_lag_r",
    "weak_signals_open",
)
WINDOWED = {
    "fcr_rate",
    "one_and_done_share",
    "refund_rate",
    "reply_within_sla_rate",
    "repurchase_rate_90d",
    "response_rate_async",
    "survey_response_rate",
}


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files with `kpi_values` as of each instant, in order."""
    root = tmp_path_factory.mktemp("final")
    with pytest.MonkeyPatch.context() as patch:
        warehouse = Warehouse(root / "data", patch, ())
        write_demo(warehouse.paths.inbox, root / "truth.json", CUSTOMERS, MONTHS)
        accept(warehouse.paths, warehouse.contract)
        return [look(warehouse, days, root / f"{days}.parquet") for days in DAYS_LATER]


def look(warehouse: Warehouse, days: int, target: Path) -> Path:
    """Build the world as of so many days after its end, and keep `kpi_values`."""
    end = datetime.combine(END_DATE, datetime.min.time()) + timedelta(days=days, hours=-2)
    build_values(warehouse, f"{end + timedelta(minutes=5):%FT%TZ}")
    with duckdb.connect(str(warehouse.paths.marts_db), read_only=True) as con:
        con.execute(f"copy kpis.kpi_values to '{target}' (format parquet)")
    return target


def build_values(warehouse: Warehouse, as_of: str) -> None:
    context = new_context(latest_batch(warehouse.paths), None, as_of=as_of)
    part = Part(("+kpi_values,resource_type:model", "resource_type:seed"), "empty")
    report = build(warehouse.paths, context, None, part)
    assert report.error is None, report.error


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of the examples, landed together."""
    with pytest.MonkeyPatch.context() as patch:
        warehouse = Warehouse(tmp_path_factory.mktemp("final_examples"), patch, ())
        land(EXAMPLES, warehouse.contract, warehouse.paths.inbox)
        accept(warehouse.paths, warehouse.contract, now=NOW)
        build_values(warehouse, EXAMPLES_AS_OF)
        with duckdb.connect(str(warehouse.paths.marts_db), read_only=True) as marts:
            yield marts


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_an_example_is_final_when_nothing_of_it_is_waited_for(
    examples: duckdb.DuckDBPyConnection, cell: Cell
) -> None:
    found = examples.execute(
        f"select {', '.join(cell.expected)} from kpis.kpi_values"
        f" where ({KEY}) = (?, ?, cast(? as date), ?, ?)",
        [cell.kpi_id, cell.period_grain, cell.period_start, cell.slice_type, cell.slice_value],
    ).fetchall()
    assert found == [tuple(cell.expected.values())]


def test_a_final_figure_never_changes_by_time_alone(looks: list[Path]) -> None:
    other = " or ".join(
        f"(later.{figure} is distinct from earlier.{figure}"
        f" and abs(coalesce(later.{figure} - earlier.{figure}, 1)) > 1e-9)"
        for figure in FIGURES
    )
    compared = 0
    for number, earlier in enumerate(looks[:-1]):
        for later in looks[number + 1 :]:
            changed = duckdb.sql(
                f"""
                select {KEY}, earlier.value, later.value, earlier.sample_size, later.sample_size
                from '{earlier}' as earlier
                left join '{later}' as later using ({KEY})
                where
                    not earlier.is_provisional
                    and kpi_id not in {LOOKS_AT_NOW}
                    and ({other})
                """
            ).fetchall()
            assert changed == []
        [(count,)] = duckdb.sql(
            f"select count(*) from '{earlier}' where not is_provisional"
        ).fetchall()
        compared += count
    print(f"{compared} final figures at {len(looks) - 1} instants, each against all later ones")
    assert compared > 50_000


def test_what_waits_is_provisional_and_becomes_final(looks: list[Path]) -> None:
    """Else the first test would pass on a world where nothing is ever final, or nothing waits."""
    waited = {
        kpi
        for (kpi,) in duckdb.sql(
            f"""
            select distinct kpi_id
            from '{looks[0]}' as first
            inner join '{looks[-1]}' as last using ({KEY})
            where first.is_provisional and first.pending_count > 0 and not last.is_provisional
            """
        ).fetchall()
    }
    assert waited >= WINDOWED


def test_a_provisional_figure_sets_off_nothing(looks: list[Path]) -> None:
    for path in looks:
        found = duckdb.sql(
            f"from '{path}' where (is_provisional or value is null)"
            " and (is_action_due or is_confirmed or status in ('ok', 'warn', 'alert'))"
        ).fetchall()
        assert found == []
