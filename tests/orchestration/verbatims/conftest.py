"""The project's own SQL of redaction and of words, compiled once and run on lists of texts."""

from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import pytest

from tests.oracles.compiled import compiled

DIVIDER = "/* and */"
Run = Callable[[Iterable[str]], list[Any]]


@pytest.fixture(scope="session")
def macros(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    words = "text_terms(without_redactions(redacted('text')))"
    jinja = f"{{{{ redacted('text') }}}} {DIVIDER} {{{{ {words} }}}}"
    return compiled(jinja, tmp_path_factory.mktemp("macros")).split(DIVIDER)


def runner(sql: str) -> Run:
    def run(texts: Iterable[str]) -> list[Any]:
        with duckdb.connect() as connection:
            query = f"select {sql} from (select unnest($1) as text)"
            return [found for (found,) in connection.execute(query, [list(texts)]).fetchall()]

    return run


@pytest.fixture(scope="session")
def redact(macros: list[str]) -> Run:
    """Return a function that redacts texts."""
    return runner(macros[0])


@pytest.fixture(scope="session")
def words_of(macros: list[str]) -> Run:
    """Return a function that gives the words, and pairs of words, of each text once redacted."""
    return runner(macros[1])
