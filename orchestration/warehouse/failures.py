"""What a failed dbt build becomes: one error that says which rules are broken, where, how often."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.system.environment import dbt_log_path
from orchestration.system.errors import GateRefused, PilotageError, full_disk
from orchestration.system.paths import DataPaths
from orchestration.system.sql import text
from orchestration.warehouse.dbt_command import one_line
from orchestration.warehouse.marts import MAKE_AGAIN, is_broken

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

SHOWN_NAMES = 5
SHOWN_RULES = 5
# DuckDB's own words for a null that a table's constraint refuses, at the write.
_NULL_REFUSED = re.compile(r"NOT NULL constraint failed: [^\s.]+\.(?P<column>[^\n]+)")


def build_failure(outcome: "dbtRunnerResult", paths: DataPaths) -> PilotageError | None:
    """Turn dbt's failures into one error, or None without any.

    Broken nodes come first. A null that a table refuses at the write is a broken rule, as a failed
    data test is: both are GateRefused, which names the rules.
    """
    log = f"see {dbt_log_path() / 'dbt.log'}"
    if outcome.success:
        return None
    if outcome.exception is not None:
        if named := _named(str(outcome.exception), paths):
            return named
        return PilotageError(f"dbt stopped: {one_line(str(outcome.exception))} ({log})")
    results = list(outcome.result.results)
    stopped = [r for r in results if r.status in ("error", "runtime error", "partial success")]
    broken = [r for r in stopped if _refused_null(r) is None]
    if broken:
        first = broken[0]
        if named := _named(first.message or "", paths):
            return named
        rest = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        kind = f"{first.node.resource_type.value} {first.node.name}"
        return PilotageError(f"{kind}{rest} failed: {one_line(first.message or '')} ({log})")
    failed = [r for r in results if r.status == "fail"]
    lines = [*_nulls(stopped), *_tests(failed, results)]
    lines += [line for r in failed[:SHOWN_NAMES] for line in _broken_rules(r, paths)]
    where = "What each test means stands in its description; " if failed else "More in the log: "
    return GateRefused("\n".join([*lines, f"The last edition stays published. {where}{log}."]))


def _named(said: str, paths: DataPaths) -> PilotageError | None:
    """Return a full disk and a damaged warehouse as what they are, and what to do about them."""
    if is_broken(said):
        return PilotageError(f"{one_line(said)} (in {paths.warehouse}).\n{MAKE_AGAIN}")
    return full_disk(said)


def _refused_null(result: Any) -> str | None:
    """Return `schema.table.column` of the null that stopped this node, or None."""
    found = _NULL_REFUSED.search(result.message or "")
    node = result.node
    return f"{node.schema}.{node.alias}.{found['column'].strip()}" if found else None


def _nulls(stopped: Sequence[Any]) -> list[str]:
    if not stopped:
        return []
    columns = [str(_refused_null(result)) for result in stopped]
    return [f"Null where none may be: {_some(columns)}; these tables were not written."]


def _tests(failed: Sequence[Any], results: Sequence[Any]) -> list[str]:
    if not failed:
        return []
    tests = sum(r.node.resource_type == "test" for r in results)
    names = _some([f"{_name(r.node)} ({r.failures} rows)" for r in failed])
    return [f"{len(failed)} of {tests} data tests failed: {names}."]


def _is_sound_test(node: Any) -> bool:
    metadata = getattr(node, "test_metadata", None)
    return metadata is not None and metadata.name == "sound"


def _name(node: Any) -> str:
    """Return a test's name; dbt's own for `sound` has all its arguments in it."""
    return f"sound_{_table(node)}" if _is_sound_test(node) else str(node.name)


def _table(test: Any) -> str:
    return str(test.attached_node).rpartition(".")[2]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more


def _broken_rules(result: Any, paths: DataPaths) -> list[str]:
    """Return one line for each rule that a failed `sound` test found broken: column, rule, rows.

    Asked again of the tables as the build has left them; nothing when that cannot be done.
    """
    if not _is_sound_test(result.node):
        return []
    try:
        with duckdb.connect() as connection:
            for name, path in (("build", paths.build_db), ("marts", paths.marts_db)):
                connection.execute(f"attach {text(path)} as {name} (read_only)")
            connection.execute("use build")
            rows = connection.execute(result.node.compiled_code).fetchall()
    except duckdb.Error:
        return []
    table = _table(result.node)
    shown = [
        f"  {table}: {f'{column} ' if column else ''}{rule}, {_rows(count)}"
        for column, rule, count in rows[:SHOWN_RULES]
    ]
    more = len(rows) - SHOWN_RULES
    return [*shown, f"  {table}: and {more} rules more"] if more > 0 else shown


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
