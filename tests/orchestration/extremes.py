"""Rows that are as odd as the landing contract allows: for each column of each table, one row for
each end of what it accepts, with ordinary values beside it."""

from collections.abc import Iterator
from typing import Any

from orchestration.landing.contract import (
    DELETED,
    REFERENCE_TYPES,
    UPDATED_AT,
    Column,
    Contract,
    Table,
)

Row = dict[str, Any]

# The clock of the landing: what is dated until the day after lies in no future.
NOW = "2026-11-30T12:00:00Z"
LATEST = {"timestamptz": "2026-12-01T12:00:00Z", "date": "2026-12-01"}
FOR_EVER = {"timestamptz": "9999-12-31T23:59:59Z", "date": "9999-12-31"}
ORDINARY_DAY = "2026-06-01"
LONG = "é" * 10_000
ODD_TEXTS = (LONG, "'; drop table x; --", "\U0001f600 \u202e\u0000 \u00a0", "null", "%_\\")
LARGEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1, "decimal(18,4)": "99999999999999.9999"}
# What rows refer to: one of each, so that odd rows are joined with ordinary ones.
SHARED = {
    "customer_id": "c",
    "survivor_customer_id": "c",
    "contact_id": "contacts-base",
    "ticket_id": "tickets-base",
    "invitation_id": "invitations-base",
    "agent_id": "agents-base",
    "subscription_id": "s",
    "kpi_id": "aht",
}


def rows(contract: Contract) -> dict[str, list[Row]]:
    """Return the rows by table, as a CSV says them; the first of each table is ordinary."""
    return {table.name: list(_rows(table)) for table in contract.tables.values()}


def _rows(table: Table) -> Iterator[Row]:
    yield _row(table, "base")
    number = 0
    for column in table.columns:
        if column.name == DELETED:
            continue
        for value in _ends(column, table):
            number += 1
            yield _fitted(table, _row(table, str(number)) | {column.name: value}, column)


def _row(table: Table, name: str) -> Row:
    """An ordinary row with a key of its own."""
    row = {
        column.name: _ordinary(column, f"{table.name}-{name}")
        for column in table.columns
        if column.name != DELETED and (column.required or column.required_when or _is_told(column))
    }
    if table.name == "customers":
        row["customer_id"] = "c" if name == "base" else f"odd-{name}"
    for reference in (column for column in table.columns if column.reference_type_column):
        row |= {reference.name: "c", reference.reference_type_column: "customer_id"}
    if UPDATED_AT in table.by_name:
        row[UPDATED_AT] = f"{ORDINARY_DAY}T12:00:00Z"
    key = table.by_name[table.key[0]]
    if len(table.key) > 1 and key.data_type == "varchar":
        row[key.name] = _ordinary(key, f"{table.name}-{name}")
    return row


def _is_told(column: Column) -> bool:
    """Does an ordinary row have the column though it need not be?"""
    return column.name in SHARED or column.data_type not in ("varchar", "boolean")


def _ordinary(column: Column, key: str) -> Any:
    if (
        column.name.endswith("_id")
        and column.name in SHARED
        and not key.startswith(
            {"contact_id": "contacts-", "ticket_id": "tickets-"}.get(column.name, "\0")
        )
    ):
        shared = SHARED[column.name]
        own = shared.removesuffix("base")
        return key if key.startswith(own) and own != shared else shared
    if column.allowed:
        return column.allowed[0]
    if column.code == "upper":
        return "EUR"
    if column.data_type == "varchar":
        return key
    if column.data_type == "boolean":
        return "false"
    if column.data_type in LATEST:
        return ORDINARY_DAY + ("T12:00:00Z" if column.data_type == "timestamptz" else "")
    return max(int(float(column.minimum or 0)), 3)


def _ends(column: Column, table: Table) -> Iterator[Any]:
    """Yield the extreme values of a column that the contract accepts."""
    if column.data_type == "boolean":
        yield from ("true", "false")
    elif column.allowed:
        yield from column.allowed
    elif column.data_type == "varchar":
        yield from ODD_TEXTS
        if column.reference_type_column:
            yield from ("jane@example.org", "0612345678", "@jane", "0", "nobody knows")
        if column.pseudonym in REFERENCE_TYPES:
            yield from ("jane@example.org", "0612345678", "unknown")
        if column.code:
            yield from ("USD", "xxx", "Phone", "nps")
    elif column.data_type in LATEST:
        bounds = [column, *(table.by_name[other] for other in column.not_before)]
        yield max(bound.earliest or "0001-01-02" for bound in bounds)
        yield (FOR_EVER if column.may_be_future else LATEST)[column.data_type]
    else:
        yield column.minimum if column.minimum is not None else f"-{LARGEST[column.data_type]}"
        yield column.maximum if column.maximum is not None else LARGEST[column.data_type]
        yield 0
    if not column.required:
        yield ""


def _fitted(table: Table, row: Row, odd: Column) -> Row:
    """The row with what the odd value contradicts moved to it, or left out."""
    for column in table.columns:
        if column is odd or column.data_type not in LATEST or not row[odd.name]:
            continue
        if odd.name in column.not_before and str(row[odd.name]) > str(row[column.name]):
            row[column.name] = row[odd.name] if column.required else ""
        if column.name in odd.not_before and str(row[odd.name]) < str(row[column.name]):
            row[column.name] = row[odd.name]
    return row
