"""What a failed dbt build becomes: which error, and one line that says which node and why.

What the test `sound` asks of each kind of rule is tested here, too, by the SQL that dbt makes.
"""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.paths import DataPaths
from orchestration.warehouse.dbt_command import invoke, one_line
from orchestration.warehouse.failures import build_failure
from tests.orchestration.parsed import shared_manifest


def result(name: str, status: str, kind: str = "test", failures: int = 0, message: str = ""):
    class Kind(str):
        value = kind

    node = SimpleNamespace(name=name, resource_type=Kind(kind))
    return SimpleNamespace(node=node, status=status, failures=failures, message=message)


def outcome(*results: object, exception: Exception | None = None):
    return SimpleNamespace(
        success=False, exception=exception, result=SimpleNamespace(results=results)
    )


def failure(outcome: object, paths: DataPaths | None = None) -> PilotageError | None:
    return build_failure(outcome, paths or DataPaths(Path("nowhere")))


def test_a_failed_data_test_is_the_gates_refusal() -> None:
    error = failure(
        outcome(
            result("unique_contacts", "fail", failures=3),
            result("not_null_contacts", "pass"),
            result("contacts", "success", "model"),
        )
    )
    assert isinstance(error, GateRefused)
    assert "1 of 2 data tests failed: unique_contacts (3 rows)" in str(error)
    assert len(str(error).splitlines()) == 2


def test_many_failed_tests_are_counted_not_listed() -> None:
    error = failure(outcome(*[result(f"test_{number}", "fail") for number in range(12)]))
    assert "test_4 (0 rows) and 7 more" in str(error)
    assert "test_5" not in str(error)


def test_a_broken_model_outweighs_a_failed_test() -> None:
    error = failure(
        outcome(
            result("unique_contacts", "fail", failures=3),
            result("contacts", "error", "model", message="Runtime Error in model contacts (m.sql)"),
        )
    )
    assert type(error) is PilotageError
    assert str(error).startswith("model contacts failed: ")


def test_a_stop_before_any_node_names_its_reason() -> None:
    error = failure(outcome(exception=RuntimeError("Could not set lock on file")))
    assert type(error) is PilotageError
    assert "Could not set lock on file" in str(error)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            "Runtime Error in model contacts (models/marts/core/contacts.sql)\n"
            '  Binder Error: Referenced column "x" not found\n'
            "  \n"
            "  LINE 3: select x\n"
            "                 ^\n"
            "  compiled code at target/run/contacts.sql",
            'model contacts (models/marts/core/contacts.sql): Binder Error: Referenced column "x" '
            "not found",
        ),
        ("Database is locked", "Database is locked"),
        ("a" * 400, "a" * 299 + "…"),
    ],
)
def test_an_error_of_dbt_becomes_one_line(message: str, line: str) -> None:
    assert one_line(message) == line


def refused(table: str, message: str):
    one = result(table, "error", "model", message=message)
    one.node.schema, one.node.alias = "core", table
    return one


def null_refused(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return what dbt says when DuckDB refuses a null at the write."""
    connection.execute(
        f"create table {table}__dbt_tmp (contact_id varchar, channel varchar not null)"
    )
    with pytest.raises(duckdb.ConstraintException) as refusal:
        connection.execute(f"insert into {table}__dbt_tmp values ('c1', 'phone'), ('c2', null)")
    return f"Runtime Error in model {table} (models/marts/core/{table}.sql)\n  {refusal.value}"


def test_a_null_that_a_table_refuses_is_the_gates_refusal() -> None:
    with duckdb.connect() as connection:
        message = null_refused(connection, "contacts")
    error = failure(outcome(refused("contacts", message), result("channel_test", "skipped")))
    assert isinstance(error, GateRefused)
    assert "Null where none may be: core.contacts.channel; " in str(error)
    assert "The last edition stays published." in str(error)
    broken = result("tickets", "error", "model", message="Runtime Error in model tickets (m.sql)")
    both = failure(outcome(refused("contacts", message), broken))
    assert type(both) is PilotageError


COLUMNS = {
    "core.mrr_movements": "month_start date, customer_id varchar, segment varchar, brand varchar,"
    " movement_type varchar, mrr_change_eur decimal(18, 2)",
    "journeys.transitions": "friction_rank integer, reason_group varchar, from_step varchar,"
    " to_step varchar, repeated_share double, complained_share double, followed_share double",
    "kpis.kpi_weights": "weight_set varchar, perspective varchar, kpi_id varchar,"
    " weight decimal(18, 4), valid_from date, valid_to date",
}
ROWS = """
insert into core.mrr_movements
select '2026-06-01', 'k' || i, 'pro', 'alto', 'churned', -20 from range(3) as r (i);
insert into journeys.transitions
select i, 'billing', 'start', 'phone ' || i, 0.5, 0.0, 0.5 from range(3) as r (i);
insert into kpis.kpi_weights
select 'default', 'customer', if(i = 0, null, 'kpi ' || i), 0.5, '2026-01-01', null
from range(3) as r (i);
"""


@pytest.fixture(scope="module")
def sound_tests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The nodes of the tests `sound` of three tables, compiled."""
    root = tmp_path_factory.mktemp("compiled")
    (root / "warehouse").mkdir()
    (root / "landing" / "accepted").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_DATA_DIR", str(root))
        patch.setenv("DBT_TARGET_PATH", str(root / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "logs"))
        manifest = shared_manifest()
        tables = {table.partition(".")[2]: table for table in COLUMNS}
        wanted = {
            name: tables[node.attached_node.rpartition(".")[2]]
            for name, node in manifest.nodes.items()
            if node.resource_type == "test"
            and getattr(node, "test_metadata", None)
            and node.test_metadata.name == "sound"
            and node.attached_node.rpartition(".")[2] in tables
        }
        selected = [manifest.nodes[name].name for name in wanted]
        done = invoke(["compile", "--select", *selected], manifest)
    assert done.success, done.exception
    return {wanted[one.node.unique_id]: one.node for one in done.result.results}


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[DataPaths]:
    """A warehouse with these three tables, sound."""
    paths = DataPaths(tmp_path)
    paths.warehouse.mkdir()
    duckdb.connect(str(paths.build_db)).close()
    with duckdb.connect(str(paths.marts_db)) as marts:
        for table, columns in COLUMNS.items():
            marts.execute(f"create schema {table.partition('.')[0]}")
            marts.execute(f"create table {table} ({columns})")
        marts.execute(ROWS)
    yield paths


@pytest.mark.parametrize(
    ("table", "change", "broken"),
    [
        # a null where no constraint has the engine refuse it
        ("kpis.kpi_weights", "weight = null where kpi_id is null", ["weight not_null, 1 row"]),
        # where one does, the engine is left to it
        ("core.mrr_movements", "segment = null", []),
        (
            "kpis.kpi_weights",
            "perspective = 'luck', weight_set = 'mine'",
            ["weight_set accepted_values, 3 rows", "perspective accepted_values, 3 rows"],
        ),
        # in a key of several columns one null is like another
        (
            "kpis.kpi_weights",
            "kpi_id = null",
            ["weight_set, perspective, kpi_id, valid_from unique, 1 row"],
        ),
        ("journeys.transitions", "friction_rank = 1", ["friction_rank unique, 1 row"]),
        # in a key of one column it is none
        ("journeys.transitions", "friction_rank = null", []),
        (
            "journeys.transitions",
            "to_step = 'phone'",
            ["reason_group, from_step, to_step unique, 1 row"],
        ),
        (
            "journeys.transitions",
            "followed_share = 1.1 where friction_rank = 2",
            ["shares_between_0_and_1, 1 row"],
        ),
        # what is unknown breaks no condition
        ("journeys.transitions", "followed_share = null", []),
        (
            "core.mrr_movements",
            "mrr_change_eur = 5",
            ["movement_goes_the_way_of_its_name, 3 rows"],
        ),
    ],
)
def test_a_table_that_is_not_sound_says_what_is_broken(
    tables: DataPaths, sound_tests: dict, table: str, change: str, broken: list[str]
) -> None:
    node, name = sound_tests[table], table.partition(".")[2]
    with duckdb.connect(str(tables.marts_db)) as marts:
        marts.execute(f"update {table} set {change}")
    failed = SimpleNamespace(node=node, status="fail", failures=len(broken), message="")
    lines = str(failure(outcome(failed), tables)).splitlines()
    assert lines[0] == f"1 of 1 data tests failed: sound_{name} ({len(broken)} rows)."
    assert lines[1:-1] == [f"  {name}: {line}" for line in broken]
    assert lines[-1].startswith("The last edition stays published.")
