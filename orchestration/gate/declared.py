"""The rules that the dbt YAML declares of published tables, as the gate asks them.

A build leaves them in a small file beside the warehouse, and each candidate carries a copy: it is
judged, and proven later, by the rules of the build that made it, whatever the project says by then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.gate.checks import (
    Check,
    Suite,
    broken_rows,
    columns_exist,
    in_set,
    not_null,
    suite,
    unique,
)
from orchestration.system.errors import PilotageError
from orchestration.system.files import copy_file, read_json, write_json

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

FILE_NAME = "rules.json"
# The database that dbt writes what is published to.
PUBLISHED = "marts"


@dataclass(frozen=True)
class TableRules:
    """What the YAML says of one table: see the generic test `sound` for what each part means."""

    schema: str
    table: str
    columns: tuple[str, ...] = ()
    not_null: tuple[str, ...] = ()
    accepted_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: tuple[tuple[str, ...], ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """The declared rules of all published tables, and the fingerprint of their project."""

    project_fingerprint: str
    tables: tuple[TableRules, ...]


def published_rules(manifest: Mapping[str, Any]) -> tuple[TableRules, ...]:
    """Return the declared rules of every published table of a dbt manifest, in order of name."""
    return tuple(
        sorted(
            (
                rules
                for node, rules in declared_rules(manifest)
                if node["database"] == PUBLISHED
                and node["config"]["materialized"] not in ("view", "ephemeral")
            ),
            key=lambda one: (one.schema, one.table),
        )
    )


def declared_rules(manifest: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], TableRules]]:
    """Yield every model and seed of a manifest with what its YAML declares."""
    arguments = {
        node["attached_node"]: node["test_metadata"]["kwargs"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "sound"
    }
    for name, node in manifest["nodes"].items():
        if node["resource_type"] in ("model", "seed"):
            yield node, _table_rules(node, arguments.get(name, {}))


def _table_rules(node: Mapping[str, Any], arguments: Mapping[str, Any]) -> TableRules:
    columns = node["columns"].values()
    values = {
        column["name"]: column["config"].get("meta", {}).get("accepted_values")
        for column in columns
    }
    keys = [key for key in (arguments.get("key"), *arguments.get("also_unique", ())) if key]
    return TableRules(
        schema=node["schema"],
        table=node["alias"],
        columns=tuple(column["name"] for column in columns),
        not_null=tuple(
            column["name"]
            for column in columns
            if any(one["type"] == "not_null" for one in column.get("constraints") or ())
        ),
        accepted_values={name: tuple(map(str, known)) for name, known in values.items() if known},
        keys=tuple((key,) if isinstance(key, str) else tuple(key) for key in keys),
        rules={
            name: str(condition).strip() for name, condition in arguments.get("rules", {}).items()
        },
    )


def suites(rules: Rules) -> list[Suite]:
    """Return one suite for each published table, with a check for each declared rule."""
    return [suite(one.schema, one.table, _checks(one)) for one in rules.tables]


def _checks(table: TableRules) -> list[Check]:
    return [
        columns_exist("columns_exist", *table.columns),
        *not_null(*table.not_null),
        *(in_set(column, values) for column, values in table.accepted_values.items()),
        *_keys(table.keys),
        # which columns a condition reads is SQL's own affair: it is asked where all are there
        *(
            broken_rows(name, condition, f"In every row: {condition}.", table.columns)
            for name, condition in table.rules.items()
        ),
    ]


def _keys(keys: Sequence[tuple[str, ...]]) -> Iterator[Check]:
    for position, columns in enumerate(keys):
        name = "key" if position == 0 and len(columns) > 1 else "_and_".join(columns)
        yield unique(*columns, name=f"{name}_is_unique")


def keep_rules(warehouse: Path, manifest: "Manifest", project_fingerprint: str) -> None:
    """Write the rules of a build beside its warehouse; what stands there for this project stays."""
    kept = _read(warehouse / FILE_NAME)
    if kept is None or kept.project_fingerprint != project_fingerprint:
        nodes = published_nodes(manifest)
        write_rules(warehouse, Rules(project_fingerprint, published_rules(nodes)))


def published_nodes(manifest: "Manifest") -> dict[str, Any]:
    """Return what `published_rules` reads of a manifest in memory, as its JSON says it."""
    published = {name for name, node in manifest.nodes.items() if node.database == PUBLISHED}
    return {
        "nodes": {
            name: node.to_dict(omit_none=False)
            for name, node in manifest.nodes.items()
            if name in published or getattr(node, "attached_node", None) in published
        }
    }


def write_rules(directory: Path, rules: Rules) -> None:
    """Write the rules into `directory`, whole or not at all."""
    write_json(directory / FILE_NAME, asdict(rules))


def carry_rules(warehouse: Path, candidate: Path, project_fingerprint: str | None) -> None:
    """Copy the rules of the last build into a candidate's directory.

    Raises PilotageError when they are not those of the build with this fingerprint (None: any).
    """
    rules = read_rules(warehouse)
    if project_fingerprint is not None and rules.project_fingerprint != project_fingerprint:
        raise PilotageError(
            f"The rules in {warehouse / FILE_NAME} are not those of the last build.\n"
            "Run `pilotage build`."
        )
    copy_file(warehouse / FILE_NAME, candidate / FILE_NAME)


def read_rules(directory: Path) -> Rules:
    """Return the rules that stand in `directory`; PilotageError when absent or not whole."""
    rules = _read(directory / FILE_NAME)
    if rules is None:
        raise PilotageError(
            f"The rules of the build are not in {directory / FILE_NAME}, or not whole.\n"
            "Run `pilotage build` and make the candidate again."
        )
    return rules


def _read(path: Path) -> Rules | None:
    stored = read_json(path) or {}
    try:
        return Rules(stored["project_fingerprint"], tuple(map(_stored, stored["tables"])))
    except (TypeError, KeyError, AttributeError):
        return None


def _stored(table: dict[str, Any]) -> TableRules:
    """Return what was stored of a table, its lists being tuples again."""
    values = table["accepted_values"].items()
    return TableRules(
        schema=table["schema"],
        table=table["table"],
        columns=tuple(table["columns"]),
        not_null=tuple(table["not_null"]),
        accepted_values={column: tuple(known) for column, known in values},
        keys=tuple(tuple(key) for key in table["keys"]),
        rules=table["rules"],
    )
