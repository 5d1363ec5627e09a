"""List what a dbt manifest says each column must be: `python -m orchestration.gate.listing`.

One line a rule: table, column(s), rule. Given two manifests, the rules that only one of them has:
`-` those of the first, `+` those of the second. Rules are read in both forms in which a project may
say them, the generic tests that dbt brings along and the test `sound`, so that projects of either
form can be compared.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from orchestration.gate.declared import declared_rules
from orchestration.system.environment import dbt_target_path


class Rule(NamedTuple):
    """`column` holds several names for a key, and none for a condition on a row."""

    table: str
    column: str
    rule: str


def listed(manifest: Mapping[str, Any]) -> set[Rule]:
    """Return every rule on columns that the models and seeds of a manifest have."""
    return {*_declared(manifest), *_generic_tests(manifest["nodes"].values())}


def _declared(manifest: Mapping[str, Any]) -> Iterator[Rule]:
    for node, rules in declared_rules(manifest):
        table = node["name"]
        yield from (Rule(table, column, "not_null") for column in rules.not_null)
        for column, values in rules.accepted_values.items():
            yield Rule(table, column, _in(values))
        yield from (Rule(table, ", ".join(columns), "unique") for columns in rules.keys)
        for name, condition in rules.rules.items():
            yield Rule(table, "", f"{name}: {condition}")


def _generic_tests(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Rule]:
    for node in nodes:
        metadata = node.get("test_metadata")
        if not metadata or not node.get("attached_node"):
            continue
        table, arguments = node["attached_node"].rpartition(".")[2], metadata["kwargs"]
        column = arguments.get("column_name", "")
        match metadata["name"]:
            case "not_null":
                yield Rule(table, column, "not_null")
            case "unique":
                yield Rule(table, ", ".join(_columns(column)), "unique")
            case "unique_combination":
                yield Rule(table, ", ".join(arguments["columns"]), "unique")
            case "accepted_values":
                yield Rule(table, column, _in(arguments["values"]))
            case "relationships":
                yield Rule(table, column, f"in {arguments['to']}, {arguments['field']}")


def _columns(expression: str) -> list[str]:
    """Return the columns of a key that is tested as one text put together from them."""
    joined = re.fullmatch(r"concat_ws\('/',\s*(.*)\)", expression.strip(), re.DOTALL)
    if joined is None:
        return [part.strip() for part in expression.split("|| '.' ||")]
    parts = re.split(r",\s*(?![^()]*\))", joined[1])
    return [re.sub(r"coalesce\((\w+), '\*'\)", r"\1", part).strip() for part in parts]


def _in(values: Iterable[Any]) -> str:
    return f"in {', '.join(map(str, values))}"


def main(arguments: list[str]) -> int:
    """Print the rules of one manifest, or how two differ; 1 when a rule of the first is missing."""
    paths = [Path(one) for one in arguments] or [dbt_target_path() / "manifest.json"]
    first, *others = (listed(json.loads(path.read_text(encoding="utf-8"))) for path in paths)
    if not others:
        print("\n".join("\t".join(rule) for rule in sorted(first)))
        return 0
    for mark, rules in (("-", first - others[0]), ("+", others[0] - first)):
        for rule in sorted(rules):
            print(f"{mark} " + "\t".join(rule))
    return 1 if first - others[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
