"""Demo worlds written once a session, and their files read back as text tables."""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.demo import NO_EFFECTS, Effects, chains, world, write_demo
from orchestration.demo.exports import BY_TABLE


@dataclass(frozen=True)
class World:
    """A written world. `db` holds a text table per landing table: all files but the spoiled ones,
    a row twice where it landed twice."""

    inbox: Path
    truth: dict
    db: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple]:
        """Return the rows of a query."""
        return self.db.execute(query).fetchall()

    def value(self, query: str) -> object:
        """Return the only value of a query."""
        return self.rows(query)[0][0]


def read_expression(table: str, files: list[Path]) -> str:
    """Return the SQL that reads good files of a table, every column as text."""
    export = BY_TABLE[table]
    names = "[" + ", ".join(f"'{file}'" for file in files) + "]"
    if export.form == "parquet":
        return f"select columns(*)::varchar from read_parquet({names}, union_by_name = true)"
    if export.form.startswith("jsonl"):
        return (
            f"select columns(*)::varchar from read_json({names}, format = 'newline_delimited', "
            "convert_strings_to_integers = false)"
        )
    delimiter = ";" if export.semicolon else ","
    return (
        f"from read_csv({names}, all_varchar = true, header = true, union_by_name = true, "
        f"delim = '{delimiter}', quote = '\"')"
    )


def read_world(directory: Path, effects: Effects, customers: int, months: int) -> World:
    """Write a world below a directory and read it back."""
    inbox, truth = directory / "inbox", directory / "truth.json"
    write_demo(inbox, truth, customers, months, effects=effects, threads=2)
    content = json.loads(truth.read_text(encoding="utf-8"))
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    for name, counts in content["tables"].items():
        table = name.split(".")[1]
        files = [inbox / file for file in counts["files"] if "_manual." not in file]
        connection.execute(f"create table {table} as {read_expression(table, files)}")
    return World(inbox, content, connection)


@pytest.fixture(scope="session")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The small world, made a hundred customers at a time and written month by month."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chains, "CONTACTS_PER_RANGE", 300)
        patch.setattr(world, "CONTACTS_PER_SPAN", 1)
        return read_world(tmp_path_factory.mktemp("sliced"), Effects(), 400, 4)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four hundred customers, four months."""
    return read_world(tmp_path_factory.mktemp("small"), Effects(), 400, 4)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Large enough for the effects to show."""
    return with_resolved(read_world(tmp_path_factory.mktemp("planted"), Effects(), 4000, 6))


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same people and draws with every effect switched off."""
    return with_resolved(read_world(tmp_path_factory.mktemp("plain"), NO_EFFECTS, 4000, 6))


RESOLVED = """
create table identifiers as
select 'email' as kind, lower(trim(email)) as value, customer_id
from customers where email is not null
union
select 'phone', right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), customer_id
from customers where phone is not null
union
select 'customer_id', customer_id, customer_id from customers
union
select ref_type, case ref_type
    when 'email' then lower(trim(ref_value))
    when 'phone' then right(regexp_replace(ref_value, '[^0-9]', '', 'g'), 9)
    else ref_value end, customer_id
from customer_refs;

create table contact_people as
with latest as (
    select * from contacts
    qualify row_number() over (partition by contact_id order by updated_at desc, is_deleted) = 1
),
typed as (
    select *, coalesce(customer_ref_type, case
        when customer_ref like '@%' then 'handle'
        when customer_ref like '%@%' then 'email'
        when customer_ref like '+%' or customer_ref like '0%' then 'phone'
        else 'customer_id' end) as kind
    from latest
)
select
    t.* replace (
        queue_entered_at::timestamp as queue_entered_at,
        ended_at::timestamp as ended_at
    ),
    coalesce(s.survivor_customer_id, i.customer_id) as person
from typed as t
left join identifiers as i
    on t.kind = i.kind and i.value = case t.kind
        when 'email' then lower(trim(customer_ref))
        when 'phone' then right(regexp_replace(customer_ref, '[^0-9]', '', 'g'), 9)
        else customer_ref end
left join customer_merges as s on i.customer_id = s.merged_customer_id;
"""


def with_resolved(made: World) -> World:
    """Add `contact_people`: the last version of each contact, with the person it resolves to."""
    made.db.execute(RESOLVED)
    return made
