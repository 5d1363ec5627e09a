"""`make mutation`: do small wrongs to the SQL of KPIs and steering; count those tests notice.

Verdicts are written down one by one, so that a run that was stopped goes on where it was. A mutant
that was killed stays so while its text is the same; a survivor is asked again when the project or
its tests changed.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from orchestration.system.fingerprint import project_fingerprint
from orchestration.system.paths import PROJECT_ROOT
from tests.mutation.mutants import Mutant, chosen, mutants_of
from tests.mutation.report import Run, explain, write_results
from tests.mutation.world import KILLED, Verdict, World, of_batches, path_of, texts

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.md"
EXPLAINED = FOLDER / "explained.yml"
FIRST_RATES = FOLDER / "first_rates.yml"
WORK = PROJECT_ROOT / ".test_data" / "mutation"
VERDICTS = WORK / "verdicts.jsonl"
PROVED_BY = ("tests/fixtures", "tests/generic", "tests/intermediate", "tests/marts", "tests/seeds")
AT_LEAST_KILLED = 0.9


@dataclass(frozen=True)
class Question:
    """A mutant, with what must be the same for an earlier verdict on it to hold."""

    mutant: Mutant
    mutated: str
    project: str

    def answered_by(self, record: dict) -> bool:
        same_text = record["mutated"] == self.mutated
        return same_text and (record["status"] == KILLED or record["project"] == self.project)


def main() -> None:
    """Judge, write the results, and fail when too many survive or one does without a reason."""
    options = _options()
    if options.afresh:
        VERDICTS.unlink(missing_ok=True)
    project = project_fingerprint(PROJECT_ROOT, PROVED_BY)
    world = World(_folder_of_world(project))
    everything = _everything(world)
    questions = _questions(world, everything, project, options)
    verdicts = _verdicts(world, questions)
    reasons = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or []
    explained = explain(verdicts, reasons, everything)
    if options.only is None:
        run = Run(options.seed, _commit(), datetime.now(UTC).date(), len(questions))
        first_rates = yaml.safe_load(FIRST_RATES.read_text(encoding="utf-8"))
        write_results(RESULTS, run, verdicts, explained, first_rates)
    for mutant in explained.unexplained:
        print(f"survived without a reason: {mutant.operator}: {mutant}")
    for reason in explained.unused if options.only is None else []:
        print(f"explained, but killed or gone: {reason['model']}: {reason['line']}")
    print(f"{explained.killed} of {explained.counted} mutants killed ({explained.share:.0%})")
    if explained.unexplained or explained.share < AT_LEAST_KILLED:
        sys.exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutants", type=int, default=150, help="how many are drawn")
    parser.add_argument(
        "--only", help="draw from models with this in their name or path; no results file"
    )
    parser.add_argument("--afresh", action="store_true", help="forget earlier verdicts")
    return parser.parse_args()


def _folder_of_world(project: str) -> Path:
    """Return where the world of this state of the project is; those of others are removed."""
    folder = WORK / project[:12]
    for other in WORK.glob("*"):
        if other.is_dir() and other != folder:
            shutil.rmtree(other)
    return folder


def _everything(world: World) -> list[Mutant]:
    sources, of_batches_only = texts(world.manifest), of_batches(world.manifest)
    return [
        mutant
        for name in sorted(sources)
        for mutant in mutants_of(name, sources[name], of_batches_only)
    ]


def _questions(
    world: World, everything: list[Mutant], project: str, options: argparse.Namespace
) -> list[Question]:
    sources = texts(world.manifest)
    within = [
        one
        for one in everything
        if (options.only or "") in f"{one.model} {path_of(world.manifest, one.model)}"
    ]
    return [
        Question(mutant, _hash(mutant.apply(sources[mutant.model])), project)
        for mutant in chosen(within, options.seed, options.mutants)
    ]


def _verdicts(world: World, questions: list[Question]) -> dict[Mutant, Verdict]:
    records = {record["mutated"]: record for record in _records()}
    verdicts = {}
    for number, question in enumerate(questions, start=1):
        record = records.get(question.mutated)
        if record and question.answered_by(record):
            verdict = Verdict(record["status"], record["layer"], record["by"])
        else:
            verdict = world.judge(question.mutant)
            _write_down(question, verdict)
            print(f"{number}: {verdict.status}: {question.mutant} ({verdict.by})", flush=True)
        verdicts[question.mutant] = verdict
    return verdicts


def _records() -> Iterator[dict]:
    if VERDICTS.exists():
        yield from map(json.loads, VERDICTS.read_text(encoding="utf-8").splitlines())


def _write_down(question: Question, verdict: Verdict) -> None:
    record = {"mutant": str(question.mutant), "mutated": question.mutated}
    record |= {"project": question.project} | asdict(verdict)
    with VERDICTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    found = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
