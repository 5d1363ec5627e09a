"""A run builds what its news can reach: by a small graph, and by the project's own."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.system.environment import prepare_environment
from orchestration.warehouse.reach import DESCRIPTION, News, nodes_to_build, reached

PARENTS = {
    "contacts": ["landed contacts"],
    "tickets": ["landed tickets"],
    "as of": ["contacts", "tickets"],
    "open tickets": ["tickets", "as of"],
    "calls": ["contacts"],
    "everything": ["calls", "open tickets"],
    "budget": ["seed"],
}


@pytest.mark.parametrize(
    ("news", "unchanged", "found"),
    [
        ([], [], set()),
        (["landed contacts"], ["as of"], {"contacts", "calls", "everything"}),
        (
            ["landed contacts"],
            [],
            {"contacts", "as of", "calls", "open tickets", "everything"},
        ),
        (["as of"], [], {"as of", "open tickets", "everything"}),
        (["seed"], [], {"seed", "budget"}),
    ],
)
def test_the_walk_goes_downstream_and_stops_at_what_says_the_same(
    news: list[str], unchanged: list[str], found: set[str]
) -> None:
    assert reached(PARENTS, news, unchanged) == found | set(news)


class Kind(str):
    @property
    def value(self) -> str:
        return str(self)


def node(
    kind: str, name: str, *parents: str, is_view: bool = False, macros: tuple[str, ...] = ()
) -> SimpleNamespace:
    return SimpleNamespace(
        name=name,
        resource_type=Kind(kind),
        depends_on=SimpleNamespace(nodes=list(parents), macros=list(macros)),
        config=SimpleNamespace(materialized="view" if is_view else "table"),
    )


def source(source_name: str, name: str) -> SimpleNamespace:
    return SimpleNamespace(source_name=source_name, name=name)


# Contacts; an as-of that they move; its date; the ledger; who looks at which.
MANIFEST = SimpleNamespace(
    sources={
        "s.contacts": source("interactions", "contacts"),
        "s.orders": source("billing", "orders"),
        "s.batches": source("pilotage", "batches"),
        "s.context": source("pilotage", "run_context"),
    },
    macros={
        "m.previous": SimpleNamespace(original_file_path="macros/incremental/previous_batch.sql"),
        "m.person": SimpleNamespace(original_file_path="macros/referenced_person.sql"),
    },
    nodes={
        "contacts": node("model", "contacts", "s.contacts"),
        "staged orders": node(
            "model", "stg_orders", "s.orders", is_view=True, macros=("m.person",)
        ),
        # its text names the batch that the last build had seen
        "orders changed": node(
            "model", "int_orders_changed", "staged orders", is_view=True, macros=("m.previous",)
        ),
        "orders": node("model", "orders", "staged orders"),
        "ledger": node("model", "ledger", "s.batches"),
        "observed": node("model", "int_run_observed", "contacts", "s.context"),
        "dated": node("model", "int_run_dated", "observed"),
        "described": node("model", "int_run_described", "observed", "s.context"),
        "checked": node("model", "int_run_checked", "observed", "s.context", is_view=True),
        "fresh": node("model", "fresh", "checked", "orders"),
        "mature": node("model", "mature", "orders", "observed"),
        "today": node("model", "today", "dated"),
        "values": node("model", "values", "orders", "described"),
        "weights": node("seed", "weights"),
        "weighted": node("model", "weighted", "weights"),
        "contacts are whole": node("test", "t1", "contacts"),
        "orders have contacts": node("test", "t2", "orders", "contacts"),
        "weights add up": node("test", "t3", "weights"),
        "landed orders are dated": node("test", "t4", "s.orders"),
        "staged orders are sound": node("test", "t6", "staged orders"),
        "the run has a name": node("test", "t5", "described"),
    },
)
EVERY_RUN = {"ledger", "described", "fresh", "the run has a name"}


@pytest.mark.parametrize(
    ("news", "found"),
    [
        pytest.param(News(frozenset(), False, False), set(), id="nothing landed"),
        pytest.param(
            News(frozenset({("interactions", "contacts")}), False, False),
            {"contacts", "contacts are whole", "orders have contacts"},
            id="the instant stays where it was",
        ),
        pytest.param(
            News(frozenset({("interactions", "contacts")}), True, False),
            {"contacts", "contacts are whole", "orders have contacts", "observed", "mature"},
            id="the instant moves on the same day",
        ),
        pytest.param(
            News(frozenset({("interactions", "contacts")}), True, True),
            {
                *("contacts", "contacts are whole", "orders have contacts"),
                *("observed", "mature", "dated", "today"),
            },
            id="a new day",
        ),
        pytest.param(
            News(frozenset({("billing", "orders")}), False, False),
            {
                *("orders", "orders changed", "mature", "values", "orders have contacts"),
                *("landed orders are dated", "staged orders are sound"),
            },
            id="another table, read through a view that stays",
        ),
        pytest.param(
            News(frozenset({("billing", "no_longer_declared")}), False, False),
            set(),
            id="a table that nobody reads",
        ),
    ],
)
def test_news_decide_what_is_built_and_tested(news: News, found: set[str]) -> None:
    assert nodes_to_build(MANIFEST, news) == found | EVERY_RUN


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    root: Path = tmp_path_factory.mktemp("reach")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_DATA_DIR", str(root))
        patch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
        from orchestration.warehouse.manifest import load_manifest

        prepare_environment()
        yield load_manifest()


def names(manifest, news: News) -> set[str]:
    return {manifest.nodes[key].name for key in nodes_to_build(manifest, news)}


def test_only_who_writes_it_onto_changed_rows_reads_the_runs_description(manifest) -> None:
    """Whoever else takes the as-of from there would keep rows of an older instant."""
    readers = {
        one.name
        for one in manifest.nodes.values()
        if one.resource_type == "model"
        and any(parent.endswith(f".{DESCRIPTION}") for parent in one.depends_on.nodes)
    }
    assert readers == {
        "agent_kpi_values",
        "int_customer_references_matched",
        "int_edition_before",
        "kpi_editions",
        "kpi_values",
    }


def test_the_history_of_figures_is_written_by_every_run(manifest) -> None:
    assert "kpi_editions" in names(manifest, News(frozenset(), False, False))


def test_a_new_survey_answer_leaves_contacts_and_seeds_alone(manifest) -> None:
    found = names(manifest, News(frozenset({("surveys", "answers")}), False, False))
    assert {"survey_answers", "kpi_values", "direction"} <= found
    assert not found & {"contacts", "tickets", "int_run_observed", "parameters", "dates"}


def test_a_new_day_reaches_the_calendar_and_not_the_customers(manifest) -> None:
    found = names(manifest, News(frozenset(), True, True))
    assert {"dates", "int_run_observed", "kpi_values"} <= found
    assert not found & {"customers", "int_customers_resolved"}


def test_forecasts_are_made_again_for_new_contacts_or_another_day_alone(manifest) -> None:
    made = {"int_offered_half_hours", "int_volume_forecasts", "int_staffing_required"}
    made |= {"volume_forecasts", "forecast_quality"}
    contacts = frozenset({("interactions", "contacts")})
    assert made <= names(manifest, News(contacts, False, False))
    assert made <= names(manifest, News(frozenset(), True, True))
    others = frozenset({("billing", "orders"), ("surveys", "answers"), ("steering", "decisions")})
    assert not made & names(manifest, News(others, False, False))
