"""A landing of a few invented people in files of every form, an edition, and what others wrote."""

import gzip
import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.gate.declared import Rules, TableRules, write_rules
from orchestration.gate.verdict import write_verdict
from orchestration.landing.accept import AcceptReport, accept
from orchestration.landing.contract import Contract
from orchestration.publication.candidate import make_candidate
from orchestration.publication.publish import publish
from orchestration.system.paths import DataPaths
from tests.orchestration.publication.small_marts import verdict_on

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
CUSTOMER, OTHER = "C7700123", "C7700124"
EMAIL, PHONE, HANDLE = "zelda.quillfeather@example.org", "+33639981234", "zelda_q77"
OTHER_EMAIL = "otto.quillfeather@example.org"
# As people and programs write them.
WRITTEN = (
    EMAIL,
    EMAIL.upper(),
    "Zelda.Quillfeather@Example.org",
    PHONE,
    "06 39 98 12 34",
    "06.39.98.12.34",
    "0639981234",
    "+33 (0)6 39 98 12 34",
    "0033639981234",
    CUSTOMER,
    "@Zelda_Q77",
)
AT = "2026-06-01T10:00:00+02:00"

CUSTOMERS = f"""\
customer_id,email,phone,segment,created_at,updated_at
{CUSTOMER},Zelda.Quillfeather@Example.org,06 39 98 12 34,residential,{AT},{AT}
{OTHER},{OTHER_EMAIL},,residential,{AT},{AT}
"""
REFS = f"""\
ref_type,ref_value,customer_id
handle,@Zelda_Q77,{CUSTOMER}
"""
CONTACTS = [
    {"contact_id": "K1", "customer_ref": "06.39.98.12.34", "customer_ref_type": "phone"},
    {"contact_id": "K2", "customer_ref": EMAIL.upper(), "customer_ref_type": "email"},
    {"contact_id": "K3", "customer_ref": OTHER_EMAIL, "customer_ref_type": "email"},
    # set aside: no channel
    {"contact_id": "K4", "customer_ref": CUSTOMER, "customer_ref_type": "customer_id"},
]
TICKETS = f"""\
ticket_id,customer_ref,customer_ref_type,channel,created_at,created_by
T77001,{CUSTOMER},customer_id,email,{AT},customer
T77002,{OTHER},customer_id,email,{AT},customer
"""
EVENTS = f"""\
event_id,ticket_id,event_at,event_type,text
E1,T77001,{AT},customer_message,"My mower hums, and
the neighbour's cat objects"
E2,T77002,{AT},customer_message,"Ask {EMAIL} or 06 39 98 12 34"
"""


@dataclass
class World:
    """A data directory with its contract; `drop` puts a file into the inbox."""

    paths: DataPaths
    contract: Contract

    def drop(self, name: str, content: str | bytes, source: str) -> Path:
        path = self.paths.inbox / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def accept(self) -> AcceptReport:
        return accept(self.paths, self.contract, now=NOW)

    def rows(self, source: str, table: str, columns: str) -> list[tuple]:
        """Accepted rows of a table, in order of their key."""
        files = self.paths.accepted / source / table / "*" / "*.parquet"
        with duckdb.connect() as con:
            return con.execute(
                f"select {columns} from read_parquet('{files}', union_by_name = true) order by 1"
            ).fetchall()


def drop_all(world: World) -> None:
    """Put the people into the inbox: CSV, JSON lines, Parquet, compressed."""
    world.drop("customers.csv", CUSTOMERS, "billing")
    world.drop("customer_refs.csv.gz", REFS, "billing")
    lines = [
        {"direction": "inbound", "queue_entered_at": AT, "disposition": "answered"}
        | ({"channel": "phone"} if row["contact_id"] != "K4" else {})
        | row
        for row in CONTACTS
    ]
    world.drop("contacts.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines), "interactions")
    world.drop("tickets.csv", TICKETS, "interactions")
    world.drop("ticket_events.csv", EVENTS, "interactions")
    orders = world.paths.inbox / "billing" / "orders.parquet"
    duckdb.connect().execute(
        f"copy (select 'O' || i as order_id, '{CUSTOMER}' as customer_id, '{AT}' as ordered_at,"
        f" 10.0 + i as net_amount from range(3) as r (i)) to '{orders}' (format parquet)"
    )


def publish_edition(paths: DataPaths, edition: str) -> None:
    """Publish marts that hold the landed customers and texts, as a build would."""
    paths.warehouse.mkdir(parents=True, exist_ok=True)
    rows = f"read_parquet('{paths.accepted}/%s/*/*.parquet', union_by_name = true)"
    with duckdb.connect(str(paths.marts_db)) as con:
        con.execute(f"""
            create schema if not exists core;
            create schema if not exists kpis;
            create or replace table core.customers (customer_id varchar not null, refs varchar[]);
            comment on column core.customers.customer_id is 'Number of the customer';
            insert into core.customers
            select customer_id, [email, customer_id] from {rows % "billing/customers"};
            create or replace table core.verbatims as
            select event_id as verbatim_id, ticket_id, text as redacted_text
            from {rows % "interactions/ticket_events"};
            create table if not exists kpis.kpi_values as
            select 'fcr_rate' as kpi_id, 'month' as period_grain, date '2026-05-01' as period_start,
                'total' as slice_type, 'all' as slice_value, 0.7::decimal(18, 4) as value,
                'ok' as status;
            create table if not exists kpis.kpi_editions (
                kpi_id varchar, period_grain varchar, period_start date, slice_type varchar,
                slice_value varchar, edition varchar, edition_number bigint,
                published_at timestamptz, value decimal(18, 4), change_cause varchar
            )
        """)
    write_rules(
        paths.warehouse,
        Rules("few", (TableRules("core", "customers", not_null=("customer_id",)),)),
    )
    candidate = make_candidate(paths, edition)
    write_verdict(verdict_on(candidate), candidate)
    publish(paths, edition)
    with duckdb.connect(str(paths.build_db)) as con:
        con.execute(f"create or replace table people as from {rows % 'billing/customers'}")


def plant_elsewhere(paths: DataPaths) -> None:
    """Write the people, in every form, where dbt, Dagster and pages leave their own files."""
    for name in ("dbt/logs/dbt.log", "dagster/logs/run.err", "agent_pages/e1/lea.html"):
        path = paths.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(f"<p>{one}</p>" for one in WRITTEN), encoding="utf-8")
    pickle = paths.root / "dbt" / "target" / "manifest.pickle"
    pickle.parent.mkdir(parents=True, exist_ok=True)
    pickle.write_bytes(b"\x80\x00" + EMAIL.encode())
    with sqlite3.connect(paths.dagster / "runs.db") as con:
        con.execute("create table events (event text)")
        con.executemany("insert into events values (?)", [(one,) for one in WRITTEN])
    con.close()
    with duckdb.connect() as engine:
        target = paths.agent_pages / "e1" / "notes.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        listed = ", ".join(f"('{one}')" for one in WRITTEN)
        engine.execute(f"copy (from (values {listed}) as v (note)) to '{target}' (format parquet)")


def bytes_left(root: Path, apart: tuple[Path, ...] = ()) -> list[str]:
    """Where any written form of the person stands, read without the program's own search: every
    column of Parquet and DuckDB files as text, every other file as bytes, unzipped."""
    wanted = [one.lower() for one in WRITTEN if one != "@Zelda_Q77"] + [HANDLE]
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.is_symlink() or any(path.is_relative_to(a) for a in apart):
            continue
        data = path.read_bytes()
        texts = [data.decode("latin-1")]
        if data[:2] == b"\x1f\x8b":
            texts = [gzip.decompress(data).decode()]
        if data[:4] == b"PAR1" or data[8:12] == b"DUCK":
            texts += _columns(path, is_parquet=data[:4] == b"PAR1")
        found += [
            f"{path.relative_to(root)}: {one}"
            for one in wanted
            if any(one in text.lower() for text in texts)
        ]
    return found


def _columns(path: Path, is_parquet: bool) -> list[str]:
    with duckdb.connect() as con:
        if is_parquet:
            relations = [f"read_parquet('{path}')"]
        else:
            con.execute(f"attach '{path}' as other (read_only)")
            relations = [
                f"other.{schema}.{table}"
                for schema, table in con.execute(
                    "select schema_name, table_name from duckdb_tables()"
                    " where database_name = 'other'"
                ).fetchall()
            ]
        return [str(con.execute(f"from {one}").fetchall()) for one in relations]
