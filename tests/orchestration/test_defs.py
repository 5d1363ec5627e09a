"""What Dagster sees: one job from landing to edition, blocking checks, a schedule and a sensor."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.system.errors import GateRefused, PilotageError, UsageError
from orchestration.system.paths import data_paths
from tests.orchestration.parsed import shared_manifest


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Load the definitions over a manifest in a data directory of this module's own."""
    root = tmp_path_factory.mktemp("data")
    before = dict(os.environ)
    os.environ["PILOTAGE_DATA_DIR"] = str(root)
    os.environ.pop("DBT_TARGET_PATH", None)
    os.environ.pop("DBT_LOG_PATH", None)
    try:
        from orchestration.defs.translator import manifest
        from orchestration.system.environment import prepare_environment

        prepare_environment()
        shared_manifest()
        manifest.cache_clear()
        from orchestration.definitions import defs

        yield defs()
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def key(name: str):
    import dagster as dg

    return dg.AssetKey.from_user_string(name)


def test_the_job_takes_everything_from_landing_to_edition(definitions, graph) -> None:
    job = definitions.resolve_job_def("publish_edition")
    assert set(job.asset_layer.executable_asset_keys) == set(graph.executable_asset_keys)
    assert graph.get(key("edition")).parent_keys == {key("candidate")}
    assert key("kpis/kpi_values") in graph.get(key("candidate")).parent_keys
    assert key("landing/interactions/contacts") in graph.executable_asset_keys


def test_staging_reads_what_landing_writes(graph) -> None:
    parents = graph.get(key("staging/stg_surveys__answers")).parent_keys
    assert parents == {key("landing/surveys/answers")}


def test_the_candidate_holds_every_table_of_the_marts(graph) -> None:
    parents = graph.get(key("candidate")).parent_keys
    marts = {one for one in graph.executable_asset_keys if one.path[0] in ("core", "kpis")}
    assert marts <= parents


def test_every_gate_check_blocks(graph) -> None:
    from orchestration.gate.completeness import TABLES

    checks = graph.get_check_keys_for_assets({key("candidate")})
    names = {f"{schema}__{table}" for schema, tables in TABLES.items() for table in tables}
    assert names | {"whole_file", "kpis__waiting_now"} <= {check.name for check in checks}
    assert all(graph.get(check).blocking for check in checks)


def test_a_table_has_one_check_for_all_its_dbt_tests(graph) -> None:
    from orchestration.defs.translator import manifest

    nodes = manifest()["nodes"]
    checks = {check for check in graph.asset_check_keys if check.asset_key != key("candidate")}
    assert {check.name for check in checks} == {"tests"}
    tested = {
        (nodes[one["attached_node"]]["schema"], nodes[one["attached_node"]]["alias"])
        for one in nodes.values()
        if one.get("attached_node") in nodes
    }
    assert tested <= {tuple(check.asset_key.path) for check in checks}
    assert not any(graph.get(check).blocking for check in checks)


def test_every_dbt_test_belongs_to_a_table(definitions) -> None:
    """One that asks of several tables to the one that is made of the others."""
    from orchestration.defs.translator import manifest
    from orchestration.defs.warehouse import _tested

    nodes, tested = manifest()["nodes"], _tested()
    assert set(tested) == {one for one, node in nodes.items() if node["resource_type"] == "test"}
    assert all(tested[one] in nodes[one]["depends_on"]["nodes"] for one in tested)


def test_a_group_is_small_enough_to_read(graph) -> None:
    from collections import Counter

    groups = Counter(graph.get(one).group_name for one in graph.executable_asset_keys)
    assert max(groups.values()) <= 25
    assert graph.get(key("kpis/kpi_values")).group_name == "kpis"
    assert graph.get(key("kpis/measures_replies")).group_name == "kpis_tickets"
    assert graph.get(key("staging/stg_surveys__answers")).group_name == "staging_surveys"
    assert graph.get(key("landing/surveys/answers")).group_name == "landing_surveys"


def test_assets_are_named_as_readers_name_their_tables(graph) -> None:
    assert key("kpis/kpi_catalogue") in graph.executable_asset_keys


def test_landed_tables_promise_what_their_sources_do(graph) -> None:
    from datetime import timedelta

    policy = graph.get(key("landing/surveys/answers")).freshness_policy
    assert policy.fail_window.to_timedelta() == timedelta(hours=72)
    assert graph.get(key("landing/workforce/agents")).freshness_policy is None


def test_owners_are_the_teams_of_the_dbt_groups(graph) -> None:
    assert graph.get(key("core/contacts")).owners == ["team:analytics-engineering"]


def test_the_schedule_runs_every_morning_in_paris(definitions) -> None:
    schedule = definitions.resolve_schedule_def("every_morning")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 5 * * *", "Europe/Paris")
    assert schedule.job_name == "publish_edition"


def evaluate(definitions, cursor: str | None, instance=None):
    import dagster as dg

    sensor = definitions.resolve_sensor_def("inbox_changes")
    return sensor(dg.build_sensor_context(cursor=cursor, instance=instance))


def dropped(age_seconds: float) -> Path:
    """Drop a file into the inbox that last changed so long ago."""
    from time import time

    path = data_paths().inbox / "surveys" / "answers.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("answer_id\n1\n")
    os.utime(path, (time() - age_seconds, time() - age_seconds))
    return path


def test_the_sensor_asks_for_one_run_per_change(definitions) -> None:
    path = dropped(age_seconds=600)
    first = evaluate(definitions, None)
    assert len(first.run_requests) == 1
    again = evaluate(definitions, first.cursor)
    assert "waiting" in again.skip_message
    path.with_name("answers_2.csv").write_text("answer_id\n2\n")
    os.utime(path.with_name("answers_2.csv"), (0, 0))
    changed = evaluate(definitions, first.cursor)
    assert changed.run_requests[0].run_key != first.run_requests[0].run_key


def test_a_run_that_failed_is_asked_for_again_by_a_key_of_its_own(definitions) -> None:
    import dagster as dg

    dropped(age_seconds=600)
    job = definitions.resolve_job_def("publish_edition")
    with dg.DagsterInstance.ephemeral() as instance:
        keys: list[str] = []
        cursor = None
        for _ in range(2):
            result = evaluate(definitions, cursor, instance)
            cursor, keys = result.cursor, [*keys, result.run_requests[0].run_key]
            run = instance.create_run_for_job(
                job, status=dg.DagsterRunStatus.STARTED, tags={"dagster/run_key": keys[-1]}
            )
            assert "under way" in evaluate(definitions, cursor, instance).skip_message
            instance.report_run_failed(run)
        assert len(set(keys)) == 2
        # from the second failure on it takes its time, up to an hour
        assert "waiting" in evaluate(definitions, cursor, instance).skip_message


def test_the_cursor_says_what_was_published(definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped(age_seconds=600)
    monkeypatch.setattr("orchestration.defs.jobs.reasons_to_run", lambda *_: [])
    result = evaluate(definitions, None)
    assert not result.run_requests
    assert "No file" in evaluate(definitions, result.cursor).skip_message


def test_the_sensor_waits_for_a_file_that_is_still_coming(definitions) -> None:
    dropped(age_seconds=0)
    assert "not be complete" in evaluate(definitions, None).skip_message


def fail_job(definitions, as_of: str | None = None):
    """Run the job in this process; return the error that it fails with."""
    import dagster as dg

    job = definitions.resolve_job_def("publish_edition")
    config = {"resources": {"warehouse": {"config": {"as_of": as_of}}}}
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(Exception) as raised:
        job.execute_in_process(instance=instance, run_config=config)
    return raised.value


def test_the_job_fails_by_the_error_of_its_step(
    definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.run import steps

    def fail(paths: object) -> None:
        raise GateRefused("refused")

    monkeypatch.setattr(steps, "accept_files", fail)
    error = fail_job(definitions)
    assert (type(error), str(error)) == (GateRefused, "refused")


def test_the_job_fails_by_a_wrong_as_of(definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.landing.accept import AcceptReport
    from orchestration.run import steps

    monkeypatch.setattr(steps, "accept_files", lambda paths: (AcceptReport(), []))
    error = fail_job(definitions, "soon")
    assert isinstance(error, UsageError)
    assert "--as-of 'soon'" in str(error)


def result_of(name: str, status: str, **more) -> object:
    """Return what dbt says of a node, as far as assets need it."""
    from types import SimpleNamespace

    from orchestration.defs.translator import manifest

    [node] = [one for one, node in manifest()["nodes"].items() if node["name"] == name]
    info = SimpleNamespace(unique_id=node, node_status=status)
    data = SimpleNamespace(node_info=info, name=name, status=status, execution_time=0.5, **more)
    return SimpleNamespace(data=data)


def build(monkeypatch: pytest.MonkeyPatch, report: object):
    """Run the build, of which dbt says this, and something downstream of a mart."""
    import dagster as dg

    from orchestration.defs.resources import Warehouse
    from orchestration.defs.warehouse import warehouse_build
    from orchestration.run import steps

    @dg.asset(deps=[key("kpis/kpi_values")])
    def after() -> None: ...

    monkeypatch.setattr(steps, "build_warehouse", lambda paths, as_of, part: report)
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [warehouse_build, after],
            instance=instance,
            resources={"warehouse": Warehouse()},
            raise_on_error=False,
        )


@pytest.mark.parametrize("is_broken", [False, True])
def test_what_news_did_not_reach_is_not_made_and_stops_nobody(
    definitions, monkeypatch: pytest.MonkeyPatch, is_broken: bool
) -> None:
    """Or the candidate, downstream of every mart, would not be made; but not after a failure."""
    from orchestration.warehouse.build import BuildReport

    error = PilotageError("broken") if is_broken else None
    events = [result_of("stg_surveys__answers", "success")]
    done = build(monkeypatch, BuildReport(None, error=error, events=events))
    assert done.success is not is_broken
    made = {event.asset_key for event in done.get_asset_materialization_events()}
    assert made == {key("staging/stg_surveys__answers")} | (set() if is_broken else {key("after")})


def test_a_failed_test_is_named_at_its_table(definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.defs.translator import manifest
    from orchestration.warehouse.build import BuildReport

    first, second = [
        node["name"]
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("attached_node") or "").endswith((".contacts", ".customers"))
        and node["test_metadata"]["name"] == "sound"
    ]
    events = [
        result_of(first, "pass", num_failures=0),
        result_of(second, "fail", num_failures=3),
    ]
    report = BuildReport(None, error=GateRefused("refused"), events=events)
    done = build(monkeypatch, report)
    assert not done.success
    passed, failed = done.get_asset_check_evaluations()
    assert {passed.asset_key, failed.asset_key} == {key("core/contacts"), key("core/customers")}
    passed, failed = sorted((passed, failed), key=lambda one: not one.passed)
    assert (passed.passed, failed.passed) == (True, False)
    assert failed.metadata["failed"].value == {second: 3}


def test_only_what_came_is_landed(definitions, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that nothing came for must grow old by Dagster's clock."""
    import dagster as dg

    from orchestration.defs.landing import landing
    from orchestration.defs.resources import Warehouse
    from orchestration.landing.accept import AcceptReport
    from orchestration.landing.ledger import BatchRecord
    from orchestration.run import steps

    fields = dict.fromkeys(BatchRecord.__dataclass_fields__)
    counts = {"batch": 7, "received": 5, "accepted": 3, "quarantined": 1, "duplicate": 1}
    batch = BatchRecord(**fields | counts | {"source": "surveys", "table": "answers"})
    report = AcceptReport(batches=[batch])
    monkeypatch.setattr(steps, "accept_files", lambda paths: (report, []))

    @dg.asset(deps=[key("landing/surveys/invitations")])
    def after() -> None: ...

    done = dg.materialize([landing, after], resources={"warehouse": Warehouse()})
    landed, last = done.get_asset_materialization_events()
    assert (landed.asset_key, last.asset_key) == (key("landing/surveys/answers"), key("after"))
    assert landed.materialization.metadata["quarantined"].value == 1


def test_what_the_gate_finds_comes_out_as_its_refusal(
    definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    from orchestration.defs.edition import candidate, edition, gate
    from orchestration.defs.resources import Warehouse
    from orchestration.gate import Verdict
    from orchestration.gate.checks import CheckResult
    from orchestration.run import steps

    failed = CheckResult("core.contacts", "has_rows", "critical", False, "The table is not empty.")
    verdict = Verdict("0", "0", False, "2026-11-22T05:00:00+00:00", (failed,))
    published = []
    monkeypatch.setattr(steps, "make_candidate", lambda paths: paths.pointer.parent)
    monkeypatch.setattr(steps, "judge_candidate", lambda paths: verdict)
    monkeypatch.setattr(steps, "publish_edition", published.append)
    data_paths().published.mkdir(parents=True, exist_ok=True)
    with pytest.raises(GateRefused, match=r"core\.contacts · has_rows"):
        dg.materialize([candidate, gate, edition], resources={"warehouse": Warehouse()})
    assert published == []


def test_automation_is_off_unless_the_variable_says_on(
    definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.defs.automation import VARIABLE, is_on

    names = ("every_morning", "inbox_changes", "run_failures", "late_sources")
    found = [*definitions.schedules, *definitions.sensors]
    assert {one.name: one.default_status.value for one in found} == dict.fromkeys(names, "STOPPED")
    for said, meant in ((None, False), ("", False), ("off", False), ("ON", True)):
        monkeypatch.delenv(VARIABLE, raising=False)
        if said is not None:
            monkeypatch.setenv(VARIABLE, said)
        assert is_on() is meant
    monkeypatch.setenv(VARIABLE, "yes")
    with pytest.raises(UsageError, match="`on` or `off`"):
        is_on()


def test_the_variable_starts_schedule_and_sensors(definitions) -> None:
    import subprocess
    import sys

    asked = (
        "from orchestration.definitions import defs; d = defs(); "
        "print({one.default_status.value for one in [*d.schedules, *d.sensors]})"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env=dict(os.environ) | {"PILOTAGE_AUTOMATION": "on"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "{'RUNNING'}"
