"""A run over the whole inbox: batches, counts, refusals, and what dbt then reads."""

import json
import stat
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
import yaml

from orchestration.landing import accept as accepting
from orchestration.landing.accept import accept
from orchestration.landing.contract import load_contract
from orchestration.landing.initialise import initialise
from orchestration.landing.ledger import latest_batch, records
from orchestration.system.errors import PilotageError
from orchestration.system.lock import hold
from orchestration.system.paths import PROJECT_ROOT, DataPaths

EVENTS = "event_id,kind,amount\n"


def test_one_batch_a_table_and_numbers_that_only_grow(landing) -> None:
    landing.drop("rates.csv", "rate_date,currency,units\n2026-01-01,USD,1\n")
    landing.drop("contact_events_b.csv", EVENTS + "e2,asked,\n")
    landing.drop("contact_events_a.jsonl", '{"event_id": "e1", "kind": "asked"}\n')
    report = landing.accept()
    assert [(batch.batch, batch.table) for batch in report.batches] == [
        (1, "contact_events"),
        (2, "rates"),
    ]
    assert landing.rows("contact_events", "batch, source_file, row_number, event_id") == [
        (1, "contact_events_a.jsonl", 1, "e1"),
        (1, "contact_events_b.csv", 1, "e2"),
    ]
    assert latest_batch(landing.paths) == 2
    landing.drop("contact_events_c.csv", EVENTS + "e3,asked,\n")
    assert landing.accept().batches[0].batch == 3
    landing.assert_whole()


def test_a_record_says_everything_of_its_batch(landing) -> None:
    landing.drop("contact_events_1.csv", "event_id,kind,amount,colour\ne1,asked,1,\ne1,asked,1,\n")
    landing.drop("contact_events_2.csv", EVENTS + "e2,asked,many\ne3,,\ne4,,x\n")
    report = landing.accept()
    record = landing.ledger(1)
    assert {key: record[key] for key in ("received", "accepted", "quarantined", "duplicate")} == {
        "received": 5,
        "accepted": 1,
        "quarantined": 3,
        "duplicate": 1,
    }
    first, second = record["files"]
    assert (first["name"], first["received"], first["accepted"], first["duplicate"]) == (
        "contact_events_1.csv",
        2,
        1,
        1,
    )
    assert (second["received"], second["quarantined"]) == (3, 3)
    assert record["unknown_columns"] == ["colour"]
    assert record["contract_sha256"] == landing.contract.tables["calls", "contact_events"].sha256
    assert record["reasons"] == [
        {"reason": "amount: not a number", "rows": 2},
        {"reason": "kind: required, but missing", "rows": 2},
    ]
    assert (report.received, report.accepted, report.quarantined, report.duplicate) == (5, 1, 3, 1)
    assert records(landing.paths) == report.batches


def test_a_refused_file_is_kept_in_mind_and_tried_again(landing) -> None:
    path = landing.drop("contact_events_1.csv", "event_id\ne1\n")
    landing.drop("contact_events_2.csv", EVENTS + "e2,asked,\n")
    report = landing.accept()
    assert landing.refusal(report) == "lacks required column kind"
    assert report.accepted == 1
    (kept,) = (landing.paths.batches / "refused").glob("*.json")
    assert json.loads(kept.read_text()) == {
        "file": "calls/contact_events_1.csv",
        "reason": "lacks required column kind",
    }
    assert landing.refusal(landing.accept()) == "lacks required column kind"
    path.write_text(EVENTS + "e1,asked,\n")
    assert landing.accept().accepted == 1
    assert not list((landing.paths.batches / "refused").glob("*.json"))


def test_two_copies_of_a_file_that_is_refused_are_both_refused(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,a\rb,\n")
    landing.drop("contact_events_2.csv", EVENTS + "e1,a\rb,\n")
    report = landing.accept()
    assert (len(report.refused), report.skipped, report.batches) == (2, [], [])


def test_the_inbox_is_never_changed(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,\nbroken\n")
    landing.drop("contact_events_2.csv", "nothing")

    def seen() -> dict:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in landing.paths.inbox.rglob("*")
            if path.is_file()
        }

    before = seen()
    landing.accept()
    landing.accept()
    assert seen() == before


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_file_that_vanishes_while_it_is_read_is_refused(landing, monkeypatch, moment) -> None:
    gone = landing.drop("contact_events_1.csv", EVENTS + "e1,asked,\n")
    landing.drop("contact_events_2.csv", EVENTS + "e2,asked,\n")
    real = accepting.load

    def load(con, examined, number, spill):
        if examined.file.path == gone and moment == "before":
            gone.unlink()
        loaded = real(con, examined, number, spill)
        if examined.file.path == gone:
            gone.unlink()
        return loaded

    monkeypatch.setattr(accepting, "load", load)
    report = landing.accept()
    assert report.refused[0].file == "calls/contact_events_1.csv"
    assert "vanished while it was being read" in landing.refusal(report)
    assert landing.rows("contact_events", "event_id, source_file") == [
        ("e2", "contact_events_2.csv")
    ]
    landing.assert_whole()


def test_a_file_that_vanishes_before_it_is_opened_is_refused(landing, monkeypatch) -> None:
    path = landing.drop("contact_events_1.csv", EVENTS)
    real = accepting.scan

    def scan(*args):
        found = real(*args)
        path.unlink()
        return found

    monkeypatch.setattr(accepting, "scan", scan)
    assert "vanished while it was being read" in landing.refusal(landing.accept())


def test_counts_that_do_not_add_up_stop_the_batch(landing, monkeypatch) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,\ne2,asked,\n")
    real = accepting.write_accepted

    def lossy(con, *args):
        con.execute("delete from typed where event_id = 'e2'")
        real(con, *args)

    monkeypatch.setattr(accepting, "write_accepted", lossy)
    with pytest.raises(
        PilotageError, match=r"2 rows of contact_events_1\.csv were received, but 1"
    ):
        landing.accept()
    monkeypatch.undo()
    landing.assert_whole()
    assert landing.accept().accepted == 2


def test_now_is_the_clock_unless_it_is_given(landing) -> None:
    queued = datetime.now(UTC) + timedelta(days=2)
    line = f"c1,phone,{queued:%Y-%m-%dT%H:%M:%SZ}\n"
    landing.drop("contacts_1.csv", "contact_id,channel,queued_at\n" + line)
    assert landing.accept(now=None).quarantined == 1
    landing.drop("contacts_2.csv", "contact_id,channel,queued_at\n\n" + line)
    assert landing.accept(now=queued.replace(tzinfo=None)).accepted == 1


def test_one_accept_at_a_time(landing) -> None:
    import subprocess
    import sys

    program = (
        "import sys; from pathlib import Path; from orchestration.system.lock import hold;"
        "from orchestration.system.paths import DataPaths;"
        f"h = hold(DataPaths(Path({str(landing.paths.root)!r})), 'test'); h.__enter__();"
        "print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    with pytest.raises(PilotageError):
        landing.accept()
    other.communicate("")
    landing.accept()
    with hold(landing.paths, "a command"):
        landing.accept()


def test_initialise_makes_every_table_readable_and_changes_nothing_twice(landing) -> None:
    initialise(landing.paths, landing.contract)

    def seen() -> dict:
        return {
            path: (path.stat().st_ino, path.stat().st_mtime_ns)
            for path in landing.paths.root.rglob("*")
        }

    before = seen()
    initialise(landing.paths, landing.contract)
    assert seen() == before
    assert landing.rows("rates") == []
    assert latest_batch(landing.paths) == 0 and records(landing.paths) == []
    assert landing.ledger(0)["files"] == []
    assert stat.S_IMODE(landing.paths.quarantine.stat().st_mode) == 0o700
    assert (landing.paths.inbox / "calls").is_dir()


def test_a_new_column_of_the_contract_reaches_old_rows_as_null(landing, tmp_path) -> None:
    from .conftest import CONTRACT, write_contract

    landing.drop("rates_1.csv", "rate_date,currency,units\n2026-01-01,USD,1\n")
    landing.accept()
    wider = CONTRACT.replace(
        "          - {name: units,",
        "          - {name: origin, data_type: varchar, config: {meta: {pii: none}}}\n"
        "          - {name: units,",
    )
    landing.contract = load_contract(write_contract(tmp_path / "wider", wider))
    landing.drop("rates_2.csv", "rate_date,currency,units,origin\n2026-01-01,USD,1,\n")
    landing.drop("rates_3.csv", "rate_date,currency,units,origin\n2026-01-02,USD,1,ecb\n")
    report = landing.accept()
    assert (report.accepted, report.duplicate) == (1, 1)
    assert landing.rows("rates", "origin") == [(None,), ("ecb",)]


def test_the_projects_contract_lands_and_reads_back_by_its_external_location(
    tmp_path, monkeypatch
) -> None:
    contract, paths = load_contract(PROJECT_ROOT), DataPaths(tmp_path / "data")
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(paths.root))
    file = paths.inbox / "interactions" / "contacts.csv"
    file.parent.mkdir(parents=True)
    file.write_text(
        "contact_id,channel,direction,queue_entered_at,answered_at,disposition,customer_ref\n"
        "c1,phone,inbound,2026-06-01T10:00:00,2026-06-01T10:00:20,answered,jane@example.com\n"
        "c2,phone,inbound,2026-06-01T10:00:00,2026-06-01T09:00:20,answered,\n"
    )
    report = accept(paths, contract, now=datetime(2026, 7, 1, tzinfo=UTC))
    assert (report.accepted, report.quarantined) == (1, 1)
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for table in contract.tables.values():
        location = external_location(table.source)
        location = location.replace("{name}", table.name)
        found = con.execute(f"describe select * from {location}").fetchall()
        types = {name: kind.lower() for name, kind, *_ in found}
        expected = {column.name: column.data_type for column in table.columns}
        spelled = {"timestamp with time zone": "timestamptz"}
        assert {
            name: spelled.get(kind, kind) for name, kind in types.items() if name in expected
        } == expected
        assert {"batch", "source_file", "row_number"} <= set(types)
    rows = con.execute(
        "select contact_id, queue_entered_at::varchar, customer_ref_type, batch from "
        + external_location("interactions").replace("{name}", "contacts")
    ).fetchall()
    assert rows == [("c1", "2026-06-01 08:00:00+00", "email", 1)]


def external_location(source: str) -> str:
    """What dbt reads, with the environment filled in as dbt does."""
    import os
    import re

    file = PROJECT_ROOT / "models" / "staging" / source / f"_{source}__sources.yml"
    location = yaml.safe_load(file.read_text())["sources"][0]["config"]["meta"]["external_location"]
    return re.sub(
        r"\{\{ env_var\('(\w+)', '(\w+)'\) \}\}", lambda m: os.environ.get(m[1], m[2]), location
    )
