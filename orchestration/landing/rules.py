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
    UPDATED_AT,
    Column,
    Table,
)
from orchestration.system.sql import text

CLOCK_TOLERANCE = timedelta(days=1)
TRUE, FALSE = "'true', '1', 'oui'", "'false', '0', 'non'"
NUMBER = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
INTEGER = r"[+-]?[0-9]+([.]0*)?"


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
    return [
        Rule(fails, reason, column.name in (*table.key, UPDATED_AT, DELETED))
        for column in table.columns
        for fails, reason in (
            *_presence(column),
            *(_content(column, table, comma_is_point, now) if column.name in present else ()),
        )
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
    if column.data_type != "varchar":
        found.append((is_lost, _why_not_typed(column, comma_is_point)))
    allowed = column.allowed
    if not allowed and column.name in reference_type_columns(table):
        allowed = (PLAIN_REFERENCE_TYPE, *REFERENCE_TYPES)
    if allowed:
        fails = f"{value} not in ({_listed(allowed)})"
        found.append((fails, _says(column, f"not one of {', '.join(allowed)}")))
    if column.minimum is not None:
        found.append((f"{value} < {column.minimum}", _says(column, f"below {column.minimum}")))
    if column.maximum is not None:
        found.append((f"{value} > {column.maximum}", _says(column, f"above {column.maximum}")))
    for other in column.not_before:
        found.append((f"{value} < {v(other)}", _says(column, f"before {other}")))
    if column.data_type in ("timestamptz", "date") and not column.may_be_future:
        limit = _latest(column, table, now)
        found.append((f"{value} > {limit}", _says(column, "in the future")))
    return found


def reference_type_columns(table: Table) -> set[str]:
    """The columns that say which type a reference of the same row has."""
    return {c.reference_type_column for c in table.columns if c.reference_type_column}


def _latest(column: Column, table: Table, now: datetime) -> str:
    """SQL for the last moment that is not yet the future, with some room for wrong clocks."""
    limit = now + CLOCK_TOLERANCE
    if column.data_type == "date":
        return f"date '{limit.astimezone(ZoneInfo(table.time_zone)):%Y-%m-%d}'"
    return f"timestamptz '{limit.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00'"


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
