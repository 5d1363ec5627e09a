"""Rows that no contract accepts, written by hand into a file of their own beside the good ones."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.demo.exports import BY_TABLE, LOCAL_FORMAT, UTC_FORMAT, Tally

Row = dict[str, str | None]


@dataclass(frozen=True)
class Fault:
    """A way to spoil a good row. keeps_key: the row claims the identity of the good one."""

    name: str
    spoil: Callable[[Row], None]
    keeps_key: bool = False


def setting(name: str, **values: str | None) -> Fault:
    """A fault that replaces values."""
    return Fault(name, lambda row: row.update(values))


def copying(name: str, target: str, value: Callable[[Row], str]) -> Fault:
    """A fault that computes a value from the row."""
    return Fault(name, lambda row: row.update({target: value(row)}))


def _year_earlier(instant: str | None) -> str:
    assert instant, "faults are made of rows that have an instant"
    return f"{int(instant[:4]) - 1}{instant[4:]}"


FAULTS: dict[str, tuple[Fault, ...]] = {
    "contacts": (
        setting("text in a number", wait_seconds="vingt"),
        setting("impossible date", queue_entered_at="2026-02-30T10:00:00Z"),
        setting("negative duration", wait_seconds="-12"),
        copying(
            "answered before queued", "answered_at", lambda r: _year_earlier(r["queue_entered_at"])
        ),
        setting("unknown disposition", disposition="lost"),
        setting("required value missing", channel=None),
        Fault(
            "same instant, other content",
            lambda r: r.update(team="equipe_inconnue"),
            keeps_key=True,
        ),
        Fault("wrong column count", lambda r: None),
    ),
    "contact_legs": (
        copying("ended before started", "ended_at", lambda r: _year_earlier(r["started_at"])),
        setting("negative duration", talk_seconds="-5"),
        Fault("same key, other content", lambda r: r.update(talk_seconds="3599"), keeps_key=True),
    ),
    "tickets": (
        setting("impossible date", created_at="2026-13-01T00:00:00Z"),
        setting("unknown creator", created_by="robot"),
    ),
    "answers": (
        setting("text in a number", score="dix"),
        setting("impossible date", answered_at="2026-04-31T09:30:00"),
        Fault("same key, other content", lambda r: r.update(score="2", text="?"), keeps_key=True),
    ),
    "customers": (
        setting("required value missing", created_at=None),
        copying("closed before created", "closed_at", lambda r: _year_earlier(r["created_at"])),
    ),
    "subscription_events": (
        setting("amount missing at the start", event_type="started", amount=None),
        setting("unknown event", event_type="prolonged"),
    ),
    "orders": (
        setting("text in a number", net_amount="douze"),
        setting("negative amount", net_amount="-19,90"),
        copying("refunded before ordered", "refunded_at", lambda r: _year_earlier(r["ordered_at"])),
        Fault("wrong column count", lambda r: None),
    ),
    "agents": (setting("impossible date", hired_on="2025-31-12"),),
}
ROWS_PER_FAULT = 2


def sample_rows(connection: duckdb.DuckDBPyConnection, table: str, relation: str) -> list[Row]:
    """Return good rows of a relation as text, from its middle: the raw material of faults.

    Only rows that the main file holds as they are: neither late nor corrected.
    """
    export = BY_TABLE[table]
    pattern = LOCAL_FORMAT if export.local else UTC_FORMAT
    described = connection.execute(f"describe {relation}").fetchall()
    shown = []
    for name, kind, *_ in described:
        if name == "_k":
            continue
        value = f'paris("{name}")' if export.local else f'"{name}"'
        text = f"strftime({value}, '{pattern}')" if kind == "TIMESTAMP" else f'"{name}"::varchar'
        shown.append(f'{text} as "{name}"')
    cursor = connection.execute(
        f"select {', '.join(shown)} from {relation} "
        "where u(_k, 'late') > 0.1 and u(_k, 'corrected') > 0.1 and u(_k, 'again') > 0.1 "
        f"and u(_k, 'deleted') > 0.1 limit {ROWS_PER_FAULT * len(FAULTS[table])}"
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def spoiled_rows(table: str, samples: list[Row]) -> list[tuple[Fault, Row]]:
    """Return faulty rows, each with its fault, as many as there are samples for."""
    faults = [fault for fault in FAULTS[table] for _ in range(ROWS_PER_FAULT)]
    spoiled = []
    for number, (fault, sample) in enumerate(zip(faults, samples, strict=False)):
        row = dict(sample)
        key = next(iter(row))
        if not fault.keeps_key:
            row[key] = f"{row[key]}-X{number}"
        fault.spoil(row)
        spoiled.append((fault, row))
    return spoiled


def write_malformed(table: str, samples: list[Row], tally: Tally, inbox: Path) -> dict[str, int]:
    """Write `<table>_manual.*`, count it in the tally, and return rows by fault."""
    export = BY_TABLE[table]
    rows = spoiled_rows(table, samples)
    if not rows:
        return {}
    is_json = export.form.startswith("jsonl")
    name = f"{table}_manual.{'jsonl' if is_json else 'csv'}"
    target = inbox / export.source / name
    text = _json_lines(rows) if is_json else _csv_text(rows, ";" if export.semicolon else ",")
    # A byte order mark, as spreadsheets write it.
    target.write_bytes(text.encode("utf-8" if is_json else "utf-8-sig"))
    tally.files.append(f"{export.source}/{name}")
    tally.quarantined += len(rows)
    counts: dict[str, int] = {}
    for fault, _ in rows:
        counts[fault.name] = counts.get(fault.name, 0) + 1
    return counts


def _json_lines(rows: list[tuple[Fault, Row]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in rows)


def _csv_text(rows: list[tuple[Fault, Row]], delimiter: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows[0][1])
    for fault, row in rows:
        values = ["" if value is None else value for value in row.values()]
        writer.writerow(values[:-2] if fault.name == "wrong column count" else values)
    return buffer.getvalue()
