"""The contract is read whole, and a mistake in it is named by file, table and column."""

from pathlib import Path

import pytest
import yaml

from orchestration.landing.contract import load_contract
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT

from .conftest import CONTRACT, write_contract


def test_the_projects_own_contract_can_be_read() -> None:
    contract = load_contract(PROJECT_ROOT)
    contacts = contract.tables["interactions", "contacts"]
    assert contacts.key == ("contact_id",)
    assert contacts.by_name["queue_entered_at"].data_type == "timestamptz"
    assert contacts.by_name["customer_ref"].reference_type_column == "customer_ref_type"
    assert contract.tables["billing", "exchange_rates"].key == ("rate_date", "currency")
    assert all(table.can_be_deleted for table in contract.tables.values())
    assert "pilotage" not in contract.sources


def test_rules_of_a_column_are_read(contract) -> None:
    columns = contract.tables["calls", "contacts"].by_name
    assert columns["channel"].required and columns["channel"].allowed == ("phone", "chat")
    assert columns["wait_seconds"].minimum == "0" and columns["agents"].maximum == "9"
    assert columns["answered_at"].not_before == ("queued_at",)
    assert columns["due_on"].may_be_future and not columns["born_on"].may_be_future
    assert columns["note"].free_text


def test_hash_changes_with_the_rules_only(tmp_path: Path, contract) -> None:
    table = contract.tables["calls", "contacts"]
    described = CONTRACT.replace(
        "{name: reason, data_type: varchar,",
        "{name: reason, description: Why., data_type: varchar,",
    )
    assert described != CONTRACT
    same = load_contract(write_contract(tmp_path / "a", described))
    assert same.tables["calls", "contacts"].sha256 == table.sha256
    other = load_contract(
        write_contract(tmp_path / "b", CONTRACT.replace("[phone, chat]", "[fax]"))
    )
    assert other.tables["calls", "contacts"].sha256 != table.sha256


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("key: [contact_id]", "key: [nobody]", "key column nobody"),
        ("key: [contact_id], ", "", "`key` is missing"),
        ("version: updated_at", "version: newest", "`version` must be one of"),
        ("data_type: integer", "data_type: float", "column agents: `data_type`"),
        ("{max: 9, pii: none}", "{max: 9}", "column agents: `pii`"),
        ("{max: 9, pii: none}", "{max: nine, pii: none}", "column agents: `max`"),
        ("{max: 9, pii: none}", "{maximum: 9, pii: none}", "column agents: unknown meta maximum"),
        ("not_before: queued_at", "not_before: born_on", "column answered_at: `not_before"),
        ("by customer_ref_type", "by nothing", "column customer_ref: `pseudonym`"),
        ("pseudonym: email", "pseudonym: iban", "column email: `pseudonym`"),
        ("{column: kind, values", "{column: nobody, values", "`required_when` names nobody"),
        ("time_zone: Europe/Paris", "time_zone: Europe/Lyon", "unknown time_zone"),
        ("name: agents", "name: Agents", "'Agents' is not a name"),
        ("name: agents", "name: batch", "column batch is added by the program"),
        ("name: agents", "name: channel", "column channel is declared twice"),
        ("future: allowed", "future: never", "column due_on: `future`"),
        ("[phone, chat]", "[phone, 1]", "column channel: `allowed` must be a list of texts"),
        ("  - name: calls", "  - nom: calls", "is not a name"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, written: str, instead: str, said: str) -> None:
    assert written in CONTRACT
    root = write_contract(tmp_path, CONTRACT.replace(written, instead, 1))
    with pytest.raises(UsageError) as raised:
        load_contract(root)
    assert said in str(raised.value)
    assert "_calls__sources.yml" in str(raised.value)


def test_what_is_no_yaml_or_no_contract_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No landing contract"):
        load_contract(tmp_path)
    with pytest.raises(UsageError, match="not readable as YAML"):
        load_contract(write_contract(tmp_path, "sources: [\n"))
    with pytest.raises(UsageError, match="expected a list under `sources`"):
        load_contract(write_contract(tmp_path, "models: []"))


def test_a_table_declared_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    write_contract(tmp_path)
    write_contract(tmp_path, yaml.safe_dump(yaml.safe_load(CONTRACT)), source="again")
    with pytest.raises(UsageError, match=r"calls\.contacts is declared twice"):
        load_contract(tmp_path)
