"""A kept manifest is as good as a parsed one, and is never one of another project."""

import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.system.errors import PilotageError
from orchestration.system.paths import PROJECT_ROOT
from orchestration.warehouse import dbt_command, manifest

FILES = {
    "dbt_project.yml": "name: small\nprofile: small\n",
    "profiles.yml": "small: {target: local, outputs: {local: {type: duckdb}}}\n",
    "models/one.sql": "select 1 as number",
    "models/two.sql": "select * from {{ ref('one') }}",
    "models/sources.yml": """
sources:
  - name: landed
    config: {meta: {external_location: "{{ env_var('PILOTAGE_DATA_DIR') }}/rows.parquet"}}
    tables: [{name: rows}]
""",
}

# as it is before the fixtures of the session
LOAD_MANIFEST = manifest.load_manifest


class Project:
    """A small dbt project; counts how often it was parsed."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.patch, self.parsed = root, patch, 0
        self.kept = root / "target" / manifest.FILE
        for name, text in FILES.items():
            self.write(name, text)
        for module in (dbt_command, manifest):
            patch.setattr(module, "PROJECT_ROOT", root)
        # elsewhere all worlds share one manifest
        patch.setattr(manifest, "load_manifest", LOAD_MANIFEST)
        patch.setenv("PILOTAGE_DATA_DIR", str(root / "data"))
        patch.setenv("DBT_TARGET_PATH", str(root / "target"))
        patch.setenv("DBT_LOG_PATH", str(root / "logs"))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def text_of_one(self) -> str:
        return (self.root / "models" / "one.sql").read_text()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, monkeypatch)


@pytest.fixture
def quick(project: Project) -> Project:
    """The same, where parsing is to take down the text of one model, at once."""

    def parse() -> Manifest:
        project.parsed += 1
        return Manifest(selectors={"one": project.text_of_one()})

    project.patch.setattr(manifest, "parse", parse)
    return project


def test_a_kept_manifest_is_the_parsed_one_and_can_be_built_from(project: Project) -> None:
    parsed = manifest.load_manifest()
    project.patch.setattr(manifest, "parse", None)
    kept = manifest.load_manifest()
    assert kept.to_dict() == parsed.to_dict()
    outcome = dbt_command.invoke(["compile"], kept)
    assert (outcome.exception, outcome.success) == (None, True)
    [source] = kept.sources.values()
    assert source.config.meta["external_location"] == f"{project.root}/data/rows.parquet"


def test_a_project_that_cannot_be_read_says_why(project: Project) -> None:
    project.write("models/one.sql", "select {{ nonsense(")
    with pytest.raises(PilotageError, match="dbt cannot read the project"):
        manifest.load_manifest()
    assert not project.kept.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("models/one.sql", "select 2 as number"),
        ("models/three.sql", "select 3 as number"),
        ("macros/four.sql", "{% macro four() %}4{% endmacro %}"),
        ("seeds/five.csv", "number\n5\n"),
        ("tests/six.sql", "select 6 where false"),
        ("profiles.yml", FILES["profiles.yml"] + "\n"),
        ("dbt_project.yml", FILES["dbt_project.yml"] + "version: 1.0.0\n"),
    ],
)
def test_a_changed_file_is_parsed(quick: Project, name: str, text: str) -> None:
    manifest.load_manifest()
    manifest.load_manifest()
    assert quick.parsed == 1
    quick.write(name, text)
    assert manifest.load_manifest().selectors["one"] == quick.text_of_one()
    assert quick.parsed == 2


@pytest.mark.parametrize("name", manifest.VARIABLES)
def test_another_environment_is_parsed(quick: Project, name: str) -> None:
    manifest.load_manifest()
    quick.patch.setenv(name, "7")
    manifest.load_manifest()
    assert quick.parsed == 2


@pytest.mark.parametrize("library", ["dbt-core", "dbt-duckdb", "dbt-adapters"])
def test_another_version_of_dbt_parses(quick: Project, library: str) -> None:
    manifest.load_manifest()

    def other(name: str) -> str:
        return "0.0.1" if name == library else version(name)

    quick.patch.setattr("orchestration.system.fingerprint.version", other)
    quick.patch.setattr(manifest, "version", other)
    manifest.load_manifest()
    assert quick.parsed == 2


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda content: b"", id="empty"),
        pytest.param(lambda content: content[:-100], id="torn"),
        pytest.param(lambda content: content[:-100] + bytes(100), id="zeros at its end"),
        pytest.param(lambda content: b"0" * 64 + content[64:], id="of another project"),
        pytest.param(None, id="gone"),
    ],
)
def test_a_manifest_that_is_not_whole_is_made_again(quick: Project, spoil) -> None:
    manifest.load_manifest()
    content = quick.kept.read_bytes()
    if spoil is None:
        shutil.rmtree(quick.kept.parent)
    else:
        quick.kept.write_bytes(spoil(content))
    assert manifest.load_manifest().selectors["one"] == FILES["models/one.sql"]
    manifest.load_manifest()
    assert quick.parsed == 2


def test_a_file_that_changes_while_dbt_reads_is_read_again(quick: Project) -> None:
    def parse_and_change() -> Manifest:
        text = quick.text_of_one()
        quick.write("models/one.sql", "select 7 as number")
        return Manifest(selectors={"one": text})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "parse", parse_and_change)
        manifest.load_manifest()
    assert manifest.load_manifest().selectors["one"] == "select 7 as number"


def test_every_variable_that_dbt_reads_is_part_of_the_key() -> None:
    """What the profile and the models read from the environment decides what they say."""
    files = [
        PROJECT_ROOT / "profiles.yml",
        PROJECT_ROOT / "dbt_project.yml",
        *(PROJECT_ROOT / "models").rglob("*.yml"),
        *(PROJECT_ROOT / "models").rglob("*.sql"),
        *(PROJECT_ROOT / "macros").rglob("*.sql"),
    ]
    read = {
        name
        for file in files
        for name in re.findall(r"env_var\(\s*['\"](\w+)", file.read_text(encoding="utf-8"))
    }
    # how many threads a query has is said of the connection, and stands in no manifest
    assert read - {"PILOTAGE_QUERY_THREADS"} == set(manifest.VARIABLES)
