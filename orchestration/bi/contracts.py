"""Contracts of the published tables, in the Open Data Contract Standard.

One contract a schema, made of what dbt's YAML declares and the gate asks: tables, columns with
their types, what is required, keys, accepted values and rules of a row, whose it is, and how old it
may be. No rule stands here that is not asked of each edition before it is published.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from orchestration.gate.declared import (
    PUBLISHED,
    TableRules,
    declared_rules,
    published_nodes,
)
from orchestration.system.paths import PROJECT_ROOT
from orchestration.system.sql import name as quoted

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

Row = dict[str, Any]
STANDARD = "v3.1.0"
FOLDER = "contracts"
ENDING = ".odcs.yaml"
# What the program itself writes for dbt; nobody lands it.
OWN_SOURCE = "pilotage"
LOGICAL_TYPES = {
    "varchar": "string",
    "date": "date",
    "timestamptz": "timestamp",
    "timestamp": "timestamp",
    "double": "number",
    "decimal": "number",
    "bigint": "integer",
    "integer": "integer",
    "boolean": "boolean",
}
DESCRIPTION = {
    "purpose": "What {schema} holds of an edition of Pilotage, the warehouse for customer "
    "relations. Every edition passed these rules before it was published.",
    "usage": "Open the edition's file read-only. Figures bring their sample and their interval: "
    "show them together.",
    "limitations": "The file knows no users: whoever can open it can read all of it. Columns "
    "classified as restricted are about a person.",
}


# the one in C where it is there: five times as fast
class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """YAML as people write it: a text of several lines keeps them."""


def _text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def contract_files(
    manifest: "Manifest",
    types: Mapping[tuple[str, str], Mapping[str, str]],
    project: Path = PROJECT_ROOT,
) -> Iterator[tuple[str, str]]:
    """Yield (address, YAML) of each contract; see `contracts`."""
    for schema, contract in contracts(manifest, types, project).items():
        text = yaml.dump(contract, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
        yield f"{FOLDER}/{schema}{ENDING}", text


def contracts(
    manifest: "Manifest",
    types: Mapping[tuple[str, str], Mapping[str, str]],
    project: Path = PROJECT_ROOT,
) -> dict[str, Row]:
    """Return the contract of each published schema.

    `types` has the columns of each (schema, table) as the edition has them, name -> type of DuckDB:
    seeds declare none.
    """
    personal, promised = _personal_columns(manifest), _promises(project)
    tables: dict[str, list[Row]] = defaultdict(list)
    sources: dict[str, set[str]] = defaultdict(set)
    declared = declared_rules(published_nodes(manifest))
    for node, rules in sorted(declared, key=lambda one: (one[1].schema, one[1].table)):
        columns = types.get((rules.schema, rules.table))
        if node["database"] != PUBLISHED or columns is None:
            continue
        tables[rules.schema].append(_table(node, rules, columns, personal))
        sources[rules.schema] |= _sources(manifest, node["unique_id"])
    owners = {group.name: group.owner.name for group in manifest.groups.values()}
    return {
        schema: {
            "apiVersion": STANDARD,
            "kind": "DataContract",
            "id": f"pilotage-{schema}",
            "name": f"Pilotage: {schema}",
            "version": version("pilotage"),
            "status": "active",
            "domain": "customer-relations",
            "dataProduct": "pilotage",
            "description": {key: text.format(schema=schema) for key, text in DESCRIPTION.items()},
            "servers": [
                {
                    "server": "edition",
                    "type": "duckdb",
                    "description": "The file of the edition that these contracts came with.",
                    "database": "pilotage.duckdb",
                    "schema": schema,
                }
            ],
            "team": {"name": owners[schema]},
            "schema": found,
            "slaProperties": list(_freshness(sources[schema], promised)),
        }
        for schema, found in tables.items()
    }


def _table(
    node: Mapping[str, Any],
    rules: TableRules,
    columns: Mapping[str, str],
    personal: Mapping[str, str],
) -> Row:
    kinds = {column: _personal(column, personal) for column in columns}
    is_of_persons = any(
        kind == "direct" or (kind and column.endswith("_id")) for column, kind in kinds.items()
    )
    first = rules.keys[0] if rules.keys else ()
    # a key whose parts may be null names a row all the same, but is no primary key
    primary = first if set(first) <= set(rules.not_null) else ()
    description = str(node["description"]).strip()
    return {
        "name": rules.table,
        "physicalName": rules.table,
        "physicalType": "table",
        "logicalType": "object",
        "dataGranularityDescription": " ".join(description.partition("\n\n")[0].split()),
        "description": description,
        "tags": ["personal-data"] if is_of_persons else [],
        "properties": [
            _column(column, kind, node["columns"].get(column, {}), rules, primary)
            | _classified(kinds[column] if is_of_persons else None)
            for column, kind in columns.items()
        ],
        "quality": list(_quality(rules)),
    }


def _column(
    column: str, physical: str, said: Mapping[str, Any], rules: TableRules, primary: Sequence[str]
) -> Row:
    made: Row = {
        "name": column,
        **_typed(physical),
        "description": str(said.get("description") or "").strip(),
        "required": column in rules.not_null,
        "unique": (column,) in rules.keys,
    }
    if column in primary:
        made |= {"primaryKey": True, "primaryKeyPosition": primary.index(column) + 1}
    if known := rules.accepted_values.get(column):
        made["quality"] = [
            {
                "name": f"{column}_is_known",
                "type": "library",
                "metric": "invalidValues",
                "dimension": "conformity",
                "arguments": {"validValues": list(known)},
                "mustBe": 0,
            }
        ]
    return made


def _typed(physical: str) -> Row:
    """Return both types of a column, and those of its elements where it is a list."""
    if physical.endswith("[]"):
        items = _typed(physical.removesuffix("[]"))
        return {"logicalType": "array", "physicalType": physical, "items": items}
    word = re.split(r"\W", physical.lower(), maxsplit=1)[0]
    return {"logicalType": LOGICAL_TYPES[word], "physicalType": physical}


def _classified(kind: str | None) -> Row:
    if not kind:
        return {"classification": "internal"}
    return {
        "classification": "restricted",
        "customProperties": [{"property": "personalData", "value": kind}],
    }


def _quality(rules: TableRules) -> Iterator[Row]:
    for key in rules.keys:
        if len(key) > 1:
            yield {
                "name": f"{'_and_'.join(key)}_is_unique",
                "type": "sql",
                "dimension": "uniqueness",
                "description": f"No two rows have the same {', '.join(key)}; nulls are equal.",
                "query": (
                    f"select count(*) from (select {', '.join(map(quoted, key))} "
                    f"from {rules.schema}.{rules.table} group by all having count(*) > 1) as twice"
                ),
                "mustBe": 0,
            }
    for rule, condition in rules.rules.items():
        yield {
            "name": rule,
            "type": "sql",
            "dimension": "consistency",
            "description": f"In every row: {condition}. Unknown is not broken.",
            "query": f"select count(*) from {rules.schema}.{rules.table} where not ({condition})",
            "mustBe": 0,
        }


def _personal_columns(manifest: "Manifest") -> dict[str, str]:
    """Return the personal columns of the landing contract: name -> `direct` or `quasi`."""
    found: dict[str, str] = {}
    for source in manifest.sources.values():
        for column in source.columns.values():
            kind = (column.config.meta or column.meta).get("pii", "none")
            if kind != "none" and found.get(column.name) != "direct":
                found[column.name] = kind
    return found


def _personal(column: str, personal: Mapping[str, str]) -> str | None:
    """Return how personal a published column is: by its name, or that of what it is made from.

    `last_agent_id` is an `agent_id`, `redacted_text` was a `text`.
    """
    return next(
        (
            kind
            for landed, kind in sorted(personal.items())
            if column == landed or column.endswith(f"_{landed}")
        ),
        None,
    )


def _promises(project: Path) -> dict[str, int]:
    """Return how many hours old each landing table may be, of those with a promise."""
    with (project / "seeds" / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {
            f"{row['source']}.{row['table_name']}": int(row["freshness_hours"])
            for row in csv.DictReader(file)
            if row["freshness_hours"]
        }


def _sources(manifest: "Manifest", node: str) -> set[str]:
    """Return the landing tables that a node is built from, however far."""
    found, seen, waiting = set[str](), {node}, [node]
    while waiting:
        one = waiting.pop()
        if source := manifest.sources.get(one):
            if source.source_name != OWN_SOURCE:
                found.add(f"{source.source_name}.{source.name}")
            continue
        parents = manifest.nodes[one].depends_on_nodes if one in manifest.nodes else []
        new = set(parents) - seen
        seen |= new
        waiting += new
    return found


def _freshness(sources: set[str], promised: Mapping[str, int]) -> Iterator[Row]:
    """Yield how old the newest event of each landing table behind a schema may be."""
    for source in sorted(sources & promised.keys()):
        yield {
            "property": "latency",
            "value": promised[source],
            "unit": "h",
            "description": (
                f"Age of the newest event of {source}, which is landed; kpis.source_freshness "
                "says whether the promise was kept when the edition was made."
            ),
        }
