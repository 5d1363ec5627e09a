"""People who were forgotten, so that a later export does not bring them back.

The list (`vault/suppressed.txt`) has one HMAC-SHA256 a line, of `kind:value`: an identifier in its
one form, the number of a customer or an agent, or that of a ticket or invitation whose texts were
theirs. Its key is its own (`vault/suppression.key`), because the list must outlive every pseudonym
key: nobody could compute it again. Nothing in it can be read back; whoever has the key can ask of a
value they already know whether it is there.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.landing.contract import PLAIN_REFERENCE_TYPE, REFERENCE_TYPES, Contract, Table
from orchestration.landing.identifiers import normal_forms
from orchestration.landing.read import Loaded
from orchestration.system.errors import UsageError
from orchestration.system.files import private_directory, write_private
from orchestration.system.sql import name, text

CUSTOMER, AGENT = PLAIN_REFERENCE_TYPE, "agent_id"
FORGOTTEN_TEXT = "[forgotten]"
# How the number begins that stands for somebody who was forgotten.
NOBODY = "forgotten_"
LIST, KEY = "suppressed.txt", "suppression.key"
_COUNTED = "create table if not exists suppressed (file_number integer, row_number bigint)"
# What may be an address or a number inside a text that nobody could read as a row.
_ADDRESSES = r'[^\s",;<>]+@[^\s",;<>]+'
_NUMBERS = r"\+?[0-9][0-9 .()-]{7,}[0-9]"


@dataclass(frozen=True)
class Suppressed:
    """The list, to be asked."""

    key: bytes
    marks: frozenset[str]

    def mark(self, kind: str, value: str) -> str:
        return hmac.digest(self.key, f"{kind}:{value}".encode(), "sha256").hex()

    def has(self, kind: str, value: str) -> bool:
        return self.mark(kind, value) in self.marks

    def names(self, written: str) -> bool:
        """Is a text, as some cell has it, an identifier or the number of somebody forgotten?"""
        return self.has(CUSTOMER, written.strip()) or any(
            self.has(kind, value)
            for kind in REFERENCE_TYPES
            for value in normal_forms(kind, written)
        )


def load_suppressed(vault: Path) -> Suppressed | None:
    """Return the list; None while nobody was forgotten. `UsageError` when its key is gone."""
    file, key = vault / LIST, vault / KEY
    if not file.exists():
        return None
    if not key.exists():
        raise UsageError(
            f"{key} is missing, and {file} cannot be read without it: restore it from its backup; "
            "people who were forgotten would come back otherwise"
        )
    return Suppressed(
        bytes.fromhex(key.read_text(encoding="utf-8")),
        frozenset(file.read_text(encoding="utf-8").split()),
    )


def suppress(vault: Path, people: Iterable[tuple[str, str]]) -> None:
    """Add (kind, value) pairs to the list. Idempotent."""
    private_directory(vault)
    if not (vault / LIST).exists() and not (vault / KEY).exists():
        write_private(vault / KEY, secrets.token_hex(32))
        write_private(vault / LIST, "")
    before = load_suppressed(vault) or Suppressed(_key_of(vault), frozenset())
    marks = before.marks | {before.mark(kind, value) for kind, value in people}
    write_private(vault / LIST, "".join(f"{mark}\n" for mark in sorted(marks)))


def _key_of(vault: Path) -> bytes:
    return bytes.fromhex((vault / KEY).read_text(encoding="utf-8"))


def customer_columns(table: Table) -> list[str]:
    """Columns that hold numbers of customers, whatever else they may hold."""
    return [
        column.name
        for column in table.columns
        if column.name == CUSTOMER
        or column.name.endswith(f"_{CUSTOMER}")
        or column.reference_type_column
    ]


def agent_columns(table: Table) -> list[str]:
    """Columns that hold numbers of agents."""
    return [column.name for column in table.columns if is_of_agent(column.name)]


def is_of_agent(column: str) -> bool:
    return column == AGENT or column.endswith(f"_{AGENT}")


def is_about_agents(table: Table) -> bool:
    """Is a row about an agent alone: of no customer, and part of no contact or ticket?"""
    return (
        AGENT in table.by_name
        and not person_columns(table)
        and not any(
            column.required and column.is_id and column.name not in (AGENT, *table.key)
            for column in table.columns
        )
    )


def person_columns(table: Table) -> list[str]:
    """Columns that say who a row is about: numbers of customers and pseudonyms."""
    hidden = [column.name for column in table.columns if column.pseudonym]
    return list(dict.fromkeys([*customer_columns(table), *hidden]))


def text_links(contract: Contract) -> dict[str, list[Table]]:
    """Columns that lead from a text to its writer, with the tables whose texts they lead from.

    A row of such a table names nobody: its ticket or invitation does.
    """
    owners = {
        table.key[0]
        for table in contract.tables.values()
        if len(table.key) == 1 and person_columns(table)
    }
    found: dict[str, list[Table]] = {}
    for table in contract.tables.values():
        if person_columns(table) or not any(column.free_text for column in table.columns):
            continue
        for column in table.columns:
            if column.name in owners and column.name not in table.key:
                found.setdefault(column.name, []).append(table)
    return found


def linked_columns(table: Table, links: Iterable[str]) -> list[str]:
    """Columns of `links` by which rows of the table are known as somebody's texts or their tops."""
    has_texts = any(column.free_text for column in table.columns)
    return [link for link in links if link in table.by_name and (has_texts or table.key == (link,))]


def drop_suppressed(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, links: Iterable[str], known: Suppressed
) -> None:
    """Take the rows of a file that are about somebody forgotten out of `typed`; count them.

    Fills `suppressed` (file_number, row_number). Their identifiers leave `pseudonyms_<number>`, so
    that the vault does not learn them again.
    """
    con.execute(_COUNTED)
    table, which = loaded.table, f"file__number = {loaded.number}"
    conditions = []
    if hidden := _forgotten_pseudonyms(con, loaded, known):
        conditions = [
            f"list_has_any(string_split({name(column.name)}, ' '), [{_listed(hidden)}])"
            for column in table.columns
            if column.pseudonym
        ]
        con.execute(
            f"delete from pseudonyms_{loaded.number} where pseudonym in ({_listed(hidden)})"
        )
    people = [(column, CUSTOMER) for column in customer_columns(table)]
    people += [(column, AGENT) for column in agent_columns(table)]
    for column, kind in people + [(link, link) for link in linked_columns(table, links)]:
        written = con.execute(f"""
            select distinct {name(column)} from typed
            where {which} and {name(column)} is not null
        """).fetchall()
        if values := [value for (value,) in written if known.has(kind, value)]:
            conditions.append(f"{name(column)} in ({_listed(values)})")
    if conditions:
        con.execute(f"""
            insert into suppressed
            select file__number, row_number from typed where {which} and ({" or ".join(conditions)})
        """)
        con.execute(f"""
            delete from typed
            where {which} and row_number in (
                select row_number from suppressed where file_number = {loaded.number}
            )
        """)


def _forgotten_pseudonyms(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, known: Suppressed
) -> list[str]:
    if not any(
        column.pseudonym in REFERENCE_TYPES or column.reference_type_column
        for column in loaded.table.columns
        if column.name in loaded.values
    ):
        return []
    made = con.execute(
        f"select distinct ref_type, value, pseudonym from pseudonyms_{loaded.number}"
    ).fetchall()
    return [pseudonym for kind, value, pseudonym in made if known.has(kind, value)]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(text(value) for value in sorted(values))


def drop_suppressed_aside(con: duckdb.DuckDBPyConnection, known: Suppressed) -> None:
    """Take the rows of `quarantined` whose text names somebody forgotten out of it; count them."""
    con.execute(_COUNTED)
    cells = con.execute(f"""
        select file_number, row_number, list_distinct(flatten([
            case when json_valid(raw) then json_extract_string(raw, '$.*') else [] end,
            regexp_extract_all(raw, {text(_ADDRESSES)}),
            regexp_extract_all(raw, {text(_NUMBERS)})
        ])) as cells, if(json_valid(raw), json_extract_string(raw, '$.{AGENT}'), null) as agent
        from quarantined
    """)
    asked: dict[str, bool] = {}
    dropped = []
    for file, row, found, agent in cells.fetchall():
        written = [cell for cell in found if cell and re.search(r"\w", cell)]
        is_theirs = bool(agent) and known.has(AGENT, agent.strip())
        if is_theirs or any(asked.setdefault(cell, known.names(cell)) for cell in written):
            dropped.append(f"({file}, {row})")
    if dropped:
        con.execute(f"insert into suppressed values {', '.join(dropped)}")
        con.execute("""
            delete from quarantined
            where (file_number, row_number) in (select (file_number, row_number) from suppressed)
        """)


def suppressed_by_file(con: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Return how many rows of each file were about somebody forgotten."""
    con.execute(_COUNTED)
    counted = "select file_number, count(*) from suppressed group by file_number"
    return dict(con.execute(counted).fetchall())
