"""Dagster's sensors tell the channels, and what the command line publishes appears in Dagster."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict

import duckdb
import pytest

from orchestration.landing.ledger import BatchRecord
from orchestration.publication.editions import current_edition
from orchestration.run.reported import report_to_dagster
from orchestration.system.environment import (
    DAGSTER_YAML,
    FORMER_DAGSTER_YAML,
    prepare_dagster_home,
    prepare_environment,
)
from orchestration.system.errors import GateRefused
from orchestration.system.files import write_json
from orchestration.system.paths import DataPaths
from tests.orchestration.notify.conftest import Hook
from tests.orchestration.notify.test_announce import publish_real


@pytest.fixture
def server(
    hook: Callable[..., Hook], paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hook]:
    """A webhook that wants failures and late sources; the process's environment comes back."""
    started = hook(200)
    before = dict(os.environ)
    os.environ["OPS"] = started.url
    channel = {"kind": "webhook", "form": "json", "url_env": "OPS", "timeout_seconds": 5}
    channels = [channel | {"name": "ops", "wants": ["failure", "stale_source"]}]
    write_json(paths.notify, {"channels": channels})
    yield started
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(
    ("error", "title", "reasons"),
    [
        (GateRefused("Gate: refused.\n  failed  core.contacts · has_rows: 'x'"),
         "Pilotage: the edition was refused",
         ["Gate: refused.", "  failed  core.contacts · has_rows: …"]),
        (ValueError("Jeanne Martin"), "Pilotage: a run has failed", ["ValueError"]),
    ],
)  # fmt: skip
def test_a_failed_run_is_told(
    server: Hook, error: Exception, title: str, reasons: list[str]
) -> None:
    import dagster as dg

    from orchestration.defs.alarms import run_failures

    @dg.op
    def fails() -> None:
        raise error

    @dg.job
    def publish_edition() -> None:
        fails()

    with dg.DagsterInstance.ephemeral() as instance:
        done = publish_edition.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="run_failures",
            dagster_instance=instance,
            dagster_run=done.dagster_run,
            dagster_event=done.get_run_failure_event(),
        ).for_run_failure()
        run_failures(context)
    [body] = server.bodies
    assert body["title"] == title
    assert body["sections"][0]["lines"][0].startswith("Dagster, publish_edition on ")
    assert body["sections"][1]["lines"] == reasons


def test_a_late_source_is_told_once_by_the_sensor(server: Hook, paths: DataPaths) -> None:
    import dagster as dg

    from orchestration.defs.alarms import late_sources

    database = publish_real(paths, "1")
    with duckdb.connect(str(database)) as connection:
        connection.execute("update kpis.source_freshness set newest_event_at = now()")
        connection.execute(
            "update kpis.source_freshness set newest_event_at = '2026-06-01T10:00:00Z' "
            "where table_name = 'orders'"
        )

    def look(cursor: str | None):
        return late_sources(dg.build_sensor_context(cursor=cursor))

    first = look(None)
    assert first.skip_reason.skip_message == "Late: billing/orders. 1 of 2 sources are fresh."
    assert json.loads(first.cursor) == {"billing/orders": "2026-06-02T10:00:00+00:00"}
    # a cursor that was lost tells nobody twice
    look(first.cursor)
    look(None)
    assert [body["title"] for body in server.bodies] == ["Pilotage: 1 source is late"]
    with duckdb.connect(str(database)) as connection:
        connection.execute("update kpis.source_freshness set newest_event_at = now()")
    assert look(first.cursor).cursor == "{}"
    assert [body["title"] for body in server.bodies[1:]] == ["Pilotage: 1 source is fresh again"]


def test_what_the_command_line_publishes_appears_in_dagster(server: Hook, paths: DataPaths) -> None:
    import dagster as dg

    publish_real(paths, "1")
    edition = current_edition(paths)
    assert edition
    edition.record.update(
        sha256="ab", tables={"kpis.kpi_values": 12, "core.contacts": 3}, batches={"new": [4]}
    )
    batch = BatchRecord(4, "surveys", "answers", "2026-06-01", [], 9, 9, 0, 0, [], None)
    write_json(paths.batches / "00000004.json", asdict(batch))
    assert report_to_dagster(paths, edition) is None
    assert not paths.dagster.exists()
    prepare_environment()
    prepare_dagster_home(paths)
    assert report_to_dagster(paths, edition) is None
    with dg.DagsterInstance.get() as instance:
        assert {key.to_user_string() for key in instance.all_asset_keys()} == {
            "edition", "kpis/kpi_values", "core/contacts", "landing/surveys/answers",
        }  # fmt: skip
        event = instance.get_latest_materialization_event(dg.AssetKey(["kpis", "kpi_values"]))
        assert event and event.asset_materialization
        said = {name: one.value for name, one in event.asset_materialization.metadata.items()}
        assert said == {"rows": 12, "edition": "1", "reported_by": "command line"}


def test_a_dagster_that_cannot_be_told_fails_nothing(server: Hook, paths: DataPaths) -> None:
    publish_real(paths, "1")
    edition = current_edition(paths)
    assert edition
    paths.dagster.mkdir()
    (paths.dagster / "dagster.yaml").write_text("nonsense: true\n")
    assert str(report_to_dagster(paths, edition)).startswith("Dagster does not show this edition")


def test_settings_of_dagster_that_nobody_changed_are_renewed(paths: DataPaths) -> None:
    settings = paths.dagster / "dagster.yaml"
    paths.dagster.mkdir()
    for before, after in (
        (FORMER_DAGSTER_YAML, DAGSTER_YAML),
        ("telemetry:\n  enabled: false\n", "telemetry:\n  enabled: false\n"),
    ):
        settings.write_text(before)
        prepare_dagster_home(paths)
        assert settings.read_text() == after


def test_the_event_log_reads_what_dagsters_own_wrote_and_the_other_way(
    server: Hook, paths: DataPaths
) -> None:
    """A run's events, checks and assets are the same in either."""
    import dagster as dg

    from orchestration.defs.event_log import EventLog

    @dg.asset
    def one() -> None: ...

    @dg.asset_check(asset=one)
    def fine() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    prepare_environment()
    prepare_dagster_home(paths)
    settings = paths.dagster / "dagster.yaml"
    runs = []
    for text in (DAGSTER_YAML, FORMER_DAGSTER_YAML, DAGSTER_YAML):
        settings.write_text(text)
        with dg.DagsterInstance.get() as instance:
            assert isinstance(instance.event_log_storage, EventLog) is (text == DAGSTER_YAML)
            done = dg.materialize([one, fine], instance=instance)
            runs.append(done.run_id)
            kinds = [
                [
                    event.dagster_event_type
                    for event in instance.all_logs(run)
                    if event.dagster_event
                ]
                for run in runs
            ]
            assert all(found == kinds[0] for found in kinds)
            [latest] = instance.fetch_materializations(dg.AssetKey("one"), limit=1).records
            assert latest.run_id == done.run_id
            [check] = instance.event_log_storage.get_asset_check_execution_history(
                dg.AssetCheckKey(dg.AssetKey("one"), "fine"), limit=1
            )
            assert (check.run_id, check.status.value) == (done.run_id, "SUCCEEDED")


def test_a_run_is_watched_while_it_keeps_its_connection(server: Hook, paths: DataPaths) -> None:
    """The page of a run in the interface shows its events as they come."""
    import threading

    import dagster as dg

    @dg.op
    def quick() -> None: ...

    @dg.job
    def job() -> None:
        quick()

    prepare_environment()
    prepare_dagster_home(paths)
    seen: list[str | None] = []
    came = threading.Event()

    def heard(entry, _: str) -> None:
        seen.append(entry.dagster_event_type and entry.dagster_event_type.value)
        if "PIPELINE_SUCCESS" in seen:
            came.set()

    with dg.DagsterInstance.get() as interface, dg.DagsterInstance.get() as runner:
        run_id = str(uuid.uuid4())
        interface.watch_event_logs(run_id, None, heard)
        assert job.execute_in_process(instance=runner, run_id=run_id).success
        assert came.wait(10)
    assert "STEP_SUCCESS" in seen
