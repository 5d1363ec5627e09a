"""Quarantined rows that came again are no longer open; the ledger says which batch settled them."""

import duckdb

from orchestration.landing.ledger import records, rows_open

EVENTS = "event_id,kind,amount\n"


def open_rows(landing) -> dict[int, int]:
    return {batch: rows for batch, rows in rows_open(records(landing.paths)).items() if rows}


def test_a_corrected_row_settles_the_one_that_was_set_aside(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,much\ne2,asked,more\ne3,asked,1\n")
    landing.accept()
    assert open_rows(landing) == {1: 2}
    landing.drop("contact_events_2.csv", EVENTS + "e1,asked,1\n")
    (second,) = landing.accept().batches
    assert second.settled == [{"batch": 1, "rows": 1}]
    assert open_rows(landing) == {1: 1}
    # it is counted once, however often its key comes again
    landing.drop("contact_events_3.csv", EVENTS + "e1,asked,2\ne2,asked,2\n")
    (third,) = landing.accept().batches
    assert third.settled == [{"batch": 1, "rows": 1}]
    assert open_rows(landing) == {3: 1}
    landing.assert_whole()


def test_a_row_set_aside_again_is_open_once(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,much\n")
    landing.accept()
    landing.drop("contact_events_2.csv", EVENTS + "e1,asked,more\n")
    landing.accept()
    assert open_rows(landing) == {2: 1}


def test_a_row_without_a_key_is_settled_by_the_next_file_of_its_name(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + ",asked,1\ne9,asked\n")
    landing.accept()
    assert open_rows(landing) == {1: 2}
    landing.drop("contact_events_2.csv", EVENTS + "e1,asked,1\n")
    landing.accept()
    assert open_rows(landing) == {1: 2}
    landing.drop("contact_events_1.csv", EVENTS + "e2,asked,1\ne9,asked,1\n")
    landing.accept()
    assert open_rows(landing) == {}


def test_a_contradiction_stays_open_until_its_key_comes_again(landing) -> None:
    """That the accepted row came before says nothing about the one that contradicts it."""
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,1\n")
    landing.accept()
    landing.drop("contact_events_2.csv", EVENTS + "e1,asked,2\n")
    landing.accept()
    assert open_rows(landing) == {2: 1}


def test_a_key_of_people_is_kept_as_a_pseudonym(landing) -> None:
    landing.drop(
        "people_1.csv", "ref_type,ref_value,email\nemail,ann@example.org,\nfax,bob@example.org,\n"
    )
    landing.drop(
        "people_2.csv", "ref_type,ref_value,email\nemail,ann@example.org,eve@example.org\n"
    )
    landing.accept()
    files = landing.paths.quarantine / "calls" / "people" / "*" / "*.parquet"
    keys = duckdb.execute(f"select row_key from read_parquet('{files}')").fetchall()
    assert len(keys) == 2
    assert not any("example.org" in str(key) for (key,) in keys)


def test_quarantines_of_earlier_versions_are_settled_by_their_file(landing) -> None:
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,much\n")
    landing.accept()
    (file,) = landing.paths.quarantine.rglob("*.parquet")
    rows = duckdb.execute("select * exclude (row_key) from read_parquet($1)", [str(file)])
    rows = rows.to_arrow_table()
    duckdb.register("rows", rows)
    duckdb.execute(f"copy rows to '{file}' (format parquet)")
    landing.drop("contact_events_1.csv", EVENTS + "e1,asked,1\n")
    landing.accept()
    assert open_rows(landing) == {}
