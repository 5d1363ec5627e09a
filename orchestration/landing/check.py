"""A loaded file typed and judged in one SQL statement; no row is handled in Python.

The statement is a chain of stages: the text of every column, trimmed (`t__x`); the form of an
instant (`k__x`) and the type of a reference (`r__x`); the wall-clock time of an instant (`w__x`);
the typed value (`v__x`). A cheap condition then finds the rows that break a rule, and reasons are
put together for those alone.
"""

from collections.abc import Iterable
from datetime import datetime

from orchestration.landing import instants
from orchestration.landing.contract import (
    DELETED,
    PLAIN_REFERENCE_TYPE,
    REFERENCE_TYPES,
    TIMES,
    UNTYPED_REFERENCE_TYPE,
    UPDATED_AT,
    Column,
    Table,
)
from orchestration.landing.identifiers import placeholders
from orchestration.landing.lines import WHITE_SPACE, Spaces
from orchestration.landing.read import Loaded
from orchestration.landing.rules import (
    FALSE,
    INTEGER,
    NUMBER,
    SCIENTIFIC,
    TRUE,
    matches,
    number_text,
    rules,
    t,
    v,
)
from orchestration.system.sql import name, text

_FRENCH_PHONE = "(0|00330?)[1-9][0-9]{8}"


def typed_columns(table: Table) -> str:
    """Columns of the relation that `typed_rows` fills, as in `create table`."""
    columns = [f"{name(column.name)} {column.data_type}" for column in table.columns]
    added = ["file__number integer", "row_number bigint", "problem__ varchar", "refused__ varchar"]
    return ", ".join([*columns, *added])


def references(loaded: Loaded) -> str | None:
    """SQL for the distinct direct identifiers (ref_type, plain) of a file; None without any."""
    wanted = ", ".join(text(kind) for kind in REFERENCE_TYPES)
    parts = [
        f"select {_reference_type(column, loaded)} as ref_type, {t(column.name)} as plain"
        f" from ({_texts(loaded)}) where {t(column.name)} is not null"
        for column in loaded.table.columns
        if column.pseudonym and column.name in loaded.values
    ]
    if not parts:
        return None
    return f"select distinct * from ({' union all '.join(parts)}) where ref_type in ({wanted})"


def free_texts(loaded: Loaded) -> str | None:
    """SQL for the distinct free texts (plain) of a file; None where it has no column of them."""
    parts = [
        f"select {t(column.name)} as plain from ({_texts(loaded)})"
        f" where {t(column.name)} is not null"
        for column in loaded.table.columns
        if column.free_text and column.name in loaded.values
    ]
    return f"select distinct plain from ({' union all '.join(parts)})" if parts else None


def typed_rows(loaded: Loaded, now: datetime, pseudonyms: str, texts: str) -> str:
    """SQL for the rows of a loaded file: typed columns, file__number, row_number, problem__.

    `problem__` is null for a row that fits, else everything that is wrong with it, joined by '; '.
    `refused__` lists the columns whose text is no identifier, so that they name nobody.
    `pseudonyms` is a relation (ref_type, plain, pseudonym), `texts` one (plain, redacted): the same
    words are looked at once. A deletion keeps its key, its instant
    and nothing else: the rest of the row is what must disappear.
    """
    table, present = loaded.table, set(loaded.values) | set(_inferred(loaded))
    columns = [column for column in table.columns if column.name in present]
    moments = [column for column in columns if column.data_type == "timestamptz"]
    sql = f"({_texts(loaded)})"
    sql = _stage(sql, [f"{instants.form(t(c.name))} as k__{c.name}" for c in moments])
    sql = _stage(
        sql,
        [f"{_reference_type(c, loaded)} as r__{kind}" for kind, c in _inferred(loaded).items()],
    )
    sql = _stage(
        f"{sql} as rows {_joins(columns, pseudonyms, texts)}",
        [
            f"{instants.wall_clock(t(c.name), f'k__{c.name}')} as w__{c.name}"
            if c in moments
            else f"{_value(c, loaded)} as {v(c.name)}"
            for c in columns
        ],
    )
    zone = loaded.time_zone
    sql = _stage(
        sql,
        [
            f"{instants.instant(t(c.name), f'k__{c.name}', f'w__{c.name}', zone)} as {v(c.name)}"
            for c in moments
        ]
        + [f"null::{c.data_type} as {v(c.name)}" for c in table.columns if c not in columns],
    )
    for column in moments:
        if others := [v(other.name) for other in moments if other.name in column.not_before]:
            moved = instants.moved_later(
                v(column.name), f"k__{column.name}", f"w__{column.name}", others, zone
            )
            sql = f"(select * replace ({moved} as {v(column.name)}) from {sql})"
    deleted = f"coalesce({v(DELETED)}, false)" if table.can_be_deleted else "false"
    sql = _stage(sql, [f"{deleted} as is__deleted"])
    outputs = ", ".join(f"{_output(c, loaded)} as {name(c.name)}" for c in table.columns)
    reason = _reason(loaded, present, now)
    refused = ", ".join(
        f"case when {t(c.name)} is not null and {v(c.name)} is null then {text(c.name)} end"
        for c in columns
        if c.pseudonym
    )
    return (
        f"select {outputs}, {loaded.number} as file__number, row_number, {reason} as problem__,"
        f" nullif(concat_ws(',', {refused or 'null'}), '') as refused__ from {sql}"
    )


def _stage(relation: str, expressions: Iterable[str]) -> str:
    """A relation with more columns."""
    added = "".join(f", {expression}" for expression in expressions)
    return f"(select *{added} from {relation})"


def _texts(loaded: Loaded) -> str:
    """SQL for the row number and the text of every column of the contract."""
    parts = ["row_number"]
    for column in loaded.table.columns:
        source = loaded.values.get(column.name)
        if source is None:
            parts.append(f"null::varchar as {t(column.name)}")
            continue
        value = _trimmed(source, column, loaded.examined.spaces)
        parts.append(f"{_as_meant(value, column, loaded.comma_is_point)} as {t(column.name)}")
    return f"select {', '.join(parts)} from {loaded.relation}"


def _trimmed(source: str, column: Column, spaces: Spaces) -> str:
    """SQL for a value without the white space around it; free text keeps its own."""
    if spaces == Spaces.NONE:
        return source
    trimmed = f"trim({source}, {WHITE_SPACE})" if spaces == Spaces.ODD else f"trim({source})"
    if column.free_text:
        return f"case when {trimmed} <> '' then {source} end"
    return f"nullif({trimmed}, '')"


def _as_meant(value: str, column: Column, is_spreadsheet: bool) -> str:
    """SQL for what a text says, whichever program wrote it down.

    A code is compared whatever its case and the way its accents are written. A number that names
    something is no quantity: a spreadsheet guards it (`="0612"`, `'0612`) or makes 542.0 of it.
    Where cells are separated by semicolons, 31/12/2026 is a date.
    """
    if column.case:
        return f"{column.case}(nfc_normalize({value}))"
    if column.is_id or column.pseudonym:
        mark = "[.,]" if is_spreadsheet else "[.]"
        guarded = f"""regexp_replace({value}, '^(=\"(.*)\"|''(.*))$', '\\2\\3')"""
        return (
            f"case when not regexp_matches({value}, '^[='']|{mark}0+$') then {value}"
            f" else nullif(regexp_replace({guarded}, '^([0-9]+){mark}0+$', '\\1'), '') end"
        )
    if column.data_type in TIMES and is_spreadsheet:
        return instants.from_french(value)
    return value


def _inferred(loaded: Loaded) -> dict[str, Column]:
    """Columns that say the type of a reference of the file, with that reference."""
    columns = loaded.table.columns
    return {
        column.reference_type_column: column
        for column in columns
        if column.reference_type_column and column.name in loaded.values
    }


def _reference_type(column: Column, loaded: Loaded) -> str:
    """SQL for the type of a reference: given, or inferred from its form where it may be absent."""
    by = column.reference_type_column
    if not by:
        return text(column.pseudonym or "")
    if loaded.table.by_name[by].required:
        return t(by)
    value = t(column.name)
    digits = f"regexp_replace({value}, '[ \\x{{A0}}\\x{{202F}}.()-]', '', 'g')"
    return (
        f"case when {t(by)} is not null or {value} is null then {t(by)}"
        f" when starts_with({value}, '@') then 'handle'"
        f" when regexp_matches({value}, '^(?i:sips?|tel):') then 'phone'"
        f" when contains({value}, '@') then 'email'"
        f" when starts_with({value}, '+') or {matches(digits, _FRENCH_PHONE)} then 'phone'"
        f" when not {_is_placeholder(value)} then {text(UNTYPED_REFERENCE_TYPE)} end"
    )


def _is_placeholder(value: str) -> str:
    """SQL: does a plain reference name nobody? As `identifiers.is_placeholder` says it."""
    known = ", ".join(text(one) for one in sorted(placeholders()[0]))
    squeezed = rf"regexp_replace(lower(strip_accents({value})), '[^\p{{L}}\p{{N}}]', '', 'g')"
    is_empty = f"trim({squeezed}, '0') = ''"
    return f"({is_empty} or {squeezed} in ({known}) or {matches(value, SCIENTIFIC)})"


def _joins(columns: list[Column], pseudonyms: str, texts: str) -> str:
    joins = []
    for column in columns:
        if column.pseudonym:
            by = column.reference_type_column
            kind = f"r__{by}" if by else text(column.pseudonym)
            alias = f"p__{column.name}"
            joins.append(
                f"left join {pseudonyms} as {alias}"
                f" on {alias}.ref_type = {kind} and {alias}.plain = {t(column.name)}"
            )
        if column.free_text:
            alias = f"x__{column.name}"
            joins.append(f"left join {texts} as {alias} on {alias}.plain = {t(column.name)}")
    return " ".join(joins)


def _value(column: Column, loaded: Loaded) -> str:
    """SQL for the typed value of any column but an instant; null when its text is no such value."""
    value = t(column.name)
    if column.pseudonym:
        known, by = f"p__{column.name}.pseudonym", column.reference_type_column
        if not by:
            # a customer may have several addresses; whoever writes has one
            return known + "s"
        plain = ", ".join(text(kind) for kind in (PLAIN_REFERENCE_TYPE, UNTYPED_REFERENCE_TYPE))
        return (
            f"case when r__{by} is null or r__{by} not in ({plain}) then {known}"
            f" when not {_is_placeholder(value)} then {value} end"
        )
    if column.free_text:
        return f"x__{column.name}.redacted"
    if column.data_type == "varchar":
        return f"r__{column.name}" if column.name in _inferred(loaded) else value
    if column.data_type == "date":
        return instants.date(value)
    if column.data_type == "boolean":
        low = f"lower({value})"
        return f"case when {low} in ({TRUE}) then true when {low} in ({FALSE}) then false end"
    number = number_text(column.name, loaded.comma_is_point)
    form = NUMBER if column.data_type.startswith("decimal") else INTEGER
    return f"case when {matches(number, form)} then try_cast({number} as {column.data_type}) end"


def _output(column: Column, loaded: Loaded) -> str:
    if column.name == DELETED:
        return "is__deleted"
    is_kept = column.name in (*loaded.table.key, UPDATED_AT)
    if DELETED in loaded.values and not is_kept:
        return f"case when is__deleted then null else {v(column.name)} end"
    return v(column.name)


def _reason(loaded: Loaded, present: set[str], now: datetime) -> str:
    """SQL for what is wrong with a row; null for a row that fits."""
    checks = rules(loaded.table, present, loaded.comma_is_point, now)
    always = " or ".join(f"({rule.fails})" for rule in checks if rule.holds_for_deletions)
    other = " or ".join(f"({rule.fails})" for rule in checks if not rule.holds_for_deletions)
    reasons = ", ".join(
        f"case when ({rule.fails})"
        + ("" if rule.holds_for_deletions else " and not is__deleted")
        + f" then {rule.reason} end"
        for rule in checks
    )
    return (
        f"case when coalesce({always or 'false'}, false)"
        f" or (not is__deleted and coalesce({other or 'false'}, false))"
        f" then concat_ws('; ', {reasons or 'null'}) end"
    )
