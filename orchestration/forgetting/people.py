"""From an identifier to a person: every number and identifier that the landed rows give them."""

import secrets
from collections.abc import Sequence
from typing import Any

import duckdb

from orchestration.forgetting.traces import NAME, Traces, words_of
from orchestration.landing.contract import REFERENCE_TYPES, UPDATED_AT, Contract, Table
from orchestration.landing.identifiers import is_placeholder, normal_forms, normal_phone
from orchestration.landing.pseudonyms import pseudonym
from orchestration.landing.suppression import (
    AGENT,
    CUSTOMER,
    NOBODY,
    agent_columns,
    customer_columns,
    person_columns,
    text_links,
)
from orchestration.system.errors import UsageError
from orchestration.system.paths import DataPaths
from orchestration.system.sql import name, names, pattern, text

Reference = tuple[str, str]
# Which of the references asked for, kind, value in its one form, what stands for it in the rows.
Asked = tuple[int, str, str, str]


def references_in(written: str, is_agent: bool = False) -> list[Reference]:
    """Return what a person wrote as (kind, value), each in its one form, as landing reads it.

    `email:`, `phone:`, `handle:`, `account:`, `customer_id:`, `agent_id:` and `name:` before it say
    its kind. A word without one may be the number of a customer, an account or a handle; of an
    agent, their number or login. Raises `UsageError`, which does not quote it.
    """
    kind, _, rest = written.partition(":")
    said = kind.strip().lower()
    if said in (*REFERENCE_TYPES, CUSTOMER, AGENT, NAME) and rest.strip():
        found = [(said, value) for value in _values(said, rest.strip())]
    else:
        found = _guessed(written.strip(), is_agent)
    if not found:
        raise UsageError(
            "That is no identifier of a person; give an e-mail address, a telephone number, a "
            "handle, an account or the number of a customer or agent. A name needs two words."
        )
    return found


def _values(kind: str, value: str) -> list[str]:
    if kind in (CUSTOMER, AGENT):
        return [] if is_placeholder(value) else [value]
    if kind == NAME:
        words = words_of(value)
        return [" ".join(words)] if len(words) > 1 else []
    return normal_forms(kind, value)


def _guessed(value: str, is_agent: bool) -> list[Reference]:
    if is_agent and not (is_placeholder(value) or value.startswith(("@", "+", "sip", "tel:"))):
        kinds = ("email",) if "@" in value else ("account",)
        return [(AGENT, value), *((kind, one) for kind in kinds for one in _values(kind, value))]
    if value.startswith("@"):
        return [("handle", one) for one in normal_forms("handle", value)]
    if "@" in value and not value.lower().startswith(("sip:", "sips:")):
        return [("email", one) for one in normal_forms("email", value)]
    if is_placeholder(value):
        return []
    found = [("phone", one)] if (one := normal_phone(value)) else []
    if not value.startswith(("+", "sip", "tel:")):
        found += [(kind, one) for kind in ("account", "handle") for one in _values(kind, value)]
        found.append((CUSTOMER, value))
    return found


def find_people(
    paths: DataPaths,
    contract: Contract,
    key: bytes,
    references: Sequence[Sequence[Reference]],
    everyone: bool = False,
) -> Traces:
    """Return the traces of the people behind `references` (each one person's, in its kinds).

    Everything that the landed rows say of a customer belongs to the person: e-mail addresses,
    numbers, references, customers merged into one. An identifier that somebody else has, too, stays
    with them. Raises `UsageError` when one leads to several people, unless `everyone` is meant, and
    when one of an agent leads to a customer.
    """
    asked: list[Asked] = []
    for at, kinds in enumerate(references):
        for kind, value in kinds:
            is_plain = kind in (CUSTOMER, AGENT, NAME)
            made = value if is_plain else pseudonym(key, kind, value) or ""
            asked.append((at, kind, value, made))
    with duckdb.connect() as con:
        _gather(con, paths, contract)
        asked = _meant(con, paths, asked)
        _ask(con, asked)
        if not everyone:
            _refuse_several(con)
        if any(kind == AGENT for _, kind, *_ in asked):
            _refuse_customers(con)
        customers = _column(con, "select distinct customer from reached")
        held = con.execute("""
            select distinct pseudonym from holds
            where customer in (select customer from reached)
                and pseudonym not in (
                    select pseudonym from holds
                    where customer not in (select customer from reached)
                )
        """).fetchall()
        given = {one for _, kind, _, one in asked if kind not in (CUSTOMER, AGENT, NAME)}
        customers += [value for _, kind, value, _ in asked if kind == CUSTOMER]
        plain = {(kind, value) for _, kind, value, _ in asked}
        known = _in_vault(con, paths, given | {one for (one,) in held})
        plain |= {(kind, value) for kind, value in known.values()}
        plain |= {(CUSTOMER, customer) for customer in customers}
        hidden = {one for (one,) in held} | (given & (set(known) | _seen(con, given)))
        renamed = {one: _instead(one) for one in sorted(hidden)}
        renamed |= {one: _somebody() for one in sorted(set(customers))}
        links = _links(con, paths, contract, sorted(renamed))
        agents = {value: _somebody() for _, kind, value, _ in asked if kind == AGENT}
        shared = _shared(con, paths, contract, sorted(agents))
    return Traces(sorted(plain), renamed, links, agents, shared)


def _somebody() -> str:
    return f"{NOBODY}{secrets.token_hex(8)}"


def _instead(hidden: str) -> str:
    """A pseudonym that no key makes, of the same kind."""
    return f"{hidden.rpartition('_')[0]}_{secrets.token_hex(16)}"


def rows_of(paths: DataPaths, table: Table) -> str | None:
    """SQL for a table's accepted rows, None when there are none."""
    directory = paths.accepted / table.source / table.name
    if not any(directory.glob("*/*.parquet")):
        return None
    return (
        f"read_parquet({text(pattern(directory, '*/*.parquet'))}, union_by_name = true,"
        " hive_partitioning = false)"
    )


def _gather(con: duckdb.DuckDBPyConnection, paths: DataPaths, contract: Contract) -> None:
    """Fill `holds` (customer, pseudonym), `merges` (one, other) and `seen` (pseudonym)."""
    con.execute("create table holds (customer varchar, pseudonym varchar)")
    con.execute("create table merges (one varchar, other varchar)")
    con.execute("create table seen (pseudonym varchar)")
    for table in contract.tables.values():
        if (rows := rows_of(paths, table)) is None:
            continue
        numbers = [c for c in customer_columns(table) if not table.by_name[c].pseudonym]
        for column in (one.name for one in table.columns if one.pseudonym):
            each = f"unnest(string_split({name(column)}, ' '))"
            owner = name(CUSTOMER) if CUSTOMER in numbers else "null"
            con.execute(f"insert into seen select distinct {each} from {rows}")
            if CUSTOMER in numbers:
                con.execute(f"insert into holds select distinct {owner}, {each} from {rows}")
        for column in numbers:
            con.execute(f"insert into seen select distinct {name(column)} from {rows}")
        others = [column for column in numbers if column != CUSTOMER]
        if len(others) == 2:
            con.execute(f"insert into merges {_merges(table, others, rows)}")
    con.execute("insert into merges select other, one from merges")


def _merges(table: Table, columns: list[str], rows: str) -> str:
    """SQL for the merges that count, by the rules of `macros/current_version.sql`.

    One that was undone joins nobody.
    """
    deleted = "coalesce(is_deleted, false)"
    order = f"{deleted} desc, batch, row_number"
    if table.version != "first_wins":
        newest = (
            f"updated_at desc nulls last, {deleted} desc, " if UPDATED_AT in table.by_name else ""
        )
        order = f"{newest}batch desc, source_file desc, row_number desc"
    one, other = (name(column) for column in columns)
    return f"""
        select {one}, {other}
        from (
            from {rows}
            qualify row_number() over (partition by {names(table.key)} order by {order}) = 1
        )
        where not {deleted} and {one} is not null and {other} is not null
    """


def _meant(con: duckdb.DuckDBPyConnection, paths: DataPaths, asked: list[Asked]) -> list[Asked]:
    """Of a word that may be several things, keep what somebody is known by; else the likeliest."""
    made = {one for *_, one in asked}
    known = _seen(con, made) | set(_in_vault(con, paths, made))
    found: list[Asked] = []
    for at in sorted({at for at, *_ in asked}):
        kinds = [one for one in asked if one[0] == at]
        is_list = len({kind for _, kind, *_ in kinds}) == 1
        meant = kinds if is_list else [one for one in kinds if one[3] in known]
        if any(kind == AGENT for _, kind, *_ in kinds):
            # their number is theirs whether it has landed or not, and so is their address
            meant = [one for one in kinds if one[1] in (AGENT, "email") or one in meant]
        likeliest = [one for one in kinds if one[1] in ("phone", CUSTOMER)][:1]
        found += meant or likeliest or kinds
    return found


def _ask(con: duckdb.DuckDBPyConnection, asked: list[Asked]) -> None:
    """Fill `started` and `reached` (reference, customer): whom each leads to."""
    con.execute("create table asked (reference integer, kind varchar, made varchar)")
    for at, kind, _, made in asked:
        con.execute(f"insert into asked values ({at}, {text(kind)}, {text(made)})")
    con.execute(f"""
        create table started as
        select distinct reference, holds.customer
        from asked
        inner join holds on asked.made = holds.pseudonym
        union
        select reference, made from asked where kind = {text(CUSTOMER)}
            and (made in (select customer from holds) or made in (select one from merges))
    """)
    con.execute("""
        create table reached as
        with recursive found (reference, root, customer) as (
            select reference, customer, customer from started
            union
            select found.reference, found.root, merges.other
            from found
            inner join merges on found.customer = merges.one
        )
        select * from found
    """)


def _refuse_several(con: duckdb.DuckDBPyConnection) -> None:
    several = con.execute("""
        select count(*) from (
            select reference
            from (select reference, root, min(customer) as person from reached group by all)
            group by reference
            having count(distinct person) > 1
        )
    """).fetchone()
    if several and several[0]:
        raise UsageError(
            f"{several[0]} of the identifiers lead to several customers (a number of a household, "
            "say). Give the number of the one customer who is meant, or say --everyone."
        )


def _refuse_customers(con: duckdb.DuckDBPyConnection) -> None:
    """An agent's address that a customer has: nobody asked to forget the customer."""
    found = con.execute("select count(distinct customer) from reached").fetchone()
    if found and found[0]:
        raise UsageError(
            "An identifier of the agent is a customer's, too. Where they are one person, forget "
            "the customer first (`pilotage forget`), then the agent (`pilotage forget --agent`); "
            "else leave it out, and give the agent's number alone (`agent_id:…`)."
        )


def _in_vault(
    con: duckdb.DuckDBPyConnection, paths: DataPaths, hidden: set[str]
) -> dict[str, Reference]:
    file = paths.vault / "identifiers.duckdb"
    if not file.exists() or not hidden:
        return {}
    con.execute(f"attach {text(file)} as vault (read_only)")
    try:
        rows = con.execute(
            "select pseudonym, ref_type, value from vault.identifiers "
            f"where pseudonym in ({', '.join(text(one) for one in sorted(hidden))})"
        ).fetchall()
    finally:
        con.execute("detach vault")
    return {one: (kind, value) for one, kind, value in rows}


def _seen(con: duckdb.DuckDBPyConnection, made: set[str]) -> set[str]:
    listed = ", ".join(text(one) for one in sorted(made)) or "''"
    return set(_column(con, f"select distinct pseudonym from seen where pseudonym in ({listed})"))


def _links(
    con: duckdb.DuckDBPyConnection, paths: DataPaths, contract: Contract, people: Sequence[str]
) -> dict[str, list[str]]:
    """Return the numbers of whatever leads from texts to these people, by column.

    A ticket is theirs when it, or a contact about it, says so; so is what was asked about it.
    """
    if not people:
        return {}
    con.execute("create or replace table people (one varchar)")
    con.execute(f"insert into people values {', '.join(f'({text(one)})' for one in people)}")
    columns = list(text_links(contract))
    found: dict[str, list[str]] = {}
    for _ in columns:
        # once more for each: an invitation may be known by its ticket
        for column in columns:
            parts = []
            for table in contract.tables.values():
                rows = rows_of(paths, table) if column in table.by_name else None
                if rows is None or not person_columns(table):
                    continue
                theirs = [f"{name(one)} in (from people)" for one in person_columns(table)]
                if table.key == (column,):
                    theirs += [
                        f"{name(link)} in ({', '.join(text(one) for one in numbers)})"
                        for link, numbers in found.items()
                        if link != column and link in table.by_name and numbers
                    ]
                parts.append(f"select {name(column)} from {rows} where {' or '.join(theirs)}")
            if parts:
                union = " union ".join(parts)
                found[column] = _column(
                    con, f"from ({union}) as one (value) where value is not null order by value"
                )
    return found


def _shared(
    con: duckdb.DuckDBPyConnection, paths: DataPaths, contract: Contract, agents: Sequence[str]
) -> list[str]:
    """Return the numbers of agents that number something else as well: a customer, a ticket."""
    if not agents:
        return []
    listed = f"({', '.join(text(one) for one in agents)})"
    parts = []
    for table in contract.tables.values():
        others = {one.name for one in table.columns if one.is_id} | set(customer_columns(table))
        others -= set(agent_columns(table))
        if (rows := rows_of(paths, table)) is not None:
            parts += [
                f"select {name(one)} as number from {rows} where {name(one)} in {listed}"
                for one in sorted(others)
            ]
    found = f"select distinct number from ({' union all '.join(parts)})" if parts else ""
    return sorted(_column(con, found)) if found else []


def _column(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return [value for (value,) in con.execute(query).fetchall()]
