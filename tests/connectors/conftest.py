"""What tests of all connectors share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.landing.contract import Contract, load_contract
from orchestration.system.paths import PROJECT_ROOT
from tests.connectors.world import Landing


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(PROJECT_ROOT)


@pytest.fixture
def land(tmp_path: Path, contract: Contract) -> Callable[[str], Landing]:
    """Make an empty landing for a vendor's raw files."""
    return lambda vendor: Landing(tmp_path / vendor, contract, vendor)
