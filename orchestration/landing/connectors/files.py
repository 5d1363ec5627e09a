"""Which raw files of a vendor lie in its inbox, and which table of which layout each of them is.

A file is known by its name, or by that of a folder above it; where several layouts know the name,
the columns decide. Archives are unpacked aside. Nothing in the inbox is changed.
"""

import gzip
import json
import stat
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from orchestration.landing.connectors.declared import Connector, RawColumn, RawTable
from orchestration.landing.files import FileRefused, Refusal, cannot_read, suffix_of
from orchestration.landing.lines import CHUNK, chunks
from orchestration.landing.mappings.declared import DELIMITERS
from orchestration.landing.prepass import LONGEST_HEADER, split_header
from orchestration.landing.workbooks import NotReadable
from orchestration.system.sql import literal_path, text

SUFFIXES = {
    **{".csv": ("csv", False), ".csv.gz": ("csv", True)},
    **{".json": ("json", False), ".json.gz": ("json", True)},
    **{".jsonl": ("json", False), ".jsonl.gz": ("json", True)},
    **{".ndjson": ("json", False), ".ndjson.gz": ("json", True)},
    ".xlsx": ("csv", False),
    ".parquet": ("parquet", False),
    # a stream's deliveries say no more than that they are compressed, or nothing at all
    ".gz": ("json", True),
}
ZIP = ".zip"
# What a CSV that is not UTF-8 is taken for: what programs write that know nothing of it.
FOREIGN = "windows-1252"
# How a JSON file writes its records: one a line, one list of all, or one after the other.
LINES, LIST, SEQUENCE = "newline_delimited", "array", "unstructured"
# So many records say which columns there are.
LOOKED_AT = 20_000
# A refusal names so many of a file's columns.
MOST_NAMED = 12
# One JSON value is held in memory as a whole: a page of an API, not a whole export.
LARGEST_PAGE = 1 << 30
LARGEST_RECORD = 16 << 20
MOST_UNPACKED = 64 << 30


@dataclass(frozen=True)
class RawFile:
    """One raw file: `shown` is its name below the inbox, `path` where its content can be read.

    `columns` are those that it has; of a JSON file `form` says how records are written and `pages`
    where they are within an object; of a CSV `encoding` is what it is read in when it is not UTF-8.
    `origin` is the file of the inbox that its bytes lie in.
    """

    origin: Path
    path: Path
    shown: str
    table: RawTable
    kind: str
    is_gzipped: bool
    columns: tuple[str, ...]
    form: str = ""
    pages: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"

    def headers(self, column: RawColumn) -> list[str]:
        """The columns of the file that hold this one: as it is written, else whatever the case."""
        exact = [name for name in column.names if name in self.columns]
        if exact:
            return exact
        lower = {name.lower(): name for name in self.columns}
        return [lower[name.lower()] for name in column.names if name.lower() in lower]

    @property
    def unread(self) -> list[str]:
        """The columns that nothing reads, and that nobody said to leave out."""
        if self.table.has_other_columns:
            return []
        read = {header for column in self.table.read for header in self.headers(column)}
        return [
            name
            for name in self.columns
            if name not in read
            and not any(fnmatchcase(name.lower(), one.lower()) for one in self.table.ignore)
        ]


def list_files(folder: Path) -> list[Path]:
    """Every file below a vendor's inbox, by name; none of a name that begins with a dot."""
    if not folder.is_dir():
        return []
    found = [
        path
        for path in folder.rglob("*")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
    ]
    return sorted(found)


@dataclass
class Identified:
    """What lies in a vendor's inbox: files that are known, and those that are refused.

    `held` are the raw tables that a refused file may have been, with its name.
    """

    files: list[RawFile] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)


def identify_all(
    con: duckdb.DuckDBPyConnection, connector: Connector, folder: Path, work: Path
) -> Identified:
    """Say of every raw file which table it is; archives are unpacked into `work`, whole or not."""
    done = Identified()
    for number, path in enumerate(list_files(folder)):
        below = str(path.relative_to(folder))
        files: list[RawFile] = []
        refused: list[tuple[str, str]] = []
        try:
            for part, shown in contents(path, below, work / str(number)):
                try:
                    files.append(_identify(con, connector, path, part, shown))
                except FileRefused as reason:
                    refused.append((shown, str(reason)))
            may_be = {shown: named(connector, shown) for shown, _ in refused}
        except FileRefused as reason:
            files, refused = [], [(below, str(reason))]
            may_be = {below: _may_hold(connector, path, below)}
        done.files += files
        done.refused += [Refusal(f"{connector.name}/{shown}", reason) for shown, reason in refused]
        for shown, tables in may_be.items():
            for table in tables:
                done.held.setdefault(table.full_name, shown)
    return done


def _may_hold(connector: Connector, path: Path, shown: str) -> list[RawTable]:
    """The tables that an unreadable file may hold: by its name, an archive by those in it.

    Of an archive that says nothing: every table.
    """
    if not path.name.lower().endswith(ZIP):
        return named(connector, shown)
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [f"{shown}/{one}" for one in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        inside = []
    found = {table.full_name: table for one in (shown, *inside) for table in named(connector, one)}
    return list(found.values() or connector.tables)


def contents(path: Path, shown: str, work: Path) -> Iterator[tuple[Path, str]]:
    """A file and its name; of an archive, each of its files, unpacked."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileRefused("is not a regular file")
        if not path.name.lower().endswith(ZIP):
            yield path, shown
            return
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if sum(one.file_size for one in members) > MOST_UNPACKED:
                raise FileRefused(f"holds more than {MOST_UNPACKED >> 30} GB unpacked; divide it")
            work.mkdir(parents=True, exist_ok=True)
            for number, member in enumerate(sorted(members, key=lambda one: one.filename)):
                name = Path(member.filename).name
                if name.startswith((".", "__MACOSX")) or "__MACOSX" in member.filename:
                    continue
                copy = work / f"{number}{suffix_of(name, SUFFIXES).lower()}"
                with archive.open(member) as source, copy.open("wb") as target:
                    while piece := source.read(CHUNK):
                        target.write(piece)
                yield copy, f"{shown}/{member.filename}"
    except OSError as error:
        raise FileRefused(cannot_read(error)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise FileRefused("is not a readable zip (or asks for a password); zip it again") from error


def kind_of(path: Path, shown: str) -> tuple[str, bool]:
    """What a file holds, by its suffix; one without any is JSON if it begins so."""
    if suffix := suffix_of(shown, SUFFIXES):
        return SUFFIXES[suffix.lower()]
    if "." not in Path(shown).name:
        with path.open("rb") as handle:
            if handle.read(64).lstrip()[:1] in (b"{", b"["):
                return "json", False
    raise FileRefused(f"unknown kind of file; use {', '.join((*SUFFIXES, ZIP))}")


def _identify(
    con: duckdb.DuckDBPyConnection, connector: Connector, origin: Path, path: Path, shown: str
) -> RawFile:
    kind, is_gzipped = kind_of(path, shown)
    candidates = named(connector, shown)
    if not candidates:
        known = sorted({one for table in connector.tables for one in table.patterns})
        raise FileRefused(
            f"no table of {connector.vendor} is named so; names begin with {', '.join(known)}; "
            f"`pilotage connect` looks at what is in it"
        )
    file = RawFile(origin, path, shown, candidates[0], kind, is_gzipped, ())
    best = max(look(con, file, candidates), key=fitness)
    if missing := missing_columns(best):
        raise FileRefused(
            f"lacks column {', '.join(missing)} of {best.table.full_name}; it has "
            f"{_known_columns(connector, best.columns)}. Export it again with this column, or "
            "say in connectors/ what it is called"
        )
    return best


def _known_columns(connector: Connector, columns: tuple[str, ...]) -> str:
    """The columns that some layout knows. Others are counted: without a header they are data."""
    known = {one.lower() for table in connector.tables for c in table.read for one in c.names}
    known |= {one.lower() for table in connector.tables for one in table.ignore}
    said = [column for column in columns if column.lower() in known]
    others = len(columns) - len(said)
    listed = [*said[:MOST_NAMED], *([f"{others} that nothing knows"] if others else [])]
    return ", ".join(listed) or "none"


def fitness(file: RawFile) -> tuple[bool, float, int]:
    """How well a file's columns are those of its table: all that is required, then the most."""
    columns = file.table.read
    found = sum(bool(file.headers(column)) for column in columns)
    return not missing_columns(file), found / len(columns), found


def missing_columns(file: RawFile) -> list[str]:
    """The required columns that a file lacks."""
    return [one.name for one in file.table.read if one.required and not file.headers(one)]


def named(connector: Connector, shown: str) -> list[RawTable]:
    """The tables that a file's name fits, one a layout: by its own name, else by a folder's."""
    *folders, name = shown.lower().split("/")
    for said in (name.removesuffix(suffix_of(name, SUFFIXES)), *reversed(folders)):
        found: dict[str, tuple[int, RawTable]] = {}
        for table in connector.tables:
            fitting = [len(one) for one in table.patterns if fnmatchcase(said, one)]
            if fitting and max(fitting) > found.get(table.layout, (0, table))[0]:
                found[table.layout] = max(fitting), table
        if found:
            return [table for _, table in found.values()]
    return []


def look(
    con: duckdb.DuckDBPyConnection, file: RawFile, tables: Sequence[RawTable]
) -> list[RawFile]:
    """Find a file's columns as each of these tables would read them; the file is read once."""
    try:
        if file.kind == "csv":
            line, encoding = _header_line(file)
            return [_look_at_header(replace(file, table=one), line, encoding) for one in tables]
        if file.kind == "parquet":
            rows = con.execute(
                f"describe select * from read_parquet({text(literal_path(file.path))},"
                " hive_partitioning = false)"
            ).fetchall()
            return [
                replace(file, table=one, columns=tuple(row[0] for row in rows)) for one in tables
            ]
        return _look_at_json(con, file, tables)
    except OSError as error:
        raise FileRefused(cannot_read(error)) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileRefused("is not a whole, readable gzip; upload it again") from error
    except NotReadable as error:
        raise FileRefused(str(error)) from error
    except UnicodeDecodeError as error:
        raise FileRefused("is not UTF-8; export it as UTF-8") from error
    except duckdb.Error as error:
        raise FileRefused(f"cannot be read as {file.kind}; export it again") from error


def _header_line(file: RawFile) -> tuple[bytes, str]:
    """The first line of a CSV as UTF-8, and what the file is read in when it is not."""
    head = b""
    for piece in chunks(file.path, file.is_gzipped):
        head += piece
        if b"\n" in head or len(head) > LONGEST_HEADER:
            break
    encoding = "utf-16" if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else FOREIGN
    if encoding == "utf-16":
        line = head[: len(head) // 2 * 2].decode("utf-16", "ignore").partition("\n")[0].encode()
    else:
        line = head.partition(b"\n")[0]
        if not _is_utf8(line):
            line = line.decode(FOREIGN).encode()
    if not line.strip():
        raise FileRefused("is empty, or its first line is")
    return line, encoding


def _look_at_header(file: RawFile, line: bytes, encoding: str) -> RawFile:
    """Find the column names of a CSV, by the delimiter that finds the most of them."""
    read = {one for column in file.table.read for one in column.names}
    found = {delimiter: split_header(line, delimiter) for delimiter in DELIMITERS}
    best = max(found, key=lambda one: (len(read.intersection(found[one])), len(found[one])))
    return replace(file, columns=tuple(found[best]), delimiter=best, encoding=encoding)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _look_at_json(
    con: duckdb.DuckDBPyConnection, file: RawFile, tables: Sequence[RawTable]
) -> list[RawFile]:
    """Find the keys of the records, once for each place that they may stand at within a page."""
    form, first = _form(file)
    found: dict[str, RawFile] = {}
    looked = []
    for table in tables:
        pages = table.records
        if not (pages and isinstance(first, dict) and isinstance(first.get(pages), list)):
            pages = ""
        if pages not in found:
            found[pages] = _with_keys(con, replace(file, form=form, pages=pages))
        looked.append(replace(found[pages], table=table))
    return looked


def _with_keys(con: duckdb.DuckDBPyConnection, file: RawFile) -> RawFile:
    names = con.execute(f"""
        select distinct unnest(json_keys(record)) as key
        from (
            select record from {records(file)} where json_type(record) = 'OBJECT' limit {LOOKED_AT}
        )
        order by key
    """).fetchall()
    return replace(file, columns=tuple(one for (one,) in names))


def _form(file: RawFile) -> tuple[str, object]:
    """How the records are written, and the first value where it is not long."""
    head = b""
    for piece in chunks(file.path, file.is_gzipped):
        head += piece
        if b"\n" in head.lstrip() or len(head) > LARGEST_RECORD:
            break
    start = head.decode("utf-8-sig", "replace").lstrip()
    if not start:
        raise FileRefused("is empty")
    if start.startswith("["):
        return LIST, None
    line = start.partition("\n")[0]
    decoder = json.JSONDecoder()
    try:
        first, end = decoder.raw_decode(line)
        return (LINES if not line[end:].strip() else SEQUENCE), first
    except ValueError:
        pass
    if len(start) <= LARGEST_RECORD:
        # a page written over many lines, or a first line that is broken
        whole = b"".join(chunks(file.path, file.is_gzipped)) if _is_short(file) else b""
        try:
            return SEQUENCE, decoder.raw_decode(whole.decode("utf-8-sig").lstrip())[0]
        except ValueError:
            pass
    return (LINES if line.rstrip().endswith("}") else SEQUENCE), None


def _is_short(file: RawFile) -> bool:
    return file.path.stat().st_size <= LARGEST_RECORD * 4


def records(file: RawFile) -> str:
    """SQL for the records of a JSON file, as JSON, in the column `record`."""
    if file.pages:
        path = f"$.{json.dumps(file.pages)}"
        return (
            f"(select unnest(cast(json_extract(json, {text(path)}) as json[])) as record"
            f" from read_json_objects({options(file)}))"
        )
    return f"(select json as record from read_json_objects({options(file)}))"


def largest_value(file: RawFile) -> int:
    """How many bytes one value of a JSON file may have."""
    if not file.pages and file.form != SEQUENCE:
        return LARGEST_RECORD
    size = file.path.stat().st_size * (20 if file.is_gzipped else 1)
    return max(LARGEST_RECORD, min(size + 1, LARGEST_PAGE))


def options(file: RawFile) -> str:
    """The arguments that every reader of this JSON file takes."""
    largest = largest_value(file)
    ignore = ", ignore_errors = true" if file.form == LINES else ""
    compression = "gzip" if file.is_gzipped else "uncompressed"
    return (
        f"{text(literal_path(file.path))}, format = {text(file.form)},"
        f" maximum_object_size = {largest}, compression = {text(compression)}{ignore}"
    )
