"""The wheel holds the whole project: installed in an empty place, it publishes an edition."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import duckdb
import pytest

from orchestration.system.paths import PROJECT_ROOT

pytestmark = pytest.mark.builds(1)

# What a checkout has beside the project, some of it large.
NOT_COPIED = (
    ".git", ".venv*", ".test_data", ".mypy_cache", ".ruff_cache", "__pycache__", "*.egg-info",
    "build", "data", "logs", "target",
)  # fmt: skip
SIZE = {"PILOTAGE_DEMO_CUSTOMERS": "80", "PILOTAGE_DEMO_MONTHS": "3"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built in a copy of it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(PROJECT_ROOT, source, ignore=shutil.ignore_patterns(*NOT_COPIED))
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline"]
    subprocess.run([*command, "--python", sys.executable, "--out-dir", folder, source], check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the wheel, which finds the packages of this one and not its checkout."""
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run(command, check=True)
    [packages] = home.glob("lib/python*/site-packages")
    # a plain path: the editable install beside the packages is not followed
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "pilotage"


def test_the_wheel_carries_every_file_that_dbt_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {
            name.removeprefix("orchestration/_project/")
            for name in archive.namelist()
            if name.startswith("orchestration/_project/")
        }
    for folder in ("models", "macros", "seeds"):
        here = {
            path.relative_to(PROJECT_ROOT).as_posix()
            for path in (PROJECT_ROOT / folder).rglob("*")
            if path.is_file()
        }
        assert here and here == {name for name in inside if name.startswith(f"{folder}/")}
    assert {"dbt_project.yml", "profiles.yml", ".dbtignore", "docs/glossary.yml"} <= inside


def test_installed_in_an_empty_place_it_publishes_an_edition(
    installed: Path, tmp_path: Path
) -> None:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PILOTAGE_", "DBT_", "DAGSTER_", "PYTHON", "VIRTUAL_ENV"))
    }
    ran = subprocess.run(
        [installed, "run"], cwd=tmp_path, env=inherited | SIZE, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    published = tmp_path / "data" / "published"
    with duckdb.connect(str(published / "pilotage.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) > 1000 from kpis.kpi_values").fetchone() == (True,)
    assert (published / "site" / "direction.html").is_file()
    # nothing of the run was written into the package
    package = installed.parent.parent
    assert not list(package.rglob("*.duckdb"))
    again = subprocess.run(
        [installed, "run"], cwd=tmp_path, env=inherited | SIZE, capture_output=True, text=True
    )
    assert "Nothing new" in again.stdout
