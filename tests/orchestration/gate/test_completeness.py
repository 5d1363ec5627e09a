"""Every published table is promised to readers, and the gate misses each that is promised."""

import re
from fnmatch import filter as matching

from orchestration.gate.completeness import COLUMNS, TABLES
from orchestration.gate.declared import Rules
from orchestration.system.paths import PROJECT_ROOT

RELIED_ON = {f"{schema}.{table}" for schema, tables in TABLES.items() for table in tables}


def promised() -> set[str]:
    """The names in README's table of tables; one without a schema has that of the name before."""
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    [rows] = re.findall(r"^\| table \| one row per \|\n\|[-|]+\|\n((?:\|.*\n)+)", readme, re.M)
    names, schema = set(), ""
    for row in rows.splitlines():
        for name in re.findall(r"`([^`]+)`", row.split("|")[1]):
            before, _, table = name.rpartition(".")
            schema = before or schema
            names.add(f"{schema}.{table}")
    return names


def test_the_gate_misses_every_published_table(rules: Rules) -> None:
    assert {f"{one.schema}.{one.table}" for one in rules.tables} == RELIED_ON


def test_the_readme_names_every_published_table_and_no_other() -> None:
    found = {name: set(matching(RELIED_ON, name)) for name in promised()}
    assert [name for name, tables in found.items() if not tables] == []
    assert set().union(*found.values()) == RELIED_ON


def test_the_columns_that_are_missed_are_of_tables_that_are() -> None:
    assert set(COLUMNS) <= {name.split(".")[1] for name in RELIED_ON}
