"""Files of the inbox: those that the program made lose the people's rows, others are listed."""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

import duckdb

from orchestration.forgetting.contents import changes, count, kind_of
from orchestration.forgetting.traces import Traces
from orchestration.landing.contract import Contract, Table
from orchestration.landing.files import scan
from orchestration.landing.ledger import records, write_record
from orchestration.landing.mappings.declared import load_mappings
from orchestration.landing.recording import is_recorded
from orchestration.landing.suppression import linked_columns
from orchestration.system.files import move, partial_name, sync
from orchestration.system.paths import DataPaths
from orchestration.system.sql import literal_path, name, text

# What `pilotage pull` writes, as <vendor>/<table>/pull-….jsonl.
PULLED = "pull-"
# A record of a text file: a line, or several where a quoted value spans them.
_RECORD = re.compile(rb'(?:[^"\n]|"[^"]*"?)+\n?|\n')


def is_ours(paths: DataPaths, path: Path) -> bool:
    """Did the program itself put the file into the inbox?"""
    pulled = path.name.startswith(PULLED) and path.parent.parent.parent == paths.inbox
    return pulled or is_recorded(path.name) or paths.demo_truth.exists()


def clear_inbox(paths: DataPaths, contract: Contract, traces: Traces, is_all: bool) -> list[str]:
    """Take the people's rows out of the files that the program made, or out of all.

    Returns the names below the inbox of the operator's own files that mention somebody. A file
    keeps its batch: the ledger learns its new hash, so that it is not accepted once more.
    """
    left: list[str] = []
    tables = _tables(paths, contract)
    for path in sorted(path for path in paths.inbox.rglob("*") if path.is_file()):
        if not (is_all or is_ours(paths, path)):
            if count(path, traces):
                left.append(str(path.relative_to(paths.inbox)))
            continue
        partial = partial_name(path)
        if _drop_rows(path, partial, traces, tables.get(path)):
            # the ledger first: killed in between, the file is still one that it knows next time
            _tell_ledger(paths, path, {_sha256(path), _sha256(partial)}, partial)
            partial.chmod(path.stat().st_mode & 0o777)
            sync(partial)
            move(partial, path)
    return left


def _tables(paths: DataPaths, contract: Contract) -> dict[Path, Table]:
    files, _ = scan(paths.inbox, contract, load_mappings(paths, contract))
    return {file.path: file.table for file in files}


def _drop_rows(path: Path, target: Path, traces: Traces, table: Table | None) -> bool:
    """Write `target`: a file without the people's rows; False, and none, when it has none."""
    links = linked_columns(table, traces.links) if table else []
    kind = kind_of(path)
    if kind == "parquet":
        return _drop_from_parquet(path, target, traces, links)
    is_gzipped = kind == "gzip"
    data = gzip.decompress(path.read_bytes()) if is_gzipped else path.read_bytes()
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    whole = data.decode(encoding, "surrogateescape").encode("utf-8", "surrogateescape")
    written = _RECORD.findall(whole)
    is_json = ".jsonl" in path.name.lower()
    theirs = _linked(written[0] if written else b"", is_json, links, traces)
    kept = [
        one
        for at, one in enumerate(written)
        if (at == 0 and not is_json) or not (traces.count_in(one) or theirs(one))
    ]
    if len(kept) == len(written):
        return False
    new = b"".join(kept)
    if encoding != "utf-8":
        new = new.decode().encode(encoding)
    target.write_bytes(gzip.compress(new, mtime=0) if is_gzipped else new)
    return True


def _linked(
    header: bytes, is_json: bool, links: Sequence[str], traces: Traces
) -> Callable[[bytes], bool]:
    """Return what says of a record whether it is a text of theirs, by its ticket or the like."""
    numbers = {link: set(traces.links[link]) for link in links}
    literals = [number.encode() for known in numbers.values() for number in known]
    if not literals:
        return lambda record: False
    any_of = re.compile(b"|".join(re.escape(one) for one in literals))
    delimiter = ";" if header.count(b";") > header.count(b",") else ","
    columns = _cells(header.removeprefix(b"\xef\xbb\xbf"), delimiter)

    def is_theirs(record: bytes) -> bool:
        if not any_of.search(record):
            return False
        try:
            row = (
                json.loads(record)
                if is_json
                else dict(zip(columns, _cells(record, delimiter), strict=False))
            )
        except ValueError:
            return False
        return any(str(row.get(link)) in known for link, known in numbers.items())

    return is_theirs


def _cells(record: bytes, delimiter: str) -> list[str]:
    rows = csv.reader(
        io.StringIO(record.decode("utf-8", "replace"), newline=""), delimiter=delimiter
    )
    return next(iter(rows), [])


def _drop_from_parquet(path: Path, target: Path, traces: Traces, links: Sequence[str]) -> bool:
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        relation = f"read_parquet({text(literal_path(path))}, hive_partitioning = false)"
        found = {column: list(values) for column, values in changes(con, relation, traces).items()}
        columns = {row[0] for row in con.execute(f"describe from {relation}").fetchall()}
        for link in links:
            if link in columns and traces.links[link]:
                found[link] = [*found.get(link, []), *traces.links[link]]
        theirs = " or ".join(
            f"coalesce({name(column)}::varchar, '') in ({', '.join(map(text, values))})"
            for column, values in found.items()
        )
        gone = con.execute(f"select count(*) from {relation} where {theirs or 'false'}").fetchone()
        if not gone or not gone[0]:
            return False
        con.execute(
            f"copy (from {relation} where not ({theirs})) to {text(target)} (format parquet)"
        )
    return True


def _tell_ledger(paths: DataPaths, path: Path, known: set[str], new: Path) -> None:
    """Record the hash that a file gets, where its rows were accepted from it."""
    for record in records(paths):
        files = [
            replace(file, sha256=_sha256(new), stamp=[])
            if (file.name, record.source) == (path.name, path.parent.name) and file.sha256 in known
            else file
            for file in record.files
        ]
        if files != record.files:
            write_record(paths, replace(record, files=files))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
