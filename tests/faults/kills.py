"""Commands killed at every step of theirs, while others read; the next command mends by itself.

Each kill strikes a copy of a small world. What stands afterwards is looked at as it is, the same
command is given again, and the world must be what an undisturbed run makes of it: row by row,
record by record, with nothing left over.
"""

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import duckdb

from orchestration.forgetting.erase import Order, new_order
from orchestration.forgetting.people import find_people, references_in
from orchestration.landing.contract import load_contract
from orchestration.landing.ledger import records
from orchestration.landing.pseudonyms import load_key
from orchestration.landing.suppression import suppress
from orchestration.publication.editions import editions
from orchestration.publication.history import history
from orchestration.publication.verify import verify
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from tests.faults import readers
from tests.faults.readers import ANEW, BACK, FORTH, Readers, reading_all_the_time
from tests.faults.victim import pages, processes, started
from tests.faults.world import HEADER, World, copied, make_world, with_key
from tests.orchestration.forgetting import small_world as people
from tests.orchestration.publication.small_marts import MARTS, build_edition, change_marts

SEED = 20260701
# What a kill can do, and what readers can see.
BLAMES = ("torn", "lost", "doubled", "left over", "repaired by hand")
WRONG = ("torn", "backward", "incomplete")
AT_RANDOM = "at a random instant"
LONGEST_SECONDS = 900
# A kill at random comes after this share of the time that the command takes: before it only reads.
EARLIEST = 0.2
# What a command writes of the hour and of chance, which differs from run to run.
VOLATILE = ("accepted_at", "ingested_at", "published_at")
RECORDED = ("batch", "table", "received", "accepted", "quarantined", "duplicate", "suppressed")
# A row that fits, one that landed before, one without a channel, one of somebody forgotten.
CONTACTS = (
    HEADER.replace("contact_id,", "contact_id,customer_ref,customer_ref_type,")
    + "".join(
        f"{row},inbound,2026-03-01T08:00:00Z,answered,2026-03-01T09:00:00Z\n"
        for row in ("c1,,,phone", "c2,,,", "c3,C99,customer_id,phone", "c4,C98,customer_id,phone")
    )
    + "a0,,,phone,inbound,2026-01-01T08:00:00Z,answered,2026-01-01T09:00:00Z\n"
)
TICKETS = (
    "ticket_id,customer_ref,customer_ref_type,channel,created_at,created_by\n"
    "T1,C98,customer_id,email,2026-03-01T08:00:00Z,customer\n"
    "T2,C98,customer_id,,2026-03-01T08:00:00Z,customer\n"
)


@dataclass(frozen=True)
class Case:
    """A command, the world in which it is killed, and which way readers' edition may move.

    It is killed at the first step of each function of the product, or where it `is_every` at all.
    """

    command: str
    make: Callable[[Path], tuple[World, Order | None]]
    way: int = FORTH
    at_random: int = 6
    is_every: bool = False


@dataclass
class Kill:
    """One kill: at which step, or at a random instant, and what was found after it."""

    command: str
    step: str
    found: list[tuple[str, str]] = field(default_factory=list)

    def blame(self, what: str, said: str) -> None:
        self.found.append((what, said))


# --- worlds -------------------------------------------------------------------------------


def to_publish(root: Path) -> tuple[World, Order | None]:
    return make_world(root, write_pages=pages), None


def to_accept(root: Path) -> tuple[World, Order | None]:
    world = make_world(root, write_pages=pages)
    suppress(world.paths.vault, [("customer_id", "C99")])
    inbox = world.paths.inbox / "interactions"
    (inbox / "contacts_c.csv").write_text(CONTACTS)
    (inbox / "tickets_c.csv").write_text(TICKETS)
    return world, None


def to_gate(root: Path) -> tuple[World, Order | None]:
    world = make_world(root, write_pages=pages)
    shutil.rmtree(world.candidate.parent)
    return world, None


def to_build(root: Path) -> tuple[World, Order | None]:
    """A warehouse in which nothing is built yet: the models are those of the project."""
    world = make_world(root, write_pages=pages)
    world.paths.build_db.unlink()
    return world, None


def to_forget(root: Path) -> tuple[World, Order | None]:
    """A world of people with two editions, and the order to forget one of them."""
    contract = load_contract(PROJECT_ROOT)
    world = World(DataPaths(root / "data"), root / "key" / "signing", {})
    world.key.parent.mkdir(parents=True)
    world.key.touch()
    made = people.World(world.paths, contract)
    people.drop_all(made)
    made.accept()
    world.paths.warehouse.mkdir(parents=True, exist_ok=True)
    change_marts(world.paths, MARTS)
    for edition in ("e1", "e2"):
        build_edition(world.paths, edition)
        people.publish_edition(world.paths, edition)
    people.plant_elsewhere(world.paths)
    references = [references_in(people.EMAIL)]
    traces = find_people(world.paths, contract, load_key(world.paths.vault), references)
    return world, new_order(world.paths, traces, 1, inbox=True)


CASES = (
    Case("accept", to_accept, is_every=True),
    Case("build", to_build, at_random=14),
    Case("gate", to_gate, at_random=12, is_every=True),
    Case("publish", to_publish, at_random=24, is_every=True),
    Case("rollback", to_publish, BACK, at_random=20, is_every=True),
    Case("forget", to_forget, ANEW, at_random=12),
)

# --- what stands --------------------------------------------------------------------------


def standing(paths: DataPaths) -> dict[str, Counter[Any]]:
    """Return everything that a command leaves, as counted rows: of tables, records and files."""
    found: dict[str, Counter[Any]] = {}
    with duckdb.connect() as con:
        for kind, root in (("accepted", paths.accepted), ("quarantined", paths.quarantine)):
            for folder in sorted({one.parent.parent for one in root.glob("*/*/batch=*/*.parquet")}):
                found[f"{kind} {folder.name}"] = _rows(
                    con, f"read_parquet('{folder}/*/*.parquet', union_by_name = true)"
                )
        for file in sorted(paths.kpi_editions.glob("*.parquet")):
            found[f"changes of {file.stem}"] = _rows(con, f"read_parquet('{file}')")
    for database in (paths.build_db, paths.marts_db, *(one.database for one in editions(paths))):
        if database.exists() and database.stat().st_size:
            found |= _tables(database, database.relative_to(paths.root).as_posix())
    found["batches"] = Counter(
        str([getattr(one, name) for name in RECORDED] + sorted(file.name for file in one.files))
        for one in records(paths)
    )
    found["editions"] = Counter((one.name, one.is_current) for one in editions(paths))
    found["history"] = Counter((one["action"], one["edition"]) for one in history(paths))
    found["verified"] = Counter(said for _, flaws in verify(paths) for said in flaws)
    return found


def files_standing(root: Path) -> Counter[str]:
    """Every file of the data directory but those that dbt and the lock keep for themselves."""
    return Counter(
        one.relative_to(root).as_posix()
        for one in root.rglob("*")
        if one.is_symlink() or (one.is_file() and one.name != "pilotage.lock")
    )


def _rows(con: duckdb.DuckDBPyConnection, relation: str) -> Counter[Any]:
    con.execute(f"from {relation}")
    names = [column[0] for column in con.description or ()]
    kept = [at for at, name in enumerate(names) if name.strip("_") not in VOLATILE]
    return Counter(str([row[at] for at in kept]) for row in con.fetchall())


def _tables(database: Path, shown: str) -> dict[str, Counter[Any]]:
    with duckdb.connect() as con:
        con.execute(f"attach '{database}' as other (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'other'"
        ).fetchall()
        return {
            f"{shown} {schema}.{table}": _rows(con, f'other."{schema}"."{table}"')
            for schema, table in tables
        }


# --- killing ------------------------------------------------------------------------------


@dataclass
class Field:
    """Where one case is tried: its world, the copy that is struck, and what is to come of it."""

    case: Case
    context: ForkServerContext
    pristine: World
    order: Order | None
    live: Path
    listed: Path
    steps: list[str] = field(default_factory=list)
    seconds: float = 0.0
    expected: dict[str, Counter[Any]] = field(default_factory=dict)
    files: Counter[str] = field(default_factory=Counter)

    def ready(self) -> World:
        return copied(self.pristine, self.live)

    def command(self, world: World, name: str | None = None) -> bool:
        """Give a command and let it end; False when it fails."""
        process = started(
            self.context, name or self.case.command, world, order=self.order, listed=self.listed
        )
        process.join(LONGEST_SECONDS)
        return process.exitcode == 0

    def standing(self, world: World) -> dict[str, Counter[Any]]:
        with with_key(world.paths, world.key if world.proven else None):
            return standing(world.paths)


def prepare(case: Case, context: ForkServerContext, folder: Path) -> Field:
    """Make the world of a case, and let the command run undisturbed: twice, to know how long."""
    pristine, order = case.make(folder / "pristine")
    made = Field(case, context, pristine, order, folder / "live", folder / "steps")
    for _ in range(2):
        world = made.ready()
        begun = time.monotonic()
        if not made.command(world):
            raise RuntimeError(f"{case.command} fails undisturbed")
        made.seconds = time.monotonic() - begun
    made.steps = made.listed.read_text(encoding="utf-8").split("\n")
    made.expected = made.standing(world)
    made.command(world, "recovery")
    made.files = files_standing(world.paths.root)
    return made


def strike(made: Field, step: int | None, after_seconds: float, shared: Readers) -> Kill | None:
    """Kill the command at a step, or after a time; None when it had ended before."""
    case, world = made.case, made.ready()
    kill = Kill(case.command, made.steps[step - 1] if step else AT_RANDOM)
    with shared.reading(case.way):
        process = started(made.context, case.command, world, step, made.order)
        if step is None:
            time.sleep(after_seconds)
            if process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
        process.join(LONGEST_SECONDS)
        if process.exitcode != -signal.SIGKILL:
            if step is not None:
                raise RuntimeError(f"{case.command} did not reach {kill.step}: {process.exitcode}")
            return None
        for said in _torn(world, case.way):
            kill.blame("torn", said)
        if case.command == "build" and not made.command(world, "refusal"):
            kill.blame("torn", "a build that was killed counts as one")
        if not made.command(world):
            kill.blame("repaired by hand", "the same command fails afterwards")
        for said in _torn(world, case.way):
            kill.blame("torn", said)
        _compare(made, world, kill)
    return kill


def _torn(world: World, way: int) -> Iterator[str]:
    found = readers.read(world.paths.published, way)
    yield from (*found.torn, *found.incomplete)


def _compare(made: Field, world: World, kill: Kill) -> None:
    now = made.standing(world)
    for record in records(world.paths):
        parts = record.accepted + record.quarantined + record.duplicate + record.suppressed
        if record.received != parts:
            kill.blame("lost", f"batch {record.batch}: {record.received} rows, {parts} accounted")
    for place in sorted({*now, *made.expected}):
        here, there = now.get(place, Counter()), made.expected.get(place, Counter())
        if missing := there - here:
            kill.blame("lost", f"{place}: {list(missing)[:2]}")
        if more := here - there:
            kill.blame("doubled", f"{place}: {list(more)[:2]}")
    if not made.command(world, "recovery"):
        kill.blame("repaired by hand", "the next run's recovery fails")
    if (files := files_standing(world.paths.root)) != made.files:
        left, gone = sorted(files - made.files), sorted(made.files - files)
        kill.blame("left over", f"too many: {left[:3]}, missing: {gone[:3]}")


def chosen(steps: Sequence[str], is_every: bool) -> list[int]:
    """Return the numbers of the steps to kill at: every one, or the first of each function.

    Where a command announces steps by itself, each of those is a name of its own.
    """
    if is_every:
        return [*range(1, len(steps) + 1)]
    first: dict[str, int] = {}
    for number, name in enumerate(steps, start=1):
        first.setdefault(name.partition(": ")[0], number)
    return sorted(first.values())


def announced(steps: Sequence[str]) -> list[int]:
    """Return the number of the first of each step that the command announces by itself."""
    names = [name for name in dict.fromkeys(steps) if ": " not in name]
    return [steps.index(name) + 1 for name in names]


def kill_all(
    case: Case, folder: Path, until: float | None = None
) -> tuple[list[Kill], Counter[str]]:
    """Try a case in an empty folder; return every kill, and what all its readers counted.

    No kill begins after `until` (seconds since 1970).
    """
    context, chance = processes(), random.Random(SEED)
    folder.mkdir(exist_ok=True)
    published = DataPaths(folder / "live" / "data").published
    with reading_all_the_time(context, published, folder / "notes") as shared:
        made = prepare(case, context, folder)
        numbers = chosen(made.steps, case.is_every)
        print(f"{case.command}: {len(numbers)} of {len(made.steps)} steps", flush=True)
        kills: list[Kill] = []
        while len(kills) < len(numbers) + case.at_random and (not until or time.time() < until):
            number = numbers[len(kills)] if len(kills) < len(numbers) else None
            delay = chance.uniform(EARLIEST, 1) * made.seconds
            if kill := strike(made, number, delay, shared):
                kills.append(kill)
        counted = shared.total()
    if (notes := folder / "notes").exists():
        print(notes.read_text(encoding="utf-8"), flush=True)
    return kills, counted


def kill_side_by_side(
    folder: Path, cases: Sequence[Case], at_once: int, until: float | None = None
) -> tuple[list[Kill], dict[str, Counter[str]]]:
    """Try the cases, so many at once; return every kill, and by command what readers counted."""
    with ProcessPoolExecutor(at_once, multiprocessing.get_context("spawn")) as pool:
        tried = [pool.submit(kill_all, case, folder / case.command, until) for case in cases]
        ended = {}
        for case, one in zip(cases, tried, strict=True):
            try:
                ended[case.command] = one.result()
            except Exception as error:
                # what the others found is kept, and this is told as something that did not work
                said = Kill(case.command, "never", [("repaired by hand", str(error))])
                ended[case.command] = [said], Counter()
    in_order = sorted(ended, key=[case.command for case in CASES].index)
    kills = [kill for command in in_order for kill in ended[command][0]]
    return kills, {command: ended[command][1] for command in in_order}


# --- the table ----------------------------------------------------------------------------


def kills_table(kills: Sequence[Kill], counted: dict[str, Counter[str]]) -> str:
    """Return the part of the results that says what was killed, and what came of it."""
    blamed = Counter((one.command, what) for one in kills for what in {w for w, _ in one.found})
    reads = sum(counted.values(), Counter())
    lines = [
        "## Commands killed",
        "",
        f"{len(kills)} times a command was ended by SIGKILL: before a change of a file, at a step "
        f"that it announces, or at a random instant (seed {SEED}). {readers.READERS} processes "
        f"read what is published all the time, {reads['reads']:,} times: the edition, its record "
        "and verdict, its pages. Then the same command was given once more, and everything that "
        "stands compared with what an undisturbed run leaves, row by row and file by file.",
        "",
        "Each column counts the kills, `backward` and `incomplete` the readings, after which that "
        "was found. `incomplete` is an edition without its whole record and verdict, or with those "
        "of other bytes. While an edition is written anew by `forget` its bytes come before its "
        f"record: {reads['between']:,} readings saw it between the two, and are not counted there.",
        "",
        f"| command | kills | readings | {' | '.join(BLAMES)} | torn readings | backward "
        "| incomplete |",
        f"|---|{'---|' * (len(BLAMES) + 5)}",
    ]
    for command, seen in counted.items():
        cells = [sum(one.command == command for one in kills), f"{seen['reads']:,}"]
        cells += [blamed[command, what] for what in BLAMES] + [seen[what] for what in WRONG]
        lines.append(f"| {command} | {' | '.join(str(one) for one in cells)} |")
    lines += ["", "| command | killed before, or at | kills |", "|---|---|---|"]
    for (command, step), times in Counter((one.command, one.step) for one in kills).items():
        lines.append(f"| {command} | {step} | {times} |")
    return "\n".join(lines)
