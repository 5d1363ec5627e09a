"""The first look refuses what the engine must not read, says where, and needs little memory."""

import gzip
import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from orchestration.landing import prepass
from orchestration.landing.files import FileRefused, identify
from orchestration.landing.lines import Spaces
from orchestration.landing.prepass import LONGEST_LINE, examine

HEADER = "event_id,kind,amount\n"


@pytest.fixture
def refused(landing):
    """Drop a file and return why it is refused."""

    def look(name: str, content: str | bytes) -> str:
        path = landing.drop(name, content)
        with pytest.raises(FileRefused) as raised:
            examine(identify(path, landing.contract))
        return str(raised.value)

    return look


@pytest.fixture
def examined(landing):
    def look(name: str, content: str | bytes):
        return examine(identify(landing.drop(name, content), landing.contract))

    return look


def test_hash_lines_and_columns(examined) -> None:
    content = (HEADER + "1,a,2\n2,b,3").encode()
    found = examined("contact_events.csv", content)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert (found.lines, found.delimiter, found.has_quotes) == (3, ",", False)
    assert found.columns == ["event_id", "kind", "amount"]


def test_hash_of_a_gzip_is_that_of_its_bytes(examined, landing) -> None:
    packed = gzip.compress(HEADER.encode()) + gzip.compress(b"1,a,2\n")
    found = examined("contact_events.csv.gz", packed)
    assert found.sha256 == hashlib.sha256(packed).hexdigest()
    assert found.lines == 2


def test_byte_order_mark_crlf_and_semicolons(examined) -> None:
    found = examined("contact_events.csv", b"\xef\xbb\xbfkind; event_id ;other\r\na;1;2\r\n")
    assert (found.delimiter, found.columns) == (";", ["kind", "event_id", "other"])
    assert found.unknown_columns == ["other"]


def test_a_quoted_header_may_hold_the_delimiter(examined) -> None:
    found = examined("contact_events.csv", '"event_id","kind","a, b"\n')
    assert found.columns == ["event_id", "kind", "a, b"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty (0 bytes)"),
        (HEADER.encode() + b"1,caf\xe9,2\n", "is not UTF-8: line 2 has other bytes"),
        (HEADER.encode() + b"1,caf\xc3", "is not UTF-8: line 2"),
        (("\ufeff" + HEADER).encode("utf-16-le"), "is not UTF-8 (UTF-16"),
        (HEADER.encode("utf-16-be"), "is not UTF-8 (UTF-16"),
        (b"event_id\tkind\tamount\n1\ta\t2\n", "is separated by tabs; use commas or semicolons"),
        (b"event_id|kind|amount\n1|a|2\n", "is separated by vertical bars"),
        (b"1,a,2\n2,b,3\n", "has no header: line 1 names no column of calls.contact_events"),
        (b"\n\n1,a,2\n", "has no header"),
        (b"event_id,amount\n1,2\n", "lacks required column kind"),
        (b"event_id,kind,kind\n1,a,a\n", "repeats column kind"),
        (b"event_id,kind,x,x\n1,a,1,2\n", "repeats column x"),
        (b'event_id,"kind\nof event"\n', "a quote that line 1 opens is not closed in it"),
        (b"event_id,kind\r1,a\r2,b\r", "lines end in a lone carriage return"),
        (b"event_id," + b"x" * (1 << 20) + b"\n1,2\n", "line 1 is longer than 1 MB"),
    ],
)
def test_a_csv_that_does_not_fit_is_refused(refused, content: bytes, said: str) -> None:
    assert said in refused("contact_events.csv", content)


def test_other_bytes_are_found_beyond_the_first_chunk(refused) -> None:
    content = HEADER.encode() + b"1,good,2\n" * 200_000 + b"2,b\xe9,3\n"
    assert "line 200002 has other bytes" in refused("contact_events.csv", content)


def test_a_line_of_a_gigabyte_is_refused_with_its_number_and_little_memory(landing) -> None:
    path = landing.drop("contact_events.csv", HEADER * 5 + "1,")
    os.truncate(path, 1 << 30)
    tracemalloc.start()
    with pytest.raises(FileRefused, match="line 6 is longer than 16 MB"):
        examine(identify(path, landing.contract))
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


def test_a_long_line_inside_a_gzip_is_refused(refused) -> None:
    packed = gzip.compress(HEADER.encode() + b"1," + b"x" * (LONGEST_LINE + 1), compresslevel=1)
    assert "line 2 is longer than 16 MB" in refused("contact_events.csv.gz", packed)


def test_the_longest_line_that_is_allowed_is_allowed(examined) -> None:
    content = HEADER.encode() + b"1," + b"x" * (LONGEST_LINE - 4) + b",2\n2,b,3\n"
    assert examined("contact_events.csv", content).lines == 3


def test_gzips_that_are_none_or_not_whole_are_refused(refused) -> None:
    packed = gzip.compress((HEADER + "1,a,2\n" * 1000).encode())
    assert "truncated gzip" in refused("contact_events.csv.gz", packed[:-10])
    assert "not a readable gzip" in refused("rates.csv.gz", b"\x1f\x8b\x08 but no more")
    assert "not a readable gzip" in refused("contacts.csv.gz", packed + b"and more")
    flipped = packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:]
    assert "not a readable gzip" in refused("people.csv.gz", flipped)


def test_a_gzip_of_nothing_is_empty(refused) -> None:
    assert "is empty" in refused("contact_events.csv.gz", gzip.compress(b""))


def test_permission_denied_is_a_refusal(landing, monkeypatch) -> None:
    path = landing.drop("contact_events.csv", HEADER)
    real_open = Path.open

    def closed(self: Path, *args, **kwargs):
        if self == path:
            raise PermissionError(13, "Permission denied", str(path))
        return real_open(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", closed)
    assert "permission denied" in landing.refusal(landing.accept())


def test_a_file_that_grows_while_it_is_read_is_refused(landing, monkeypatch) -> None:
    path = landing.drop("contact_events.csv", HEADER + "1,a,2\n")
    real = prepass.read_header

    def slow(*args):
        with path.open("a") as out:
            out.write("2,b,3\n")
        return real(*args)

    monkeypatch.setattr(prepass, "read_header", slow)
    report = landing.accept()
    assert "changed while it was being read; try again" in landing.refusal(report)
    monkeypatch.undo()
    assert landing.accept().accepted == 2


@pytest.mark.parametrize(
    ("content", "spaces"),
    [
        ("1,a b,c\n", Spaces.NONE),
        ("1, a,c\n", Spaces.PLAIN),
        ("1,a ,c\n", Spaces.PLAIN),
        ("1,a,c \n", Spaces.PLAIN),
        (" 1,a,c\n", Spaces.PLAIN),
        ('1,"a ",c\n', Spaces.PLAIN),
        ("1,a\t,c\n", Spaces.ODD),
        ("1,a \t,c\n", Spaces.ODD),
        ("1,a\u00a0,c\n", Spaces.ODD),
        ("1,é,c\n", Spaces.NONE),
        ("1,a,c ", Spaces.ODD),
    ],
)
def test_white_space_around_values_is_noticed(examined, content: str, spaces: Spaces) -> None:
    assert examined("contact_events.csv", (HEADER + content).encode()).spaces == spaces


def test_white_space_is_noticed_across_chunks(examined, monkeypatch) -> None:
    monkeypatch.setattr(prepass, "CHUNK", 7)
    for padding in range(7):
        content = f"{HEADER}{'x' * padding} ,a,2\n1,a,2\n"
        assert examined("contact_events.csv", content.encode()).spaces == Spaces.PLAIN


def test_parquet_is_looked_at_before_the_engine(landing, refused) -> None:
    whole = landing.drop_parquet("contact_events.parquet", "select 'e1' as event_id, 'a' as kind")
    assert refused("contact_events_0.parquet", b"") == "is empty (0 bytes)"
    assert "not a readable Parquet" in refused("contact_events_1.parquet", b"PAR1 no PAR1")
    cut = whole.read_bytes()[:-20]
    assert "not a readable Parquet" in refused("contact_events_2.parquet", cut)


@pytest.mark.parametrize("codec", ["gzip", "brotli", "lz4_raw"])
def test_other_compression_than_snappy_and_zstd_is_refused(landing, codec: str) -> None:
    landing.drop_parquet("contact_events.parquet", "select 'e1' as event_id, 'a' as kind", codec)
    assert "write it with snappy or zstd" in landing.refusal(landing.accept())


@pytest.mark.parametrize("codec", ["snappy", "zstd", "uncompressed"])
def test_snappy_zstd_and_plain_parquet_are_taken(landing, codec: str) -> None:
    landing.drop_parquet("contact_events.parquet", "select 'e1' as event_id, 'a' as kind", codec)
    assert landing.accept().accepted == 1


def test_parquet_with_another_schema_is_refused(landing) -> None:
    landing.drop_parquet("contact_events.parquet", "select 1 as id, 'a' as kind")
    assert landing.refusal(landing.accept()) == "lacks required column event_id"
