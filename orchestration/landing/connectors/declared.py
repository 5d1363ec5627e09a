"""`connectors/<vendor>/`: what a vendor's exports look like, and which SQL makes landing rows.

The project's connectors stand in `connectors/`, a user's own in `PILOTAGE_DATA_DIR/connectors/`. A
folder there without a `connector.yml` says by `options.yml` how one of the project's is used. A
mistake is a `UsageError` with file and place.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.landing.contract import Contract, Table
from orchestration.landing.mappings.cells import date_forms
from orchestration.landing.said import parts, read_said
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths

DECLARED, OPTIONS = "connector.yml", "options.yml"
TYPES = (
    *("text", "instant", "local", "epoch", "epoch_ms", "date"),
    *("int", "num", "bool", "json"),
)
# Of a column of that name, all that a record has beside what is declared, as one JSON object.
OTHER_COLUMNS = "other_columns"
TIME_ZONE = "time_zone"
SEVERITIES = ("error", "warning", "notice")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class RawColumn:
    """A column of a raw table. `also` are other names of it, `format` how a local time is written.

    A file without a `required` column is refused, a row without its value set aside.
    """

    name: str
    type: str
    required: bool = False
    also: tuple[str, ...] = ()
    format: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)


@dataclass(frozen=True)
class RawTable:
    """One raw table of a layout: by which names its files go, and what is read of them.

    `records` names where the records of a JSON page are; `header_rows` counts a CSV's lines of
    header; `ignore` are patterns of columns that nobody misses.
    """

    layout: str
    name: str
    patterns: tuple[str, ...]
    columns: tuple[RawColumn, ...]
    records: str = ""
    header_rows: int = 1
    ignore: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.layout}.{self.name}"

    @cached_property
    def has_other_columns(self) -> bool:
        return any(column.name == OTHER_COLUMNS for column in self.columns)

    @cached_property
    def read(self) -> tuple[RawColumn, ...]:
        """The columns that files have under their own names."""
        return tuple(column for column in self.columns if column.name != OTHER_COLUMNS)


@dataclass(frozen=True)
class Codes:
    """Which code of ours a value of the vendor's is; `of` is the shape's column that has them."""

    name: str
    of: tuple[str, str]
    says: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Note:
    """The words of what a note's query finds odd; `table` is the landing table that it touches."""

    name: str
    what: str
    what_to_do: str
    severity: str
    table: Table


@dataclass(frozen=True)
class Query:
    """One SQL file of a connector: `name` is what it makes."""

    name: str
    sql: str
    file: str


@dataclass(frozen=True)
class Connector:
    """A vendor's connector, with the options of whoever uses it.

    `shapes` are by name the queries that are united into it; `landing` the query of each landing
    table. `sha256` is of everything that decides which rows come out.
    """

    name: str
    vendor: str
    folder: Path
    options: dict[str, str]
    codes: tuple[Codes, ...]
    tables: tuple[RawTable, ...]
    layouts: dict[str, str]
    fills: dict[str, str]
    cannot: tuple[str, ...]
    notes: tuple[Note, ...]
    shapes: dict[str, tuple[Query, ...]]
    landing: dict[str, Query]
    note_queries: dict[str, Query]
    says: dict[str, str] = field(default_factory=dict)
    sha256: str = ""

    @property
    def time_zone(self) -> str:
        """The zone of landing instants that have no offset; empty: that of the contract."""
        return self.options.get(TIME_ZONE, "")


def load_connectors(
    paths: DataPaths,
    contract: Contract,
    root: Path = PROJECT_ROOT,
    wanted: Collection[str] | None = None,
) -> dict[str, Connector]:
    """Return connectors by name, all or those `wanted`: the project's, or the user's own.

    A user's own takes the place of the project's of the same name. Raises `UsageError` for a folder
    that cannot be understood, or that is named like a source.
    """
    folders = {path.parent.name: path.parent for path in _declared_in(root / "connectors")}
    own = {path.parent.name: path.parent for path in _declared_in(paths.connectors)}
    folders |= own
    said = {path.parent.name: path for path in sorted(paths.connectors.glob(f"*/{OPTIONS}"))}
    for name, path in said.items():
        if name not in folders:
            known = ", ".join(sorted(folders))
            raise UsageError(f"{path}: no connector is called {name!r}; known are {known}.")
    for name in folders:
        if name in contract.sources:
            raise UsageError(
                f"{folders[name]}: {name!r} is a source; name the connector otherwise."
            )
    return {
        name: read_connector(folder, contract, said.get(name))
        for name, folder in sorted(folders.items())
        if wanted is None or name in wanted
    }


def names_of_connectors(paths: DataPaths, root: Path = PROJECT_ROOT) -> tuple[str, ...]:
    """The names alone: nothing is read."""
    found = [*_declared_in(root / "connectors"), *_declared_in(paths.connectors)]
    return tuple(sorted({path.parent.name for path in found}))


def _declared_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{DECLARED}"))


def read_connector(folder: Path, contract: Contract, said: Path | None = None) -> Connector:
    """Read one connector's folder, and the options that a user `said`."""
    path = folder / DECLARED
    declared = parts(read_said(path), _OF_CONNECTOR, path)
    where = str(path)
    if not _NAME.fullmatch(folder.name):
        raise UsageError(f"{folder}: is no name (lower case words joined by _).")
    own = parts(read_said(said), ("options", "codes"), said) if said else {}
    options, says = _options(declared.get("options", {}), own.get("options", {}), where, said)
    tables = tuple(_tables(declared.get("layouts"), where))
    shapes = _shapes(folder, {table.layout for table in tables})
    landing = _landing(folder, contract)
    notes = tuple(_notes(declared.get("notes", {}), contract, where))
    note_queries = {query.name: query for query in _queries(folder / "notes")}
    if set(note_queries) != {note.name for note in notes}:
        raise UsageError(f"{where}: `notes` and the files of notes/ must be the same.")
    if not landing:
        raise UsageError(f"{folder}: has no landing/<source>__<table>.sql.")
    fills = _texts(declared.get("fills", {}), f"{where}: fills")
    if set(fills) != set(landing):
        raise UsageError(f"{where}: `fills` and the files of landing/ must be the same tables.")
    codes = tuple(_codes(declared.get("codes", {}), own.get("codes", {}), where, said))
    for code in codes:
        if code.of[0] not in shapes:
            raise UsageError(f"{where}: codes {code.name}: there is no shape {code.of[0]!r}.")
    content = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".sql", ".yml") and file.is_file():
            content.update(file.read_bytes())
    if said and said.parent != folder:
        content.update(said.read_bytes())
    return Connector(
        name=folder.name,
        vendor=str(declared.get("vendor") or folder.name),
        folder=folder,
        options=options,
        codes=codes,
        tables=tables,
        layouts={
            name: str(one.get("says", "")) for name, one in (declared["layouts"] or {}).items()
        },
        fills=fills,
        cannot=tuple(_list(declared.get("cannot", []), f"{where}: cannot")),
        notes=notes,
        shapes=shapes,
        landing=landing,
        note_queries=note_queries,
        says=says,
        sha256=content.hexdigest(),
    )


_OF_CONNECTOR = ("vendor", "options", "codes", "layouts", "fills", "cannot", "notes")
_OF_TABLE = ("files", "records", "header_rows", "columns", "ignore")
_OF_COLUMN = ("type", "required", "also", "format")
_OF_NOTE = ("what", "what_to_do", "severity", "table")


def _list(value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{where} must be a list of texts.")
    return value


def _texts(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise UsageError(f"{where} must say `name: text` by line.")
    return dict(value)


def _name(value: str, where: str) -> str:
    if not _NAME.fullmatch(value):
        raise UsageError(f"{where}: {value!r} is not a name (lower case words joined by _).")
    return value


def _options(
    declared: Any, own: Any, where: str, said: Path | None
) -> tuple[dict[str, str], dict[str, str]]:
    values, says = {}, {}
    for name, option in _mapping(declared, f"{where}: options").items():
        part = parts(option, ("default", "says"), f"{where}: option {name}")
        values[_name(name, where)] = str(part.get("default", ""))
        says[name] = str(part.get("says", ""))
    for name, value in _texts(own, f"{said}: options").items():
        if name not in values:
            raise UsageError(f"{said}: no option {name!r}; known are {', '.join(values)}.")
        values[name] = value
    if zone := values.get(TIME_ZONE):
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise UsageError(f"{said or where}: unknown time_zone {zone!r}.") from error
    return values, says


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{where} must have a name by line.")
    return dict(value)


def _codes(declared: Any, own: Any, where: str, said: Path | None) -> list[Codes]:
    found = []
    mine = _mapping(own, f"{said}: codes")
    entries = _mapping(declared, f"{where}: codes")
    if unknown := sorted(set(mine) - set(entries)):
        raise UsageError(f"{said}: no codes {', '.join(unknown)}; known are {', '.join(entries)}.")
    for name, entry in entries.items():
        part = parts(entry, ("of", "says", "values"), f"{where}: codes {name}")
        of = re.fullmatch(r"shape\.([a-z0-9_]+)\.([a-z0-9_]+)", str(part.get("of", "")))
        if not of:
            raise UsageError(f"{where}: codes {name}: `of` must be shape.<shape>.<column>.")
        values = _texts(part.get("values") or {}, f"{where}: codes {name}: values")
        values |= _texts(mine.get(name, {}), f"{said}: codes {name}")
        listed = {key.strip().lower(): value for key, value in values.items()}
        found.append(
            Codes(_name(name, where), (of[1], of[2]), str(part.get("says", "")), (*listed.items(),))
        )
    return found


def _tables(layouts: Any, where: str) -> list[RawTable]:
    found = []
    for layout, entry in _mapping(layouts, f"{where}: layouts").items():
        _name(layout, where)
        if layout == "shape":
            raise UsageError(f"{where}: no layout can be called shape.")
        part = parts(entry, ("says", "tables"), f"{where}: layout {layout}")
        for name, said in _mapping(part.get("tables"), f"{where}: {layout}: tables").items():
            at = f"{where}: {layout}.{_name(name, where)}"
            one = parts(said, _OF_TABLE, at)
            columns = _mapping(one.get("columns"), f"{at}: columns")
            if not str(one.get("header_rows", 1)).isdigit():
                raise UsageError(f"{at}: `header_rows` must be a number.")
            found.append(
                RawTable(
                    layout=layout,
                    name=name,
                    patterns=tuple(
                        text.lower() for text in _list(one.get("files"), f"{at}: files")
                    ),
                    columns=tuple(_column(name, value, at) for name, value in columns.items()),
                    records=str(one.get("records", "")),
                    header_rows=int(one.get("header_rows", 1)),
                    ignore=tuple(_list(one.get("ignore", []), f"{at}: ignore")),
                )
            )
    return found


def _column(name: str, said: Any, where: str) -> RawColumn:
    at = f"{where}, column {name}"
    part = parts({"type": said} if isinstance(said, str) else said, _OF_COLUMN, at)
    kind = str(part.get("type", "text"))
    if kind not in TYPES:
        raise UsageError(f"{at}: `type` must be one of {', '.join(TYPES)}.")
    written = str(part.get("format", ""))
    if written:
        try:
            date_forms(written)
        except ValueError as error:
            raise UsageError(f"{at}: `format` {written!r} {error}.") from None
    return RawColumn(
        name=name,
        type=kind,
        required=str(part.get("required", "false")) == "true",
        also=tuple(_list(part.get("also", []), f"{at}: also")),
        format=written,
    )


def _notes(declared: Any, contract: Contract, where: str) -> list[Note]:
    found = []
    for name, entry in _mapping(declared, f"{where}: notes").items():
        at = f"{where}: note {name}"
        part = {key: str(value) for key, value in parts(entry, _OF_NOTE, at).items()}
        if any(not part.get(key) for key in _OF_NOTE):
            raise UsageError(f"{at}: needs {', '.join(_OF_NOTE)}.")
        if part["severity"] not in SEVERITIES:
            raise UsageError(f"{at}: `severity` must be one of {', '.join(SEVERITIES)}.")
        table = _table(part["table"], contract, at)
        found.append(
            Note(_name(name, where), part["what"], part["what_to_do"], part["severity"], table)
        )
    return found


def _table(said: str, contract: Contract, where: str) -> Table:
    source, _, name = said.partition(".")
    table = contract.tables.get((source, name))
    if table is None:
        raise UsageError(f"{where}: the landing contract has no table {said!r}.")
    return table


def _queries(folder: Path) -> list[Query]:
    found = []
    for file in sorted(folder.glob("*.sql")):
        sql = file.read_text(encoding="utf-8").strip().rstrip(";")
        found.append(Query(file.stem, sql, str(file)))
    return found


def _shapes(folder: Path, layouts: set[str]) -> dict[str, tuple[Query, ...]]:
    found: dict[str, tuple[Query, ...]] = {}
    for layout in sorted((folder / "layouts").glob("*")):
        if layout.is_dir() and layout.name not in layouts:
            raise UsageError(f"{layout}: `{DECLARED}` declares no layout of this name.")
        for query in _queries(layout):
            found[query.name] = (*found.get(query.name, ()), query)
    for query in _queries(folder / "shapes"):
        if query.name in found:
            raise UsageError(f"{query.file}: a layout makes a shape of this name, too.")
        found[query.name] = (query,)
    return found


def _landing(folder: Path, contract: Contract) -> dict[str, Query]:
    found = {}
    for query in _queries(folder / "landing"):
        source, _, table = query.name.partition("__")
        found[_table(f"{source}.{table}", contract, query.file).full_name] = query
    return found
