"""Files of the inbox: those that the program made lose the people's rows, others are listed."""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.forgetting.contents import changes, count, take_its_place
from orchestration.forgetting.traces import UTF_16, Traces
from orchestration.landing.connectors.declared import Connector, load_connectors
from orchestration.landing.connectors.files import SUFFIXES, ZIP, named
from orchestration.landing.contract import Contract, Table
from orchestration.landing.files import scan, suffix_of
from orchestration.landing.ledger import records, write_record
from orchestration.landing.mappings.declared import load_mappings
from orchestration.landing.recording import is_recorded
from orchestration.landing.suppression import linked_columns
from orchestration.system.files import create_private, partial_name
from orchestration.system.hashes import sha256_of
from orchestration.system.paths import DataPaths
from orchestration.system.sql import literal_path, name, text

# What `pilotage pull` writes, as <vendor>/<table>/pull-….jsonl.
PULLED = "pull-"
# A record of a CSV: a line, or several where a quoted value spans them.
_RECORD = re.compile(r'(?:[^"\n]|"[^"]*"?)+\n?|\n')
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
GZIP = b"\x1f\x8b"


def is_ours(paths: DataPaths, path: Path) -> bool:
    """Did the program itself put the file into the inbox?"""
    pulled = path.name.startswith(PULLED) and path.parent.parent.parent == paths.inbox
    return pulled or is_recorded(path.name) or paths.demo_truth.exists()


def clear_inbox(paths: DataPaths, contract: Contract, traces: Traces, is_all: bool) -> list[str]:
    """Take the people's rows out of the files that the program made, or out of all.

    Returns the names below the inbox of files that mention somebody and are the operator's own, or
    of a kind that nobody can write anew (a workbook). A file keeps its batch: the ledger learns its
    new hash, so that it is not accepted once more.
    """
    left: list[str] = []
    tables = _tables(paths, contract)
    connectors = load_connectors(paths, contract)
    for path in sorted(path for path in paths.inbox.rglob("*") if path.is_file()):
        below = path.relative_to(paths.inbox)
        known = _known(path, tables.get(path), connectors.get(below.parts[0]), below, traces)
        if not (is_all or is_ours(paths, path)) or not _can_be_written(path):
            if count(path, traces):
                left.append(str(below))
            continue
        partial = partial_name(path)
        if _drop_rows(path, partial, traces, known):
            # the ledger first: killed in between, the file is still one that it knows next time
            _tell_ledger(paths, path, {sha256_of(path), sha256_of(partial)}, partial)
            take_its_place(partial, path)
    return left


def _tables(paths: DataPaths, contract: Contract) -> dict[Path, Table]:
    files, _ = scan(paths.inbox, contract, load_mappings(paths, contract))
    return {file.path: file.table for file in files}


@dataclass(frozen=True)
class _Known:
    """What is known of a file: `links` are the values, by column or field, that lead to texts of
    theirs; `pages` are the fields of JSON that hold the records of a page."""

    links: Mapping[str, frozenset[str]]
    pages: frozenset[str] = frozenset()


def _known(
    path: Path, table: Table | None, connector: Connector | None, below: Path, traces: Traces
) -> _Known:
    if connector is None:
        columns = linked_columns(table, traces.links) if table else []
        return _Known({one: frozenset(traces.links[one]) for one in columns})
    links = {column: frozenset(values) for column, values in traces.links.items()}
    for column, values in traces.links.items():
        # a ticket's own record has its number as `id`
        if path.parent.name == f"{column.removesuffix('_id')}s":
            links["id"] = frozenset(values)
    pages = {one.records for one in named(connector, "/".join(below.parts[1:])) if one.records}
    return _Known(links, frozenset(pages))


def _format(name: str, head: bytes) -> tuple[str, bool]:
    """Return csv, json, parquet, zip or nothing that can be written anew, and is it packed?

    By the name, as the connectors read it; a file without a suffix is known by its beginning.
    """
    if name.lower().endswith(ZIP):
        return "zip", False
    kind, is_gzipped = SUFFIXES.get(suffix_of(name, SUFFIXES).lower(), ("", head.startswith(GZIP)))
    if head.startswith(b"PAR1"):
        return "parquet", False
    if head.startswith(b"PK") or (is_gzipped and not head.startswith(GZIP)):
        return "", False
    if not kind:
        kind = "json" if head.lstrip()[:1] in (b"{", b"[") else "csv"
    return kind, is_gzipped


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _can_be_written(path: Path) -> bool:
    kind, _ = _format(path.name, _head(path))
    if kind != "zip":
        return bool(kind)
    with zipfile.ZipFile(path) as archive:
        return all(
            _format(member, archive.read(member)[:64])[0] in ("csv", "json")
            and not archive.getinfo(member).flag_bits & 1
            for member in archive.namelist()
            if not member.endswith("/")
        )


def _drop_rows(path: Path, target: Path, traces: Traces, known: _Known) -> bool:
    """Write `target`: a file without the people's rows; False, and none, when it has none."""
    kind, _ = _format(path.name, _head(path))
    if kind == "parquet":
        return _drop_from_parquet(path, target, traces, known.links)
    if kind == "zip":
        return _drop_from_zip(path, target, traces, known)
    new = _without(path.read_bytes(), path.name, traces, known)
    if new is not None:
        create_private(target)
        target.write_bytes(new)
    return new is not None


def _drop_from_zip(path: Path, target: Path, traces: Traces, known: _Known) -> bool:
    with zipfile.ZipFile(path) as archive:
        members = {one: archive.read(one) for one in archive.infolist()}
    without = {one: _without(data, one.filename, traces, known) for one, data in members.items()}
    if all(new is None for new in without.values()):
        return False
    create_private(target)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, data in members.items():
            new = without[one]
            archive.writestr(one, data if new is None else new)
    return True


def _without(data: bytes, name: str, traces: Traces, known: _Known) -> bytes | None:
    """Return the bytes of a text file without the people's rows; None when it has none."""
    kind, is_gzipped = _format(name, data[:64])
    plain = gzip.decompress(data) if is_gzipped else data
    encoding = "utf-16" if plain.startswith(UTF_16) else "utf-8"
    whole = plain.decode(encoding, "surrogateescape")
    if not (traces.mentions(whole) or _any_of(known).search(whole)):
        return None
    kept = (_json_without if kind == "json" else _csv_without)(whole, traces, known)
    if kept == whole:
        return None
    new = kept.encode(encoding, "surrogateescape")
    return gzip.compress(new, mtime=0) if is_gzipped else new


def _csv_without(whole: str, traces: Traces, known: _Known) -> str:
    header, *rows = _RECORD.findall(whole) or [""]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    columns = _cells(header.removeprefix("\ufeff"), delimiter)
    any_of = _any_of(known)

    def is_theirs(row: str) -> bool:
        if traces.mentions(row):
            return True
        if not any_of.search(row):
            return False
        return _is_linked(dict(zip(columns, _cells(row, delimiter), strict=False)), known)

    return "".join([header, *(row for row in rows if not is_theirs(row))])


def _json_without(whole: str, traces: Traces, known: _Known) -> str:
    """Return JSON without the people's records: one a line, one after the other, or in a list.

    What stays is byte for byte what it was. What is no JSON, and mentions them, goes.
    """
    any_of = _any_of(known)

    def is_theirs(start: int, end: int, text: str) -> bool:
        record = text[start:end]
        if traces.mentions(record):
            return True
        return bool(any_of.search(record)) and _is_linked(json.loads(record), known)

    def kept(text: str) -> str:
        """A value, or several, without theirs; `ValueError` for what is no JSON."""
        out, done = [], 0
        for start, end in _values(text):
            out.append(text[done:start])
            done = end
            lists = _lists(text, start, known.pages)
            if not lists:
                if not is_theirs(start, end, text):
                    out.append(text[start:end])
                elif text[end : end + 1] == "\n":
                    done += 1
                continue
            at, parts = start, []
            for first, last in lists:
                items = [one for one in _items(text, first) if not is_theirs(*one, text)]
                if len(items) == len(list(_items(text, first))):
                    parts.append(text[at:last])
                else:
                    listed = ",".join(text[one:other] for one, other in items)
                    parts += [text[at:first], f"[{listed}]"]
                at = last
            value = "".join([*parts, text[at:end]])
            # a page may name somebody beside its records
            out.append("" if traces.mentions(value) else value)
        return "".join([*out, text[done:]])

    marked = "\ufeff" if whole.startswith("\ufeff") else ""
    body = whole.removeprefix("\ufeff")
    try:
        return marked + kept(body)
    except ValueError:
        pass
    lines = []
    for line in _LINE.findall(body):
        try:
            lines.append(kept(line))
        except ValueError:
            lines.append("" if traces.mentions(line) else line)
    return marked + "".join(lines)


def _values(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the JSON values of a text, one after the other, begin and end."""
    at = _past(text, 0)
    while at < len(text):
        end = _DECODER.raw_decode(text, at)[1]
        yield at, end
        at = _past(text, end)


def _lists(text: str, at: int, pages: Collection[str]) -> list[tuple[int, int]]:
    """Return where the lists of records of a value are: the value itself, or those of a page."""
    if text[at] == "[":
        return [(at, _DECODER.raw_decode(text, at)[1])]
    found = []
    if text[at] == "{" and pages:
        at = _past(text, at + 1)
        while text[at] != "}":
            key, at = _DECODER.raw_decode(text, at)
            start = _past(text, _past(text, at) + 1)
            at = _DECODER.raw_decode(text, start)[1]
            if key in pages and text[start] == "[":
                found.append((start, at))
            at = _past(text, at)
            at = _past(text, at + 1) if text[at] == "," else at
    return found


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    at = _past(text, at + 1)
    while text[at] != "]":
        end = _DECODER.raw_decode(text, at)[1]
        yield at, end
        at = _past(text, end)
        at = _past(text, at + 1) if text[at] == "," else at


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _any_of(known: _Known) -> re.Pattern[str]:
    numbers = sorted(set().union(*known.links.values()))
    return re.compile("|".join(map(re.escape, numbers)) or r"(?!)")


def _is_linked(record: Any, known: _Known) -> bool:
    return isinstance(record, dict) and any(
        str(record.get(link)) in values for link, values in known.links.items()
    )


def _cells(record: str, delimiter: str) -> list[str]:
    return next(iter(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter)), [])


def _drop_from_parquet(
    path: Path, target: Path, traces: Traces, links: Mapping[str, frozenset[str]]
) -> bool:
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        relation = f"read_parquet({text(literal_path(path))}, hive_partitioning = false)"
        found = {column: list(values) for column, values in changes(con, relation, traces).items()}
        columns = {row[0] for row in con.execute(f"describe from {relation}").fetchall()}
        for link, values in links.items():
            if link in columns and values:
                found[link] = [*found.get(link, []), *sorted(values)]
        theirs = " or ".join(
            f"coalesce({name(column)}::varchar, '') in ({', '.join(map(text, values))})"
            for column, values in found.items()
        )
        gone = con.execute(f"select count(*) from {relation} where {theirs or 'false'}").fetchone()
        if not gone or not gone[0]:
            return False
        create_private(target)
        con.execute(
            f"copy (from {relation} where not ({theirs})) to {text(target)}"
            " (format parquet, use_tmp_file false)"
        )
    return True


def _tell_ledger(paths: DataPaths, path: Path, known: set[str], new: Path) -> None:
    """Record the hash that a file gets, where its rows were accepted from it."""
    for record in records(paths):
        files = [
            replace(file, sha256=sha256_of(new), stamp=[])
            if (file.name, record.source) == (path.name, path.parent.name) and file.sha256 in known
            else file
            for file in record.files
        ]
        if files != record.files:
            write_record(paths, replace(record, files=files))
