"""What the contract asks of a row, as SQL conditions with the reason to give when one fails.

A rule reads the stages of `check`: `t__x` the text of column x, `k__x` and `w__x` the form and the
wall-clock time of an instant, `v__x` the typed value, which is null when the text is no such value.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

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
from orchestration.landing.plain import PHONE_ANYWHERE, holds_plain, identifies, may_identify
from orchestration.system.sql import text

CLOCK_TOLERANCE = timedelta(days=1)
TRUE = "'true', '1', 'oui', 'vrai', 'yes', 't', 'y'"
FALSE = "'false', '0', 'non', 'faux', 'no', 'f', 'n'"
NUMBER = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
INTEGER = r"[+-]?[0-9]+([.]0*)?"
# 1,23457E+11: what a spreadsheet makes of a long number, whose last digits are gone.
SCIENTIFIC = r"[0-9]+([.,][0-9]+)?[eE][+][0-9]+"
# A refused value in a reason: so much of it, and what takes it off again, to count reasons alike.
LONGEST_QUOTE = 40
# What would be taken for the end of a reason or of a quote, as SQL.
_UNSHOWN = "';\"' || chr(9) || chr(10) || chr(13)"
QUOTE = r' \("[^"]*"\)'


@dataclass(frozen=True)
class Rule:
    """A condition that no accepted row fulfils. `reason` is SQL for what to say about it.

    `holds_for_deletions`: a row that says "delete me" is held to the rules of its key only.
    """

    fails: str
    reason: str
    holds_for_deletions: bool


def rules(table: Table, present: set[str], comma_is_point: bool, now: datetime) -> list[Rule]:
    """Everything that the contract asks of a row of a file that has the columns `present`."""
    found = [
        Rule(fails, reason, column.name in (*table.key, UPDATED_AT, DELETED))
        for column in table.columns
        for fails, reason in (
            *_presence(column),
            *(_content(column, table, comma_is_point, now) if column.name in present else ()),
        )
    ]
    return found + _plain_identifiers(table, present)


def _plain_identifiers(table: Table, present: set[str]) -> list[Rule]:
    """A code, a name or a key is no place for an address or a telephone number.

    One search through all texts of a row finds those that are looked at column by column.
    """
    columns = [
        column
        for column in table.columns
        if column.name in present
        and column.data_type == "varchar"
        and not (column.free_text or column.allowed)
    ]
    lines = f"concat_ws(chr(10), {', '.join(v(column.name) for column in columns)})"
    # a branch is looked at for the rows that reach it alone, both sides of an `and` for all of them
    may_hold = may_identify(lines)
    what = "holds an e-mail address or a telephone number"
    return [
        Rule(
            f"case when {may_hold} then {holds_plain(v(column.name), column.name)} else false end",
            _says(column, what),
            column.name in table.key,
        )
        for column in columns
    ]


def t(column: str) -> str:
    """The text of a column."""
    return f"t__{column}"


def v(column: str) -> str:
    """The typed value of a column."""
    return f"v__{column}"


def matches(value: str, form: str) -> str:
    """SQL: has the whole text this form?"""
    return f"regexp_full_match({value}, {text(form)})"


def number_text(column: str, comma_is_point: bool) -> str:
    """SQL for the text of a number with a decimal point, whatever the file writes."""
    return f"replace({t(column)}, ',', '.')" if comma_is_point else t(column)


def _says(column: Column, what: str) -> str:
    return text(f"{column.name}: {what}")


def _quotes(column: Column, reason: str) -> str:
    """SQL for a reason with the value that it refuses; never that of a column about people."""
    if column.pii != "none":
        return reason
    value = t(column.name)
    shown = f"translate({value}, {_UNSHOWN}, ',''   ')"
    return (
        # an address or a number in the wrong column is a person's all the same
        f"{reason} || case when {value} is null or {identifies(value, PHONE_ANYWHERE)} then ''"
        f" when length({shown}) > {LONGEST_QUOTE}"
        f" then concat(' (\"', left({shown}, {LONGEST_QUOTE}), '…\")')"
        f" else concat(' (\"', {shown}, '\")') end"
    )


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(text(value) for value in values)


def _presence(column: Column) -> list[tuple[str, str]]:
    found = []
    if column.required:
        found.append((f"{t(column.name)} is null", _says(column, "required, but missing")))
    if column.required_when:
        other, values = column.required_when
        fails = f"{t(column.name)} is null and {v(other)} in ({_listed(values)})"
        found.append((fails, _says(column, f"required when {other} is {' or '.join(values)}")))
    return found


def _content(
    column: Column, table: Table, comma_is_point: bool, now: datetime
) -> list[tuple[str, str]]:
    text_, value = t(column.name), v(column.name)
    is_lost = f"{text_} is not null and {value} is null"
    found = []
    if column.pseudonym and column.required:
        found.append((is_lost, _says(column, "holds no identifier")))
    if column.is_id:
        what = _says(column, "digits lost to scientific notation")
        # the punctuation first: hardly any key has it
        fails = f"contains(upper({text_}), 'E+') and {matches(text_, SCIENTIFIC)}"
        found.append((fails, what))
    if column.data_type != "varchar":
        found.append((is_lost, _why_not_typed(column, comma_is_point)))
    allowed = column.allowed
    if not allowed and column.name in reference_type_columns(table):
        allowed = (PLAIN_REFERENCE_TYPE, *REFERENCE_TYPES)
    if allowed:
        # no type of reference, but what an untyped reference is taken for
        is_type = column.name in reference_type_columns(table)
        taken = (*allowed, UNTYPED_REFERENCE_TYPE) if is_type else allowed
        fails = f"{value} not in ({_listed(taken)})"
        found.append((fails, _says(column, f"not one of {', '.join(allowed)}")))
    if column.is_whole:
        found.append((f"{value} <> trunc({value})", _says(column, "not a whole number")))
    if column.minimum is not None:
        found.append((f"{value} < {column.minimum}", _says(column, f"below {column.minimum}")))
    if column.maximum is not None:
        found.append((f"{value} > {column.maximum}", _says(column, f"above {column.maximum}")))
    if column.earliest:
        first = _moment(datetime.fromisoformat(column.earliest), column, table)
        found.append((f"{value} < {first}", _says(column, f"before {column.earliest}")))
    for other in column.not_before:
        found.append((f"{value} < {v(other)}", _says(column, f"before {other}")))
    if column.data_type in TIMES and not column.may_be_future:
        limit = _latest(column, table, now)
        found.append((f"{value} > {limit}", _says(column, "in the future")))
    return [(fails, _quotes(column, reason)) for fails, reason in found]


def reference_type_columns(table: Table) -> set[str]:
    """The columns that say which type a reference of the same row has."""
    return {c.reference_type_column for c in table.columns if c.reference_type_column}


def _latest(column: Column, table: Table, now: datetime) -> str:
    """SQL for the last moment that is not yet the future, with some room for wrong clocks."""
    return _moment(now + CLOCK_TOLERANCE, column, table)


def _moment(moment: datetime, column: Column, table: Table) -> str:
    """SQL for a moment as a value of the column; without an offset, one on the table's clocks."""
    zone = ZoneInfo(table.time_zone)
    if not moment.tzinfo:
        moment = moment.replace(tzinfo=zone)
    if column.data_type == "date":
        return f"date '{moment.astimezone(zone):%Y-%m-%d}'"
    return f"timestamptz '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00'"


def _why_not_typed(column: Column, comma_is_point: bool) -> str:
    """SQL for why a text did not become a value of the column's type."""
    form, clock = f"k__{column.name}", f"w__{column.name}"
    number = number_text(column.name, comma_is_point)
    cases, otherwise = {
        "timestamptz": (
            {
                f"{form} = 0": "not an instant (ISO 8601)",
                f"{form} = 1 and {clock} is not null": "does not exist, clocks went forward",
            },
            "impossible date or time",
        ),
        "date": (
            {f"not {instants.is_date(t(column.name))}": "not a date (ISO 8601)"},
            "impossible date",
        ),
        "boolean": ({}, "not true or false"),
        "decimal(18,4)": (
            {f"not {matches(number, NUMBER)}": "not a number"},
            "too large, at most 14 digits before the point",
        ),
        "decimal(18,6)": (
            {f"not {matches(number, NUMBER)}": "not a number"},
            "too large, at most 12 digits before the point",
        ),
    }.get(
        column.data_type,
        ({f"not {matches(number, INTEGER)}": "not an integer"}, "too large"),
    )
    if not cases:
        return _says(column, otherwise)
    whens = " ".join(f"when {when} then {_says(column, what)}" for when, what in cases.items())
    return f"case {whens} else {_says(column, otherwise)} end"
