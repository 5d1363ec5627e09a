"""All that the portal's pages are made of: rows, project, lineage, and what became of the tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orchestration.gate.asked import Results
from orchestration.lineage import Lineage
from orchestration.site.edition import Content, Row
from orchestration.site.project import Project, Test
from orchestration.warehouse.run_context import BUSINESS_ZONE


@dataclass(frozen=True)
class Material:
    """`results` are None where the edition brings none that are sound."""

    content: Content
    project: Project
    lineage: Lineage
    results: Results | None = None

    def tests_of(self, models: Iterable[str]) -> list[Row]:
        """Return the tests that guard models, each once, with its last result where it is known.

        `is_asked` is false of a test that no build asks; `at` is None where no result is known.
        `is_carried`: an earlier build has asked, and nothing that the test reads has changed since.
        """
        tests = {test.name: test for model in models for test in self.project.tests.get(model, [])}
        return [self._with_result(test) for test in tests.values()]

    def _with_result(self, test: Test) -> Row:
        last = self.results.of(test.key) if self.results else None
        at = datetime.fromisoformat(last.at).astimezone(BUSINESS_ZONE) if last else None
        return {
            "name": test.name,
            "words": test.words,
            "description": test.description,
            "is_asked": bool(test.key),
            "at": at,
            "rows": last.rows if last else 0,
            "is_carried": bool(last and self.results and last.edition != self.results.edition),
        }
