"""Small files are read as one, and nobody can tell: rows, reasons, ledger are each file's own."""

from dataclasses import asdict

import pytest

from orchestration.landing import accept as accepting
from orchestration.landing import packs
from orchestration.landing.ledger import records
from orchestration.system.paths import DataPaths

HEADER = "contact_id,channel,queued_at,customer_ref,customer_ref_type,extra\n"
WHEN = "2026-06-01T10:00:00Z"


def drop_many(landing) -> None:
    for at in range(12):
        row = f"c{at},phone,{WHEN},jane{at % 3}@example.com,email,x\n"
        landing.drop(f"contacts_{at:02}.csv", HEADER + row)
    odd = {
        "a_two": f"d1,phone,{WHEN},,,x\nd2,fax,{WHEN},,,x\n",
        "a_no_end": f"d3,phone,{WHEN},,,x",
        "a_empty": "",
        "a_broken": f"d4,phone,{WHEN},,,x,y,z\nd5,phone,{WHEN},,,x\n",
        "a_blank": f"d6,phone,{WHEN},,,x\n\nd7,chat,{WHEN},,,x\n",
        "a_quoted": f'd8,"phone",{WHEN},,,x\n',
        "b_again": f"d1,phone,{WHEN},,,x\n",
        "b_other": f"d1,chat,{WHEN},,,x\n",
        "b_late": f"d9,phone,soon,,,x\nd10,phone,{WHEN},,,x\n",
    }
    for name, rows in odd.items():
        landing.drop(f"contacts_{name}.csv", HEADER + rows)
    landing.drop("contacts_twin.csv", HEADER + odd["a_two"])
    landing.drop("contacts_other_form.csv", f"contact_id;channel;queued_at\ne1;phone;{WHEN}\n")


def outcome(landing) -> tuple:
    report = landing.accept()
    landing.assert_whole()
    said = [asdict(record) for record in records(landing.paths)]
    for record in said:
        # the rows are compared themselves: the same ones may be written in other bytes
        del record["accepted_at"], record["parquet"], record["previous"]
        for file in record["files"]:
            del file["stamp"]
    refused = sorted((one.file, one.reason) for one in report.refused)
    rows = landing.rows("contacts", "* replace (customer_ref is not null as customer_ref)")
    return said, rows, landing.quarantine(), refused, sorted(report.skipped)


def test_a_pack_lands_as_its_files_do_one_by_one(
    landing, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[int] = []
    unpack = packs.unpack

    def counted(con, loaded, group):
        together.append(len(group))
        return unpack(con, loaded, group)

    monkeypatch.setattr(accepting, "unpack", counted)
    drop_many(landing)
    as_one = outcome(landing)
    assert together == [18]
    for module in (packs, accepting):
        monkeypatch.setattr(module, "FEWEST", 1000)
    landing.paths = DataPaths(tmp_path / "other")
    drop_many(landing)
    alone = outcome(landing)
    assert as_one == alone
    assert together == [18]
    assert {row[0] for row in as_one[2]} >= {"contacts_a_two.csv", "contacts_a_broken.csv"}


def test_a_file_that_changes_meanwhile_is_refused_alone(
    landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(6):
        landing.drop(f"contacts_{at}.csv", HEADER + f"c{at},phone,{WHEN},,,x\n")
    load_pack = accepting.load_pack

    def changed(con, group, number, spill):
        loaded = load_pack(con, group, number, spill)
        landing.drop("contacts_3.csv", HEADER + f"c3,phone,{WHEN},,,longer\n")
        return loaded

    monkeypatch.setattr(accepting, "load_pack", changed)
    report = landing.accept()
    assert "changed while" in landing.refusal(report)
    assert [row for (row,) in landing.rows("contacts", "contact_id")] == [
        "c0", "c1", "c2", "c4", "c5"
    ]  # fmt: skip
