"""A project of five tables that a test can change, and the lineage of the real one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from orchestration.lineage import Column, Kpi, Lineage, load_lineage
from orchestration.lineage.computed import graph_of
from orchestration.warehouse.compiled import Compiled, CompiledNode, CompiledSource
from tests.orchestration.worked_examples import Run

STAGING, CORE, MEASURES = "stg_calls", "calls", "measures_calls"


@dataclass
class Toy:
    """Calls landed, staged, published and measured. `sql` and `columns` are by model; of the
    landing table `columns` has those that its YAML declares."""

    sql: dict[str, str | None] = field(
        default_factory=lambda: {
            STAGING: (
                "select call_id, answered_at, rang_at, is_test from read_parquet('x/*.parquet')"
            ),
            CORE: (
                'select call_id, answered_at - rang_at as wait from "build"."staging"."stg_calls"'
                " where not is_test"
            ),
            MEASURES: ('select count(*) as calls, sum(wait) as waits from "marts"."core"."calls"'),
        }
    )
    columns: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "phone.calls": ("call_id", "answered_at", "rang_at", "is_test", "colour"),
            STAGING: ("call_id", "answered_at", "rang_at", "is_test"),
            CORE: ("call_id", "wait"),
            MEASURES: ("calls", "waits"),
        }
    )
    meta: dict[str, dict] = field(default_factory=dict)

    def compiled(self) -> Compiled:
        where = {
            STAGING: ("build", "staging", "models/staging/phone/stg_calls.sql"),
            CORE: ("marts", "core", "models/marts/core/calls.sql"),
            MEASURES: ("marts", "kpis", "models/marts/kpis/measures/measures_calls.sql"),
        }
        parents = {STAGING: "source.calls", CORE: STAGING, MEASURES: CORE}
        nodes = {
            name: CompiledNode(
                name=name,
                kind="model",
                database=database,
                schema=schema,
                alias=name,
                path=path,
                sql=self.sql[name],
                parents=(parents[name],),
                meta=self.meta.get(name, {}),
            )
            for name, (database, schema, path) in where.items()
        }
        source = CompiledSource(
            source="phone",
            table="calls",
            relation="read_parquet('x/*.parquet')",
            columns=self.columns["phone.calls"],
            key=("call_id",),
        )
        return Compiled("of the toy", nodes, {"source.calls": source})

    def built(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        return {
            (node.database, node.schema, node.alias): self.columns[node.name]
            for node in self.compiled().nodes.values()
        }

    def lineage(self) -> Lineage:
        measures = (Column(MEASURES, "waits"), Column(MEASURES, "calls"))
        kpi = Kpi("asa", "Wait", "Attente", "calls", measures)
        return Lineage(graph_of(self.compiled(), self.built()), {"asa": kpi})


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture(scope="session")
def lineage(worked_examples: Run) -> Lineage:
    """The lineage of the project as it was built for the worked examples."""
    return load_lineage(worked_examples.paths)
