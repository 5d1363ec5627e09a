"""Commands that kill themselves (SIGKILL) at a step, each in a process of its own.

Steps are what a command announces (`on_step`) and, before each of them happens, its changes of
files: Python says of every file that is opened for writing, renamed, linked or removed which
function of the product does it. What DuckDB writes by itself is no step; there the parent kills.
"""

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from orchestration.forgetting.erase import Order, forget, pending
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.publication.recovery import KEEP_VARIABLE, recover, rollback
from orchestration.run import steps
from orchestration.system.environment import prepare_environment
from orchestration.system.errors import PilotageError
from orchestration.system.files import sync
from orchestration.system.lock import hold
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse.run_context import read_context
from tests.faults.world import CANDIDATE, PUBLISHED, World, with_key
from tests.orchestration.publication.small_marts import verdict_on

# Of what Python tells before it does it: all that changes a file or a folder.
CHANGES = ("os.rename", "os.symlink", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.chmod")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
PRODUCT = str(PROJECT_ROOT / "orchestration")
# So few that publishing removes one, too.
KEPT = "2"
AS_OF = "2026-06-30T00:00:00Z"
SELECTED = ("+int_contact_local_dates", "+int_contact_roots")


@dataclass
class Steps:
    """Counts the steps of this process, and ends it at number `kill_at` (None: lists them)."""

    root: str
    kill_at: int | None = None

    def __post_init__(self) -> None:
        self.names: list[str] = []

    def announce(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Take every change of a file for a step from now on."""
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, str | bytes | os.PathLike) or not flags & WRITING:
                return
        elif event in CHANGES:
            path = arguments[0]
        else:
            return
        place = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        # a name without a folder: one that is removed with its folder
        if not place.startswith("/") or place.startswith(self.root):
            self.announce(f"{_function()}: {event.removeprefix('os.')}")


def _function() -> str:
    """The function of the product that is at work, as `module.name`; helpers for files go on."""
    frame = sys._getframe(2)
    found = "python"
    while frame:
        file = frame.f_code.co_filename
        if file.startswith(PRODUCT):
            module = Path(file).relative_to(PRODUCT).with_suffix("").as_posix()
            found = f"{module}.{frame.f_code.co_name}"
            if not module.startswith("system/"):
                return found
        frame = frame.f_back  # type: ignore[assignment]
    return found


# --- the commands, as the terminal calls them -------------------------------------------------


def pages(database: Path, record: dict[str, Any], site: Path) -> dict[str, Any]:
    """Two pages that say which edition they are of."""
    site.mkdir()
    for name in ("index.html", "kpi.html"):
        (site / name).write_text(f"<html>{record['edition']}</html>", encoding="utf-8")
        sync(site / name)
    return {"count": 2}


def run_accept(world: World, announced: Steps, order: Order | None) -> None:
    accept(world.paths, load_contract(PROJECT_ROOT), on_step=announced.announce)


def run_gate(world: World, announced: Steps, order: Order | None) -> None:
    world.gate()


def run_publish(world: World, announced: Steps, order: Order | None) -> None:
    world.publish(write_pages=pages)


def run_rollback(world: World, announced: Steps, order: Order | None) -> None:
    rollback(world.paths, PUBLISHED[0])


def run_forget(world: World, announced: Steps, order: Order | None) -> None:
    import orchestration.publication.reissue as reissuing

    reissuing.judge = verdict_on
    # what `--resume` goes on with, once there is a journal
    ordered = pending(world.paths) or order
    assert ordered is not None
    if not (world.paths.receipts / f"{ordered.receipt}.json").exists() or pending(world.paths):
        forget(world.paths, load_contract(PROJECT_ROOT), ordered, announced.announce)


def run_build(world: World, announced: Steps, order: Order | None) -> None:
    from orchestration.warehouse.build import Part

    report = steps.build_warehouse(world.paths, AS_OF, Part(SELECTED, "cautious"))
    if report.error:
        raise report.error


def run_refusal(world: World, announced: Steps, order: Order | None) -> None:
    """After a build that was begun and killed there is nothing to make a candidate of."""
    context = read_context(world.paths)
    if context and context.edition == CANDIDATE:
        return
    try:
        steps.make_candidate(world.paths)
    except PilotageError:
        return
    raise AssertionError("a build that was killed counts as one")


def run_recovery(world: World, announced: Steps, order: Order | None) -> None:
    """What every `pilotage run` begins with."""
    recover(world.paths)


Command = Callable[[World, Steps, Order | None], None]
COMMANDS: dict[str, Command] = {
    "accept": run_accept,
    "build": run_build,
    "gate": run_gate,
    "publish": run_publish,
    "rollback": run_rollback,
    "forget": run_forget,
    "refusal": run_refusal,
    "recovery": run_recovery,
}

# --- processes ----------------------------------------------------------------------------


def processes() -> ForkServerContext:
    """Return a way to start processes in which everything is imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.victim", "tests.faults.readers"])
    return context


def started(
    context: ForkServerContext,
    command: str,
    world: World,
    kill_at: int | None = None,
    order: Order | None = None,
    listed: Path | None = None,
) -> BaseProcess:
    """Start a command on this world; with `listed` it writes its steps there at the end."""
    process = context.Process(target=run_alone, args=(command, world, kill_at, order, listed))
    process.start()
    return process


def run_alone(
    command: str,
    world: World,
    kill_at: int | None,
    order: Order | None,
    listed: Path | None,
    watch: Callable[[], None] = lambda: None,
) -> None:
    """Run a command in this process, which is its own; `watch` is called before its first step."""
    announced = Steps(str(world.paths.root), kill_at)
    os.environ[KEEP_VARIABLE] = KEPT
    try:
        with with_key(world.paths, world.key if world.proven else None):
            if command == "forget":
                del os.environ["PILOTAGE_PSEUDONYM_KEY"]
            if command == "build":
                # parsed once, for one data directory
                os.environ["DBT_TARGET_PATH"] = str(world.paths.root.with_name("target"))
            prepare_environment()
            with hold(world.paths, command):
                announced.watch()
                watch()
                COMMANDS[command](world, announced, order)
                names = list(announced.names)
        if listed:
            listed.write_text("\n".join(names), encoding="utf-8")
    except BaseException:
        traceback.print_exc()
        os._exit(1)
