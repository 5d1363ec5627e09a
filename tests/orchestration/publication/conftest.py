"""A data directory with small marts, and the means to bring them to publication."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_marts import MARTS, RULES, build_edition, change_marts, verdict_on

from orchestration.gate.declared import write_rules
from orchestration.gate.verdict import write_verdict
from orchestration.publication.candidate import make_candidate
from orchestration.publication.editions import Edition
from orchestration.publication.publish import publish
from orchestration.system.paths import DataPaths


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A data directory whose marts are built and whose ledger holds three batches."""
    paths = DataPaths(tmp_path / "data")
    paths.warehouse.mkdir(parents=True)
    paths.batches.mkdir(parents=True)
    for number in range(4):
        (paths.batches / f"{number:08d}.json").write_text(json.dumps({"batch": number}))
    change_marts(paths, MARTS)
    write_rules(paths.warehouse, RULES)
    return paths


@pytest.fixture
def ready(paths: DataPaths) -> Callable[[str], Path]:
    """Make a candidate of the marts as they are, with a verdict that passes."""

    def make(edition: str) -> Path:
        candidate = make_candidate(paths, edition)
        write_verdict(verdict_on(candidate), candidate)
        return candidate

    return make


@pytest.fixture
def published(paths: DataPaths, ready: Callable[[str], Path]) -> Callable[[str], Edition]:
    """Change the marts as a build would, and publish them."""

    def make(edition: str) -> Edition:
        build_edition(paths, edition)
        ready(edition)
        return publish(paths, edition)

    return make
