"""What the world does to a warehouse, tried in full; the tables are written anew.

    python -m tests.faults bypass
    python -m tests.faults kills

`bypass` tries to get round the gate: every attempt with the operator's key and without one, and a
build of a small dbt project under every variable of dbt, one by one. Five minutes of one core. The
attempts with a key are part of `make test`, too.

`kills` ends commands by SIGKILL at every step of theirs, and at random instants, while three
processes read what is published; the next command has to mend it. A quarter of an hour of two
cores; one kill at each named step of accept and publish is part of `make test`.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tests.faults.bypasses import ATTEMPTS, KEYS, Outcome, tried
from tests.faults.kills import CASES, WRONG, kill_side_by_side, kills_table
from tests.faults.small_project import built_under
from tests.faults.variables import hostile
from tests.faults.world import make_world

RESULTS = Path(__file__).parent / "results.md"
app = typer.Typer(add_completion=False, help="Faults and attacks, tried in full.")


@app.callback()
def options() -> None:
    """Each sub-command tries one class of faults and writes its part of the table."""


@app.command()
def bypass(
    variables: Annotated[bool, typer.Option(help="Every variable of dbt, one by one.")] = True,
) -> None:
    """Try to get round the gate; exit status 1 when somebody does who has no key."""
    with tempfile.TemporaryDirectory(prefix="pilotage-faults-") as folder:
        signed, unsigned = make_world(Path(folder, "signed")), make_world(Path(folder, "un"), False)
        outcomes = [tried(one, signed, Path(folder, "copy")) for one in ATTEMPTS]
        others = [
            tried(one, unsigned, Path(folder, "copy"), False) if one.target != KEYS else None
            for one in ATTEMPTS
        ]
    asked = hostile() if variables else {}
    changed = [name for name, value in asked.items() if not built_under({name: value})]
    _write("bypass", _table(outcomes, others, len(asked), changed))
    print(dict(Counter(one.what for one in outcomes)), f"{len(changed)} variables change a build")
    if changed or any(one.what == "bypass" for one in outcomes):
        raise typer.Exit(1)


@app.command()
def kills(
    minutes: Annotated[float | None, typer.Option(help="Begin no kill after so many.")] = None,
) -> None:
    """Kill commands at every step; exit status 1 when anything is torn, lost, doubled or left."""
    with tempfile.TemporaryDirectory(prefix="pilotage-kills-") as folder:
        until = time.time() + 60 * minutes if minutes else None
        struck, counted = kill_side_by_side(Path(folder), CASES, len(CASES), until)
    _write("kills", kills_table(struck, counted))
    for one in struck:
        for what, said in one.found:
            print(f"{one.command}, {one.step}: {what}: {said}")
    seen = sum(counted.values(), Counter())
    if any(one.found for one in struck) or any(seen[what] for what in WRONG):
        raise typer.Exit(1)


def _table(
    outcomes: Sequence[Outcome],
    others: Sequence[Outcome | None],
    variables: int,
    changed: Sequence[str],
) -> str:
    counts = Counter(one.what for one in outcomes)
    without = Counter(one.what for one in others if one)
    lines = [
        "## Attempts to get round the gate",
        "",
        f"{len(outcomes)} attempts by somebody who may write the whole data directory and has no "
        f"key: **{counts['bypass']} got round it**; {counts['refused']} were refused by a command, "
        f"{counts['found']} named by `pilotage verify`, {counts['undone']} put right by itself. "
        f"The same where the operator gives no key: {without['bypass']} got round it. A build of a "
        f"small project under each of {variables} variables of dbt, one by one: "
        f"**{len(changed)} changed what was built or tested**.",
        "",
        "| attacked | attempt | with a key | without one |",
        "|---|---|---|---|",
    ]
    for one, other in zip(outcomes, others, strict=True):
        said = other.what if other else "—"
        lines.append(f"| {one.attempt.target} | {one.attempt.name} | {one.what} | {said} |")
    return "\n".join(lines)


def _write(part: str, text: str) -> None:
    """Put a part of the results in its place, between its marks; the others stay."""
    begin, end = f"<!-- {part} -->", f"<!-- end of {part} -->"
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Faults\n"
    kept, _, rest = before.partition(begin)
    after = rest.partition(end)[2]
    RESULTS.write_text(
        f"{kept.rstrip()}\n\n{begin}\n\n{text}\n\n{end}\n{after.lstrip()}", encoding="utf-8"
    )


if __name__ == "__main__":
    app()
