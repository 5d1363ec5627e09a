"""What became of each test that dbt asked of the tables: its last result, and when that was.

A build leaves it beside the warehouse, sealed, and each candidate carries a copy. A test that
nothing new reaches is not asked again: its result is that of the build which asked it last.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.system.files import carry_file, read_json, write_json
from orchestration.system.seals import sealed, unsealed

KIND = "tests"
FILE_NAME = "tests.json"


@dataclass(frozen=True)
class Asked:
    """The last result of a test. `rows`: how many broke the rule, where that only warns.

    `at` is an instant in UTC, `edition` that of the build which asked.
    """

    rows: int
    at: str
    edition: str


@dataclass(frozen=True)
class Results:
    """Results by unique id of the test, for all tests of a whole build of `edition`."""

    edition: str
    project_fingerprint: str
    tests: Mapping[str, Mapping[str, str | int]]

    def of(self, test: str) -> Asked | None:
        found = self.tests.get(test)
        return Asked(**found) if found else None  # type: ignore[arg-type]


def keep_results(
    warehouse: Path,
    edition: str,
    project_fingerprint: str,
    expected: Collection[str],
    asked: Mapping[str, Asked],
) -> None:
    """Record what a build of `edition` asked, and what stands of the same project's builds before.

    `expected` are the unique ids of all tests that the project has now.
    """
    before = read_results(warehouse)
    kept = before.tests if before and before.project_fingerprint == project_fingerprint else {}
    known = {**kept, **{name: asdict(one) for name, one in asked.items()}}
    tests = {name: known[name] for name in sorted(expected) if name in known}
    results = Results(edition, project_fingerprint, tests)
    write_json(warehouse / FILE_NAME, sealed(asdict(results), KIND))


def read_results(directory: Path) -> Results | None:
    """Return the results that stand in `directory`; None when there are none that are sound."""
    return unsealed(read_json(directory / FILE_NAME), KIND, Results)


def carry_results(warehouse: Path, candidate: Path) -> None:
    """Copy the results of the last build into a candidate's directory, where there are some."""
    carry_file(warehouse / FILE_NAME, candidate / FILE_NAME)
