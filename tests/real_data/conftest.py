"""Fixtures: each data set mapped once, and run through the pipeline once, per session."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from . import raw
from .mapping import DataMissing, load
from .pipeline import publish


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


class Edition(NamedTuple):
    """What one run published: a read-only connection, and the data directory it came from."""

    connection: duckdb.DuckDBPyConnection
    data_dir: Path


@pytest.fixture(scope="session")
def bank_edition(tmp_path_factory) -> Iterator[Edition]:
    """The edition published from the call centre's file alone."""
    yield from _published("anonymous_bank", tmp_path_factory)


@pytest.fixture(scope="session")
def techsupport_edition(tmp_path_factory) -> Iterator[Edition]:
    """The edition published from the help desk's workbook alone."""
    yield from _published("techsupport", tmp_path_factory)


@pytest.fixture(scope="session")
def telco_edition(tmp_path_factory) -> Iterator[Edition]:
    """The edition published from the telecom operator's workbooks alone."""
    yield from _published("telco", tmp_path_factory)


def _published(name: str, tmp_path_factory) -> Iterator[Edition]:
    data_dir = tmp_path_factory.mktemp(name)
    try:
        pointer = publish(name, data_dir)
    except DataMissing as reason:
        pytest.skip(str(reason))
    connection = duckdb.connect(str(pointer), read_only=True)
    yield Edition(connection, data_dir)
    connection.close()
