"""A batch that differs from its table's habit is reported, and never stopped."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from orchestration.gate import arrival, profiles
from orchestration.gate.arrival import check_arrival
from orchestration.landing.contract import Column, Contract, Table
from orchestration.system.paths import DataPaths

CONTACTS = Table(
    source="interactions",
    name="contacts",
    time_zone="Europe/Paris",
    key=("contact_id",),
    version="updated_at",
    columns=(
        Column("contact_id", "varchar", required=True),
        Column("channel", "varchar", required=True, known_in="channels.channel"),
        Column("disposition", "varchar", required=True, allowed=("answered", "abandoned")),
        Column("reason", "varchar"),
        Column("queue_entered_at", "timestamptz", required=True),
        Column("due_on", "date", may_be_future=True),
        Column("updated_at", "timestamptz"),
    ),
)
ORDERS = Table(
    source="billing",
    name="orders",
    time_zone="Europe/Paris",
    key=("order_id",),
    version="updated_at",
    columns=(
        Column("order_id", "varchar", required=True),
        Column("ordered_at", "timestamptz", required=True),
    ),
)
CONTRACT = Contract({(table.source, table.name): table for table in (CONTACTS, ORDERS)})


@dataclass(frozen=True)
class Record:
    batch: int
    source: str
    table: str
    unknown_codes: tuple[dict, ...] = ()


def land(paths: DataPaths, table: Table, batch: int, query: str) -> Record:
    directory = paths.accepted / table.source / table.name / f"batch={batch}"
    directory.mkdir(parents=True)
    duckdb.execute(
        f"copy ({query}) to '{directory / 'part.parquet'}' (format parquet, compression zstd)"
    )
    return Record(batch, table.source, table.name)


def contacts(
    day: str,
    rows: int = 400,
    phone: int = 60,
    other: str = "email",
    abandoned: int = 10,
    without_reason: int = 20,
) -> str:
    """Rows of one day; `phone`, `abandoned` and `without_reason` are per cent."""
    return f"""
        select
            'c' || i as contact_id,
            if((i * 37) % 100 < {phone}, 'phone', '{other}') as channel,
            if((i * 37) % 100 < {abandoned}, 'abandoned', 'answered') as disposition,
            if((i * 37) % 100 < {without_reason}, null, 'invoice') as reason,
            timestamptz '{day} 08:00:00+00' + to_minutes((i % 60)::integer) as queue_entered_at,
            date '2030-01-01' as due_on,
            null::timestamptz as updated_at,
            1 as batch, 'f.csv' as source_file, i as row_number,
        from range({rows}) as r (i)
    """


def orders(day: str, every_hours: int = 1) -> str:
    """Twenty orders, the last of them at ten on `day`."""
    return f"""
        select
            'o' || i as order_id,
            timestamptz '{day} 10:00:00+00' - to_hours(({every_hours} * i)::integer) as ordered_at,
        from range(20) as r (i)
    """


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    path = tmp_path / "sources.csv"
    path.write_text(
        "source,table_name,freshness_hours,owner_role\n"
        "interactions,contacts,24,Planning lead\nbilling,orders,48,Finance controller\n"
    )
    return path


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """Six usual days of contacts, the sixth of them Saturday the 6th of June."""
    paths = DataPaths(tmp_path / "data")
    for day in range(1, 7):
        rows = 400 + 20 * (day % 2)
        land(paths, CONTACTS, day, contacts(f"2026-06-0{day}", rows=rows, phone=58 + day % 3))
    return paths


def findings(paths, records, sources) -> list[tuple[str, str]]:
    return [
        (f"{one.source}.{one.table}", one.check)
        for one in check_arrival(paths, CONTRACT, records, sources)
    ]


@pytest.mark.parametrize(
    ("unusual", "checks"),
    [
        ({}, []),
        ({"rows": 1200}, []),
        ({"rows": 60}, ["volume"]),
        ({"rows": 2000}, ["volume"]),
        ({"without_reason": 60}, ["null_share_of_reason"]),
        ({"without_reason": 0}, ["null_share_of_reason"]),
        ({"without_reason": 100}, ["null_share_of_reason"]),
        ({"phone": 20}, ["mix_of_channel"]),
        ({"other": "fax"}, ["mix_of_channel"]),
        ({"abandoned": 50}, ["mix_of_disposition"]),
    ],
)
def test_an_unusual_batch_is_told(paths, sources, unusual, checks):
    record = land(paths, CONTACTS, 7, contacts("2026-06-07", **unusual))
    found = findings(paths, [record], sources)
    assert found == [("interactions.contacts", check) for check in checks]


def test_volume_is_per_day_covered(paths, sources):
    days = " union all ".join(contacts(f"2026-06-{day}") for day in range(10, 20))
    assert findings(paths, [land(paths, CONTACTS, 7, days)], sources) == []


def test_a_habit_takes_five_batches(paths, sources):
    for day in (5, 6):
        directory = paths.accepted / "interactions" / "contacts" / f"batch={day}"
        (directory / "part.parquet").unlink()
        directory.rmdir()
    record = land(paths, CONTACTS, 7, contacts("2026-06-07", rows=10))
    assert findings(paths, [record], sources) == []


def test_a_source_that_fell_silent_is_told_even_without_a_batch(paths, sources):
    land(paths, ORDERS, 8, orders("2026-06-04"))
    record = land(paths, CONTACTS, 9, contacts("2026-06-07"))
    [finding] = check_arrival(paths, CONTRACT, [record], sources)
    assert (finding.batch, finding.source, finding.table) == (9, "billing", "orders")
    assert finding.severity == "warning"
    assert "3 days behind" in finding.message
    assert "promised are 2 days" in finding.message


def test_a_source_within_its_promise_is_fresh_whatever_the_clock_says(paths, sources):
    land(paths, ORDERS, 8, orders("2026-06-05"))
    record = land(paths, CONTACTS, 9, contacts("2026-06-07", rows=400))
    assert findings(paths, [record], sources) == []


def test_a_source_that_speaks_seldom_may_be_silent(paths, sources):
    land(paths, ORDERS, 8, orders("2026-06-04", every_hours=24))
    record = land(paths, CONTACTS, 9, contacts("2026-06-07"))
    assert findings(paths, [record], sources) == []


def test_a_code_that_no_seed_knows_is_said_with_the_seed(paths, sources):
    record = land(paths, CONTACTS, 7, contacts("2026-06-07"))
    code = {"column": "channel", "code": "kiosk", "rows": 1200}
    [finding] = check_arrival(paths, CONTRACT, [replace(record, unknown_codes=(code,))], sources)
    assert finding.message == (
        "channel 'kiosk' stands in 1,200 rows, and seeds/channels.csv does not know it"
    )
    filed = json.loads((paths.batches / "checks" / "00000007.json").read_text())
    assert finding.message in [one["message"] for one in filed["findings"]]


def test_every_answer_is_filed_with_the_profile(paths, sources):
    record = land(paths, CONTACTS, 7, contacts("2026-06-07", rows=60))
    check_arrival(paths, CONTRACT, [record], sources)
    filed = json.loads((paths.batches / "checks" / "00000007.json").read_text())
    answers = {finding["check"]: finding["success"] for finding in filed["findings"]}
    assert answers == {
        "volume": False,
        "null_share_of_reason": True,
        "null_share_of_due_on": True,
        "null_share_of_updated_at": True,
        "mix_of_channel": True,
        "mix_of_disposition": True,
        "freshness": True,
    }
    assert filed["profile"]["rows"] == 60
    assert filed["profile"]["newest"] == "2026-06-07T08:59:00+00:00"


def test_a_filed_profile_is_not_taken_again(paths, sources, monkeypatch):
    record = land(paths, CONTACTS, 7, contacts("2026-06-07"))
    check_arrival(paths, CONTRACT, [record], sources)
    monkeypatch.setattr(profiles, "take", None)
    assert profiles.profile(paths, CONTACTS, 7).rows == 400


def test_what_cannot_be_checked_is_told_and_blocks_nothing(paths, sources, monkeypatch):
    record = land(paths, CONTACTS, 7, contacts("2026-06-07"))
    monkeypatch.setattr(arrival, "VOLUME_FACTOR", 0.0001)
    broken = duckdb.IOException("gone")
    monkeypatch.setattr("orchestration.gate.runner._open", lambda *_: (_ for _ in ()).throw(broken))
    found = check_arrival(paths, CONTRACT, [record], sources)
    assert {one.check for one in found} >= {"volume", "freshness"}
    assert all(one.message.startswith("Could not be checked: IOException") for one in found)


def test_no_batch_no_check(paths, sources):
    assert check_arrival(paths, CONTRACT, [], sources) == []
    assert check_arrival(paths, CONTRACT, [Record(1, "unknown", "table")], sources) == []


def test_a_batch_without_accepted_rows_is_no_surprise(paths, sources):
    record = Record(7, "interactions", "contacts")
    assert findings(paths, [record], sources) == []
    (paths.accepted / "interactions" / "contacts" / "batch=8").mkdir()
    assert findings(paths, [Record(8, "interactions", "contacts")], sources) == []


def test_what_cannot_be_read_is_told(paths, sources):
    record = land(paths, CONTACTS, 7, contacts("2026-06-07"))
    file = paths.accepted / "interactions" / "contacts" / "batch=7" / "part.parquet"
    file.write_bytes(b"torn")
    [finding] = check_arrival(paths, CONTRACT, [record], sources)
    assert (finding.batch, finding.check) == (7, "arrival")
    assert finding.message.startswith("Could not be checked: ")
