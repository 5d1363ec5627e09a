"""The files: the same bytes for the same arguments, every table and column of the contract."""

import hashlib
from pathlib import Path

import pytest

from orchestration.demo import Effects, write_demo
from orchestration.demo.malformed import FAULTS
from orchestration.landing.contract import load_contract
from orchestration.system.paths import PROJECT_ROOT

CONTRACT = load_contract(PROJECT_ROOT)
# Of vendors, which the demonstration has none of.
WRITTEN = set(CONTRACT.tables) - {("interactions", "vendor_figures")}


def digests(directory: Path) -> dict[str, str]:
    return {
        str(file.relative_to(directory)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(directory.rglob("*"))
        if file.is_file()
    }


def test_same_arguments_same_bytes_whatever_the_threads(small, tmp_path):
    report = write_demo(tmp_path / "again", tmp_path / "truth.json", 400, 4, threads=1)

    assert digests(tmp_path / "again") == digests(small.inbox)
    assert (tmp_path / "truth.json").read_bytes() == (
        small.inbox.parent / "truth.json"
    ).read_bytes()
    assert report.files == len(digests(small.inbox))


@pytest.mark.parametrize("table", ["contacts", "answers", "invitations", "subscription_events"])
def test_a_world_made_in_slices_has_the_same_chains(small, sliced, table):
    """A customer's chains depend on no other's, and numbers go on from file to file.

    Only what is dealt or merged within a file differs: agents, merged tickets, document numbers.
    """
    query = f"select * from {table} order by all"
    assert len(sliced.truth["tables"]["interactions.contacts"]["files"]) > 5
    assert sliced.rows(query) == small.rows(query)


def test_another_seed_is_another_world(small, tmp_path):
    write_demo(tmp_path / "other", tmp_path / "truth.json", 400, 4, seed=8)

    ours, others = digests(small.inbox), digests(tmp_path / "other")
    changed = {name for name in ours if ours[name] != others.get(name)}
    assert {"interactions/contacts_2026_03.csv", "surveys/answers_other.csv.gz"} <= changed


@pytest.mark.parametrize("key", sorted(WRITTEN))
def test_every_table_of_the_contract_has_its_columns(small, key):
    source, name = key
    table = CONTRACT.tables[key]
    landed = {row[0] for row in small.rows(f"describe {name}")}
    expected = {column.name for column in table.columns} - {"is_deleted"}
    if name in ("documents", "subscription_events"):
        # vendors correct them; in the demonstration they are events that never change
        expected -= {"updated_at"}

    assert expected <= landed
    assert (
        landed - expected - {"is_deleted"} == {"entrepot"}
        if name == "orders"
        else (landed - expected <= {"is_deleted"})
    )
    assert small.truth["tables"][f"{source}.{name}"]["rows"] > 0


def test_only_tables_of_the_contract_are_written(small):
    assert {tuple(name.split(".")) for name in small.truth["tables"]} == WRITTEN


@pytest.mark.parametrize("key", sorted(WRITTEN))
def test_required_columns_are_filled_and_codes_are_allowed(small, key):
    for column in CONTRACT.tables[key].columns:
        if column.name == "is_deleted":
            continue
        if column.required:
            assert small.value(f'select count(*) from {key[1]} where "{column.name}" is null') == 0
        if column.allowed:
            found = {row[0] for row in small.rows(f'select distinct "{column.name}" from {key[1]}')}
            assert found - {None} <= set(column.allowed)


def test_every_format_is_exercised(small):
    suffixes = {"".join(file.suffixes) for file in small.inbox.rglob("*") if file.is_file()}
    assert suffixes == {".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet"}


def test_a_larger_world_has_more_of_everything_that_grows(small, tmp_path):
    report = write_demo(tmp_path / "in", tmp_path / "truth.json", 800, 4, threads=2)
    ours = small.truth["tables"]
    for name in ("interactions.contacts", "billing.orders", "surveys.answers", "billing.customers"):
        ratio = report.rows[name] / ours[name]["received"]
        assert 1.6 < ratio < 2.4, name


def test_the_truth_may_not_lie_in_the_inbox(tmp_path):
    with pytest.raises(ValueError, match="inbox"):
        write_demo(tmp_path, tmp_path / "truth.json", 400, 4)


@pytest.mark.parametrize(("customers", "months"), [(10, 4), (400, 0), (400, 73)])
def test_sizes_out_of_range_are_refused(tmp_path, customers, months):
    with pytest.raises(ValueError, match="customers must be"):
        write_demo(tmp_path / "in", tmp_path / "truth.json", customers, months)


def test_effects_can_be_switched_off_by_name():
    effects = Effects().without("friction", "churn")
    assert effects.friction_repeat == 0
    assert effects.churn_unhappy == 1
    assert effects.decision_repeat_factor == Effects().decision_repeat_factor


def test_spoiled_tables_are_tables():
    assert set(FAULTS) <= {name for _, name in CONTRACT.tables}
