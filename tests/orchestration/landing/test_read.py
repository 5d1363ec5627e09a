"""Rows are read whole or set aside with their number, and none is lost in between."""

import gzip
import random

import duckdb
import pytest

from orchestration.landing.lines import blank_records

HEADER = "event_id,kind,amount\n"


def accepted_numbers(landing) -> list[tuple]:
    return landing.rows("contact_events", "row_number, event_id")


def test_rows_with_too_few_or_too_many_columns_keep_their_number(landing) -> None:
    landing.drop("contact_events.csv", HEADER + "a,x,1\nb\nc,x,1\nd,x,1,1,1\ne,x,1\n")
    report = landing.accept()
    assert landing.quarantined("contact_events") == [
        (2, "too few columns"),
        (4, "too many columns"),
    ]
    assert accepted_numbers(landing) == [(1, "a"), (3, "c"), (5, "e")]
    assert (report.received, report.accepted, report.quarantined) == (5, 3, 2)
    assert [raw for *_, raw in landing.quarantine("contact_events")] == ["b", "d,x,1,1,1"]


def test_a_quoted_value_over_several_lines_is_one_row(landing) -> None:
    landing.drop("contact_events.csv", HEADER + 'a,"x\n\ny",1\nb\nc,"x, ""y""",1\n')
    landing.accept()
    assert landing.rows("contact_events", "row_number, kind") == [(1, "x\n\ny"), (3, 'x, "y"')]
    assert landing.quarantined("contact_events") == [(2, "too few columns")]


def test_blank_lines_are_no_rows(landing) -> None:
    landing.drop("contact_events.csv", HEADER + 'a,x,1\n\nb\n\n\nc,"x\n\n",1\r\nd\n\n')
    landing.accept()
    assert accepted_numbers(landing) == [(1, "a"), (3, "c")]
    assert [row for row, _ in landing.quarantined("contact_events")] == [2, 4]


def test_blank_lines_alone_change_nothing(landing) -> None:
    landing.drop("contact_events.csv", HEADER + "a,x,1\n\n\nb,x,1\n\n")
    assert landing.accept().received == 2
    assert accepted_numbers(landing) == [(1, "a"), (2, "b")]


def test_broken_quotes_are_set_aside_with_what_they_swallow(landing) -> None:
    landing.drop("contact_events.csv", HEADER + 'a,x,1\nb,"x"y,1\nc,x,1\nd,"x,1\ne,x,1\n')
    landing.accept()
    assert landing.quarantined("contact_events") == [(2, "broken quotes"), (4, "broken quotes")]
    assert landing.quarantine("contact_events")[1][3] == 'd,"x,1\ne,x,1\n'


def test_a_quote_that_swallows_the_rest_of_a_long_file_refuses_it(landing) -> None:
    landing.drop("contact_events.csv", HEADER + 'a,"x,1\n' + "b,x,1\n" * 5_000)
    reason = landing.refusal(landing.accept())
    assert reason == "a quote that row 1 opens is never closed; it swallows what follows"


def test_many_broken_rows_in_a_large_file_keep_every_number(landing) -> None:
    rng = random.Random(7)
    lines = [
        f"{i}" if rng.random() < 0.01 else f'{i},"x{i}\n",1' if i % 50 == 0 else f"{i},x,1"
        for i in range(1, 60_001)
    ]
    broken = [int(line) for line in lines if line.isdigit()]
    landing.drop("contact_events.csv", HEADER + "\n".join(lines) + "\n")
    report = landing.accept()
    assert report.received == 60_000
    assert [row for row, _ in landing.quarantined("contact_events")] == broken
    assert all(row == int(event) for row, event in accepted_numbers(landing))


def test_crlf_lf_and_both_read_the_same(landing) -> None:
    landing.drop("contact_events_1.csv", HEADER + "a,x,1\nb,x,1\n")
    landing.drop("contact_events_2.csv", (HEADER + "c,x,1\nd,x,1\n").replace("\n", "\r\n"))
    landing.drop("contact_events_3.csv", HEADER + 'e,x,1\r\nf,"x\n",1\r\ng\r\n')
    landing.drop("contact_events_4.csv.gz", HEADER + "h,x,1\r\ni,x,1\n")
    report = landing.accept()
    assert report.refused == []
    assert "".join(event for _, event in accepted_numbers(landing)) == "abcdefhi"
    assert landing.quarantined("contact_events") == [(3, "too few columns")]


def test_a_carriage_return_inside_a_value_refuses_the_file(landing) -> None:
    landing.drop("contact_events.csv", HEADER + "a,x\ry,1\n")
    assert "a carriage return stands alone inside of it" in landing.refusal(landing.accept())


def test_semicolons_allow_decimal_commas_and_commas_do_not(landing) -> None:
    landing.drop("contact_events_1.csv", "event_id;kind;amount\na;x;1,5\nb;x;1.5\nc;x;1.000,5\n")
    landing.drop("contact_events_2.csv", HEADER + 'd,x,"1,5"\n')
    landing.accept()
    assert [str(amount) for (amount,) in landing.rows("contact_events", "amount")] == [
        "1.5000",
        "1.5000",
    ]
    assert landing.quarantined("contact_events") == [
        (3, 'amount: not a number ("1.000,5")'),
        (1, 'amount: not a number ("1,5")'),
    ]


def test_gzip_of_several_members_is_read_whole(landing) -> None:
    packed = gzip.compress((HEADER + "a,x,1\nb,").encode()) + gzip.compress(b"x,1\nc,x,1\n")
    landing.drop("contact_events.csv.gz", packed)
    landing.accept()
    assert accepted_numbers(landing) == [(1, "a"), (2, "b"), (3, "c")]


def test_json_lines_keep_their_line_numbers(landing) -> None:
    landing.drop(
        "contact_events.jsonl",
        '{"event_id": "a", "kind": "x", "amount": 1.5, "other": {"k": 1}}\n'
        "\n"
        '{"event_id": "b", "kind": "x"\n'
        '["event_id", "c"]\n'
        '{"kind": "caf\\u00e9", "event_id": 4, "is_deleted": false}\n'
        '{"event_id": "e", "kind": null}\n'
        '{"event_id": "f\x1f", "kind": "x"}\n'
        '{"event_id": "g", "kind": {"deep": [1, 2]}}',
    )
    report = landing.accept()
    assert landing.quarantined("contact_events") == [
        (3, "not valid JSON"),
        (4, "not a JSON object"),
        (6, "kind: required, but missing"),
        (7, "not a JSON object"),
    ]
    assert landing.rows("contact_events", "row_number, event_id, kind, amount::varchar") == [
        (1, "a", "x", "1.5000"),
        (5, "4", "café", None),
        (8, "g", '{"deep":[1,2]}', None),
    ]
    assert report.received == 7
    assert report.batches[0].unknown_columns == ["other"]
    assert landing.quarantine("contact_events")[0][3] == '{"event_id": "b", "kind": "x"'


def test_json_lines_that_are_something_else_are_refused(landing) -> None:
    landing.drop("contact_events_1.jsonl", "event_id,kind\na,x\n")
    landing.drop("contact_events_2.jsonl", '{"id": 1}\n{"id": 2}\n')
    said = {refused.file: refused.reason for refused in landing.accept().refused}
    assert (
        said["calls/contact_events_1.jsonl"] == "holds no line that is a JSON object with columns"
    )
    assert said["calls/contact_events_2.jsonl"] == "lacks required column event_id, kind"


def test_parquet_brings_types(landing) -> None:
    landing.drop_parquet(
        "contacts.parquet",
        """
        select * from (values
            (1.0::double, 'phone', timestamptz '2026-06-01 10:00:00+02', true, 2::tinyint),
            (2.0, 'fax', timestamptz '2026-06-01 10:00:00+02', false, null)
        ) as t (contact_id, channel, queued_at, is_test, agents)
        """,
    )
    landing.drop_parquet(
        "contacts_2.parquet",
        """
        select 7 as contact_id, 'chat' as channel, timestamp '2026-06-01 10:00:00' as queued_at,
            date '1980-05-01' as born_on, 12.5::double as wait_seconds, [1, 2] as "Odd ""one"
        """,
    )
    report = landing.accept()
    assert landing.rows(
        "contacts",
        "contact_id, queued_at::varchar, is_test, agents, born_on::varchar, wait_seconds",
    ) == [
        ("1", "2026-06-01 08:00:00+00", True, 2, None, None),
        ("7", "2026-06-01 08:00:00+00", None, None, "1980-05-01", pytest.approx(12.5)),
    ]
    assert landing.quarantined() == [(2, 'channel: not one of phone, chat ("fax")')]
    assert report.batches[0].unknown_columns == ['Odd "one']


def test_odd_names_of_files_and_directories_are_only_names(landing, tmp_path) -> None:
    from orchestration.landing.accept import accept
    from orchestration.system.paths import DataPaths

    paths = DataPaths(tmp_path / "it's [a] *dir?")
    file = paths.inbox / "calls" / "contact_events_[1]*?';--.csv"
    file.parent.mkdir(parents=True)
    file.write_text(HEADER + "a,x,1\n")
    assert accept(paths, landing.contract).accepted == 1
    (file.parent / "contact_events_2.csv").write_text(HEADER + "a,x,1\nb,x,1\n")
    report = accept(paths, landing.contract)
    assert (report.accepted, report.duplicate) == (1, 1)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 1 << 20])
def test_blank_lines_are_found_across_chunks(landing, monkeypatch, size: int) -> None:
    monkeypatch.setattr("orchestration.landing.lines.CHUNK", size)
    path = landing.drop("x.csv", b'h\r\n\r\n"a\n\n\n"\n\nb\n\r\n')
    assert list(blank_records(path, False)) == [2, 4, 6]


def test_extra_columns_are_reported_and_ignored(landing) -> None:
    landing.drop("contact_events.csv", "kind,colour,event_id,,\nx,red,a,1,2\n")
    report = landing.accept()
    assert report.batches[0].unknown_columns == ["colour", "column 4", "column 5"]
    assert landing.rows("contact_events", "event_id, kind") == [("a", "x")]


def test_a_header_alone_is_a_batch_without_rows(landing) -> None:
    landing.drop("contact_events.csv", HEADER)
    report = landing.accept()
    assert (report.received, len(report.batches), report.refused) == (0, 1, [])
    landing.assert_whole()
    assert landing.accept().skipped == ["calls/contact_events.csv"]


def test_the_quarantine_has_one_shape_whatever_the_kind_of_file(landing) -> None:
    landing.drop("contact_events_1.csv", HEADER + "a\n\nb\n")
    landing.drop("contact_events_2.jsonl", '{"event_id": 1, "kind": ""}\n{\n')
    landing.drop_parquet("contact_events_3.parquet", "select 1 as event_id, null as kind")
    landing.accept()
    files = landing.paths.quarantine / "calls" / "contact_events" / "*" / "*.parquet"
    with duckdb.connect() as con:
        shape = con.execute(f"describe select * from read_parquet('{files}')").fetchall()
    assert [(name, kind) for name, kind, *_ in shape] == [
        ("source_file", "VARCHAR"),
        ("row_number", "BIGINT"),
        ("reason", "VARCHAR"),
        ("raw", "VARCHAR"),
        ("row_key", "VARCHAR"),
        ("batch", "BIGINT"),
    ]
    assert [raw for *_, raw in landing.quarantine("contact_events")] == [
        "a",
        "b",
        '{"event_id": 1, "kind": ""}',
        "{",
        '{"event_id":"1","kind":null}',
    ]


def test_a_name_that_reads_as_a_pattern_is_that_file_and_no_other(landing) -> None:
    landing.drop("contact_events_1.csv", HEADER + "a,x,1\n")
    landing.drop("contact_events_[1].csv", HEADER + "b,x,1\n")
    report = landing.accept()
    assert (report.accepted, report.duplicate) == (2, 0)
    assert landing.rows("contact_events", "event_id") == [("a",), ("b",)]
