"""Files of records written anew without the people's: CSV, JSON, Parquet, workbooks, packed or not.

Whatever the size, a few megabytes are held at a time: the largest JSON value, or 16 MiB of a CSV
whose quotes never close. A workbook is held as a whole, as it is when it lands. What stays is byte
for byte what it was, but in a workbook, which keeps values alone.
"""

import codecs
import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Any

import duckdb

from orchestration.forgetting.contents import changes, pyarrow_table, without
from orchestration.forgetting.streams import (
    GZIP,
    PARQUET,
    batches_of,
    encoding_of,
    peeked,
    spooled,
    texts_of,
)
from orchestration.forgetting.streams import ZIP as ZIP_HEAD
from orchestration.forgetting.traces import UTF_16, Traces
from orchestration.landing.connectors.files import LARGEST_RECORD, SUFFIXES, ZIP
from orchestration.landing.files import suffix_of
from orchestration.landing.workbooks import SUFFIX, written
from orchestration.system.files import create_private
from orchestration.system.sql import name, text

# A record of a CSV: a line, or several where a quoted value spans them.
_RECORD = re.compile(r'(?:[^"\n]++|"[^"]*+"?)++\n?|\n')
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
# As much of a value may be missing where its text ends: a word, an escape.
_CUT = 12


@dataclass(frozen=True)
class Known:
    """What is known of a file: `links` are the values, by column or field, of records that are
    theirs; `cells` are columns with numbers of agents; `pages` are the fields of JSON that hold the
    records of a page."""

    links: Mapping[str, frozenset[str]]
    cells: Collection[str] = ()
    pages: frozenset[str] = frozenset()


class Changed(Exception):
    """The first record that is not kept as it is, where that is all that is asked."""


@dataclass
class Judge:
    """What becomes of each record. `is_first_enough` raises `Changed` at the first that changes."""

    traces: Traces
    known: Known
    is_first_enough: bool = False
    changed: int = field(default=0, init=False)

    @cached_property
    def _goes(self) -> Traces:
        """What takes a record with it: an agent is taken out of records about others."""
        traces = self.traces
        return replace(traces, plain=(), agents={}) if traces.agents else traces

    @cached_property
    def _any_of(self) -> re.Pattern[str]:
        values = set().union(*self.known.links.values())
        if self.known.cells:
            values |= set(self.traces.agents)
        return re.compile("|".join(map(re.escape, sorted(values))) or r"(?!)")

    def may_concern(self, written: str) -> bool:
        """Says no of a piece whose records all stay as they are."""
        return self.traces.may_mention(written) or bool(self._any_of.search(written))

    def goes(self, record: str) -> bool:
        """Is somebody mentioned, whatever the record is, so that it goes?"""
        return self._goes.mentions(record)

    def kept(
        self, record: str, fields: Callable[[], Any], again: Callable[[Any], str]
    ) -> str | None:
        """Return a record as it stays, None when it goes.

        `fields` reads it, `again` writes what was read, where a short number has to be exchanged.
        """
        if self.goes(record):
            return self._tell(None)
        new = record
        if self._any_of.search(record):
            read = fields()
            if isinstance(read, dict):
                if any(str(read.get(one)) in values for one, values in self.known.links.items()):
                    return self._tell(None)
                of_agents = {
                    one: self.traces.agents[str(read[one])]
                    for one in self.known.cells
                    if str(read.get(one)) in self.traces.agents
                }
                new = again(read | of_agents) if of_agents else record
        if self.traces.agents:
            new = self.traces.replaced(new)
        return new if new == record else self._tell(new)

    def as_text(self, written: str) -> str:
        """Return what is no record, without them."""
        new = self.traces.replaced(written)
        return written if new == written else self._tell(new) or ""

    def _tell(self, new: str | None) -> str | None:
        self.changed += 1
        if self.is_first_enough:
            raise Changed
        return new


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
    is_binary = b"\x00" in head and not is_gzipped and not head.startswith(UTF_16)
    if head.startswith(ZIP_HEAD) or is_binary or (is_gzipped and not head.startswith(GZIP)):
        return "", False
    if not kind or kind == "parquet":
        kind = "json" if head.lstrip()[:1] in (b"{", b"[") else "csv"
    return kind, is_gzipped


def can_be_written(file: IO[bytes], name: str) -> bool:
    """Is the file, and all that it packs, of a kind that can be written anew?"""
    stream, head = peeked(file)
    kind, _ = form_of(name, head)
    if kind == "workbook":
        return _is_workbook(stream.read())
    if kind != "zip":
        return bool(kind)
    with spooled(stream) as laid, zipfile.ZipFile(laid) as archive:
        for one in archive.infolist():
            if one.is_dir():
                continue
            if one.flag_bits & 1:
                return False
            with archive.open(one) as member:
                if not can_be_written(member, one.filename):
                    return False
    return True


def _is_workbook(content: bytes) -> bool:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        CalamineWorkbook.from_filelike(io.BytesIO(content)).close()
    except CalamineError:
        return False
    return True


def is_writable(path: Path) -> bool:
    """As `can_be_written`, of a file."""
    with path.open("rb") as file:
        return can_be_written(file, path.name)


def rewrite_records(path: Path, target: Path, traces: Traces, known: Known) -> bool:
    """Write `target`: a file without the people's rows; False, and none, when it has none.

    A file is read up to the first of them before anything is written.
    """
    with path.open("rb") as file:
        try:
            write_without(file, path.name, Nowhere(), Judge(traces, known, is_first_enough=True))
            return False
        except Changed:
            pass
    create_private(target)
    with path.open("rb") as file, target.open("wb") as out:
        write_without(file, path.name, out, Judge(traces, known))
    return True


class Nowhere(io.RawIOBase):
    """Takes whatever is written, and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def write_without(file: IO[bytes], name: str, out: Any, judge: Judge) -> None:
    """Write to `out` what stays of `file`; `judge.changed` says whether anything does not."""
    stream, head = peeked(file)
    kind, is_gzipped = form_of(name, head)
    if kind == "zip":
        with spooled(stream) as laid:
            _zip_without(laid, out, judge)
    elif kind == "parquet":
        with spooled(stream) as laid:
            _parquet_without(laid, out, judge)
    elif kind == "workbook":
        _workbook_without(stream.read(), out, judge)
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
    for piece in (json_without if kind == "json" else csv_without)(texts, judge):
        out.write(encoder.encode(piece))


def _zip_without(laid: IO[bytes], out: IO[bytes], judge: Judge) -> None:
    with (
        zipfile.ZipFile(laid) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in archive.infolist():
            shown = zipfile.ZipInfo(judge.as_text(one.filename), one.date_time)
            shown.compress_type, shown.external_attr = one.compress_type, one.external_attr
            if one.is_dir():
                new.writestr(shown, b"")
                continue
            with archive.open(one) as member, new.open(shown, "w", force_zip64=True) as target:
                write_without(member, one.filename, target, judge)


# CSV


def csv_without(texts: Iterator[str], judge: Judge) -> Iterator[str]:
    """Yield a CSV without the people's rows; its first record is the header."""
    header, delimiter = "", ","
    columns: list[str] = []
    rest, is_last = "", False

    def judged(row: str) -> str | None:
        return judge.kept(
            row,
            lambda: dict(zip(columns, _cells(row, delimiter), strict=False)),
            lambda read: _with_cells(row, columns, delimiter, read),
        )

    while not is_last:
        block = next(texts, None)
        is_last = block is None
        rest += block or ""
        end, pattern = (len(rest) if is_last else _end_of_records(rest)), _RECORD
        if not end and len(rest) > LARGEST_RECORD:
            # a quote that never closes: nothing but the ends of lines is left to go by
            end, pattern = rest.rfind("\n") + 1 or len(rest), _LINE
        whole, rest = rest[:end], rest[end:]
        if not header and (first := _RECORD.match(whole)):
            header = first[0]
            delimiter = ";" if header.count(";") > header.count(",") else ","
            columns = _cells(header.removeprefix("\ufeff"), delimiter)
            yield judge.as_text(header) if judge.traces.agents else header
            whole = whole[first.end() :]
        if not judge.may_concern(whole):
            yield whole
            continue
        for found in pattern.finditer(whole):
            yield judged(found[0]) or ""


def _end_of_records(text: str) -> int:
    """Return where the last record that is whole ends: at an end of line outside of quotes."""
    quotes, end = text.count('"'), len(text)
    while (at := text.rfind("\n", 0, end)) >= 0:
        quotes -= text.count('"', at, end)
        if quotes % 2 == 0:
            return at + 1
        end = at
    return 0


def _cells(record: str, delimiter: str) -> list[str]:
    return next(iter(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter)), [])


def _with_cells(record: str, columns: list[str], delimiter: str, read: Mapping[str, str]) -> str:
    """Write a record with the cells that `read` has for its columns."""
    cells = _cells(record, delimiter)
    named = [read[column] for column in columns[: len(cells)]]
    end = record[len(record.rstrip("\r\n")) :]
    return _row([*named, *cells[len(named) :]], delimiter, end)


def _row(cells: list[str], delimiter: str, end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerow(cells)
    return out.getvalue()


# JSON


@dataclass
class _Feed:
    """A text of which a part is there: `text`, read up to `at`, and more to come until `ended`.

    `is_quiet` says that nothing in the part concerns anybody.
    """

    texts: Iterator[str]
    judge: Judge
    text: str = ""
    at: int = 0
    ended: bool = False
    is_quiet: bool = False

    def more(self) -> None:
        """Read at least as much as is waiting, so that a long value is not begun too often."""
        parts, size = [self.text[self.at :]], 0
        waiting = len(parts[0])
        while not self.ended and size <= waiting:
            block = next(self.texts, None)
            self.ended = block is None
            parts.append(block or "")
            size += len(parts[-1])
        self.text, self.at = "".join(parts), 0
        self.is_quiet = not self.judge.may_concern(self.text)

    def space(self) -> str:
        """Read over white space; what follows it is there, if anything does."""
        found = ""
        while True:
            end = _past(self.text, self.at)
            found += self.text[self.at : end]
            self.at = end
            if end < len(self.text) or self.ended:
                return found
            self.more()

    def next_is(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def value(self) -> str:
        """Read over a JSON value and return it as it is written; `ValueError` for what is none."""
        while True:
            try:
                end = _DECODER.raw_decode(self.text, self.at)[1]
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or (
                    error.pos >= len(self.text) - _CUT
                )
                if self.ended or not is_cut:
                    raise
            else:
                if end < len(self.text) or self.ended:
                    value, self.at = self.text[self.at : end], end
                    return value
            self.more()

    def rest(self) -> Iterator[str]:
        yield self.text[self.at :]
        yield from self.texts


def json_without(texts: Iterator[str], judge: Judge) -> Iterator[str]:
    """Yield JSON without the people's records: one a line, one after the other, or in a list.

    What is no JSON, and mentions them, goes, by the line.
    """
    feed = _Feed(texts, judge)
    feed.more()
    if feed.next_is("\ufeff"):
        feed.at = 1
        yield "\ufeff"
    yield feed.space()
    if not feed.next_is("["):
        while (end := feed.text.find("\n", feed.at)) < 0:
            if feed.ended or len(feed.text) > LARGEST_RECORD:
                break
            feed.more()
        if end >= 0 and _is_whole(feed.text[feed.at : end]):
            yield from _lines_without(feed.rest(), judge)
            return
    try:
        yield from _values_without(feed, judge)
    except ValueError:
        yield from _lines_without(feed.rest(), judge)


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _lines_without(texts: Iterator[str], judge: Judge) -> Iterator[str]:
    rest, is_last = "", False
    while not is_last:
        block = next(texts, None)
        is_last = block is None
        rest += block or ""
        end = len(rest) if is_last else rest.rfind("\n") + 1
        whole, rest = rest[:end], rest[end:]
        if not judge.may_concern(whole):
            yield whole
            continue
        for line in _LINE.findall(whole):
            try:
                yield "".join(_values_without(_Feed(iter([line]), judge), judge))
            except ValueError:
                yield judge.kept(line, dict, str) or ""


def _values_without(feed: _Feed, judge: Judge) -> Iterator[str]:
    """Yield what stays of values one after the other; a list is taken by the item."""
    while True:
        yield feed.space()
        if feed.at == len(feed.text):
            return
        if feed.next_is("["):
            yield from _list_without(feed, judge)
            continue
        value = feed.value()
        kept = value if feed.is_quiet else _record_without(value, judge)
        if kept is not None:
            yield kept
        else:
            if feed.at == len(feed.text):
                feed.more()
            feed.at += feed.next_is("\n")


def _list_without(feed: _Feed, judge: Judge) -> Iterator[str]:
    yield "["
    feed.at += 1
    first = between = feed.space()
    sign = ""
    while not feed.next_is("]"):
        # what stands before the first that is kept stood before the first
        before = sign + between if sign else first
        try:
            value = feed.value()
            kept = value if feed.is_quiet else _record_without(value, judge)
        except ValueError:
            yield before
            raise
        if kept is not None:
            yield before + kept
        after = feed.space()
        if feed.next_is("]"):
            break
        if not feed.next_is(","):
            raise ValueError("a list that goes on without a comma")
        feed.at += 1
        sign = (after + ",") if kept is not None else sign
        between = feed.space()
    else:
        after = first
    yield f"{after}]"
    feed.at += 1


def _record_without(record: str, judge: Judge) -> str | None:
    """Return what stays of a value: a record, or a page of records; None when nothing does."""
    lists = _lists(record, judge.known.pages)
    if not lists:
        return judge.kept(record, lambda: json.loads(record), _as_json)
    at, parts = 0, []
    for first, last in lists:
        items = [record[one:other] for one, other in _items(record, first)]
        left = [judge.kept(one, partial(json.loads, one), _as_json) for one in items]
        if left == items:
            parts.append(record[at:last])
        else:
            listed = ",".join(one for one in left if one is not None)
            parts += [record[at:first], f"[{listed}]"]
        at = last
    # a page may name somebody beside its records
    return judge.kept("".join([*parts, record[at:]]), dict, str)


def _as_json(read: Any) -> str:
    return json.dumps(read, ensure_ascii=False)


def _lists(record: str, pages: Collection[str]) -> list[tuple[int, int]]:
    """Return where the lists of records of a page are."""
    found: list[tuple[int, int]] = []
    if not (pages and record.startswith("{")):
        return found
    at = _past(record, 1)
    while record[at] != "}":
        key, at = _DECODER.raw_decode(record, at)
        start = _past(record, _past(record, at) + 1)
        at = _DECODER.raw_decode(record, start)[1]
        if key in pages and record[start] == "[":
            found.append((start, at))
        at = _past(record, at)
        at = _past(record, at + 1) if record[at] == "," else at
    return found


def _items(record: str, at: int) -> Iterator[tuple[int, int]]:
    at = _past(record, at + 1)
    while record[at] != "]":
        end = _DECODER.raw_decode(record, at)[1]
        yield at, end
        at = _past(record, end)
        at = _past(record, at + 1) if record[at] == "," else at


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


# Parquet, workbooks


def _parquet_without(laid: IO[bytes], out: IO[bytes], judge: Judge) -> None:
    from pyarrow import parquet

    with parquet.ParquetFile(laid) as old:
        schema = old.schema_arrow
        groups = old.metadata.num_row_groups
        used = old.metadata.row_group(0).column(0).compression if groups else "SNAPPY"
    compression = "zstd" if used == "ZSTD" else "snappy"
    with (
        duckdb.connect() as con,
        parquet.ParquetWriter(out, schema, compression=compression) as writer,
    ):
        con.execute("set timezone = 'UTC'")
        for batch in batches_of(laid):
            writer.write_table(_rows_without(con, pyarrow_table(batch), judge).cast(schema))


def _rows_without(con: duckdb.DuckDBPyConnection, rows: Any, judge: Judge) -> Any:
    """Return what stays of some rows (Arrow)."""
    con.register("rows_read", rows)
    theirs = [
        f"coalesce({name(link)}::varchar, '') in ({', '.join(map(text, sorted(values)))})"
        for link, values in judge.known.links.items()
        if link in rows.column_names and values
    ]
    theirs += [
        f"coalesce({_plain(rows, column)}, '') in ({', '.join(map(text, values))})"
        for column, values in changes(con, "rows_read", judge._goes).items()
    ]
    if theirs:
        gone = con.execute(f"select {' or '.join(theirs)} as gone from rows_read").to_arrow_table()
        stays = [not one for one in gone.column("gone").to_pylist()]
        for _ in range(stays.count(False)):
            judge._tell(None)
        rows = rows.filter(stays)
        con.register("rows_read", rows)
    if judge.traces.agents and (found := changes(con, "rows_read", judge.traces)):
        judge._tell("")
        numbered = "(select *, row_number() over () as row__ from rows_read)"
        query = without(con, numbered, found, None, "row__")
        rows = con.execute(f"select * exclude (row__) from ({query})").to_arrow_table()
    return rows


def _plain(rows: Any, column: str) -> str:
    from pyarrow import types

    kind = rows.schema.field(column).type
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind)
    return f"{name(column)}::varchar" if is_text else f"to_json({name(column)})::varchar"


def _workbook_without(content: bytes, out: IO[bytes], judge: Judge) -> None:
    """Write the values of every sheet anew: formulas, styles, notes and pictures do not stay."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum
    from xlsxwriter import Workbook

    made = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
    with (
        CalamineWorkbook.from_filelike(io.BytesIO(content)) as book,
        Workbook(made, options) as new,
    ):
        for one in book.sheets_metadata:
            sheet = new.add_worksheet(judge.as_text(one.name))
            if one.visible != SheetVisibleEnum.Visible:
                sheet.hide()
            columns: list[str] = []
            at = 0
            for cells in book.get_sheet_by_name(one.name).iter_rows():
                columns = columns or [written(cell) for cell in cells]
                if _keep_row(cells, columns, judge):
                    for place, cell in enumerate(cells):
                        _write_cell(sheet, at, place, cell)
                    at += 1
    out.write(made.getvalue())


def _keep_row(cells: list[Any], columns: list[str], judge: Judge) -> bool:
    """Does a row stay? Texts of it that name an agent are changed in place."""
    shown = [written(cell) for cell in cells]
    record = _row(shown, "\t")
    if not judge.may_concern(record):
        return True
    kept = judge.kept(
        record,
        lambda: dict(zip(columns, shown, strict=False)),
        lambda read: _with_cells(record, columns, "\t", read),
    )
    if kept is None:
        return False
    if kept != record:
        for place, (old, new) in enumerate(zip(shown, _cells(kept, "\t"), strict=True)):
            cells[place] = new if new != old else cells[place]
    return True


def _write_cell(sheet: Any, row: int, place: int, cell: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, place, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_datetime(row, place, cell)
