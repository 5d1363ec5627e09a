"""A mapping proposed from what a file shows. Nothing is written here, and nothing is silent:
`Proposal` says what was placed and why, what was not, and what a person has to decide.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import duckdb

from orchestration.landing.contract import NUMBERS, TIMES, Column, Contract, Table
from orchestration.landing.files import stem_of
from orchestration.landing.instants import INSTANT
from orchestration.landing.lines import WHITE_SPACE
from orchestration.landing.mappings import words
from orchestration.landing.mappings.cells import date_forms, parsed_by
from orchestration.landing.mappings.declared import ISO, FileMapping
from orchestration.landing.mappings.fillings import Filling, plain
from orchestration.landing.mappings.look import SEEN, Seen
from orchestration.landing.rules import FALSE, TRUE
from orchestration.system.errors import UsageError
from orchestration.system.sql import text

# Of a column's values, so many have to be what the contract asks for before it is proposed for it.
ENOUGH = 0.7
MOST_VALUES = 200
# How well a column is named whose values alone say what it is.
BY_VALUES = 1.0
_CLOCK = r"[0-9]+:[0-5]?[0-9](:[0-5]?[0-9]([.,][0-9]+)?)?"
_NUMBER = r"[+-]?[0-9][0-9\s\x{A0}\x{202F}.,]*( ?(€|EUR))?|[+-]?[.,][0-9]+"
_WITH_COMMA = r"[+-]?[0-9\s\x{A0}\x{202F}.]*,[0-9]+( ?€)?"
_THOUSANDS = r"[+-]?[0-9]{1,3}(,[0-9]{3})+"
_WITH_POINT = r"[+-]?[0-9,]*[.][0-9]+"
_DATE = r"[0-9]{1,4}([/.-])[0-9]{1,2}[/.-][0-9]{1,4}.*"


@dataclass(frozen=True)
class Given:
    """What the user says beforehand: it is taken as said, and the rest is proposed around it."""

    source: str | None = None
    table: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    date_format: str | None = None
    decimal: str | None = None
    time_zone: str | None = None
    pattern: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """What `pilotage map` shows. `why` says by column how it was found, `notes` what to look at.

    `unplaced` are headers that fill nothing, `missing` required columns that nothing fills,
    `unknown` values by column that no code of the contract or of a seed is.
    """

    table: Table
    mapping: FileMapping
    why: dict[str, str]
    unplaced: list[str]
    missing: list[str]
    unknown: dict[str, list[str]]
    notes: list[str]


@dataclass(frozen=True)
class _Shape:
    """What the values of one column of the file look like, in shares of those that are there."""

    dates: float
    numbers: float
    clocks: float
    booleans: float
    values: int


def propose(
    con: duckdb.DuckDBPyConnection, seen: Seen, contract: Contract, given: Given
) -> Proposal:
    """Propose how the file in the table `seen` fills a table. `UsageError` when none fits."""
    shapes = [_shape(con, at) for at in range(len(seen.headers))]
    tables = _candidates(contract, given)
    placed = {table.full_name: _place(con, seen, shapes, table, given) for table in tables}
    table = max(tables, key=lambda one: _fit(one, placed[one.full_name], seen))
    if not placed[table.full_name] and not given.columns:
        names = ", ".join(one.name for one in tables)
        raise UsageError(
            f"{seen.path.name}: no header names a column of {names if given.table else 'any table'}"
            " (the first line has to hold the headers). Say --table, and --column HEADER=COLUMN."
        )
    return _proposal(con, seen, shapes, table, placed[table.full_name], given)


def _candidates(contract: Contract, given: Given) -> list[Table]:
    found = [
        table
        for (source, name), table in contract.tables.items()
        if given.source in (None, source) and given.table in (None, name)
    ]
    if found:
        return found
    if given.source and given.source not in contract.sources:
        raise UsageError(f"No source {given.source!r}; there are {', '.join(contract.sources)}.")
    known = [name for source, name in contract.tables if given.source in (None, source)]
    raise UsageError(f"No table {given.table!r}; there are {', '.join(known)}.")


def _fit(table: Table, placed: dict[str, tuple[int, float]], seen: Seen) -> float:
    """How well a table fits: what it requires counts most, then the file's name, then the rest."""
    required = [column.name for column in table.columns if column.required]
    share = sum(name in placed for name in required) / len(required)
    is_named = table.name in words.named_by(stem_of(seen.path.name))
    return 2 * share + 1.5 * is_named + sum(score for _, score in placed.values()) / 1000


def _place(
    con: duckdb.DuckDBPyConnection,
    seen: Seen,
    shapes: list[_Shape],
    table: Table,
    given: Given,
) -> dict[str, tuple[int, float]]:
    """Give each column of the contract the header that names it best, each header once."""
    said = {plain(header): column for header, column in given.columns.items()}
    if strange := [one for one in given.columns if plain(one) not in map(plain, seen.headers)]:
        raise UsageError(
            f"The file has no header {', '.join(strange)}; it has {', '.join(seen.headers)}."
        )
    found: dict[str, tuple[int, float]] = {}
    taken = set()
    for at, header in enumerate(seen.headers):
        if column := said.get(plain(header)):
            found[column] = (at, 2 * words.SURE)
            taken.add(at)
    scored = sorted(
        (
            (-score, at, column.name)
            for at, header in enumerate(seen.headers)
            for column in table.columns
            if (score := words.likeness(header, table, column.name))
            and _could_be(con, at, column, shapes[at])
        ),
    )
    for score, at, name in scored:
        if at not in taken and name not in found and name not in given.constants:
            found[name] = (at, -score)
            taken.add(at)
    for coded in table.columns:
        if coded.required and coded.allowed and coded.name not in {*found, *given.constants}:
            for at in range(len(seen.headers)):
                if at not in taken and _is_coded(con, at, coded):
                    found[coded.name] = (at, BY_VALUES)
                    taken.add(at)
                    break
    return found


def _is_coded(con: duckdb.DuckDBPyConnection, at: int, column: Column) -> bool:
    """Is every value of a column of the file a code of this column?"""
    known, values = words.meanings(column), _values(con, at)
    return bool(values) and all(plain(value) in known for value, _ in values)


def _could_be(con: duckdb.DuckDBPyConnection, at: int, column: Column, shape: _Shape) -> bool:
    """Are the values of the kind that the contract asks for? A column without any says nothing."""
    if not shape.values:
        return True
    if column.data_type in TIMES:
        return shape.dates >= ENOUGH
    if column.data_type in NUMBERS:
        return max(shape.numbers, shape.clocks) >= ENOUGH
    if column.data_type == "boolean":
        return shape.booleans >= ENOUGH
    if column.allowed:
        known = words.meanings(column)
        values = _values(con, at)
        return any(plain(value) in known for value, _ in values)
    return shape.dates < ENOUGH


def _shape(con: duckdb.DuckDBPyConnection, at: int) -> _Shape:
    value = _bare(at)
    booleans = f"lower({value}) in ({TRUE}, {FALSE})"
    dates = (
        f"regexp_full_match({value}, {text(_DATE)}) or regexp_full_match({value}, {text(INSTANT)})"
    )
    *kinds, values = con.execute(f"""
        select
            count(*) filter ({dates}),
            count(*) filter (regexp_full_match({value}, {text(_NUMBER)})),
            count(*) filter (regexp_full_match({value}, {text(_CLOCK)})),
            count(*) filter ({booleans}),
            count({value})
        from {SEEN}
    """).fetchone()
    dated, numeric, clocked, boolean = (count / max(values, 1) for count in kinds)
    return _Shape(dated, numeric, clocked, boolean, values)


def _bare(at: int) -> str:
    return f"nullif(trim(c{at}, {WHITE_SPACE}), '')"


def _values(con: duckdb.DuckDBPyConnection, at: int) -> list[tuple[str, int]]:
    """The commonest values of a column, with their rows."""
    return con.execute(f"""
        select {_bare(at)} as value, count(*)
        from {SEEN} where value is not null
        group by value order by count(*) desc, value limit {MOST_VALUES}
    """).fetchall()


def _proposal(
    con: duckdb.DuckDBPyConnection,
    seen: Seen,
    shapes: list[_Shape],
    table: Table,
    placed: dict[str, tuple[int, float]],
    given: Given,
) -> Proposal:
    notes: list[str] = []
    unknown: dict[str, list[str]] = {}
    why = {name: _why(seen.headers[at], score, given) for name, (at, score) in placed.items()}
    decimal = given.decimal or _decimal(con, seen, placed, table)
    date_format = given.date_format or _date_format(con, seen, placed, table, decimal, notes)
    fillings = {}
    for name, (at, _) in placed.items():
        column = table.by_name.get(name)
        if column is None:
            raise UsageError(f"--column …={name}: {table.full_name} has no such column.")
        filling = Filling(name, (seen.headers[at],))
        if column.case:
            values, strange = _codes(con, at, column)
            filling = replace(filling, values=values)
            if strange:
                unknown[name] = strange
        elif column.data_type in NUMBERS and name.endswith("_seconds"):
            filling = replace(filling, unit=_unit(con, at, seen.headers[at], shapes[at]))
        fillings[name] = filling
    _join_times(con, seen, shapes, table, fillings, why)
    for name, value in given.constants.items():
        if name not in table.by_name:
            raise UsageError(f"--set {name}=…: {table.full_name} has no such column.")
        fillings[name] = Filling(name, constant=value)
        why[name] = "said"
    key = fillings.get(table.key[0])
    said_by = {
        "the file's name": stem_of(seen.path.name),
        "the header of its key": key.headers[0] if key and key.headers else "",
    }
    for who, said in said_by.items():
        for name, (value, word) in words.constants(table.name, said).items():
            if name not in fillings:
                fillings[name] = Filling(name, constant=value)
                why[name] = f"by {who}, which says {word!r}"
    _suppose(table, fillings, why, notes)
    mapping = FileMapping(
        source=table.source,
        table=table.name,
        pattern=given.pattern or pattern_of(seen.path.name, table),
        fillings=tuple(fillings[c.name] for c in table.columns if c.name in fillings),
        encoding=given.encoding or seen.encoding,
        delimiter=seen.delimiter,
        date_format=date_format,
        decimal=decimal,
        time_zone=given.time_zone or table.time_zone,
    )
    return Proposal(
        table=table,
        mapping=mapping,
        why=why,
        unplaced=mapping.unread(seen.headers),
        missing=[c.name for c in table.columns if c.required and c.name not in fillings],
        unknown=unknown,
        notes=notes,
    )


def _why(header: str, score: float, given: Given) -> str:
    if plain(header) in map(plain, given.columns):
        return "said"
    if score == BY_VALUES:
        return "by its values"
    return "by its name" if score >= words.SURE else "by likeness"


def _suppose(
    table: Table, fillings: dict[str, Filling], why: dict[str, str], notes: list[str]
) -> None:
    """Propose what a required column is where no header names it, and say that it is supposed."""
    for rule in words.words()["supposed"].get(table.name, []):
        name, other = rule["column"], fillings.get(rule["where"])
        if name in fillings or other is None or not other.headers:
            continue
        constant = rule.get("constant")
        fillings[name] = Filling(
            name,
            headers=() if constant else other.headers,
            constant=constant,
            values=tuple(rule.get("values", {}).items()),
            default=rule.get("default"),
        )
        why[name] = "supposed"
        notes.append(f"Supposed of {name}: {rule['because']}; say --column or --set otherwise.")


def _codes(
    con: duckdb.DuckDBPyConnection, at: int, column: Column
) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Which code each value is, where it is not written as one; and the values that are none."""
    known, own = words.meanings(column), words.known_codes(column)
    found, strange = [], []
    for value, _ in _values(con, at):
        code = known.get(plain(value))
        if value.lower() in {one.lower() for one in own}:
            continue
        if code:
            found.append((value, code))
        else:
            strange.append(value)
    return tuple(found), strange


def _unit(con: duckdb.DuckDBPyConnection, at: int, header: str, shape: _Shape) -> str | None:
    """What a duration is counted in, by its form or by what the header says; None: seconds."""
    if shape.clocks >= ENOUGH:
        parts = con.execute(
            f"select max(len(string_split({_bare(at)}, ':'))) from {SEEN}"
        ).fetchone()[0]
        return "hh:mm:ss" if parts == 3 else "mm:ss"
    said = set(plain(header).split())
    for unit, marks in (
        ("milliseconds", {"ms", "millis", "milliseconds", "millisecondes"}),
        ("minutes", {"min", "mn", "mins", "minute", "minutes"}),
        ("hours", {"h", "heures", "hours"}),
    ):
        if said & marks:
            return unit
    return None


def _decimal(
    con: duckdb.DuckDBPyConnection, seen: Seen, placed: dict[str, tuple[int, float]], table: Table
) -> str:
    """A comma where numbers have one that cannot stand between thousands."""
    columns = [
        at
        for name, (at, _) in placed.items()
        if name in table.by_name and table.by_name[name].data_type in NUMBERS
    ]
    for at in columns:
        commas, points = con.execute(f"""
            select
                count(*) filter (
                    regexp_full_match(value, {text(_WITH_COMMA)})
                    and not regexp_full_match(value, {text(_THOUSANDS)})
                ),
                count(*) filter (regexp_full_match(value, {text(_WITH_POINT)}))
            from (select {_bare(at)} as value from {SEEN})
        """).fetchone()
        if commas > points:
            return ","
    has_points = any(_contains(con, at, ".") for at in columns)
    return "," if seen.delimiter == ";" and not has_points else "."


def _date_format(
    con: duckdb.DuckDBPyConnection,
    seen: Seen,
    placed: dict[str, tuple[int, float]],
    table: Table,
    decimal: str,
    notes: list[str],
) -> str:
    """The one way of writing dates that reads most of them; said aloud where two read as many."""
    columns = [
        at
        for name, (at, _) in placed.items()
        if name in table.by_name and table.by_name[name].data_type in TIMES
    ]
    if not columns:
        return ISO
    values = " union all ".join(f"select {_bare(at)} as value from {SEEN}" for at in columns)
    shown = con.execute(f"""
        select
            bool_or(regexp_matches(value, '[AaPp]\\.?[Mm]\\.?$')),
            mode(regexp_extract(value, {text(_DATE)}, 1)),
            count(*) filter (regexp_full_match(value, {text(INSTANT)})),
            count(value)
        from ({values})
        where value is not null
    """).fetchone()
    is_twelve_hours, mark, iso, total = shown
    if not total or not mark or iso == total:
        return ISO
    end = " hh:mm am" if is_twelve_hours else " hh:mm"
    orders = ("dd/mm/yyyy", "mm/dd/yyyy", "yyyy/mm/dd", "dd/mm/yy", "mm/dd/yy")
    tried = [order.replace("/", mark) + end for order in orders]
    read = {one: _read_by(con, values, one) for one in tried}
    most = max(read.values())
    best = [one for one in tried if read[one] == most]
    if len(best) == 1:
        return best[0]
    is_english = is_twelve_hours or (seen.delimiter == "," and decimal == "." and mark == "/")
    best.sort(key=lambda one: one.startswith("mm") != is_english)
    notes.append(
        f"Dates could be {' or '.join(best)}: no day after the 12th says which. Proposed is "
        f"{best[0]}; say --date-format otherwise."
    )
    return best[0]


def _read_by(con: duckdb.DuckDBPyConnection, values: str, said: str) -> int:
    """How many dates a form reads, and none of them in the future."""
    forms = date_forms(said)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return con.execute(f"""
        select count(*) filter (
            regexp_full_match(value, {text(forms.whole)})
            and {parsed_by("value", forms)} <= timestamp '{tomorrow:%Y-%m-%d %H:%M:%S}'
        )
        from ({values})
    """).fetchone()[0]


def _join_times(
    con: duckdb.DuckDBPyConnection,
    seen: Seen,
    shapes: list[_Shape],
    table: Table,
    fillings: dict[str, Filling],
    why: dict[str, str],
) -> None:
    """Where an instant has its date in one column and its time of day in the next, join them."""
    taken = {header for filling in fillings.values() for header in filling.headers}
    free = [
        at
        for at, header in enumerate(seen.headers)
        if header not in taken
        and shapes[at].clocks >= ENOUGH
        and any(f" {one} " in f" {plain(header)} " for one in words.words()["times_of_day"])
    ]
    for at in free:
        for column in table.columns:
            filling = fillings.get(column.name)
            if column.data_type != "timestamptz" or not filling or len(filling.headers) != 1:
                continue
            date_at = seen.headers.index(filling.headers[0])
            if at - date_at != 1 or _contains(con, date_at, ":"):
                continue
            fillings[column.name] = replace(filling, headers=(*filling.headers, seen.headers[at]))
            why[column.name] += ", with the time beside it"
            break


def _contains(con: duckdb.DuckDBPyConnection, at: int, mark: str) -> bool:
    """Does any value of the column hold this mark?"""
    sql = f"select count(*) from {SEEN} where contains(c{at}, {text(mark)})"
    return bool(con.execute(sql).fetchone()[0])


def pattern_of(file_name: str, table: Table) -> str:
    """The names that the next exports will have: what comes before a number may be followed by any.

    A name that the contract reads by itself stays alone: files in its form are named alike.
    """
    stem = stem_of(file_name)
    suffix = file_name[len(stem) :]
    word = re.split(r"[\d(]", stem)[0].rstrip(" _-.")
    if not word or stem.lower().startswith(table.name):
        return re.sub(r"([*?\[])", r"[\1]", file_name)
    return re.sub(r"([*?\[])", r"[\1]", word) + f"*{suffix}"
