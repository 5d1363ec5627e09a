"""Contracts hold what the standard asks and what the project declares, no more and no less."""

import json
import re
from typing import Any

import duckdb
import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from orchestration.bi.contracts import contract_files, contracts
from orchestration.gate.declared import published_nodes, published_rules
from tests.orchestration.parsed import shared_manifest
from tests.orchestration.worked_examples import Run

SCHEMAS = ("core", "journeys", "kpis", "reports", "steering")
Types = dict[tuple[str, str], dict[str, str]]


@pytest.fixture(scope="module")
def types(worked_examples: Run) -> Types:
    found: Types = {}
    rows = worked_examples.marts.execute("""
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where not internal and database_name = 'marts'
        order by schema_name, table_name, column_index
    """).fetchall()
    for schema, table, column, kind in rows:
        found.setdefault((schema, table), {})[column] = kind
    return found


@pytest.fixture(scope="module")
def manifest(worked_examples: Run) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOTAGE_DATA_DIR", str(worked_examples.paths.root))
        patch.setenv("DBT_TARGET_PATH", str(worked_examples.paths.root / "dbt" / "target"))
        return shared_manifest()


@pytest.fixture(scope="module")
def made(manifest: Any, types: Types) -> dict[str, Any]:
    return contracts(manifest, types)


def tables(contract: dict) -> dict[str, dict]:
    return {table["name"]: table for table in contract["schema"]}


def test_each_is_valid_by_the_standard(made: dict) -> None:
    standard = json.loads(OpenDataContractStandard.json_schema())
    assert "v3.1.0" in standard["properties"]["apiVersion"]["enum"]
    validator = jsonschema.validators.validator_for(standard)(standard)
    assert tuple(sorted(made)) == SCHEMAS
    for contract in made.values():
        assert [error.message for error in validator.iter_errors(contract)] == []


def test_the_files_say_the_same(made: dict, manifest: Any, types: Types) -> None:
    files = dict(contract_files(manifest, types))
    assert sorted(files) == [f"contracts/{schema}.odcs.yaml" for schema in SCHEMAS]
    for schema in SCHEMAS:
        assert yaml.safe_load(files[f"contracts/{schema}.odcs.yaml"]) == made[schema]


def test_each_column_of_each_table_is_there_with_its_type(made: dict, types: Types) -> None:
    said = {
        (schema, name): {one["name"]: one["physicalType"] for one in table["properties"]}
        for schema, contract in made.items()
        for name, table in tables(contract).items()
    }
    assert said == types
    descriptions = [
        one["description"]
        for contract in made.values()
        for table in contract["schema"]
        for one in (table, *table["properties"])
    ]
    assert all(descriptions)


def test_what_the_gate_asks_is_what_the_contract_says(made: dict, manifest: Any) -> None:
    for rules in published_rules(published_nodes(manifest)):
        table = tables(made[rules.schema])[rules.table]
        columns = {one["name"]: one for one in table["properties"]}
        assert {name for name, one in columns.items() if one["required"]} == set(rules.not_null)
        assert {(name,) for name, one in columns.items() if one["unique"]} == {
            key for key in rules.keys if len(key) == 1
        }
        known = {
            name: tuple(rule["arguments"]["validValues"])
            for name, one in columns.items()
            for rule in one.get("quality", ())
        }
        assert known == rules.accepted_values
        whole_keys = {f"{'_and_'.join(key)}_is_unique" for key in rules.keys if len(key) > 1}
        assert {one["name"] for one in table["quality"]} == whole_keys | set(rules.rules)


def test_every_rule_holds_in_the_edition(made: dict, worked_examples: Run) -> None:
    asked = 0
    for contract in made.values():
        for table in contract["schema"]:
            for rule in table["quality"]:
                [(broken,)] = worked_examples.marts.execute(rule["query"]).fetchall()
                assert broken == rule["mustBe"] == 0, rule["name"]
                asked += 1
    assert asked > 100


def test_a_broken_row_is_counted(made: dict) -> None:
    rules = {one["name"]: one for one in tables(made["steering"])["signals"]["quality"]}
    key = tables(made["reports"])["value_bridge"]["quality"][0]
    with duckdb.connect() as con:
        con.execute("create schema steering; create schema reports")
        con.execute("create table steering.signals as select 0 as latency_days union all select 1")
        con.execute("""
            create table reports.value_bridge as
            select date '2026-05-01' as month_start, 1 as position from range(2)
        """)
        raised_late = con.execute(rules["it_is_raised_after_it_began"]["query"]).fetchall()
        twice = con.execute(key["query"]).fetchall()
    assert (raised_late, twice) == ([(1,)], [(1,)])


def test_primary_keys_are_whole(made: dict) -> None:
    direction = tables(made["reports"])["direction"]["properties"]
    assert [one["name"] for one in direction if one.get("primaryKey")] == ["kpi_id"]
    series = tables(made["reports"])["kpi_series"]["properties"]
    places = {one["name"]: one["primaryKeyPosition"] for one in series if one.get("primaryKey")}
    assert places == {
        "kpi_id": 1, "period_grain": 2, "period_start": 3, "slice_type": 4, "slice_value": 5,
    }  # fmt: skip
    # its detail may be null
    findings = tables(made["kpis"])["findings"]
    assert not any(one.get("primaryKey") for one in findings["properties"])
    assert [one["name"] for one in findings["quality"]] == [
        "finding_and_source_and_table_name_and_detail_is_unique"
    ]


def test_what_is_about_a_person_is_restricted(made: dict) -> None:
    def restricted(schema: str, table: str) -> dict[str, str]:
        return {
            one["name"]: one["customProperties"][0]["value"]
            for one in tables(made[schema])[table]["properties"]
            if one["classification"] == "restricted"
        }

    assert restricted("core", "customers") == {
        "customer_id": "quasi", "segment": "quasi", "country": "quasi",
    }  # fmt: skip
    assert restricted("core", "agents").keys() == {"agent_id", "hired_on", "left_on"}
    assert restricted("core", "verbatims")["redacted_text"] == "direct"
    assert restricted("kpis", "agent_kpi_values") == {"agent_id": "quasi"}
    # a segment alone is nobody
    assert restricted("steering", "signals") == {}
    assert restricted("reports", "kpi_series") == {}
    for contract in made.values():
        for table in contract["schema"]:
            names = {one["name"] for one in table["properties"]}
            is_marked = "personal-data" in table["tags"]
            assert is_marked == any(re.search(r"(customer|agent)_id$", name) for name in names)


def test_owners_and_promises(made: dict) -> None:
    assert {schema: made[schema]["team"]["name"] for schema in ("core", "kpis")} == {
        "core": "Analytics engineering",
        "kpis": "Data stewards",
    }
    promised = {
        one["description"].split()[6].rstrip(","): one["value"]
        for one in made["journeys"]["slaProperties"]
    }
    assert promised["interactions.contacts"] == 24
    assert "billing.customer_refs" not in promised
