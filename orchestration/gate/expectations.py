"""Our own expectation. Import late: loads Great Expectations."""

from typing import Any, ClassVar

from great_expectations.compatibility.sqlalchemy import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value

from orchestration.system.stopping import stop_if_asked

_METRIC = "counting_query.row"


class CountingQueryRow(MetricProvider):
    """The one row of a query that counts rows, then broken ones: no value leaves the engine."""

    metric_name = _METRIC
    value_keys = ("counting_query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict,
        metric_value_kwargs: dict,
        metrics: dict[str, Any],
        runtime_configuration: dict,
    ) -> list[int]:
        stop_if_asked()
        # a colon before a word would name a parameter
        query = metric_value_kwargs["counting_query"].replace(":", r"\:")
        _, *broken = execution_engine.execute_query(sa.text(query)).fetchone()
        return [int(count) for count in broken]


class ExpectNoBrokenRows(BatchExpectation):
    """The query's only row counts the table's rows, then broken ones by rule: all of these zero."""

    counting_query: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (_METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("counting_query",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        counts = metrics[_METRIC]
        return {"success": not any(counts), "result": {"observed_value": counts}}
