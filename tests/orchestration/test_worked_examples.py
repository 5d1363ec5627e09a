"""The specification's worked examples, landed together and built once by the real pipeline.

Every example has its own brand (see `worked_examples`), so that the cells of kpi_values cut by
brand are its own. A failure names the example and the KPI; the unit test of the same name
(`we_<id>_…`) says at which model it went wrong.
"""

from typing import Any

import pytest

from orchestration.gate.declared import declared_rules, published_nodes
from orchestration.gate.judge import read_catalog
from tests.orchestration.parsed import parsed_once
from tests.orchestration.worked_examples import FOLDER, Cell, Query, Run, read_examples

pytestmark = pytest.mark.builds(1)

EXAMPLES = read_examples(FOLDER)
EXPECTATIONS = [entry for example in EXAMPLES for entry in example.expectations]
CELLS = [entry for entry in EXPECTATIONS if isinstance(entry, Cell)]
QUERIES = [entry for entry in EXPECTATIONS if isinstance(entry, Query)]

TOLERANCE = 5e-5
FIGURES = "numerator, denominator, value, sample_size as n, [ci_low, ci_high] as ci"


@pytest.fixture(scope="module")
def run(worked_examples: Run) -> Run:
    return worked_examples


def test_every_row_of_the_examples_fits_the_landing_contract(run: Run) -> None:
    assert run.accepted.refused == []
    assert (run.accepted.quarantined, run.accepted.duplicate) == (0, 0)


def test_every_unit_test_of_dbt_passes(run: Run) -> None:
    assert {name: said for name, said in run.unit_tests.items() if said} == {}
    assert len(run.unit_tests) > 200, "too few: were they selected?"


def test_the_engine_refuses_nulls_where_a_contract_declares_it(run: Run) -> None:
    refused = read_catalog(run.paths.marts_db).not_null
    nodes = published_nodes(parsed_once())
    enforced = {
        (rules.schema, rules.table, column)
        for node, rules in declared_rules(nodes)
        if node["config"]["contract"]["enforced"]
        for column in rules.not_null
    }
    assert len(enforced) > 500
    assert enforced <= refused


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_example_gives_its_value(run: Run, cell: Cell) -> None:
    published = """(
        from kpis.kpi_values
        union all by name
        select *, 'agent' as slice_type, agent_id as slice_value from kpis.agent_kpi_values
    )"""
    found = rows_of(run, published, f"{FIGURES}, status, sample_flag, is_provisional", cell)
    # of a slice that has nothing of a KPI nothing is said
    is_empty = (cell.expected.get("n", 0), cell.expected.get("value", 1)) in ((0, None), (0, 0))
    if not cell.expected or (is_empty and cell.slice_type != "total" and not found):
        assert found == []
        return
    assert len(found) == 1
    expected = cell.expected
    if is_hidden_beside_another(run, cell):
        # by the other examples in the same world: what it is, the engine says
        found, expected = estimates(run, cell), of_estimates(cell)
    assert {name: found[0][name] for name in expected} == approximately(expected)


def is_hidden_beside_another(run: Run, cell: Cell) -> bool:
    return bool(rows_of(run, "build.intermediate.int_kpi_cells_hidden", "kpi_id", cell))


def estimates(run: Run, cell: Cell) -> list[dict[str, Any]]:
    return rows_of(run, "build.intermediate.int_kpi_estimates", FIGURES, cell)


def of_estimates(cell: Cell) -> dict[str, Any]:
    """What is expected of a cell before it is judged and hidden."""
    judged = {"status", "sample_flag", "is_provisional"}
    return {name: value for name, value in cell.expected.items() if name not in judged}


def rows_of(run: Run, table: str, columns: str, cell: Cell) -> list[dict[str, Any]]:
    row = run.marts.execute(
        f"""
        select {columns} from {table}
        where kpi_id = ? and period_grain = ? and period_start = cast(? as date)
            and slice_type = ? and slice_value = ?
        """,
        [cell.kpi_id, cell.period_grain, cell.period_start, cell.slice_type, cell.slice_value],
    )
    names = [column[0] for column in row.description]
    return [dict(zip(names, values, strict=True)) for values in row.fetchall()]


def test_few_examples_are_hidden_beside_others(run: Run) -> None:
    """What these are judged to be is seen nowhere but in unit tests."""
    hidden = [str(cell) for cell in CELLS if is_hidden_beside_another(run, cell)]
    assert len(hidden) < len(CELLS) / 20, hidden


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_example_gives_its_intermediate_value(run: Run, query: Query) -> None:
    [(value,)] = run.marts.execute(query.sql).fetchall()
    assert (None if value is None else float(value)) == approximately(query.value)


def test_every_active_kpi_has_an_example(run: Run) -> None:
    active = run.marts.execute("select kpi_id from kpis.kpi_catalogue where status = 'active'")
    assert {kpi_id for (kpi_id,) in active.fetchall()} <= {cell.kpi_id for cell in CELLS}


def test_what_is_odd_in_the_examples_is_found(run: Run) -> None:
    """G10 has an amount in a currency without a rate; the clocks of `defects` disagree."""
    found = run.marts.execute(
        "select distinct finding from kpis.findings where severity = 'warning'"
    ).fetchall()
    assert {finding for (finding,) in found} == {
        "unknown_codes",
        "amounts_without_rate",
        "events_without_ticket",
        "events_before_their_ticket",
    }


def approximately(expected: Any) -> Any:
    """Compare numbers within the tolerance, and everything else exactly; `expected` may nest."""
    if isinstance(expected, dict):
        return {name: approximately(value) for name, value in expected.items()}
    if isinstance(expected, list):
        return [approximately(value) for value in expected]
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return pytest.approx(expected, abs=TOLERANCE, rel=0)
    return expected
