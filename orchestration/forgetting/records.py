"""Files of records written anew without the people's: text, Parquet, workbooks, packed or not.

Whatever the size, a few megabytes are held at a time: the largest JSON value, or 16 MiB of a CSV
whose quotes never close. A workbook is held as a whole, as it is when it lands. What stays is byte
for byte what it was, but in a workbook, which keeps values alone. Nothing but text is taken for
text: of any other file a line is no record.
"""

import codecs
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from orchestration.forgetting.delimited import csv_without
from orchestration.forgetting.json_records import json_without
from orchestration.forgetting.judging import Changed, Judge, Known, NotWritable
from orchestration.forgetting.parquet import parquet_without
from orchestration.forgetting.streams import (
    GZIP,
    PARQUET,
    begins_as_text,
    encoding_of,
    is_text,
    peeked,
    spooled,
    texts_of,
)
from orchestration.forgetting.streams import ZIP as ZIP_HEAD
from orchestration.forgetting.traces import Traces
from orchestration.forgetting.workbooks import is_workbook, workbook_without
from orchestration.landing.connectors.files import SUFFIXES, ZIP
from orchestration.landing.files import suffix_of
from orchestration.landing.workbooks import SUFFIX
from orchestration.system.files import create_private


def form_of(name: str, head: bytes) -> tuple[str, bool]:
    """Return csv, json, parquet, workbook, zip or nothing that can be written anew; is it packed?

    By the name, as the connectors read it; a file without a suffix is known by its beginning.
    """
    lower = name.lower()
    if head.startswith(PARQUET):
        return "parquet", False
    if lower.endswith((ZIP, SUFFIX)):
        is_archive = head.startswith(ZIP_HEAD)
        return (("zip" if lower.endswith(ZIP) else "workbook") if is_archive else ""), False
    kind, is_gzipped = SUFFIXES.get(suffix_of(name, SUFFIXES).lower(), ("", head.startswith(GZIP)))
    if is_gzipped != head.startswith(GZIP) or not (is_gzipped or begins_as_text(head)):
        return "", False
    if not kind or kind == "parquet":
        kind = "json" if head.lstrip()[:1] in (b"{", b"[") else "csv"
    return kind, is_gzipped


def can_be_written(file: IO[bytes], name: str) -> bool:
    """Is the file, and all that it packs, of a kind that can be written anew?

    A text is read to its end: it may turn out to be none.
    """
    stream, head = peeked(file)
    kind, is_gzipped = form_of(name, head)
    if kind == "workbook":
        return is_workbook(stream.read())
    if kind == "zip":
        with spooled(stream) as laid:
            return _is_archive_of_such(laid)
    if kind in ("", "parquet"):
        return bool(kind)
    if is_gzipped:
        with gzip.open(stream) as plain:
            return is_text(plain)  # type: ignore[arg-type]
    return is_text(stream)


def _is_archive_of_such(laid: IO[bytes]) -> bool:
    with zipfile.ZipFile(laid) as archive:
        for one in archive.infolist():
            if one.is_dir():
                continue
            if one.flag_bits & 1:
                return False
            with archive.open(one) as member:
                if not can_be_written(member, one.filename):
                    return False
    return True


def rewrite_records(path: Path, target: Path, traces: Traces, known: Known) -> bool:
    """Write `target`: a file without the people's rows; False, and none, when it has none.

    A file is read up to the first of them before anything is written. Raises `NotWritable` where
    it has some and cannot be written anew.
    """
    with path.open("rb") as file:
        try:
            write_without(file, path.name, Nowhere(), Judge(traces, known, is_first_enough=True))
            return False
        except Changed:
            pass
    with path.open("rb") as file:
        if not can_be_written(file, path.name):
            raise NotWritable
    create_private(target)
    try:
        with path.open("rb") as file, target.open("wb") as out:
            write_without(file, path.name, out, Judge(traces, known))
    except NotWritable:
        target.unlink()
        raise
    return True


class Nowhere(io.RawIOBase):
    """Takes whatever is written, and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def write_without(file: IO[bytes], name: str, out: Any, judge: Judge) -> None:
    """Write to `out` what stays of `file`; `judge.changed` says whether anything does not.

    Raises `NotWritable` for what begins as no kind does that can be written anew.
    """
    stream, head = peeked(file)
    kind, is_gzipped = form_of(name, head)
    if not kind:
        raise NotWritable
    if kind == "zip":
        with spooled(stream) as laid:
            _zip_without(laid, out, judge)
    elif kind == "parquet":
        with spooled(stream) as laid:
            parquet_without(laid, out, judge)
    elif kind == "workbook":
        workbook_without(stream.read(), out, judge)
    elif is_gzipped:
        with (
            gzip.GzipFile(fileobj=stream) as plain,
            gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed,
        ):
            _text_without(plain, kind, packed, judge)
    else:
        _text_without(stream, kind, out, judge)


def _text_without(file: Any, kind: str, out: Any, judge: Judge) -> None:
    stream, head = peeked(file)
    encoding = encoding_of(head)
    errors = "surrogateescape" if encoding == "utf-8" else "strict"
    encoder = codecs.getincrementalencoder(encoding)(errors)
    texts = texts_of(stream, encoding)
    pieces: Iterator[str] = (json_without if kind == "json" else csv_without)(texts, judge)
    for piece in pieces:
        out.write(encoder.encode(piece))


def _zip_without(laid: IO[bytes], out: IO[bytes], judge: Judge) -> None:
    with (
        zipfile.ZipFile(laid) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in archive.infolist():
            if one.flag_bits & 1:
                raise NotWritable
            shown = zipfile.ZipInfo(judge.as_text(one.filename), one.date_time)
            shown.compress_type, shown.external_attr = one.compress_type, one.external_attr
            if one.is_dir():
                new.writestr(shown, b"")
                continue
            with archive.open(one) as member, new.open(shown, "w", force_zip64=True) as target:
                write_without(member, one.filename, target, judge)
