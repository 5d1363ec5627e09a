"""What a failed dbt build becomes: which error, and one line that says which node and why."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.paths import DataPaths
from orchestration.warehouse.dbt_command import one_line
from orchestration.warehouse.failures import build_failure


def result(name: str, status: str, kind: str = "test", failures: int = 0, message: str = ""):
    class Kind(str):
        value = kind

    node = SimpleNamespace(name=name, alias=name, schema="core", resource_type=Kind(kind))
    return SimpleNamespace(node=node, status=status, failures=failures, message=message)


def outcome(*results: object, exception: Exception | None = None):
    return SimpleNamespace(
        success=False, exception=exception, result=SimpleNamespace(results=results)
    )


def failure(found: SimpleNamespace) -> PilotageError | None:
    return build_failure(found, DataPaths(Path("/nowhere")))


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


def test_a_null_that_a_table_refuses_is_a_broken_rule() -> None:
    message = (
        "Runtime Error in model tickets (t.sql)\n  Constraint Error: NOT NULL constraint failed: "
    )
    error = failure(
        outcome(result("tickets", "error", "model", message=f"{message}tickets__dbt_tmp.channel"))
    )
    assert isinstance(error, GateRefused)
    assert str(error).startswith("Null where none may be: core.tickets.channel;")


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
