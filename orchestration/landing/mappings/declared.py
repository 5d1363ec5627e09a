"""`PILOTAGE_DATA_DIR/mappings/<source>.yml`: what a user's own files hold, said once.

All values are texts, as the file writes them. A mistake is a `UsageError` with file and place.
"""

import codecs
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from orchestration.landing.contract import Column, Contract, Table
from orchestration.landing.mappings.cells import UNITS, date_forms
from orchestration.landing.mappings.fillings import Filling, plain
from orchestration.landing.said import LOADER, parts, read_said
from orchestration.system.errors import UsageError
from orchestration.system.files import write_file
from orchestration.system.paths import DataPaths

DELIMITERS = (";", ",", "\t", "|")
DECIMALS = (".", ",")
ISO = "yyyy-mm-dd hh:mm"
# How files may be written. The names are Python's; what is UTF-8 is read as such all the same.
ENCODINGS = (
    *("utf-8", "windows-1252", "iso-8859-15", "iso-8859-1", "utf-16"),
    *("cp850", "mac-roman", "windows-1250"),
)
_OF_FILE = (
    *("pattern", "table", "encoding", "delimiter", "date_format", "decimal", "time_zone"),
    *("columns", "ignore"),
)
_OF_COLUMN = ("header", "constant", "default", "values", "date_format", "unit")
_HEAD = """\
# How files of {source} that are not in the landing contract's form become landing rows.
# Written by `pilotage map`, and yours to edit: docs/how-to/bring-your-own-data.md explains it.
"""


@dataclass(frozen=True)
class FileMapping:
    """What the files of one name hold. `said_at` is when it was written (epoch), `file` where."""

    source: str
    table: str
    pattern: str
    fillings: tuple[Filling, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    date_format: str = ISO
    decimal: str = "."
    time_zone: str = ""
    ignored: tuple[str, ...] = ()
    file: str = ""
    said_at: float = 0.0

    def fits(self, file_name: str) -> bool:
        """Is a file of this name meant?"""
        return fnmatchcase(file_name.lower(), self.pattern.lower())

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns of the file that are read, each once."""
        return tuple(dict.fromkeys(one for part in self.fillings for one in part.headers))

    @property
    def sha256(self) -> str:
        """Hash of all that decides how a row is read: with another one a file is another file."""
        content = asdict(self)
        for part in ("pattern", "file", "said_at", "ignored"):
            del content[part]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def places(self, names: list[str]) -> dict[str, int]:
        """Where each header stands among a file's column `names`; what is not found is left out.

        As it is written, else whatever its case, accents and punctuation.
        """
        alike: dict[str, list[int]] = {}
        for at, name in enumerate(names):
            alike.setdefault(plain(name), []).append(at)
        found = {}
        for header in self.headers:
            if header in names:
                found[header] = names.index(header)
            elif len(places := alike.get(plain(header), [])) == 1:
                found[header] = places[0]
        return found

    def missing(self, names: list[str]) -> list[str]:
        """The headers that a file with the columns `names` lacks."""
        found = self.places(names)
        return [header for header in self.headers if header not in found]

    def unread(self, names: list[str]) -> list[str]:
        """The columns of a file that nothing reads, and that nobody said to leave out."""
        read = set(self.places(names).values())
        left_out = {plain(name) for name in self.ignored}
        return [
            name for at, name in enumerate(names) if at not in read and plain(name) not in left_out
        ]


def load_mappings(paths: DataPaths, contract: Contract) -> dict[str, tuple[FileMapping, ...]]:
    """Read what was said of each source's files; a source of which nothing was said is absent."""
    found = {}
    for path in sorted(paths.mappings.glob("*.yml")):
        if path.stem not in contract.sources:
            known = ", ".join(contract.sources)
            raise UsageError(
                f"{path}: no source is called {path.stem!r}; name the file after one of {known}."
            )
        found[path.stem] = read_mappings(path, contract)
    return found


def read_mappings(path: Path, contract: Contract) -> tuple[FileMapping, ...]:
    """Read one source's file; `UsageError` says what is wrong with it and where."""
    document = read_said(path)
    entries = document.get("files") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UsageError(f"{path}: expected a list under `files`.")
    said_at = path.stat().st_mtime
    return tuple(
        parse_mapping(entry, path.stem, contract, f"{path}: file {number}", said_at)
        for number, entry in enumerate(entries, start=1)
    )


def parse_mapping(
    entry: Any, source: str, contract: Contract, where: str, said_at: float = 0.0
) -> FileMapping:
    """Check one entry against the contract and return it."""
    entry = parts(entry, _OF_FILE, where)
    for part in ("pattern", "table", "columns"):
        if not entry.get(part):
            raise UsageError(f"{where}: `{part}` is missing.")
    table = contract.tables.get((source, entry["table"]))
    if table is None:
        known = ", ".join(contract.of_source(source))
        raise UsageError(f"{where}: {source} has no table {entry['table']!r}; it has {known}.")
    ignored = entry.get("ignore", [])
    if not isinstance(ignored, list) or not all(isinstance(one, str) for one in ignored):
        raise UsageError(f"{where}: `ignore` must be a list of columns of the file.")
    date_format = entry.get("date_format", ISO)
    mapping = FileMapping(
        source=source,
        table=table.name,
        pattern=entry["pattern"],
        fillings=tuple(_fillings(entry["columns"], table, where)),
        encoding=_encoding(entry.get("encoding", "utf-8"), where),
        delimiter=_one_of(DELIMITERS, entry.get("delimiter", ","), "delimiter", where),
        date_format=_date_format(date_format, where),
        decimal=_one_of(DECIMALS, entry.get("decimal", "."), "decimal", where),
        time_zone=_time_zone(entry.get("time_zone", ""), where),
        ignored=tuple(ignored),
        file=where.partition(": ")[0],
        said_at=said_at,
    )
    filled = {filling.column for filling in mapping.fillings}
    lacking = [c.name for c in table.columns if c.required and c.name not in filled]
    if lacking:
        raise UsageError(
            f"{where}: nothing fills {', '.join(lacking)}, which {table.full_name} requires; name "
            "a header, or say {constant: …}."
        )
    return mapping


def as_entry(mapping: FileMapping) -> dict[str, Any]:
    """The mapping as it stands in YAML."""
    entry: dict[str, Any] = {
        "pattern": mapping.pattern,
        "table": mapping.table,
        "encoding": mapping.encoding,
        "delimiter": mapping.delimiter,
        "date_format": mapping.date_format,
        "decimal": mapping.decimal,
    }
    if mapping.time_zone:
        entry["time_zone"] = mapping.time_zone
    entry["columns"] = {filling.column: _as_said(filling) for filling in mapping.fillings}
    if mapping.ignored:
        entry["ignore"] = list(mapping.ignored)
    return entry


def write_mapping(paths: DataPaths, mapping: FileMapping, contract: Contract) -> Path:
    """Add a mapping to its source's file, in the place of the one with the same pattern.

    Without such a one the rest of the file stays as it is written, comments included.
    """
    path = paths.mappings / f"{mapping.source}.yml"
    before = read_mappings(path, contract) if path.exists() else ()
    if any(one.pattern == mapping.pattern for one in before):
        after = [mapping if one.pattern == mapping.pattern else one for one in before]
        text = _HEAD.format(source=mapping.source) + "files:\n" + _dumped(after)
    elif before:
        text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" + _dumped([mapping])
        if not _has_one_more(text, len(before)):
            text = _HEAD.format(source=mapping.source) + "files:\n" + _dumped([*before, mapping])
    else:
        text = _HEAD.format(source=mapping.source) + "files:\n" + _dumped([mapping])
    write_file(path, text.encode())
    return path


def _has_one_more(text: str, before: int) -> bool:
    """Could the entry be added at the end? Not where the list is indented or not the last part."""
    try:
        document = yaml.load(text, LOADER)
        return len(document["files"]) == before + 1
    except (yaml.YAMLError, KeyError, TypeError):
        return False


def _dumped(mappings: Iterable[FileMapping]) -> str:
    entries = [as_entry(mapping) for mapping in mappings]
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=100)


def _as_said(filling: Filling) -> Any:
    """The shortest way of saying how a column is filled."""
    headers = list(filling.headers)
    header: Any = headers[0] if len(headers) == 1 else headers
    said = {
        "header": header or None,
        "constant": filling.constant,
        "values": dict(filling.values) or None,
        "default": filling.default,
        "date_format": filling.date_format,
        "unit": filling.unit,
    }
    said = {part: value for part, value in said.items() if value is not None}
    return header if list(said) == ["header"] and isinstance(header, str) else said


def _fillings(columns: Any, table: Table, where: str) -> Iterable[Filling]:
    if not isinstance(columns, dict):
        raise UsageError(f"{where}: `columns` must say `column of the contract: header` by line.")
    for name, said in columns.items():
        at = f"{where}, column {name}"
        if name not in table.by_name:
            known = ", ".join(table.by_name)
            raise UsageError(f"{at}: {table.full_name} has no such column; it has {known}.")
        yield _filling(table.by_name[name], said, at)


def _filling(column: Column, said: Any, where: str) -> Filling:
    if isinstance(said, str):
        said = {"header": said}
    said = parts(said, _OF_COLUMN, where)
    header = said.get("header")
    headers = tuple([header] if isinstance(header, str) and header else header or [])
    if not all(isinstance(one, str) and one for one in headers):
        raise UsageError(f"{where}: `header` must be a header, or a list of some to be joined.")
    if bool(headers) == ("constant" in said):
        raise UsageError(f"{where}: say either `header` or `constant`.")
    values = said.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise UsageError(f"{where}: `values` must say `value of the file: code` by line.")
    if column.allowed:
        for code in [
            *values.values(),
            *(said[one] for one in ("constant", "default") if one in said),
        ]:
            if code.lower() not in column.allowed:
                raise UsageError(f"{where}: {code!r} is none of {', '.join(column.allowed)}.")
    date_format = said.get("date_format")
    return Filling(
        column=column.name,
        headers=headers,
        constant=said.get("constant"),
        default=said.get("default"),
        values=tuple(values.items()),
        date_format=_date_format(date_format, where) if date_format else None,
        unit=_one_of(tuple(UNITS), said["unit"], "unit", where) if "unit" in said else None,
    )


def _one_of(known: tuple[str, ...], value: Any, part: str, where: str) -> str:
    value = {"\\t": "\t", "tab": "\t"}.get(value, value)
    if value not in known:
        shown = ", ".join(repr(one) for one in known)
        raise UsageError(f"{where}: `{part}` {value!r} is none of {shown}.")
    return str(value)


def _encoding(value: Any, where: str) -> str:
    try:
        wanted = codecs.lookup(str(value)).name
    except LookupError:
        wanted = ""
    for known in ENCODINGS:
        if codecs.lookup(known).name == wanted:
            return known
    raise UsageError(f"{where}: `encoding` {value!r} is none of {', '.join(ENCODINGS)}.")


def _date_format(value: Any, where: str) -> str:
    try:
        date_forms(str(value))
    except ValueError as error:
        raise UsageError(f"{where}: `date_format` {value!r} {error}.") from None
    return re.sub(r"\s+", " ", str(value).strip().lower())


def _time_zone(value: Any, where: str) -> str:
    if not value:
        return ""
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{where}: unknown `time_zone` {value!r}.") from error
