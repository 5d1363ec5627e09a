"""After forgetting somebody nothing leads to them, and everybody else is as before."""

import gzip
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from small_world import (
    AT,
    CUSTOMER,
    CUSTOMERS,
    EMAIL,
    OTHER,
    OTHER_EMAIL,
    WRITTEN,
    World,
    bytes_left,
    drop_all,
    publish_edition,
)

from orchestration.forgetting.contents import count, rewrite_text
from orchestration.forgetting.erase import DROP, forget, new_order, pending
from orchestration.forgetting.inbox import clear_inbox
from orchestration.forgetting.people import find_people, references_in
from orchestration.forgetting.traces import Traces
from orchestration.gate.judge import file_sha256
from orchestration.gate.verdict import read_verdict
from orchestration.landing.ledger import records, write_record
from orchestration.landing.pseudonyms import load_key, pseudonym
from orchestration.landing.suppression import FORGOTTEN_TEXT
from orchestration.publication.editions import current_name, find
from orchestration.publication.verify import seal_again
from orchestration.system.errors import PilotageError, UsageError
from tests.orchestration.killing import Killed, at_step


def traces_of(world: World, *references: str, everyone: bool = False) -> Traces:
    asked = [references_in(one) for one in references]
    key = load_key(world.paths.vault)
    return find_people(world.paths, world.contract, key, asked, everyone)


def forget_one(world: World, reference: str = EMAIL, policy: str = "reissue", inbox: bool = True):
    order = new_order(world.paths, traces_of(world, reference), 1, policy, inbox)
    return forget(world.paths, world.contract, order)


@pytest.mark.parametrize("reference", [CUSTOMER, EMAIL.upper(), "06 39 98 12 34", "@zelda_q77"])
def test_nothing_is_left_whatever_the_person_was_named_by(world: World, reference: str) -> None:
    places = {one.split("/")[0] for one in bytes_left(world.paths.root)}
    assert places == {
        "agent_pages", "dagster", "dbt", "landing", "published", "vault", "warehouse"
    }  # fmt: skip
    receipt = forget_one(world, reference)
    assert bytes_left(world.paths.root) == []
    hidden = pseudonym(load_key(world.paths.vault), "email", EMAIL)
    assert hidden and not any(
        hidden.encode() in path.read_bytes()
        for path in world.paths.root.rglob("*")
        if path.is_file()
    )
    assert set(receipt["found_before"]) >= {"accepted", "quarantine", "inbox", "vault"}
    assert not any(one.lower() in json.dumps(receipt).lower() for one in WRITTEN)


def test_rows_stay_under_one_other_person_and_others_keep_theirs(world: World) -> None:
    before = world.rows("billing", "orders", "order_id, net_amount")
    other = world.rows("billing", "customers", "email, customer_id")
    forget_one(world)
    assert world.rows("billing", "orders", "order_id, net_amount") == before
    [customer] = {row[1] for row in world.rows("billing", "orders", "order_id, customer_id")}
    emails = {row[1]: row[0] for row in world.rows("billing", "customers", "email, customer_id")}
    contacts = dict(world.rows("interactions", "contacts", "contact_id, customer_ref"))
    # whoever matched the contact with the customer still does
    assert contacts["K2"] == emails[customer] != pseudonym(
        load_key(world.paths.vault), "email", EMAIL
    )  # fmt: skip
    assert (emails[OTHER], OTHER) in other
    assert contacts["K3"] == emails[OTHER]


def test_texts_of_the_person_are_emptied_and_stay_texts(world: World) -> None:
    forget_one(world)
    texts = dict(world.rows("interactions", "ticket_events", "event_id, text"))
    assert texts["E1"] == FORGOTTEN_TEXT
    assert "Ask" in texts["E2"]
    with duckdb.connect(str(world.paths.pointer), read_only=True) as con:
        published = dict(
            con.execute("select verbatim_id, redacted_text from core.verbatims").fetchall()
        )
        comments = con.execute(
            "select comment from duckdb_columns() where comment is not null"
        ).fetchall()
    assert published["E1"] == FORGOTTEN_TEXT and "Ask" in published["E2"]
    assert comments == [("Number of the customer",)]


def test_a_later_export_does_not_bring_them_back(world: World) -> None:
    forget_one(world)
    drop_all(world)
    world.drop("customers_2.csv", CUSTOMERS.replace("residential", "business"), "billing")
    report = world.accept()
    assert bytes_left(world.paths.root, (world.paths.inbox,)) == []
    by_table = {(one.table, one.files[0].name): one for one in report.batches}
    # one row in each of the files: the other customer's came as it was, or changed
    suppressed = {name: one.suppressed for (_, name), one in by_table.items()}
    assert suppressed["customers.csv"] == 2
    assert suppressed["orders.parquet"] == 3
    # the ticket and the text in it; a contact that has no channel, too
    assert suppressed["tickets.csv"] == 1
    # what they wrote; of what another wrote of them, only other words landed
    assert suppressed["ticket_events.csv"] == 1
    assert suppressed["contacts.jsonl"] == 3
    for record in records(world.paths):
        parts = (record.accepted, record.quarantined, record.duplicate, record.suppressed)
        assert record.received == sum(parts)


def test_files_of_the_operator_are_listed_and_left(world: World) -> None:
    receipt = forget_one(world, inbox=False)
    assert "billing/customers.csv" in receipt["operator_files_left"]
    assert bytes_left(world.paths.root, (world.paths.inbox,)) == []
    assert (world.paths.inbox / "billing" / "customers.csv").read_text() == CUSTOMERS
    assert world.accept().batches == []


def test_a_cleared_file_is_known_as_the_one_that_landed(world: World) -> None:
    forget_one(world)
    assert OTHER_EMAIL in (world.paths.inbox / "billing" / "customers.csv").read_text()
    assert world.accept().batches == []


def test_the_edition_is_issued_anew_with_its_own_hash(world: World, real_gate: None) -> None:
    receipt = forget_one(world)
    edition = find(world.paths, "e1")
    assert edition and receipt["editions"]["reissued"] == ["e1"]
    assert edition.record["sha256"] == file_sha256(edition.database)
    assert edition.record["reissued"][0]["sha256_before"] != edition.record["sha256"]
    verdict = read_verdict(edition.database)
    assert verdict and verdict.candidate_sha256 == edition.record["sha256"]


def test_older_editions_are_dropped_where_that_is_the_policy(world: World) -> None:
    publish_edition(world.paths, "e2")
    receipt = forget_one(world, policy=DROP)
    assert receipt["editions"] == {"policy": DROP, "reissued": ["e2"], "dropped": ["e1"]}
    assert current_name(world.paths) == "e2" and find(world.paths, "e1") is None
    assert bytes_left(world.paths.root) == []


def test_an_identifier_of_several_is_refused_and_stays_with_the_other(world: World) -> None:
    world.drop(
        "customer_refs_2.csv",
        f"ref_type,ref_value,customer_id\nphone,0639981234,{OTHER}\n",
        "billing",
    )
    world.accept()
    with pytest.raises(UsageError, match="several customers"):
        traces_of(world, "06 39 98 12 34")
    alone = traces_of(world, CUSTOMER)
    assert ("phone", "+33639981234") not in alone.plain and ("email", EMAIL) in alone.plain
    both = traces_of(world, "06 39 98 12 34", everyone=True)
    assert {CUSTOMER, OTHER, pseudonym(load_key(world.paths.vault), "email", OTHER_EMAIL)} <= set(
        both.renamed
    )


def set_aside(world: World) -> list[tuple[int, int, int]]:
    """What the ledger says of each batch's quarantined and suppressed rows."""
    known = records(world.paths)
    return [(record.batch, record.quarantined, record.suppressed) for record in known]


def test_killed_after_any_step_it_is_refused_and_then_ended(world: World, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(world.paths.root, whole, symlinks=True)
    order = new_order(world.paths, traces_of(world, EMAIL), 1, inbox=True)
    steps: list[str] = []
    forget(world.paths, world.contract, order, steps.append)
    assert {"journal", "suppressed", "accepted file", "edition", "vault", "receipt"} <= set(steps)
    expected = world.rows("billing", "orders", "order_id, net_amount")
    counted = set_aside(world)
    assert any(suppressed for _, _, suppressed in counted)
    for at in [place for place, step in enumerate(steps) if step not in steps[place + 1 :]]:
        shutil.rmtree(world.paths.root)
        shutil.copytree(whole, world.paths.root, symlinks=True)
        with pytest.raises(Killed):
            forget(world.paths, world.contract, order, at_step(at))
        with pytest.raises(PilotageError, match="--resume"):
            world.accept()
        again = pending(world.paths)
        assert again and again.traces.renamed == order.traces.renamed
        forget(world.paths, world.contract, again)
        assert pending(world.paths) is None
        assert bytes_left(world.paths.root) == [], steps[at]
        assert world.rows("billing", "orders", "order_id, net_amount") == expected
        assert set_aside(world) == counted, steps[at]
        assert world.accept().batches == [], steps[at]
        edition = find(world.paths, "e1")
        assert edition and edition.record["sha256"] == file_sha256(edition.database)
        assert not list(world.paths.root.rglob(".*.partial"))


def test_what_is_left_is_an_error_and_named_without_the_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.forgetting.erase._clear_vault", lambda *_: None)
    with pytest.raises(PilotageError, match=r"vault/identifiers\.duckdb") as failed:
        forget_one(world)
    assert EMAIL not in str(failed.value) and pending(world.paths)


def test_what_was_pulled_is_cleared_and_what_no_connector_read(world: World) -> None:
    pulled = world.paths.inbox / "zendesk" / "users" / "pull-1.jsonl"
    pulled.parent.mkdir(parents=True)
    pulled.write_text(f'{{"id": 1, "email": "{EMAIL}"}}\n{{"id": 2, "email": "{OTHER_EMAIL}"}}\n')
    aside = world.paths.quarantine / "zendesk" / "raw.parquet"
    aside.parent.mkdir(parents=True)
    duckdb.connect().execute(
        f"copy (from (values ('a', '{EMAIL.upper()}, Zelda'), ('a', 'Otto')) as v (file, raw))"
        f" to '{aside}' (format parquet)"
    )
    forget_one(world, inbox=False)
    assert pulled.read_text() == f'{{"id": 2, "email": "{OTHER_EMAIL}"}}\n'
    assert bytes_left(world.paths.root, (world.paths.inbox / "billing",)) == [
        one for one in bytes_left(world.paths.root) if "inbox/interactions" in one
    ]
    assert duckdb.connect().execute(f"from '{aside}'").fetchall() == [("a", "Otto")]


@pytest.mark.parametrize(
    ("written", "mentions", "left"),
    [
        ('{"received": 7700123, "rows": [4, 7700123]}', 0, None),
        ('{"user_id": 7700123}', 1, '{"user_id": "forgotten_1"}'),
        ('{"ids": [5,\n 7700123]}', 1, '{"ids": [5,\n "forgotten_1"]}'),
        ('{"raw": "{\\"userId\\": 7700123}"}', 1, '{"raw": "{\\"userId\\": \\"forgotten_1\\"}"}'),
        ('{"text": "is 7700123, say"}', 1, '{"text": "is forgotten_1, say"}'),
        ('{"7700123": 1}', 1, '{"forgotten_1": 1}'),
        # an account of few digits is the number of anything else
        ('{"received": 10000, "ticket_id": 10000}', 0, None),
        ('{"account_id": 10000}', 1, '{"account_id": "[forgotten]"}'),
        ("12,7700123\n13,10000,1\n", 2, "12,forgotten_1\n13,[forgotten],1\n"),
    ],
)  # fmt: skip
def test_an_amount_of_json_is_nobody(
    tmp_path: Path, written: str, mentions: int, left: str | None
) -> None:
    traces = Traces([("account", "10000")], {"7700123": "forgotten_1"})
    file = tmp_path / "file.txt"
    file.write_text(written)
    assert count(file, traces) == mentions
    assert rewrite_text(file, traces) is bool(mentions)
    assert file.read_text() == (left or written) and count(file, traces) == 0


def test_the_ledger_stays_whole_where_a_count_is_the_number_of_an_account(world: World) -> None:
    content = f"ref_type,ref_value,customer_id\naccount,10000,{CUSTOMER}\n"
    world.drop("customer_refs_2.csv", content, "billing")
    world.accept()
    for record in records(world.paths):
        write_record(world.paths, replace(record, received=10000))
    # it was not the program that wrote this
    seal_again(world.paths)
    forget_one(world)
    assert {record.received for record in records(world.paths)} == {10000}


def test_a_merge_that_was_undone_joins_nobody(world: World) -> None:
    header = "merged_customer_id,survivor_customer_id,merged_at,is_deleted\n"
    world.drop("customer_merges.csv", f"{header}{CUSTOMER},{OTHER},{AT},\n", "billing")
    world.accept()
    assert {CUSTOMER, OTHER} <= set(traces_of(world, CUSTOMER).renamed)
    world.drop("customer_merges_2.csv", f"{header}{CUSTOMER},{OTHER},{AT},true\n", "billing")
    world.accept()
    # a deletion of a merge that never came
    world.drop("customer_merges_3.csv", f"{header}{OTHER},,{AT},true\n", "billing")
    world.accept()
    found = traces_of(world, CUSTOMER)
    assert CUSTOMER in found.renamed and OTHER not in found.renamed
    assert ("email", OTHER_EMAIL) not in found.plain


def test_nothing_is_sealed_that_somebody_else_has_altered(world: World) -> None:
    place = world.paths.editions / "e1" / "edition.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | {"published_at": "2020-01-01"}))
    with pytest.raises(PilotageError, match=r"e1/edition\.json was altered"):
        forget_one(world)
    assert pending(world.paths) is None


HERS, HIS = f'{{"id": 1, "email": "{EMAIL}"}}', f'{{"id": 2, "email": "{OTHER_EMAIL}"}}'


@pytest.mark.parametrize(
    ("name", "written", "left"),
    [
        ("users/pull-1.jsonl", f"{HERS}\n{HIS}\n", f"{HIS}\n"),
        # the inches of one screen and the next
        (
            "users/pull-2.jsonl",
            f'{{"n": "13\\" "}}\n{HERS}\n{{"n": "a\\"b\\"c\\""}}\n{HIS}\n',
            f'{{"n": "13\\" "}}\n{{"n": "a\\"b\\"c\\""}}\n{HIS}\n',
        ),
        ("users.ndjson", f"{HERS}\n{HIS}", HIS),
        ("users.json", f"[{HERS}, {HIS}]", f"[{HIS}]"),
        (
            "users_pages.json",
            json.dumps({"users": [json.loads(HERS), json.loads(HIS)], "count": 1.10}, indent=1),
            f'{{\n "users": [{{\n   "id": 2,\n   "email": "{OTHER_EMAIL}"\n  }}],\n'
            ' "count": 1.1\n}',
        ),
        ("users_torn.jsonl", f"{HIS}\n{HERS[:-1]}\n", f"{HIS}\n"),
        # what they wrote about their ticket names nobody; nor does another's of that number
        (
            "ticket_events/pull-1.jsonl",
            '{"id": 5, "ticket_id": "T77001"}\n{"id": "T77001", "ticket_id": 6}\n',
            '{"id": "T77001", "ticket_id": 6}\n',
        ),
        ("tickets/pull-1.jsonl", '{"id": "T77001"}\n{"id": "T77002"}\n', '{"id": "T77002"}\n'),
    ],
)
def test_json_loses_the_records_of_the_person_alone(
    world: World, name: str, written: str, left: str
) -> None:
    traces = traces_of(world, EMAIL)
    file = world.drop(name, written, "zendesk")
    file.chmod(0o600)
    packed = world.drop(f"{name}.gz", written, "zendesk")
    assert clear_inbox(world.paths, world.contract, traces, is_all=True) == []
    assert file.read_text() == left and file.stat().st_mode & 0o777 == 0o600
    assert gzip.decompress(packed.read_bytes()).decode() == left


def test_archives_are_written_anew_and_workbooks_are_left_to_the_operator(world: World) -> None:
    where = world.paths.inbox / "zendesk"
    where.mkdir(parents=True)
    with zipfile.ZipFile(where / "export.zip", "w") as archive:
        archive.writestr("users.csv", f"id,email\n1,{EMAIL}\n2,{OTHER_EMAIL}\n")
        archive.writestr("users.jsonl", f"{HERS}\n{HIS}\n")
    with zipfile.ZipFile(where / "users.xlsx", "w") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{EMAIL}</t>")
    receipt = forget_one(world)
    with zipfile.ZipFile(where / "export.zip") as archive:
        assert archive.read("users.csv").decode() == f"id,email\n2,{OTHER_EMAIL}\n"
        assert archive.read("users.jsonl").decode() == f"{HIS}\n"
    assert receipt["operator_files_left"] == ["zendesk/users.xlsx"]
