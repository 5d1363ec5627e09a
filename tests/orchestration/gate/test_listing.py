"""The list of rules is the same, in whichever form a project says them."""

import json

from orchestration.gate.listing import Rule, listed, main

NODE = {"schema": "core", "database": "marts", "config": {"materialized": "table"}}


def column(name: str, not_null: bool = False, values: list[str] | None = None) -> dict:
    constraints = [{"type": "not_null"}] if not_null else []
    return {
        "name": name,
        "constraints": constraints,
        "config": {"meta": {"accepted_values": values}},
    }


def manifest(*columns: dict, **tests: dict) -> dict:
    """One table `months` with these columns, and generic tests by name."""
    model = NODE | {
        "name": "months",
        "alias": "months",
        "resource_type": "model",
        "columns": {one["name"]: one for one in columns},
    }
    nodes = {"model.pilotage.months": model}
    for number, (name, arguments) in enumerate(tests.items()):
        nodes[f"test.{number}"] = {
            "resource_type": "test",
            "attached_node": "model.pilotage.months",
            "test_metadata": {"name": name, "kwargs": arguments},
        }
    return {"nodes": nodes}


OLD = manifest(
    column("month_start"),
    column("team"),
    column("kind"),
    not_null={"column_name": "team"},
    accepted_values={"column_name": "kind", "values": ["a", "b"]},
    unique_combination={"columns": ["month_start", "team"]},
    unique={"column_name": "concat_ws('/', month_start, coalesce(kind, '*'))"},
    relationships={"column_name": "team", "to": "ref('teams')", "field": "team"},
)
NEW = manifest(
    column("month_start"),
    column("team", not_null=True),
    column("kind", values=["a", "b"]),
    sound={
        "key": ["month_start", "team"],
        "also_unique": [["month_start", "kind"]],
        "rules": {"kind_is_short": "length(kind) = 1"},
    },
)
SAID = {
    Rule("months", "team", "not_null"),
    Rule("months", "kind", "in a, b"),
    Rule("months", "month_start, team", "unique"),
    Rule("months", "month_start, kind", "unique"),
}
TEAMS = Rule("months", "team", "in ref('teams'), team")
SHORT = Rule("months", "", "kind_is_short: length(kind) = 1")


def test_both_forms_are_listed():
    assert listed(OLD) == SAID | {TEAMS}
    assert listed(NEW) == SAID | {SHORT}


def test_two_manifests_are_compared(tmp_path, capsys):
    paths = []
    for name, content in (("old", OLD), ("new", NEW)):
        paths.append(str(tmp_path / f"{name}.json"))
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    assert main(paths[:1]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert main(paths) == 1
    assert capsys.readouterr().out.splitlines() == [
        "- " + "\t".join(TEAMS),
        "+ " + "\t".join(SHORT),
    ]
    assert main([paths[0], paths[0]]) == 0
