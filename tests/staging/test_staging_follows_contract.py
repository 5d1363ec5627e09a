"""The staging models say the same as the landing contract: tables, columns, keys, version rules.

A failure means that one of the two was changed alone; the contract leads.
"""

import csv
import re
from pathlib import Path

import pytest
import yaml

from orchestration.landing.contract import Table, load_contract
from orchestration.system.paths import PROJECT_ROOT

STAGING = PROJECT_ROOT / "models" / "staging"
TABLES = list(load_contract(PROJECT_ROOT).tables.values())
CALL = re.compile(r'current_version\("\w+", \[(?P<key>[^]]*)\], "(?P<version>\w+)"\)')


def model_file(table: Table, suffix: str) -> Path:
    return STAGING / table.source / f"stg_{table.source}__{table.name}.{suffix}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_model_picks_versions_by_the_contracts_key_and_rule(table: Table) -> None:
    call = CALL.search(model_file(table, "sql").read_text(encoding="utf-8"))
    assert call is not None
    assert tuple(re.findall(r'"(\w+)"', call["key"])) == table.key
    assert call["version"] == table.version


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_model_documents_the_contracts_columns_and_the_batch(table: Table) -> None:
    (model,) = yaml.safe_load(model_file(table, "yml").read_text(encoding="utf-8"))["models"]
    documented = [column["name"] for column in model["columns"]]
    expected = [column.name for column in table.columns if column.name != "is_deleted"]
    assert documented == [*expected, "batch"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.full_name)
def test_model_selects_the_columns_that_it_documents(table: Table) -> None:
    sql = model_file(table, "sql").read_text(encoding="utf-8")
    last_select = sql.rsplit("    select\n", maxsplit=1)[-1].split("    from ")[0]
    # one column a line: a bare name, or what stands after `as`
    selected = re.findall(r"^ {8}(?:.*\bas )?(\w+),?$", last_select, flags=re.MULTILINE)
    (model,) = yaml.safe_load(model_file(table, "yml").read_text(encoding="utf-8"))["models"]
    assert selected == [column["name"] for column in model["columns"]]


def test_every_table_has_a_freshness_promise_or_none_on_purpose() -> None:
    with (PROJECT_ROOT / "seeds" / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["source"], row["table_name"]) for row in csv.DictReader(file)]
    assert sorted(rows) == sorted((table.source, table.name) for table in TABLES)


def test_what_has_landed_is_read_of_every_table() -> None:
    """A table left out would leave changes of its KPIs unexplained."""
    sql = (STAGING / "pilotage" / "stg_pilotage__landed_rows.sql").read_text(encoding="utf-8")
    found = [
        (source, table)
        for source, tables in re.findall(r'"(\w+)": \[([^]]*)\]', sql)
        for table in re.findall(r'"(\w+)"', tables)
    ]
    assert sorted(found) == sorted((table.source, table.name) for table in TABLES)
