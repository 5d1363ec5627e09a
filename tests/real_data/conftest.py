"""Fixtures: each data set mapped once, and run through the pipeline once, per session."""

from collections.abc import Iterator

import duckdb
import pytest

from . import raw
from .mapping import DataMissing, load


@pytest.fixture(scope="session")
def bank() -> Iterator[duckdb.DuckDBPyConnection]:
    """The call centre's landing tables, mapped in memory."""
    yield from _mapped("anonymous_bank")


@pytest.fixture(scope="session")
def techsupport() -> Iterator[duckdb.DuckDBPyConnection]:
    """The help desk's landing tables, mapped in memory."""
    yield from _mapped("techsupport")


@pytest.fixture(scope="session")
def telco() -> Iterator[duckdb.DuckDBPyConnection]:
    """The telecom operator's landing tables, mapped in memory."""
    yield from _mapped("telco")


@pytest.fixture(scope="session")
def raw_calls():
    """The call centre's raw file (pandas)."""
    return _raw(raw.bank_calls)


@pytest.fixture(scope="session")
def raw_tickets():
    """The help desk's raw file (pandas)."""
    return _raw(raw.tickets)


@pytest.fixture(scope="session")
def raw_customers():
    """The telecom operator's raw workbooks, joined (pandas)."""
    return _raw(raw.telco)


def _mapped(name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        connection = load(name)
    except DataMissing as reason:
        pytest.skip(str(reason))
    yield connection
    connection.close()


def _raw(read):
    try:
        return read()
    except DataMissing as reason:
        pytest.skip(str(reason))
