"""Duplicates are dropped, contradictions set aside, and the order of arrival does not matter."""

import random

import duckdb
import pytest

EVENTS = "event_id,kind,amount,is_deleted\n"
RATES = "rate_date,currency,units\n"
CONTACTS = "contact_id,channel,queued_at,reason,updated_at,is_deleted\n"
QUEUED = "2026-06-01T08:00:00Z"


def contact(key: str, reason: str, hour: int | None, deleted: str = "") -> str:
    updated = f"2026-06-01T{hour:02}:00:00Z" if hour is not None else ""
    return f"{key},phone,{QUEUED},{reason},{updated},{deleted}\n"


def counts(report) -> tuple[int, int, int]:
    return report.accepted, report.quarantined, report.duplicate


def test_the_same_row_again_is_a_duplicate_in_a_file_a_batch_and_later(landing) -> None:
    row = contact("c1", "late", 10)
    landing.drop("contacts_1.csv", CONTACTS + row + row)
    landing.drop("contacts_2.csv", CONTACTS + row)
    assert counts(landing.accept()) == (1, 0, 2)
    # Written otherwise, it still says the same.
    landing.drop(
        "contacts_3.csv",
        "updated_at;queued_at;channel;contact_id;reason;is_deleted\n"
        "2026-06-01 12:00:00;2026-06-01T10:00+02:00;phone; c1 ;late;non\n",
    )
    assert counts(landing.accept()) == (0, 0, 1)
    landing.assert_whole()
    assert landing.ledger(2)["files"][0]["duplicate"] == 1


def test_the_same_file_again_is_skipped_whatever_its_name(landing) -> None:
    landing.drop("contacts_1.csv", CONTACTS + contact("c1", "late", 10))
    landing.drop("contacts_2.csv", CONTACTS + contact("c1", "late", 10))
    first = landing.accept()
    assert (len(first.batches), first.skipped) == (1, ["calls/contacts_2.csv"])
    landing.drop("contacts_3.csv", CONTACTS + contact("c1", "late", 10))
    second = landing.accept()
    assert second.batches == [] and len(second.skipped) == 3


def test_a_file_of_the_same_name_with_other_content_is_new(landing) -> None:
    landing.drop("contacts.csv", CONTACTS + contact("c1", "late", 10))
    landing.accept()
    landing.drop("contacts.csv", CONTACTS + contact("c2", "lost", 10))
    assert counts(landing.accept()) == (1, 0, 0)


def test_versions_of_different_instants_are_all_accepted(landing) -> None:
    landing.drop("contacts_1.csv", CONTACTS + contact("c1", "late", 11))
    landing.accept()
    landing.drop("contacts_2.csv", CONTACTS + contact("c1", "lost", 10) + contact("c1", "x", 12))
    assert counts(landing.accept()) == (2, 0, 0)


@pytest.mark.parametrize("hour", [10, None])
def test_other_content_at_the_same_instant_is_set_aside(landing, hour: int | None) -> None:
    landing.drop(
        "contacts_1.csv",
        CONTACTS + contact("c1", "late", hour) + contact("c1", "lost", hour),
    )
    assert counts(landing.accept()) == (1, 1, 0)
    landing.drop("contacts_2.csv", CONTACTS + contact("c1", "torn", hour))
    landing.accept()
    said = "same key and updated_at as an accepted row, but other content"
    assert landing.quarantined() == [(2, said), (1, said)]
    assert landing.rows("contacts", "reason") == [("late",)]
    assert '"reason":"torn"' in landing.quarantine()[1][3]


def test_a_deletion_contradicts_nothing(landing) -> None:
    landing.drop("contacts_1.csv", CONTACTS + contact("c1", "late", 10))
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,1,\n")
    landing.accept()
    landing.drop("contacts_2.csv", CONTACTS + contact("c1", "", 10, "true"))
    landing.drop("contact_events_2.csv", EVENTS + "e1,,,true\n")
    assert counts(landing.accept()) == (2, 0, 0)
    # And said again, it is a duplicate; so is what it deleted.
    landing.drop(
        "contacts_3.csv", CONTACTS + contact("c1", "late", 10) + contact("c1", "x", 10, "1")
    )
    landing.drop("contact_events_3.csv", EVENTS + "e1,asked,1,false\ne1,gone,,oui\n")
    assert counts(landing.accept()) == (0, 0, 4)


def test_what_a_deletion_at_the_same_instant_deletes_may_come_after_it(landing) -> None:
    landing.drop("contacts_1.csv", CONTACTS + contact("c1", "", 10, "true"))
    landing.accept()
    landing.drop("contacts_2.csv", CONTACTS + contact("c1", "late", 10))
    assert counts(landing.accept()) == (1, 0, 0)


def test_an_event_never_changes(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,1,\ne1,asked,2,\ne2,asked,,\n")
    assert counts(landing.accept()) == (2, 1, 0)
    landing.drop("contact_events_2.csv", EVENTS + "e1,asked,3,\ne2,asked,,\n")
    assert counts(landing.accept()) == (0, 1, 1)
    said = "same key as an accepted row, but other content"
    assert landing.quarantined("contact_events") == [(2, said), (1, said)]
    assert landing.rows("contact_events", "amount::int") == [(1,), (None,)]


def test_where_the_last_wins_a_return_to_an_old_value_is_news(landing) -> None:
    landing.drop("rates_1.csv", RATES + "2026-01-01,USD,1.1\n2026-01-01,,1\n")
    assert counts(landing.accept()) == (2, 0, 0)
    landing.drop("rates_2.csv", RATES + "2026-01-01,USD,1.1\n2026-01-01,USD,1.2\n2026-01-01,,1.0\n")
    assert counts(landing.accept()) == (1, 0, 2)
    landing.drop("rates_3.csv", RATES + "2026-01-01,USD,1.10\n")
    assert counts(landing.accept()) == (1, 0, 0)
    last = "arg_max(units, (batch, source_file, row_number))::varchar"
    files = landing.paths.accepted / "calls" / "rates" / "*" / "*.parquet"
    found = duckdb.execute(
        f"select currency, {last} from read_parquet('{files}', union_by_name = true)"
        " where batch is not null group by currency order by currency"
    ).fetchall()
    assert found == [("USD", "1.1000"), (None, "1.0000")]


def test_an_absent_column_is_the_same_as_an_empty_one(landing) -> None:
    landing.drop("contact_events_1.csv", "event_id,kind\ne1,asked\n")
    landing.drop("contact_events_2.csv", EVENTS + "e1,asked,,false\n")
    assert counts(landing.accept()) == (1, 0, 1)


def current(landing) -> dict[str, str | None]:
    """The version of each contact that counts now; None for a deleted one."""
    found: dict[str, tuple] = {}
    columns = "contact_id, updated_at::varchar, coalesce(is_deleted, false), reason"
    for key, updated, deleted, reason in landing.rows("contacts", columns):
        version = (updated, deleted)
        if key not in found or version > found[key][0]:
            found[key] = (version, None if deleted else reason)
    return {key: reason for key, (_, reason) in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_split_gives_the_same_current_versions(landing, tmp_path, seed: int) -> None:
    rng = random.Random(seed)
    rows = []
    for number in range(40):
        hours = rng.sample(range(9, 23), rng.randrange(1, 5))
        rows += [contact(f"c{number}", f"r{hour}", hour) for hour in hours]
        if rng.random() < 0.3:
            rows.append(contact(f"c{number}", "", rng.choice([*hours, 23]), "true"))
    rows += rng.sample(rows, 20)
    landing.drop("contacts.csv", CONTACTS + "".join(rows))
    landing.accept()
    expected = current(landing)
    assert len(expected) == 40

    other = type(landing)(type(landing.paths)(tmp_path / "other"), landing.contract)
    rng.shuffle(rows)
    cuts = sorted(rng.sample(range(1, len(rows)), 5))
    parts = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    for number, part in enumerate(parts):
        other.drop(f"contacts_{rng.random()}.csv", CONTACTS + "".join(part))
        if number % 2:
            other.accept()
    other.accept()
    assert current(other) == expected
    other.assert_whole()


def test_a_batch_of_many_keys_looks_only_at_those_that_return(landing) -> None:
    many = "".join(contact(f"c{number}", "r", 9) for number in range(5_000))
    landing.drop("contacts_1.csv", CONTACTS + many)
    landing.accept()
    landing.drop(
        "contacts_2.csv", CONTACTS + many + contact("c7", "other", 9) + contact("n", "", 9)
    )
    assert counts(landing.accept()) == (1, 1, 5_000)


def test_the_first_row_wins_in_a_file_of_many_blocks(landing) -> None:
    total = 40_000
    lines = "".join(f"p{n % (total // 2)}@b.fr,email,a{n}@b.fr\n" for n in range(total))
    landing.drop("people.csv", "ref_value,ref_type,email\n" + lines)
    assert counts(landing.accept()) == (total // 2, total // 2, 0)
    files = landing.paths.accepted / "calls" / "people" / "batch=1" / "*.parquet"
    with duckdb.connect() as con:
        numbers = con.execute(
            f"select row_number from read_parquet('{files}', file_row_number = true)"
            " order by file_row_number"
        ).fetchall()
    assert [number for (number,) in numbers] == list(range(1, total // 2 + 1))
