"""What a run found: how many mutants were killed, by operator and by model, and who survived."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.mutation.mutants import Mutant, one_line
from tests.mutation.world import INVALID, KILLED, LAYERS, SURVIVED, Verdict

Judged = dict[Mutant, Verdict]


@dataclass(frozen=True)
class Run:
    """What must be the same for a run to be repeated, and its day."""

    seed: int
    commit: str
    day: date
    mutants: int


@dataclass
class Explained:
    """Verdicts beside the reasons; invalid mutants are counted nowhere else."""

    killed: int
    survivors: list[tuple[Mutant, str]] = field(default_factory=list)
    unexplained: list[Mutant] = field(default_factory=list)
    unused: list[dict[str, Any]] = field(default_factory=list)
    invalid: int = 0

    @property
    def counted(self) -> int:
        return self.killed + len(self.survivors) + len(self.unexplained)

    @property
    def share(self) -> float:
        return self.killed / self.counted if self.counted else 1.0


def explain(
    judged: Judged, reasons: list[dict[str, Any]], everything: Iterable[Mutant]
) -> Explained:
    """Give each survivor its reason; say which have none, and which reasons nobody needs: those of
    mutants that a test kills by now, or that are none any more (`everything` holds all)."""
    by_change = {tuple(reason[name] for name in KEY): reason for reason in reasons}
    statuses = Counter(verdict.status for verdict in judged.values())
    found = Explained(statuses[KILLED], invalid=statuses[INVALID])
    survivors = [mutant for mutant, verdict in judged.items() if verdict.status == SURVIVED]
    settled = {_change(mutant) for mutant in judged} - {_change(mutant) for mutant in survivors}
    needed = {_change(mutant) for mutant in everything} - settled
    for mutant in survivors:
        change = _change(mutant)
        if change in by_change:
            found.survivors.append((mutant, by_change[change]["reason"]))
        else:
            found.unexplained.append(mutant)
    found.unused = [reason for change, reason in by_change.items() if change not in needed]
    return found


KEY = ("model", "line", "before", "after")


def _change(mutant: Mutant) -> tuple[str, ...]:
    return (name_of(mutant), mutant.line, one_line(mutant.before), one_line(mutant.after))


def name_of(mutant: Mutant) -> str:
    """Return the model's or the macro's own name."""
    return mutant.model.rpartition(".")[2]


def write_results(
    path: Path, run: Run, judged: Judged, explained: Explained, first_rates: list[dict[str, Any]]
) -> None:
    """Write the results as one Markdown page."""
    lines = [
        "# Mutation run",
        "",
        "Written by `make mutation`: small wrongs done to the SQL of the marts that lead to",
        "`kpi_values` and to steering, and of their macros, one at a time, and whether a test",
        "notices. Each mutant",
        "is shown to the unit tests of its model first, then to what is built from it: by an error",
        "of the build, a data test, a worked example or a metric, whichever notices first.",
        "",
        f"{run.day:%Y-%m-%d}, commit {run.commit}, seed {run.seed}, {run.mutants} mutants drawn:",
        f"**{explained.killed} of {explained.counted} killed ({explained.share:.1%})**;"
        f" {explained.invalid} more were no valid SQL and are not counted.",
        "",
        *_table("kind", judged, lambda mutant: mutant.operator),
        "",
        *_table("model or macro", judged, name_of),
        "",
        "## Survivors",
        "",
        "| model or macro | change | in the line | why no test fails |",
        "|---|---|---|---|",
        *(_row(mutant, reason) for mutant, reason in explained.survivors),
        *(_row(mutant, "**not explained**") for mutant in explained.unexplained),
        "",
        "## Seeds that nobody had looked at",
        "",
        "Whoever mends a test for a survivor is no judge of that seed any more. This is what each",
        "seed said the first time, whatever was mended for it since.",
        "",
        "| seed | killed | commit | when |",
        "|---|---|---|---|",
        *(
            f"| {rate['seed']} | {rate['killed']} of {rate['counted']} | {rate['commit']}"
            f" | {rate['when']} |"
            for rate in first_rates
        ),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _table(title: str, judged: Judged, group: Callable[[Mutant], str]) -> Iterable[str]:
    """Yield a table of how many mutants each layer of tests killed, and how many none did."""
    layers = Counter(
        (group(mutant), verdict.layer if verdict.status == KILLED else verdict.status)
        for mutant, verdict in judged.items()
    )
    yield f"| {title} | killed | {' | '.join(f'by {layer}' for layer in LAYERS)} | survived |"
    yield "|" + "---|" * (len(LAYERS) + 3)
    for name in sorted({group(mutant) for mutant in judged}):
        by_layer = [layers[name, layer] for layer in LAYERS]
        survived = layers[name, SURVIVED]
        if counted := sum(by_layer) + survived:
            killed = f"{sum(by_layer)} of {counted}"
            yield f"| {name} | {killed} | {' | '.join(map(str, by_layer))} | {survived} |"


def _row(mutant: Mutant, reason: str) -> str:
    change = f"`{one_line(mutant.before)}` → `{one_line(mutant.after)}`"
    return f"| {name_of(mutant)} | {_cell(change)} | {_cell(f'`{mutant.line}`')} | {reason} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
