"""The truth file: its counts are those of the files, and those that accepting them finds."""

import csv
from datetime import UTC, datetime

import duckdb
import pytest

from orchestration.demo.exports import BY_TABLE
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.system.paths import PROJECT_ROOT, DataPaths

CONTRACT = load_contract(PROJECT_ROOT)
AFTERWARDS = datetime(2026, 8, 1, tzinfo=UTC)


def is_without_versions(table: str) -> bool:
    return table in ("documents", "subscription_events")


def keyed(table: str) -> str:
    """The key of a table's rows, with the version where rows have versions."""
    spec = CONTRACT.tables[BY_TABLE[table].source, table]
    # in the demonstration neither documents nor events of subscriptions come twice
    has_versions = spec.version == "updated_at" and not is_without_versions(table)
    version = ["updated_at"] if has_versions else []
    return ", ".join(f'"{name}"' for name in [*spec.key, *version])


@pytest.mark.parametrize("table", sorted(BY_TABLE))
def test_good_files_hold_as_many_rows_as_the_truth_says(small, table):
    counts = small.truth["tables"][f"{BY_TABLE[table].source}.{table}"]
    rows = small.value(f"select count(*) from {table}")

    assert rows == counts["received"] - counts["quarantined"]
    assert counts["rows"] + counts["duplicate"] + counts["corrected"] + counts["deleted"] == (rows)
    distinct = small.value(f"select count(*) from (select distinct {keyed(table)} from {table})")
    assert distinct == counts["accepted"]


def test_late_repeated_corrected_and_deleted_contacts_exist(small):
    counts = small.truth["tables"]["interactions.contacts"]
    assert min(counts[kind] for kind in ("late", "duplicate", "corrected", "quarantined")) > 0

    again = small.value("""
        select count(*) from (
            select contact_id from contacts group by contact_id, updated_at having count(*) > 1
        )
    """)
    assert again == counts["duplicate"]


def test_corrections_and_deletions_come_with_a_newer_version(planted):
    counts = planted.truth["tables"]["interactions.contacts"]
    changed = planted.rows("""
        select bool_or(is_deleted = 'true') as deleted, count(*)
        from contacts
        group by contact_id
        having count(distinct updated_at) = 2
    """)
    deleted = sum(1 for is_deleted, _ in changed if is_deleted)
    assert deleted == counts["deleted"] > 0
    assert len(changed) - deleted == counts["corrected"]


def test_spoiled_files_hold_as_many_rows_as_the_truth_says(small):
    for name, counts in small.truth["tables"].items():
        files = [small.inbox / file for file in counts["files"] if "_manual." in file]
        assert bool(files) == bool(counts["quarantined"])
        if files and files[0].suffix == ".csv":
            delimiter = ";" if BY_TABLE[name.split(".")[1]].semicolon else ","
            with files[0].open(encoding="utf-8-sig", newline="") as file:
                header, *lines = csv.reader(file, delimiter=delimiter)
            assert len(lines) == counts["quarantined"] == sum(counts["faults"].values())
            short = [line for line in lines if len(line) != len(header)]
            assert len(short) == counts["faults"].get("wrong column count", 0)


@pytest.mark.parametrize("made", ["small", "sliced"])
def test_accepting_finds_exactly_what_the_truth_says(made, request, tmp_path):
    world = request.getfixturevalue(made)
    paths = DataPaths(tmp_path)
    paths.inbox.parent.mkdir(parents=True)
    paths.inbox.symlink_to(world.inbox)

    report = accept(paths, CONTRACT, now=AFTERWARDS)

    assert not report.refused
    found = {
        f"{batch.source}.{batch.table}": {
            "received": batch.received,
            "accepted": batch.accepted,
            "duplicate": batch.duplicate,
            "quarantined": batch.quarantined,
        }
        for batch in report.batches
    }
    expected = {
        name: {kind: counts[kind] for kind in next(iter(found.values()))}
        for name, counts in world.truth["tables"].items()
    }
    assert found == expected


def test_no_instant_lies_after_the_end_of_the_world(small):
    """Only what may lie in the future does; versions of corrections may come two days late."""
    for (_, name), table in CONTRACT.tables.items():
        # of vendors, which the demonstration has none of
        if name == "vendor_figures":
            continue
        for column in table.columns:
            if column.data_type not in ("timestamptz", "date") or column.may_be_future:
                continue
            if column.name == "updated_at" and is_without_versions(name):
                continue
            last = small.value(f'select max("{column.name}") from {name}')
            limit = "2026-07-20" if column.name == "updated_at" else "2026-07-02"
            assert last is None or last < limit, f"{name}.{column.name}"


def test_people_contacts_and_merges_of_the_truth(planted):
    identity = planted.truth["identity"]
    assert identity["contacts"] == planted.truth["tables"]["interactions.contacts"]["rows"]
    unresolved = planted.value("select count(*) from contact_people where person is null")
    assert unresolved == identity["contacts_of_unknown_people"]
    assert identity["merges"] == planted.value("select count(*) from customer_merges")
    chained = planted.value("""
        select count(*) from customer_merges as a
        inner join customer_merges as b on a.survivor_customer_id = b.merged_customer_id
    """)
    assert 0 < chained <= identity["chained_merges"]


def test_duckdb_reads_parquet_without_other_compression(small):
    for file in small.inbox.rglob("*.parquet"):
        found = duckdb.execute(
            f"select distinct compression from parquet_metadata('{file}')"
        ).fetchall()
        assert set(found) <= {("ZSTD",), ("UNCOMPRESSED",)}
