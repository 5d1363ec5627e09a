"""No direct identifier leaves the house: a suite for every table, made from the file's catalog.

A pseudonym (`email_9f…`) and a key pass; an e-mail address, a handle, a telephone number do not.
"""

from collections.abc import Iterable

from orchestration.gate.checks import Catalog, Check, Suite, broken_rows
from orchestration.landing.plain import (
    KEY_ENDINGS,
    PHONE_ANYWHERE,
    PHONE_IN_KEYS,
    UUID,
    holds_plain,
    identifies,
)
from orchestration.system import sql

TOPIC = "privacy"
FILE_SUITE = "file"
NO_VIEWS = "holds_tables_only"

# What the suites' version covers of this module.
RULE = {
    "at_sign": "@",
    "phone_in_keys": PHONE_IN_KEYS,
    "phone_anywhere": PHONE_ANYWHERE,
    "key_endings": KEY_ENDINGS,
    "uuid": UUID,
}


def suites(catalog: Catalog) -> list[Suite]:
    """Return one suite per table that has text; nested types that hold text count as text."""
    found = []
    for (schema, table), columns in sorted(catalog.tables.items()):
        texts = {column: _text(column, kind) for column, kind in columns.items() if _is_text(kind)}
        if texts:
            checks = tuple(_check(column, text) for column, text in texts.items())
            found.append(Suite(schema, table, checks, TOPIC, _may_identify(texts.values())))
    return found


def _is_text(kind: str) -> bool:
    return any(text in kind.upper() for text in ("VARCHAR", "JSON", "ENUM", "BLOB"))


def _text(column: str, kind: str) -> str:
    return sql.name(column) if kind.upper() == "VARCHAR" else f"cast({sql.name(column)} as varchar)"


def _may_identify(texts: Iterable[str]) -> str:
    """Return a condition that a row has wherever one of its texts is an identifier.

    One search through all texts of a row, a line each, takes less than one search through each.
    """
    lines = f"concat_ws(chr(10), {', '.join(texts)})"
    return identifies(lines, PHONE_ANYWHERE)


def _check(column: str, text: str) -> Check:
    return broken_rows(
        f"{column}_holds_no_identifier",
        f"not {holds_plain(text, column)}",
        f"{column} holds no e-mail address, handle or telephone number.",
    )
