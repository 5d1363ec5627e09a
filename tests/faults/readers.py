"""Readers who open what is published all the time, and say when it is not whole or goes back."""

import ctypes
import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import duckdb

READERS = 3
PAUSE_SECONDS = 0.05
# They leave the processor to the commands.
NICE = 10
COUNTED = ("reads", "torn", "backward", "incomplete", "between")
# Which way the edition may move; what is written anew keeps its name and gets other bytes.
FORTH, BACK, ANEW = 1, -1, 0
NEWEST = (
    "select edition, (select count(*) from kpis.kpi_values) "
    "from kpis.kpi_editions order by edition_number desc limit 1"
)


@dataclass
class Found:
    """What one reading found. `between` are the bytes of an edition half-way to its new form."""

    edition: str | None = None
    pages: str | None = None
    torn: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    between: int = 0


def read(published: Path, way: int = FORTH) -> Found:
    """Open the pointer and the pages once, as a reader does, and check all that belongs to it."""
    found = Found()
    try:
        with duckdb.connect(str(published / "pilotage.duckdb"), read_only=True) as connection:
            [(found.edition, rows)] = connection.execute(NEWEST).fetchall() or [("none", 1)]
        if not rows:
            found.torn.append("no figures")
    except (duckdb.Error, OSError, ValueError) as error:
        found.torn.append(f"{type(error).__name__}: {error}")
        return found
    directory = published / "editions" / str(found.edition)
    for _ in range(2):
        try:
            said = _records(directory, str(found.edition))
        except (OSError, ValueError, KeyError) as error:
            said = f"{type(error).__name__}: {error}"
        if said is None:
            break
    if said == "bytes" and way == ANEW:
        found.between = 1
    elif said:
        found.incomplete.append(f"{directory.name}: {said}")
    try:
        place = Path(os.path.realpath(published / "site", strict=True))
    except FileNotFoundError:
        return found
    found.pages = place.parent.name
    for name in ("index.html", "kpi.html"):
        try:
            text = (place / name).read_text(encoding="utf-8")
        except OSError as error:
            text = str(error)
        if text != f"<html>{found.pages}</html>":
            found.torn.append(f"{name} of {found.pages}: {text}")
    return found


def _records(directory: Path, edition: str) -> str | None:
    """What is wrong with an edition's record and verdict; `bytes` when they are of other ones."""
    record = json.loads((directory / "edition.json").read_text(encoding="utf-8"))
    verdict = json.loads((directory / "verdict.json").read_text(encoding="utf-8"))
    if record["edition"] != edition or not record["files"] or not verdict["checks"]:
        return "its record or verdict is not whole"
    held = hashlib.sha256((directory / "pilotage.duckdb").read_bytes()).hexdigest()
    return None if record["sha256"] == verdict["candidate_sha256"] == held else "bytes"


class Backward:
    """Remembers the editions in the order in which they were seen; the way is declared."""

    def __init__(self) -> None:
        self.last: dict[str, str] = {}

    def steps_back(self, found: Found, way: int) -> list[str]:
        said = []
        for what, edition in (("edition", found.edition), ("pages", found.pages)):
            if edition is None:
                continue
            before = self.last.get(what, edition)
            is_back = edition < before if way == FORTH else edition > before
            if is_back or (way == ANEW and edition != before):
                said.append(f"{what} went from {before} to {edition}")
            self.last[what] = edition
        return said


@dataclass
class Readers:
    """What the readers share: which world they read, and what they have counted."""

    turn: Any
    way: Any
    counts: Any
    notes: Path

    @contextmanager
    def reading(self, way: int) -> Iterator[None]:
        """Let them read the world that now stands; before and after it they look away."""
        self.way.value = way
        self.turn.value += 1
        try:
            yield
        finally:
            self.turn.value += 1

    def total(self) -> Counter[str]:
        size = len(COUNTED)
        return Counter({name: sum(self.counts[at::size]) for at, name in enumerate(COUNTED)})


@contextmanager
def reading_all_the_time(
    context: ForkServerContext, published: Path, notes: Path
) -> Iterator[Readers]:
    """Keep `READERS` processes at work on what is published there."""
    shared = Readers(
        context.Value(ctypes.c_long, 0),
        context.Value(ctypes.c_long, FORTH),
        context.Array(ctypes.c_long, READERS * len(COUNTED)),
        notes,
    )
    places = range(0, READERS * len(COUNTED), len(COUNTED))
    at_work = [
        context.Process(
            target=_keep_reading,
            args=(published, place, shared.turn, shared.way, shared.counts, notes),
            daemon=True,
        )
        for place in places
    ]
    for one in at_work:
        one.start()
    try:
        yield shared
    finally:
        for one in at_work:
            one.terminate()
            one.join()


def _keep_reading(
    published: Path, place: int, turn: Any, way: Any, counts: Any, notes: Path
) -> None:
    os.nice(NICE)
    seen_at, backward = -1, Backward()
    while True:
        time.sleep(PAUSE_SECONDS)
        now, declared = turn.value, way.value
        # an even turn: the world is being put back
        if now % 2 == 0:
            continue
        if now != seen_at:
            seen_at, backward = now, Backward()
        found = read(published, declared)
        if turn.value != now:
            continue
        back = backward.steps_back(found, declared)
        values = (1, bool(found.torn), bool(back), bool(found.incomplete), found.between)
        for at, value in enumerate(values):
            counts[place + at] += value
        if said := [*found.torn, *back, *found.incomplete]:
            with notes.open("a", encoding="utf-8") as file:
                file.write(f"{said}\n")
