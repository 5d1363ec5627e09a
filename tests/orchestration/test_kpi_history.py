"""What readers saw stays on record: six builds of one small world, five of them published.

`unfold` says what comes when; the figures are counted by hand. The gate's answers are made up,
except for the history's own suite.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from orchestration.gate.declared import keep_rules, read_rules
from orchestration.gate.judge import ask, read_catalog
from orchestration.gate.suites import suites_for
from orchestration.gate.verdict import write_verdict
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import latest_batch
from orchestration.publication.candidate import make_candidate
from orchestration.publication.publish import publish
from orchestration.publication.recovery import rollback
from orchestration.run.steps import initialise
from orchestration.system.environment import prepare_environment
from orchestration.system.errors import GateRefused
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.terminal.cleaning import removable, remove
from orchestration.warehouse.build import Part, build
from orchestration.warehouse.news import built_now
from orchestration.warehouse.run_context import Built, RunContext
from tests.orchestration.pages import TABLE_PAGES, queries
from tests.orchestration.parsed import shared_manifest
from tests.orchestration.publication.small_marts import verdict_on
from tests.orchestration.shuffled_world import Row, drop

pytestmark = pytest.mark.builds(6)

MODELS = ("+kpi_editions,resource_type:model",)
SEEDS = ("resource_type:seed",)
STARTED_AT = "2026-05-01T05:00:00Z"
KEY = "kpi_id, period_grain, period_start, slice_type, slice_value"
SAID = "kpi_version, numerator, denominator, value, sample_size, ci_low, ci_high, status"
TEN_SECONDS = {"wait_seconds": 10, "disposition": "answered"}


@dataclass
class Story:
    """A data directory, and what each edition published of `kpi_values` when it came out."""

    paths: DataPaths
    fingerprint: str = "f1"
    built: Built | None = None
    said: dict[str, list[tuple]] = field(default_factory=dict)
    refusal: str = ""

    def land(self, source: str, table: str, *rows: Row) -> None:
        drop({(source, table): list(rows)}, self.paths.inbox, str(latest_batch(self.paths)))
        report = accept(self.paths, load_contract(PROJECT_ROOT))
        assert (report.refused, report.quarantined) == ([], 0)

    def build(self, edition: str, select: tuple[str, ...] = (*MODELS, *SEEDS)) -> None:
        """Build what was reached of the models; their data tests have their own place."""
        latest = latest_batch(self.paths)
        previous = self.built.latest_batch if self.built else 0
        context = RunContext(edition, None, previous, latest, None, STARTED_AT)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "orchestration.warehouse.build.project_fingerprint", lambda _: self.fingerprint
            )
            report = build(
                self.paths, context, self.built, Part(select, "empty", only_reached=True)
            )
        assert report.error is None, report.error
        # as a build of the whole project leaves them, of which this is the part that matters here
        keep_rules(self.paths.warehouse, shared_manifest(), self.fingerprint)
        self.built = built_now(self.paths, context, self.fingerprint)

    def publish(self, edition: str) -> None:
        candidate = make_candidate(self.paths, edition)
        write_verdict(verdict_on(candidate), candidate)
        publish(self.paths, edition)
        self.said[edition] = self.query(f"select {KEY}, {SAID} from kpis.kpi_values order by all")

    def refuse(self, edition: str) -> None:
        candidate = make_candidate(self.paths, edition)
        write_verdict(verdict_on(candidate, frozenset({"holds_tables_only"})), candidate)
        with pytest.raises(GateRefused) as refused:
            publish(self.paths, edition)
        self.refusal = str(refused.value)

    def redefine(self) -> None:
        """Abandonments count from two seconds on, and April has another answer rate."""
        with duckdb.connect(str(self.paths.build_db)) as connection:
            connection.execute("""
                update reference.parameters set value = '2'
                where parameter = 'short_abandon_seconds';
                insert into reference.kpi_catalogue
                select * replace (2 as kpi_version, date '2026-04-01' as valid_from)
                from reference.kpi_catalogue where kpi_id = 'answer_rate';
                update reference.kpi_catalogue set valid_to = date '2026-04-01'
                where kpi_id = 'answer_rate' and kpi_version = 1;
            """)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.paths.pointer), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def history(
        self, kpi_id: str, start: str, slice_value: str = "all", grain: str = "month"
    ) -> list[tuple]:
        """Edition, value, cause, evidence and other causes, as the last edition has them."""
        return self.query(f"""
            select edition, value, change_cause, cause_evidence, other_causes
            from kpis.kpi_editions
            where kpi_id = '{kpi_id}' and period_grain = '{grain}' and period_start = '{start}'
                and slice_value = '{slice_value}'
            order by edition_number
        """)


def contact(contact_id: str, at: str, customer: str = "c1", **other: object) -> Row:
    """A call that was answered after ten seconds, unless said otherwise."""
    row = {"contact_id": contact_id, "customer_ref": customer, "customer_ref_type": "customer_id"}
    row |= {"channel": "phone", "direction": "inbound", "team": "north"}
    row |= {"queue_entered_at": f"2026-{at}T09:00:00Z", "updated_at": f"2026-{at}T09:30:00Z"}
    return row | TEN_SECONDS | other


def customer(customer_id: str, segment: str) -> Row:
    created = "2025-01-01T00:00:00Z"
    return {"customer_id": customer_id, "segment": segment, "created_at": created}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    root: Path = tmp_path_factory.mktemp("history") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_DATA_DIR", str(root))
        patch.setenv("DBT_TARGET_PATH", str(root / "dbt" / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "dbt" / "logs"))
        story = Story(prepare_environment())
        initialise(story.paths)
        unfold(story)
        yield story


def unfold(story: Story) -> None:
    # e1: February and March are over, April has begun
    story.land("billing", "customers", customer("c1", "home"), customer("c2", "business"))
    story.land(
        "interactions",
        "contacts",
        contact("b1", "02-10"),
        contact("b2", "02-10", customer="c2"),
        contact("a1", "03-10"),
        contact("a2", "03-10"),
        contact("a3", "03-10", team="alone"),
        # hung up after three seconds: not offered, by the first definition
        contact("s1", "03-11", disposition="abandoned", wait_seconds=3),
        contact("o1", "04-02"),
    )
    story.build("e1")
    story.publish("e1")
    # e2: one of March comes late, one of April in time
    story.land("interactions", "contacts", contact("l1", "03-10"), contact("o2", "04-03"))
    story.build("e2")
    story.publish("e2")
    # e3: one of March was not answered after all, and the only one of its team never was; the
    # business customer turns out to be the other one
    corrected = {"updated_at": "2026-04-03T10:00:00Z"}
    story.land(
        "interactions",
        "contacts",
        contact("a1", "03-10", disposition="abandoned", **corrected),
        contact("a3", "03-10", team="alone", is_deleted="true", **corrected),
    )
    merge = {"merged_customer_id": "c2", "survivor_customer_id": "c1"}
    story.land("billing", "customer_merges", merge | {"merged_at": "2026-04-03T11:00:00Z"})
    story.build("e3")
    story.publish("e3")
    # x: another late one of March; the gate refuses
    story.land("interactions", "contacts", contact("f1", "03-12"))
    story.build("x")
    story.refuse("x")
    # e4: everything afresh, by other definitions
    story.redefine()
    story.fingerprint = "f2"
    story.build("e4", MODELS)
    story.publish("e4")
    # e5: readers went back to e3; the warehouse was removed, and the first definitions are back
    rollback(story.paths, to="e3")
    remove(removable(story.paths, everything=False))
    story.built, story.fingerprint = None, "f1"
    accept(story.paths, load_contract(PROJECT_ROOT))
    story.build("e5")
    story.publish("e5")


def test_every_edition_can_be_asked_what_it_said(story: Story) -> None:
    assert list(story.said) == ["e1", "e2", "e3", "e4", "e5"]
    for edition, said in story.said.items():
        recorded = story.query(f"""
            select {KEY}, {SAID}
            from kpis.kpi_editions
            where edition_number <= (
                select max(edition_number) from kpis.kpi_editions where edition <= '{edition}'
            )
            qualify
                row_number() over (partition by {KEY} order by edition_number desc) = 1
                and not is_withdrawn
            order by all
        """)
        assert recorded == said, edition


def test_closed_month_changes_by_late_rows_corrections_and_definitions(story: Story) -> None:
    assert story.history("contacts_offered", "2026-03-01") == [
        ("e1", 3, "first", "cell", None),
        ("e2", 4, "late_data", "period", None),
        ("e3", 3, "correction", "period", "merge"),
        # f1, which the edition that was refused had already seen, and s1 by the other definition
        ("e4", 5, "late_data", "period", "new_definition"),
        ("e5", 4, "new_definition", "project", None),
    ]
    # of a1, a2 and l1
    two_of_three = pytest.approx(2 / 3)
    assert story.history("answer_rate", "2026-03-01")[2] == (
        "e3",
        two_of_three,
        "correction",
        "period",
        "merge",
    )


def test_open_month_changes_because_it_is_open(story: Story) -> None:
    assert story.history("contacts_offered", "2026-04-01") == [
        ("e1", 1, "first", "cell", None),
        ("e2", 2, "more_data", "cell", None),
    ]


def test_merge_moves_a_closed_month_from_one_segment_to_the_other(story: Story) -> None:
    assert story.history("contacts_offered", "2026-02-01") == [("e1", 2, "first", "cell", None)]
    assert story.history("contacts_offered", "2026-02-01", "home") == [
        ("e1", 1, "first", "cell", None),
        ("e3", 2, "merge", "people", None),
    ]
    assert story.history("contacts_offered", "2026-02-01", "business") == [
        ("e1", 1, "first", "cell", None),
        ("e3", None, "merge", "people", None),
    ]


def test_figure_that_went_is_withdrawn_with_what_it_had_been(story: Story) -> None:
    withdrawn = story.query("""
        select edition, value, previous_value, previous_edition, change_cause
        from kpis.kpi_editions
        where kpi_id = 'contacts_offered' and period_grain = 'month'
            and slice_value = 'alone' and is_withdrawn
    """)
    assert withdrawn == [("e3", None, 1, "e1", "correction")]
    assert story.query("select * from kpis.kpi_values where slice_value = 'alone'") == []


def test_other_parameter_changes_a_day_that_no_row_came_for(story: Story) -> None:
    assert story.history("contacts_offered", "2026-03-11", grain="day") == [
        ("e1", 0, "first", "cell", None),
        ("e4", 1, "new_definition", "project", None),
        ("e5", 0, "new_definition", "project", None),
    ]


def test_other_version_breaks_the_line_and_is_said_to_be_another(story: Story) -> None:
    file = str(story.paths.editions / "e4" / "pilotage.duckdb")
    with duckdb.connect(file, read_only=True) as edition:
        months = edition.execute("""
            select period_start::varchar, kpi_version, is_series_break
            from kpis.kpi_values
            where kpi_id = 'answer_rate' and period_grain = 'month' and slice_type = 'total'
                and period_start between date '2026-02-01' and date '2026-04-01'
            order by all
        """).fetchall()
    assert months == [("2026-02-01", 1, False), ("2026-03-01", 1, False), ("2026-04-01", 2, True)]
    assert story.history("answer_rate", "2026-04-01")[-2:] == [
        ("e4", 1, "new_definition", "cell", None),
        ("e5", 1, "new_definition", "cell", None),
    ]


def test_edition_that_was_refused_leaves_no_trace(story: Story) -> None:
    assert "refused x" in story.refusal
    assert story.query("select * from kpis.kpi_editions where edition = 'x'") == []
    assert not (story.paths.kpi_editions / "x.parquet").exists()


def test_edition_that_was_rolled_back_stays_in_the_chain(story: Story) -> None:
    before = story.query("""
        select distinct previous_edition from kpis.kpi_editions
        where edition = 'e5' and kpi_id = 'contacts_offered' and period_grain = 'day'
            and period_start = '2026-03-11' and slice_type = 'total'
    """)
    assert before == [("e4",)]


def test_history_outlives_the_warehouse_as_it_was_recorded(story: Story) -> None:
    columns = f"{KEY}, {SAID}, edition, edition_number, published_at, change_cause, latest_batch"
    held = story.query(f"select {columns} from kpis.kpi_editions where edition < 'e5' order by all")
    files = str(story.paths.kpi_editions / "e[1-4].parquet")
    recorded = story.query(
        f"select {columns} from read_parquet('{files}', union_by_name = true) order by all"
    )
    assert held == recorded
    numbers = "select distinct edition, edition_number from kpis.kpi_editions order by all"
    assert story.query(numbers) == [(f"e{number}", number) for number in range(1, 6)]


def test_every_change_is_explained(story: Story) -> None:
    unexplained = "select * from kpis.kpi_editions where change_cause = 'unexplained'"
    assert story.query(unexplained) == []


def test_gate_passes_the_history_and_finds_no_identifier(story: Story) -> None:
    file = story.paths.pointer.resolve()
    catalog = read_catalog(file)
    asked = suites_for(catalog, read_rules(file.parent))
    suites = [one for one in asked if one.key == ("kpis", "kpi_editions")]
    assert {one.topic for one in suites} == {None, "completeness", "history", "privacy"}
    assert [check.name for check in ask(file, catalog, suites) if not check.success] == []


def test_every_question_of_the_documentation_has_an_answer(story: Story) -> None:
    questions = queries(PROJECT_ROOT / TABLE_PAGES / "kpi_history.md")
    assert len(questions) >= 5
    for question in questions:
        story.query(question)
