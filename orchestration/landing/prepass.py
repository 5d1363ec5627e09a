"""The first look at a file: one pass in chunks, before the engine may read it.

Whatever a file holds, this needs a few megabytes of memory: a file that the engine could choke on
(a line of a gigabyte, half a gzip, another encoding) is refused here, with the place.
"""

import codecs
import csv
import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.landing.contract import DELETED, ENCODINGS, Table
from orchestration.landing.files import FileRefused, InboxFile, cannot_read
from orchestration.landing.lines import Spaces, surrounding_spaces
from orchestration.landing.workbooks import NotReadable, as_csv

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 20
LONGEST_LINE = 16 << 20
LONGEST_HEADER = 1 << 20
CODECS = ("SNAPPY", "ZSTD", "UNCOMPRESSED")
OTHER_DELIMITERS = {"\t": "tabs", "|": "vertical bars"}

# The second is UTF-8 with halves of characters that some programs write one by one.
REPLACEMENT = "\ufffd".encode()
UTF8, CUT_UTF8, UTF16 = "utf-8", "utf-8 with surrogates", "utf-16"
_SEPARATOR_LINE = re.compile(rb"(\xef\xbb\xbf)?sep=.?\r?", re.IGNORECASE)

# Size, times of change (ns) and number of a file: it is the same file as long as these are.
Stamp = tuple[int, int, int, int]


@dataclass
class Examined:
    """What the first look found. `lines` are those of the text, or the rows of a Parquet file."""

    file: InboxFile
    sha256: str
    stamp: Stamp
    lines: int = 0
    carriage_returns: int = 0
    has_quotes: bool = False
    spaces: Spaces = Spaces.NONE
    delimiter: str = ","
    columns: list[str] = field(default_factory=list)
    # what the engine must not see: another encoding, a NUL, half a character, a line `sep=;`
    encoding: str = UTF8
    has_nul: bool = False
    has_separator_line: bool = False
    ends_in_a_line: bool = False
    # of a Parquet file, by column: the unit of a duration, which the file keeps as a whole number
    durations: dict[str, str] = field(default_factory=dict)
    copy: Path | None = None

    @property
    def needs_a_copy(self) -> bool:
        """Must the text be written anew before the engine can read it?"""
        is_other = self.encoding != UTF8 or self.has_nul or self.has_separator_line
        return is_other or self.file.is_workbook

    @property
    def path(self) -> Path:
        """Where the engine reads the text: the file, or its copy."""
        return self.copy or self.file.path

    @property
    def is_gzipped(self) -> bool:
        return self.file.is_gzipped and not self.copy

    @property
    def unknown_columns(self) -> list[str]:
        return unknown_columns(self.file, self.columns)


def stamp(path: Path) -> Stamp:
    """Return what changes when the file does. `FileRefused` when it is gone."""
    try:
        found = path.stat()
    except OSError as error:
        raise FileRefused(cannot_read(error)) from error
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def assert_unchanged(examined: Examined) -> None:
    """Refuse a file that changed or vanished since its first look."""
    if stamp(examined.file.path) != examined.stamp:
        raise FileRefused("changed while it was being read; try again when its upload has ended")


def examine(file: InboxFile) -> Examined:
    """Read `file` once and return its hash, lines and columns.

    Raises `FileRefused`: empty, not UTF-8, a line over 16 MB, truncated or foreign gzip, no header,
    another delimiter, missing or repeated columns, an unreadable or foreign Parquet file, or a file
    that changed while it was read.
    """
    before = stamp(file.path)
    if before[0] == 0:
        raise FileRefused("is empty (0 bytes)")
    try:
        with file.path.open("rb") as handle:
            if file.kind == "parquet":
                examined = _examine_parquet(file, handle, before)
            else:
                examined = _examine_text(file, handle, before)
    except OSError as error:
        raise FileRefused(cannot_read(error)) from error
    assert_unchanged(examined)
    if file.kind != "jsonl":
        check_columns(examined.columns, file)
    return examined


class NotUtf8(FileRefused):
    """The text has bytes that its encoding does not know."""


class _Hashing(io.RawIOBase):
    """A stream that hashes what is read from it."""

    def __init__(self, handle: io.BufferedReader) -> None:
        self.handle = handle
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        count = self.handle.readinto(buffer)
        self.sha256.update(memoryview(buffer)[:count])
        return count


def _examine_text(file: InboxFile, handle: io.BufferedReader, before: Stamp) -> Examined:
    """Read the text as UTF-8, else in whatever else it may be; the refusal is that of UTF-8."""
    declared = file.mapping.encoding if file.mapping else file.table.encoding
    if declared == UTF16:
        return _examine_encoded(file, handle, before, UTF16)
    others = [CUT_UTF8, *([declared] if declared else [])]
    try:
        return _examine_encoded(file, handle, before, UTF8)
    except NotUtf8 as refused:
        for encoding in others:
            handle.seek(0, os.SEEK_SET)
            try:
                return _examine_encoded(file, handle, before, encoding)
            except NotUtf8:
                continue
        raise refused from None


def _examine_encoded(
    file: InboxFile, handle: io.BufferedReader, before: Stamp, encoding: str
) -> Examined:
    hashing = _Hashing(handle)
    # JSON may write white space as an escape, so that it cannot be seen here.
    spaces = Spaces(2 * (file.kind == "jsonl"))
    examined = Examined(file, "", before, spaces=spaces, encoding=encoding)
    head, pending = b"", 0
    last = b""
    for chunk in _utf8_chunks(_chunks(hashing, file), examined):
        if head.count(b"\n") < 2 and len(head) <= LONGEST_HEADER:
            head += chunk
            if file.kind == "csv" and len(head.partition(b"\n")[0]) > LONGEST_HEADER:
                raise FileRefused("line 1 is longer than 1 MB: not a header")
        pending = _check_line_length(chunk, pending, examined.lines)
        examined.lines += chunk.count(b"\n")
        examined.carriage_returns += chunk.count(b"\r")
        examined.has_quotes = examined.has_quotes or b'"' in chunk
        if examined.spaces < Spaces.ODD:
            examined.spaces = max(examined.spaces, surrounding_spaces(last[-1:] + chunk))
        last = chunk
    if last.endswith((b" ", b"\t")):
        examined.spaces = Spaces.ODD
    examined.lines += bool(last) and not last.endswith(b"\n")
    # a whole gzip is a whole file; so is a line of JSON that closes what it opened
    is_open = not last.endswith((b"\n", b"\r")) and not file.is_gzipped
    examined.ends_in_a_line = is_open and not (
        file.kind == "jsonl" and last.rstrip().endswith(b"}")
    )
    examined.sha256 = hashing.sha256.hexdigest()
    if not last:
        raise FileRefused("is empty (nothing inside the gzip)")
    if file.kind == "csv":
        header, _, rest = head.partition(b"\n")
        if _SEPARATOR_LINE.fullmatch(header):
            examined.has_separator_line = True
            examined.lines -= 1
            header = rest.partition(b"\n")[0]
        if file.mapping:
            examined.delimiter = file.mapping.delimiter
            examined.columns = split_header(header, file.mapping.delimiter)
            examined.spaces = Spaces.ODD
        else:
            examined.delimiter, examined.columns = read_header(header, file.table)
    return examined


def write_copy(examined: Examined, copy: Path) -> None:
    """Write the text once more, as the engine can read it, and have it read from there."""
    is_first = examined.has_separator_line
    with examined.file.path.open("rb") as handle, copy.open("wb") as out:
        chunks = _chunks(_Hashing(handle), examined.file)
        for chunk in _utf8_chunks(chunks, examined):
            if is_first:
                _, newline, chunk = chunk.partition(b"\n")
                is_first = not newline
            out.write(chunk)
    examined.copy = copy


def _utf8_chunks(chunks: Iterator[bytes], examined: Examined) -> Iterator[bytes]:
    """Yield the text as UTF-8, with a mark in place of each NUL and of each half of a character."""
    encoding = UTF8 if examined.encoding == CUT_UTF8 else examined.encoding
    errors = "surrogatepass" if examined.encoding == CUT_UTF8 else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    lines, is_first = 0, True
    for chunk in _with_end(chunks):
        if is_first and examined.encoding != UTF16:
            _check_not_utf16(chunk)
        try:
            decoded = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line = lines + 1 + error.object[: error.start].count(b"\n")
            raise NotUtf8(_not_utf8(line, examined.file)) from error
        lines += chunk.count(b"\n")
        is_first = False
        if examined.encoding == UTF8:
            text = chunk
        elif examined.encoding == CUT_UTF8:
            # two halves that belong together become one character again
            halves = decoded.encode("utf-16-le", "surrogatepass")
            text = halves.decode("utf-16-le", "replace").encode()
        else:
            text = decoded.encode()
        if b"\0" in text:
            examined.has_nul = True
            text = text.replace(b"\0", REPLACEMENT)
        if text:
            yield text


def _with_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the chunks, then an empty one."""
    yield from chunks
    yield b""


def _not_utf8(line: int, file: InboxFile) -> str:
    if file.mapping:
        return (
            f"is neither UTF-8 nor {file.mapping.encoding}, which {file.mapping.file} says: line "
            f"{line} has other bytes; run `pilotage map` on it, or save it as UTF-8"
        )
    offer = ", ".join(ENCODINGS)
    return (
        f"is not UTF-8: line {line} has other bytes; save it as UTF-8, or declare its encoding "
        f"({offer}) for {file.table.full_name} in seeds/sources.csv, or run `pilotage map` on it"
    )


def _check_not_utf16(chunk: bytes) -> None:
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or chunk[:64].count(0) > 16:
        raise FileRefused("is not UTF-8 (UTF-16, or not a text file); save it as UTF-8")


def _chunks(hashing: _Hashing, file: InboxFile) -> Iterator[bytes]:
    """Yield the text in chunks, and read the file to its end so that all of it is hashed."""
    if file.is_workbook:
        try:
            yield from as_csv(hashing.readall() or b"")
        except NotReadable as error:
            raise FileRefused(str(error)) from error
        return
    if not file.is_gzipped:
        while chunk := hashing.read(CHUNK):
            yield chunk
        return
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(hashing, CHUNK)) as unpacked:
            while chunk := unpacked.read(CHUNK):
                yield chunk
    except EOFError as error:
        raise FileRefused("is a truncated gzip; upload it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise FileRefused("is not a readable gzip; upload it again") from error


def _check_line_length(chunk: bytes, pending: int, lines: int) -> int:
    """Return how long the line is that `chunk` ends in; `pending` is how long it was before.

    A chunk is shorter than the limit, so that only a line without an end in it can be too long.
    """
    first = chunk.find(b"\n")
    longest = pending + (len(chunk) if first < 0 else first)
    if longest > LONGEST_LINE:
        raise FileRefused(f"line {lines + 1} is longer than {LONGEST_LINE >> 20} MB")
    return longest if first < 0 else len(chunk) - 1 - chunk.rfind(b"\n")


def read_header(line: bytes, table: Table) -> tuple[str, list[str]]:
    """Return the delimiter and the column names of a CSV's first line (without its line end)."""
    splits = {
        delimiter: split_header(line, delimiter) for delimiter in (",", ";", *OTHER_DELIMITERS)
    }
    known = {d: len(set(names) & set(table.by_name)) for d, names in splits.items()}
    delimiter = max(known, key=lambda d: known[d])
    if not known[delimiter]:
        raise FileRefused(
            f"has no header: line 1 names no column of {table.full_name} "
            f"(expected {', '.join(c.name for c in table.columns if c.required)} …); "
            "`pilotage map` says what its columns are"
        )
    if delimiter in OTHER_DELIMITERS:
        what = OTHER_DELIMITERS[delimiter]
        raise FileRefused(
            f"is separated by {what}; use commas or semicolons, or run `pilotage map` on it"
        )
    return delimiter, splits[delimiter]


def split_header(line: bytes, delimiter: str) -> list[str]:
    """Return the column names of a CSV's first line (without its line end)."""
    header = line.decode("utf-8-sig").removesuffix("\r")
    if "\r" in header:
        raise FileRefused("lines end in a lone carriage return; save it with LF or CRLF line ends")
    if header.count('"') % 2:
        raise FileRefused("a quote that line 1 opens is not closed in it; headers stay on one line")
    names = next(csv.reader([header], delimiter=delimiter), [])
    return [name.strip() or f"column {position}" for position, name in enumerate(names, start=1)]


def unknown_columns(file: InboxFile, columns: list[str]) -> list[str]:
    """Return the columns of a file that nothing reads."""
    if file.mapping:
        return file.mapping.unread(columns)
    return [name for name in columns if name not in file.table.by_name]


def check_columns(columns: list[str], file: InboxFile) -> None:
    """Refuse a file that lacks what its rows need, or has a column twice."""
    table = file.table
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise FileRefused(f"repeats column {', '.join(repeated)}")
    if file.mapping:
        if lacking := file.mapping.missing(columns):
            raise FileRefused(
                f"lacks column {', '.join(lacking)}, which {file.mapping.file} reads; correct the "
                "mapping, or run `pilotage map` on the file again"
            )
        return
    # A file of deletions needs no more than the key; its other rows are looked at one by one.
    needed = [c.name for c in table.columns if c.required]
    if DELETED in columns and table.can_be_deleted:
        needed = [name for name in needed if name in table.key]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise FileRefused(f"lacks required column {', '.join(missing)}")


def _examine_parquet(file: InboxFile, handle: io.BufferedReader, before: Stamp) -> Examined:
    """Check the metadata with another library than the engine, before the engine reads the file."""
    import pyarrow
    import pyarrow.parquet

    sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
    handle.seek(0, os.SEEK_SET)
    try:
        metadata = pyarrow.parquet.read_metadata(handle)
        schema = metadata.schema.to_arrow_schema()
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise FileRefused("is not a readable Parquet file; write it again") from error
    used = {
        metadata.row_group(group).column(column).compression
        for group in range(metadata.num_row_groups)
        for column in range(metadata.num_columns)
    }
    foreign = sorted(used - set(CODECS))
    if foreign:
        raise FileRefused(f"is compressed with {', '.join(foreign)}; write it with snappy or zstd")
    return Examined(
        file,
        sha256,
        before,
        lines=metadata.num_rows,
        columns=list(schema.names),
        spaces=Spaces.ODD,
        durations={
            column.name: column.type.unit
            for column in schema
            if pyarrow.types.is_duration(column.type)
        },
    )
