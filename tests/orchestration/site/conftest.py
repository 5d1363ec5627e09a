"""The pages of the worked examples, written once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.gate.asked import read_results
from orchestration.lineage import load_lineage
from orchestration.site.edition import Content, read
from orchestration.site.material import Material
from orchestration.site.project import project_of
from orchestration.site.reference import keep, kept
from orchestration.site.write import write_site
from orchestration.system.paths import PROJECT_ROOT
from tests.orchestration.parsed import shared_manifest
from tests.orchestration.worked_examples import Run

RECORD = {
    "edition": "20260601T000000Z-00000001",
    "published_at": "2026-06-01T00:00:00.000+00:00",
    "verdict": {
        "counts": {"total": 12, "passed": 11},
        "warnings": [{"name": "weak", "meaning": "<b>Look</b>"}],
    },
    "changes": {
        "kpis": [
            {"kpi_id": "fcr_rate", "before": {"value": 0.5}, "after": {"value": 0.75}},
            {"kpi_id": "that left the catalogue", "before": {"value": 1.0}, "after": None},
        ]
    },
}


@dataclass
class Site:
    """A folder of pages, the private folder of agents' pages, and what they were made of."""

    folder: Path
    agents: Path
    material: Material
    count: int

    @property
    def content(self) -> Content:
        return self.material.content


@pytest.fixture(scope="module")
def site(worked_examples: Run, tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    database = worked_examples.paths.marts_db
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_LANGUAGE", "fr")
        patch.setenv("PILOTAGE_DATA_DIR", str(worked_examples.paths.root))
        patch.setenv("DBT_TARGET_PATH", str(worked_examples.paths.root / "dbt" / "target"))
        manifest = shared_manifest()
        lineage = load_lineage(worked_examples.paths)
        results = read_results(worked_examples.paths.warehouse)
        written = folder / "static_index.html"
        written.write_text(f"<p>{worked_examples.paths.root}/landing, {PROJECT_ROOT}/models</p>")
        keep(worked_examples.paths, written, "f")
        reference = kept(worked_examples.paths, "f")
        made_of = (manifest, lineage, results)
        places = (folder / "site", folder / "agents")
        count = write_site(database, RECORD, *made_of, *places, reference)
    material = Material(read(database), project_of(manifest), lineage, results)
    return Site(folder / "site", folder / "agents", material, count)
