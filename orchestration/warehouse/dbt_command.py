"""One dbt command inside this process: silent, by the project's own settings, and soon stopped."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from orchestration.system.environment import dbt_log_path, dbt_target_path
from orchestration.system.paths import PROJECT_ROOT
from orchestration.system.stopping import interruptible

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

SETTINGS = "DBT_"
LONGEST_MESSAGE = 300


def invoke(
    arguments: list[str],
    manifest: "Manifest | None" = None,
    on_event: Callable[[Any], None] | None = None,
) -> "dbtRunnerResult":
    """Run one dbt command, and release DuckDB's write lock after it.

    Without a `manifest` dbt parses the project. What the caller's environment sets for dbt
    (`DBT_RESOURCE_TYPES`, `DBT_TARGET`, `DBT_FAIL_FAST` and so on) has no say in it.
    """
    common = [
        *("--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT)),
        *("--target-path", str(dbt_target_path()), "--log-path", str(dbt_log_path())),
        *("--quiet", "--log-level", "none", "--log-level-file", "info"),
    ]
    with ExitStack() as stack:
        stack.enter_context(_own_settings())
        # some variables are read by the import
        from dbt.cli.main import dbtRunner

        runner = dbtRunner(manifest=manifest, callbacks=[on_event] if on_event else [])
        stack.enter_context(_connections_closed())
        stack.enter_context(_manifest_left_to_itself())
        stack.enter_context(interruptible(_interrupt_queries))
        outcome = runner.invoke([*arguments, *common])
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        # Somebody stopped the command: that is no failure of dbt's.
        raise outcome.exception
    return outcome


def one_line(message: str) -> str:
    """Reduce an error of dbt or DuckDB to its sentence: no caret lines, no repeated header."""
    lines = [line.strip() for line in message.strip().splitlines()]
    if len(lines) > 1 and " Error in " in lines[0]:
        where = lines[0].partition(" Error in ")[2]
        lines = [f"{where}:", *lines[1:]]
    kept = []
    for line in lines:
        if not line or line.startswith(("LINE ", "> in macro", "> called by", "compiled code at")):
            break
        kept.append(line)
    text = " ".join(kept)
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


@contextmanager
def _own_settings() -> Iterator[None]:
    """Hide dbt's variables from dbt: an option that the command does not give has its default."""
    hidden = {name: value for name, value in os.environ.items() if name.startswith(SETTINGS)}
    for name in hidden:
        del os.environ[name]
    # not from the caller, and asked for before dbt reads its options
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    try:
        yield
    finally:
        del os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"]
        os.environ.update(hidden)


@contextmanager
def _connections_closed() -> Iterator[None]:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections, reset_adapters

    try:
        yield
    finally:
        cleanup_connections()
        DuckDBConnectionManager.close_all_connections()
        reset_adapters()


def _interrupt_queries() -> None:
    """Ask the query of each of dbt's threads to end."""
    from dbt.adapters.factory import FACTORY

    for adapter in list(FACTORY.adapters.values()):
        for connection in list(adapter.connections.thread_connections.values()):
            # a lazy handle would open a connection when asked for it
            if connection.state == "open":
                connection.handle.cursor().interrupt()


@contextmanager
def _manifest_left_to_itself() -> Iterator[None]:
    """Spare Python's collector the manifest, which lives on: looking through it again and again
    takes a tenth of a build."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
