"""The project as a build compiled it: the SQL of each model, beside the warehouse that it made.

dbt's manifest has the SQL of those nodes alone that a run reached, as it was for that run. Written
here is that of the whole project, afresh: what a full build compiled, which is what each model
says whatever was built before. Whoever asks what a column comes from needs nothing else of dbt.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from orchestration.system.errors import PilotageError
from orchestration.system.files import read_json, write_json

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FILE_NAME = "compiled.json"
BUILT_FROM = ("model", "seed")


@dataclass(frozen=True)
class CompiledNode:
    """A model or seed. `sql` is None for seeds and for models that are written in Python.

    `parents` are the unique ids of what it reads; `meta` and `column_meta` are those of its YAML,
    the latter for the columns that have any.
    """

    name: str
    kind: str
    database: str
    schema: str
    alias: str
    path: str
    sql: str | None = None
    parents: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    column_meta: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class CompiledSource:
    """A table that is read as a source: how compiled SQL names it, and its declared columns."""

    source: str
    table: str
    relation: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """The project of one fingerprint; nodes and sources go by dbt's unique ids."""

    project_fingerprint: str
    nodes: Mapping[str, CompiledNode]
    sources: Mapping[str, CompiledSource]


def compiled_project(manifest: "Manifest", project_fingerprint: str) -> Compiled:
    """Return the compiled project of a manifest in memory, of whose nodes all were compiled."""
    nodes = {
        key: CompiledNode(
            name=node.name,
            kind=node.resource_type.value,
            database=node.database,
            schema=node.schema,
            alias=node.alias,
            path=node.original_file_path,
            sql=_sql(node),
            parents=tuple(node.depends_on.nodes) if hasattr(node.depends_on, "nodes") else (),
            meta=dict(node.config.meta),
            column_meta={
                name: dict(column.config.meta)
                for name, column in node.columns.items()
                if column.config.meta
            },
        )
        for key, node in manifest.nodes.items()
        if node.resource_type.value in BUILT_FROM
    }
    sources = {
        key: CompiledSource(
            source=one.source_name,
            table=one.name,
            relation=_relation(one),
            columns=tuple(one.columns),
            key=tuple(one.config.meta.get("key") or ()),
        )
        for key, one in manifest.sources.items()
    }
    return Compiled(project_fingerprint, nodes, sources)


def _relation(source: Any) -> str:
    """Return how compiled SQL names a source, as the adapter says it while it compiles: what the
    manifest says of it is from when the project was parsed."""
    from dbt.adapters.duckdb.relation import DuckDBRelation

    rendered: str = DuckDBRelation.create_from_source(SimpleNamespace(quoting={}), source).render()
    return rendered


def _sql(node: Any) -> str | None:
    if node.resource_type.value != "model" or node.language != "sql":
        return None
    sql: str | None = node.compiled_code
    return sql


def keep_compiled(warehouse: Path, manifest: "Manifest", project_fingerprint: str) -> None:
    """Write what a full build compiled; what stands there for this project stays."""
    path = warehouse / FILE_NAME
    if (read_json(path) or {}).get("project_fingerprint") != project_fingerprint:
        write_json(path, asdict(compiled_project(manifest, project_fingerprint)), lasting=False)


def read_compiled(warehouse: Path) -> Compiled:
    """Return the compiled project beside a warehouse; PilotageError when absent or not whole."""
    stored = read_json(warehouse / FILE_NAME) or {}
    try:
        nodes = {
            key: CompiledNode(**{**node, "parents": tuple(node["parents"])})
            for key, node in stored["nodes"].items()
        }
        sources = {
            key: CompiledSource(
                **{**one, "columns": tuple(one["columns"]), "key": tuple(one["key"])}
            )
            for key, one in stored["sources"].items()
        }
        return Compiled(stored["project_fingerprint"], nodes, sources)
    except (TypeError, KeyError, AttributeError):
        raise PilotageError(
            f"The SQL of the build is not in {warehouse / FILE_NAME}, or not whole.\n"
            "Run `pilotage clean` and `pilotage run`."
        ) from None
