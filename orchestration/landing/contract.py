"""The landing contract, read from the dbt `sources` YAML: the only place where it is written.

Plain YAML, no dbt: `models/staging/<source>/_<source>__sources.yml`. A mistake in it is a
`UsageError` that names the file, the table and the column.
"""

import csv
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from orchestration.system.errors import UsageError

DEFAULT_TIME_ZONE = "Europe/Paris"
DELETED = "is_deleted"
UPDATED_AT = "updated_at"
VERSIONS = ("updated_at", "first_wins", "last_wins")
REFERENCE_TYPES = ("email", "phone", "handle", "account")
PLAIN_REFERENCE_TYPE = "customer_id"
# A reference without a type, whose form shows none either: a customer only if known as one.
UNTYPED_REFERENCE_TYPE = "reference"
ADDED_COLUMNS = {"batch": "bigint", "source_file": "varchar", "row_number": "bigint"}

# What the program writes about itself is declared as a source too, but nobody drops files for it.
OWN_SOURCES = ("pilotage",)

NUMBERS = ("integer", "bigint", "decimal(18,4)", "decimal(18,6)")
DATA_TYPES = ("varchar", "timestamptz", "date", "boolean", *NUMBERS)
TIMES = ("timestamptz", "date")
COLUMN_META = (
    "required",
    "required_when",
    "pii",
    "free_text",
    "pseudonym",
    "allowed",
    "default",
    "min",
    "max",
    "integer",
    "not_before",
    "future",
    "code",
)
CODES = ("lower", "upper")
# What a seed may declare beside UTF-8; a file that is UTF-8 is read as such all the same.
ENCODINGS = ("windows-1252", "iso-8859-15")
# Names with __ are the program's own, inside the engine.
# The same loader written in C, where the library was built with it, takes a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Column:
    """One column of a landed table and the rules that its values obey.

    `pseudonym` is None, a reference type, or `by <column that holds the type>`; `required_when` is
    None or (column, values that make this one required); `not_before` names columns of the table,
    `earliest` is a date. `code` says that the column holds a code, in which case it is kept
    (`lower` or `upper`), and `known_in` which column of which seed knows it.
    """

    name: str
    data_type: str
    required: bool = False
    required_when: tuple[str, tuple[str, ...]] | None = None
    pii: str = "none"
    free_text: bool = False
    pseudonym: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    not_before: tuple[str, ...] = ()
    may_be_future: bool = False
    earliest: str | None = None
    is_whole: bool = False
    code: str | None = None
    known_in: str | None = None

    @property
    def reference_type_column(self) -> str | None:
        """The column that says the type of this reference, when it varies by row."""
        if self.pseudonym and self.pseudonym.startswith("by "):
            return self.pseudonym.removeprefix("by ")
        return None

    @property
    def is_id(self) -> bool:
        """Does the column name something by its number, whatever wrote that number?"""
        return self.data_type == "varchar" and self.name.endswith("_id")

    @property
    def case(self) -> str | None:
        """How the values are written (lower, upper); None for what is no code."""
        return self.code or ("lower" if self.allowed else None)


@dataclass(frozen=True)
class Table:
    """One landed table. `version` says which row wins: updated_at, first_wins or last_wins.

    `grows`: a row that comes again without updated_at is a correction of the one before. `encoding`
    is that of text files which are not UTF-8.
    """

    source: str
    name: str
    time_zone: str
    key: tuple[str, ...]
    version: str
    columns: tuple[Column, ...]
    keeps_history: bool = False
    grows: bool = False
    encoding: str | None = None

    @property
    def full_name(self) -> str:
        return f"{self.source}.{self.name}"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def can_be_deleted(self) -> bool:
        return DELETED in self.by_name

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that the rows of this table are checked against."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Contract:
    """Every landed table, by (source, table)."""

    tables: dict[tuple[str, str], Table] = field(default_factory=dict)

    def of_source(self, source: str) -> dict[str, Table]:
        """The tables of a source by name; empty for an unknown source."""
        return {name: table for (owner, name), table in self.tables.items() if owner == source}

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source for source, _ in self.tables))


def load_contract(project_root: Path) -> Contract:
    """Read every `models/staging/<source>/_<source>__sources.yml` below `project_root`."""
    files = sorted((project_root / "models" / "staging").glob("*/_*__sources.yml"))
    encodings = _encodings(project_root / "seeds" / "sources.csv")
    tables: dict[tuple[str, str], Table] = {}
    for file in files:
        for table in _tables_of(file, encodings):
            if (table.source, table.name) in tables:
                raise UsageError(f"{file}: table {table.full_name} is declared twice")
            tables[table.source, table.name] = table
    if not tables:
        raise UsageError(
            f"No landing contract under {project_root / 'models' / 'staging'}: "
            "expected <source>/_<source>__sources.yml"
        )
    return Contract(tables)


def _encodings(sources_csv: Path) -> dict[tuple[str, str], str]:
    """Read which tables come in another encoding than UTF-8; none without the seed."""
    if not sources_csv.exists():
        return {}
    found = {}
    with sources_csv.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            encoding = (row.get("encoding") or "").strip().lower()
            # a row that names no source says nothing of any; dbt refuses it
            if encoding and row["source"]:
                table = row["source"], row["table_name"]
                if encoding not in ENCODINGS:
                    raise UsageError(
                        f"{sources_csv}: encoding of {'.'.join(table)} must be empty or one of "
                        f"{', '.join(ENCODINGS)}"
                    )
                found[table] = encoding
    return found


def _tables_of(file: Path, encodings: dict[tuple[str, str], str]) -> list[Table]:
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file}: not readable as YAML: {error}") from error
    sources = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(sources, list):
        raise UsageError(f"{file}: expected a list under `sources`")
    tables = []
    for source in sources:
        where = str(file)
        name = _name(source, where)
        if name in OWN_SOURCES:
            continue
        where = f"{file}: source {name}"
        zone = _time_zone(_meta(source, where).get("time_zone", DEFAULT_TIME_ZONE), where)
        tables += [
            _table(entry, name, zone, where, encodings) for entry in _list(source, "tables", where)
        ]
    return tables


def _table(
    entry: Any, source: str, time_zone: str, where: str, encodings: dict[tuple[str, str], str]
) -> Table:
    name = _name(entry, where)
    where = f"{where}, table {name}"
    meta = _meta(entry, where)
    columns = tuple(_column(column, where) for column in _list(entry, "columns", where))
    table = Table(
        source=source,
        name=name,
        time_zone=time_zone,
        key=_names(meta.get("key"), where, "key"),
        version=str(meta.get("version")),
        columns=columns,
        keeps_history=bool(meta.get("keeps_history", False)),
        grows=_flag(meta, "grows", where),
        encoding=encodings.get((source, name)),
    )
    _check_table(table, where)
    return table


def _check_table(table: Table, where: str) -> None:
    names = [column.name for column in table.columns]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{where}: column {name} is declared twice")
        if name in ADDED_COLUMNS:
            raise UsageError(
                f"{where}: column {name} is added by the program; name yours otherwise"
            )
    if not table.key:
        raise UsageError(f"{where}: `key` is missing")
    for name in table.key:
        if name not in names:
            raise UsageError(f"{where}: key column {name} is not among the columns")
    if table.version not in VERSIONS:
        raise UsageError(f"{where}: `version` must be one of {', '.join(VERSIONS)}")
    updated_at = table.by_name.get(UPDATED_AT)
    if table.version == "updated_at" and (not updated_at or updated_at.data_type != "timestamptz"):
        raise UsageError(f"{where}: version updated_at needs a timestamptz column updated_at")
    if table.can_be_deleted and table.by_name[DELETED].data_type != "boolean":
        raise UsageError(f"{where}: column {DELETED} must be boolean")
    for column in table.columns:
        _check_column(column, table, f"{where}, column {column.name}")


def _check_column(column: Column, table: Table, where: str) -> None:
    def needs(condition: bool, message: str) -> None:
        if not condition:
            raise UsageError(f"{where}: {message}")

    def type_of(name: str) -> str | None:
        return table.by_name[name].data_type if name in table.by_name else None

    is_text = column.data_type == "varchar"
    needs(is_text or not column.allowed, "`allowed` is for varchar columns")
    needs(is_text or not column.pseudonym, "`pseudonym` is for varchar columns")
    bounded = column.minimum is not None or column.maximum is not None
    needs(column.data_type in NUMBERS or not bounded, "`min` and `max` are for numbers")
    needs(
        column.data_type == "decimal(18,4)" or not column.is_whole,
        "`integer` is for decimal columns",
    )
    needs(column.data_type in TIMES or not column.earliest, "a date in `not_before` is for times")
    needs(is_text or not column.code, "`code` is for varchar columns")
    for other in column.not_before:
        needs(
            column.data_type in TIMES and type_of(other) == column.data_type,
            f"`not_before: {other}` needs two columns of the same kind of time",
        )
    if column.required_when:
        needs(
            type_of(column.required_when[0]) == "varchar",
            f"`required_when` names {column.required_when[0]}, which is not a varchar column",
        )
    if column.pseudonym:
        by = column.reference_type_column
        needs(
            type_of(by) == "varchar" if by else column.pseudonym in REFERENCE_TYPES,
            f"`pseudonym` must be one of {', '.join(REFERENCE_TYPES)} or `by <varchar column>`",
        )


def _column(entry: Any, where: str) -> Column:
    name = _name(entry, where)
    where = f"{where}, column {name}"
    data_type = str(entry.get("data_type", "")).lower().replace(" ", "")
    if data_type not in DATA_TYPES:
        raise UsageError(f"{where}: `data_type` must be one of {', '.join(DATA_TYPES)}")
    meta = _meta(entry, where)
    unknown = sorted(set(meta) - set(COLUMN_META))
    if unknown:
        raise UsageError(f"{where}: unknown meta {', '.join(unknown)}")
    if meta.get("pii") not in ("none", "quasi", "direct"):
        raise UsageError(f"{where}: `pii` must be none, quasi or direct")
    if meta.get("future", "allowed") != "allowed":
        raise UsageError(f"{where}: `future` can only be `allowed`")
    not_before, earliest = _not_before(meta.get("not_before"), where)
    code, known_in = _code(meta.get("code"), where)
    return Column(
        name=name,
        data_type=data_type,
        required=_flag(meta, "required", where),
        required_when=_required_when(meta.get("required_when"), where),
        pii=meta["pii"],
        free_text=_flag(meta, "free_text", where),
        pseudonym=meta.get("pseudonym"),
        allowed=_values(meta.get("allowed", []), where, "allowed"),
        minimum=_number(meta.get("min"), where, "min"),
        maximum=_number(meta.get("max"), where, "max"),
        not_before=not_before,
        may_be_future="future" in meta,
        earliest=earliest,
        is_whole=_flag(meta, "integer", where),
        code=code,
        known_in=known_in,
    )


def _name(entry: Any, where: str) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"{where}: {name!r} is not a name (lower case words joined by _)")
    return name


def _list(entry: dict, part: str, where: str) -> list:
    value = entry.get(part)
    if not isinstance(value, list) or not value:
        raise UsageError(f"{where}: expected a list under `{part}`")
    return value


def _meta(entry: dict, where: str) -> dict:
    meta = (entry.get("config") or {}).get("meta", entry.get("meta")) or {}
    if not isinstance(meta, dict):
        raise UsageError(f"{where}: `meta` must be a mapping")
    return meta


def _names(value: Any, where: str, part: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value or []
    return _values(values, where, part)


def _values(values: Any, where: str, part: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise UsageError(f"{where}: `{part}` must be a list of texts (quote numbers, yes and no)")
    return tuple(values)


def _not_before(value: Any, where: str) -> tuple[tuple[str, ...], str | None]:
    """Columns of the table, and the one date, that a time must not lie before."""
    values = value if isinstance(value, list) else [value] if value is not None else []
    dates = [one for one in values if isinstance(one, date)]
    if len(dates) > 1:
        raise UsageError(f"{where}: `not_before` can hold one date only")
    columns = _values([one for one in values if one not in dates], where, "not_before")
    return columns, dates[0].isoformat() if dates else None


def _code(value: Any, where: str) -> tuple[str | None, str | None]:
    """How a code is written (`lower`, `upper`), and the `seed.column` that knows it."""
    if value is None:
        return None, None
    case, _, known_in = str(value).partition(" in ")
    if case not in CODES or (known_in and known_in.count(".") != 1):
        raise UsageError(f"{where}: `code` must be lower or upper, with ` in <seed>.<column>`")
    return case, known_in or None


def _flag(meta: dict, part: str, where: str) -> bool:
    value = meta.get(part, False)
    if not isinstance(value, bool):
        raise UsageError(f"{where}: `{part}` must be true or false")
    return value


def _number(value: Any, where: str, part: str) -> str | None:
    if value is None:
        return None
    try:
        return format(Decimal(str(value)), "f")
    except InvalidOperation as error:
        raise UsageError(f"{where}: `{part}` must be a number") from error


def _required_when(value: Any, where: str) -> tuple[str, tuple[str, ...]] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"column", "values"}:
        raise UsageError(f"{where}: `required_when` must be {{column: …, values: […]}}")
    return str(value["column"]), _values(value["values"], where, "required_when")


def _time_zone(name: Any, where: str) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{where}: unknown time_zone {name!r}") from error
