"""One person planted in every landed table, every free text and every file that anybody leaves."""

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from small_world import AT, CUSTOMER, EMAIL, HANDLE, PHONE, World, publish_edition
from test_agents import places_of

from orchestration.forgetting.erase import forget, new_order
from orchestration.forgetting.people import find_people, references_in
from orchestration.landing.contract import Column, Table
from orchestration.landing.pseudonyms import load_key
from orchestration.landing.suppression import customer_columns

NAME = "Zoé Quillfeather"
ALL = (EMAIL, PHONE, "06 39 98 12 34", HANDLE, CUSTOMER, NAME, "Quillfeather, Zoe")
WORDS = f"{NAME} ({CUSTOMER}), {EMAIL}, 06 39 98 12 34; Quillfeather, Zoe; @{HANDLE}"


def cell(table: Table, column: Column, number: int) -> object:
    """A value that the contract takes: the person's wherever a text may be theirs."""
    if column.reference_type_column:
        return EMAIL
    if column.pseudonym:
        return {"email": EMAIL, "phone": PHONE, "handle": f"@{HANDLE}"}.get(
            column.pseudonym, HANDLE
        )
    if column.allowed:
        return column.allowed[0]
    if column.name in customer_columns(table):
        return CUSTOMER
    if column.free_text or (column.data_type == "varchar" and not (column.is_id or column.code)):
        return WORDS if column.free_text else f"of {CUSTOMER}"
    return {
        "varchar": f"{column.name}-{number}",
        "timestamptz": AT,
        "date": AT[:10],
        "boolean": "false",
    }.get(column.data_type, "1")


def plant_landed(world: World) -> list[str]:
    """Drop two rows for every table of the contract; return the tables that took one."""
    for table in world.contract.tables.values():
        rows = []
        for number in (1, 2):
            row = {one.name: cell(table, one, number) for one in table.columns}
            row |= {
                one.reference_type_column: "email"
                for one in table.columns
                if one.reference_type_column
            }
            rows.append({name: value for name, value in row.items() if name != "is_deleted"})
        content = "".join(f"{json.dumps(row)}\n" for row in rows)
        # a line that nobody can read as a row
        content += f'{{"torn": "{WORDS}"\n'
        world.drop(f"{table.name}_planted.jsonl", content, table.source)
    report = world.accept()
    return sorted(f"{one.source}.{one.table}" for one in report.batches if one.accepted)


def plant_files(world: World) -> None:
    """Leave the person wherever a program or somebody may leave a file."""
    root = world.paths.root
    workbook = io.BytesIO()
    made = Workbook()
    made.active.append(["who"])
    made.active.append([WORDS])
    made.save(workbook)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rows.csv", f"who\n{EMAIL}\nother\n")
    text = WORDS.encode()
    files = {
        "pull/zendesk/zendesk/state.json": json.dumps({"last": WORDS}).encode(),
        "pull/zendesk/zendesk/schemas/zendesk.yaml": text,
        "landing/connectors/zendesk.json": json.dumps([WORDS]).encode(),
        "landing/connectors/notes.json": json.dumps([{"what": WORDS}]).encode(),
        "landing/batches/refused/billing.json": json.dumps(
            {"file": "a.csv", "reason": WORDS}
        ).encode(),
        "landing/accepted/.left.partial": text,
        "mappings/remarks.txt": text,
        "notified.json": json.dumps({"mail": [WORDS]}).encode(),
        "hashes.json": json.dumps({f"/inbox/{EMAIL}.csv": "ab"}).encode(),
        "agent_pages/e1/A1.html": b"<p>" + text + b"</p>",
        "dbt/logs/dbt.log.1.gz": gzip.compress(text),
        "dbt/target/run_results.json": json.dumps({"message": WORDS}).encode(),
        "dbt/target/compiled/a.zip": packed.getvalue(),
        "dagster/storage/run/compute_logs/a.err": text,
        "warehouse/build.duckdb.wal": text,
        "warehouse/spill/duckdb_temp_block-1.block": text,
        "exports/edition.xlsx": workbook.getvalue(),
        "exports/rows.zip": packed.getvalue(),
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with sqlite3.connect(world.paths.dagster / "runs.db") as con:
        con.execute("pragma journal_mode = wal")
        con.execute("create table logs (event text, body blob)")
        con.execute("insert into logs values (?, ?)", (WORDS, b"\x80" + text))
    con.close()


def unpacked(root: Path) -> Iterator[str]:
    """What archives and packed files below `root` still say of the person."""
    for path in root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        members = []
        if data[:2] == b"\x1f\x8b":
            members = [gzip.decompress(data)]
        if data[:2] == b"PK":
            with zipfile.ZipFile(path) as archive:
                members = [archive.read(one) for one in archive.namelist()]
        for one in members:
            yield from (f"{path}: {word}" for word in ALL if word.encode() in one)


@pytest.fixture
def landed(world: World) -> World:
    taken = plant_landed(world)
    # as many as the contract lets stand without the rows of others
    assert len(taken) > 0.8 * len(world.contract.tables), taken
    publish_edition(world.paths, "e2")
    plant_files(world)
    return world


def test_nothing_of_one_person_is_left_anywhere(landed: World) -> None:
    root = landed.paths.root
    before = {one.split(":")[0].split("/")[0] for one in places_of(root, ALL)}
    assert before >= {
        "agent_pages", "dagster", "dbt", "hashes.json", "landing", "mappings", "notified.json",
        "published", "pull", "vault", "warehouse",
    }  # fmt: skip
    asked = [references_in(one) for one in (CUSTOMER, f"name:{NAME}")]
    key = load_key(landed.paths.vault)
    traces = find_people(landed.paths, landed.contract, key, asked)
    receipt = forget(landed.paths, landed.contract, new_order(landed.paths, traces, 1, inbox=True))
    assert places_of(root, ALL) == [] and list(unpacked(root)) == []
    assert receipt["operator_files_left"] == [] and receipt["read_again"]["found"] == 0
