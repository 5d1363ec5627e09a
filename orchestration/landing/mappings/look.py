"""A first look at a file of unknown layout: its encoding, its delimiter, its cells as text.

All that is found is proposed to a person, who answers for it: accepting reads what was declared.
"""

import codecs
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.files import SUFFIXES, FileRefused, cannot_read, suffix_of, unknown_kind
from orchestration.landing.lines import chunks
from orchestration.landing.mappings.declared import DELIMITERS
from orchestration.landing.prepass import split_header
from orchestration.landing.workbooks import NotReadable
from orchestration.system.sql import literal_path, text

SEEN = "seen"
# So much text is looked at; the preview then reads the whole file.
MOST_TEXT = 32 << 20
MOST_FOREIGN = 1 << 18
# What French and English exports are written in, the likeliest first. Others have to be said.
GUESSED = ("windows-1252", "iso-8859-15", "iso-8859-1", "cp850", "mac-roman")
_FOREIGN_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")


@dataclass(frozen=True)
class Seen:
    """A file as text: the table `seen` has a column `c<n>` for each of its `headers`."""

    path: Path
    kind: str
    is_gzipped: bool
    encoding: str
    delimiter: str
    headers: list[str]


def look(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    spill: Path,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Seen:
    """Read the beginning of a file into `seen`. `FileRefused` says why it cannot be read.

    What somebody says of its encoding and its delimiter is not guessed.
    """
    suffix = suffix_of(path.name).lower()
    if not suffix:
        raise FileRefused(unknown_kind(path.name.lower()))
    kind, is_gzipped = SUFFIXES[suffix]
    try:
        if kind == "csv":
            return _look_at_csv(con, path, is_gzipped, spill, encoding, delimiter)
        return _look_at_named(con, path, kind, is_gzipped)
    except OSError as error:
        raise FileRefused(cannot_read(error)) from error
    except NotReadable as error:
        raise FileRefused(str(error)) from error
    except duckdb.Error as error:
        raise FileRefused(f"cannot be read as {kind}; write it again") from error


def _look_at_csv(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    is_gzipped: bool,
    spill: Path,
    encoding: str | None,
    delimiter: str | None,
) -> Seen:
    try:
        encoding = encoding or find_encoding(chunks(path, is_gzipped))
    except (EOFError, gzip.BadGzipFile) as error:
        raise FileRefused("is not a readable gzip; upload it again") from error
    sample = spill / "sample.csv"
    header = _write_sample(path, is_gzipped, encoding, sample)
    delimiter = delimiter or _find_delimiter(con, sample, header)
    names = split_header(header, delimiter)
    columns = ", ".join(f"{text(f'c{at}')}: 'VARCHAR'" for at in range(len(names)))
    con.execute(f"""
        create or replace table {SEEN} as
        select * from read_csv(
            {text(literal_path(sample))}, auto_detect = false, header = true,
            delim = {text(delimiter)}, quote = '"', escape = '"', columns = {{{columns}}},
            ignore_errors = true, null_padding = true
        )
    """)
    return Seen(path, "csv", is_gzipped, encoding, delimiter, names)


def _look_at_named(con: duckdb.DuckDBPyConnection, path: Path, kind: str, is_gzipped: bool) -> Seen:
    """JSON lines and Parquet name their columns and say their encoding."""
    source = f"read_parquet({text(literal_path(path))})"
    if kind == "jsonl":
        compression = "gzip" if is_gzipped else "uncompressed"
        source = (
            f"read_json({text(literal_path(path))}, format = 'newline_delimited',"
            f" compression = {text(compression)}, ignore_errors = true)"
        )
    names = [row[0] for row in con.execute(f"describe select * from {source}").fetchall()]
    aliases = ", ".join(f"c{at}" for at in range(len(names)))
    con.execute(f"""
        create or replace table {SEEN} as
        select cast(columns(*) as varchar) from {source} as file({aliases})
    """)
    return Seen(path, kind, is_gzipped, "utf-8", ",", names)


def find_encoding(pieces: Iterator[bytes]) -> str:
    """Return the encoding of a text: UTF-8 when it is, else the likeliest of `GUESSED`.

    Decided by the lines that have letters beyond ASCII; a text without any is UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    foreign, rest, is_utf8 = b"", b"", True
    for number, piece in enumerate(pieces):
        if number == 0 and piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if is_utf8 and not piece.isascii():
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
        if len(foreign) < MOST_FOREIGN:
            foreign += b"".join(_FOREIGN_LINE.findall(rest + piece))[: MOST_FOREIGN - len(foreign)]
        elif not is_utf8:
            break
    return "utf-8" if is_utf8 else _likeliest(foreign)


def _likeliest(foreign: bytes) -> str:
    from charset_normalizer import from_bytes

    known = {codecs.lookup(one).name: one for one in GUESSED}
    best = from_bytes(foreign, cp_isolation=list(known)).best()
    if best is None:
        raise FileRefused(f"is written in none of utf-8, {', '.join(GUESSED)}; say --encoding")
    # the first of those that read the same text
    fitting = {codecs.lookup(one).name for one in (best.encoding, *best.could_be_from_charset)}
    return next(one for name, one in known.items() if name in fitting)


def _write_sample(path: Path, is_gzipped: bool, encoding: str, sample: Path) -> bytes:
    """Write the beginning of the text as UTF-8 into `sample`, and return its header."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    written = ""
    for piece in chunks(path, is_gzipped):
        written += decoder.decode(piece)
        if len(written) >= MOST_TEXT:
            written = written[: written.rfind("\n") + 1]
            break
    written = written.removeprefix("\ufeff").replace("\r\n", "\n")
    first, _, others = written.partition("\n")
    if re.fullmatch(r"sep=.?", first, re.IGNORECASE):
        written = others
        first = others.partition("\n")[0]
    if not first.strip():
        raise FileRefused("has no header: its first line is empty")
    sample.write_text(written, encoding="utf-8", newline="\n")
    return first.encode()


def _find_delimiter(con: duckdb.DuckDBPyConnection, sample: Path, header: bytes) -> str:
    """Ask the engine; where it finds none that divides the header, the header decides."""
    fields = {one: len(split_header(header, one)) for one in DELIMITERS}
    try:
        found = con.execute(
            f"select Delimiter from sniff_csv({text(literal_path(sample))}, ignore_errors = true)"
        ).fetchone()[0]
    except duckdb.Error:
        found = ""
    if fields.get(found, 1) > 1:
        return str(found)
    return max(fields, key=lambda one: fields[one])
