"""Rows that a command records itself: one file a row in the inbox, in the contract's own form.

They land like any other file: nothing behind the inbox is written to.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from orchestration.landing.contract import UPDATED_AT, Table
from orchestration.system.files import write_file
from orchestration.system.paths import DataPaths

Row = dict[str, Any]
RECORDED = "recorded"


def record_row(paths: DataPaths, table: Table, row: Row, now: datetime) -> str:
    """Write a row as a new version of `now`; return the file's name below the inbox.

    `row` has values by column, JSON's own or text as the contract wants it; what it lacks is null.
    """
    instant = now.astimezone(UTC)
    key = "-".join(str(row[column]) for column in table.key)
    readable = re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-")[:60]
    name = f"{table.name}_{RECORDED}_{readable}_{instant:%Y%m%dT%H%M%S%fZ}.jsonl"
    content = {column.name: row.get(column.name) for column in table.columns}
    content[UPDATED_AT] = f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"
    line = json.dumps(content, ensure_ascii=False) + "\n"
    write_file(paths.inbox / table.source / name, line.encode())
    return f"{table.source}/{name}"


def is_recorded(name: str) -> bool:
    """Was a file of the inbox, by its name, written by a command?"""
    return re.search(rf"_{RECORDED}_.*\d{{8}}T\d{{12}}Z\.jsonl$", name) is not None


def recorded_versions(paths: DataPaths, table: Table, key: Row) -> list[Row]:
    """Return the versions of one row that were recorded here, landed or not, the newest last."""
    files = sorted((paths.inbox / table.source).glob(f"{table.name}_{RECORDED}_*.jsonl"))
    rows: list[Row] = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    versions = [row for row in rows if all(row[name] == value for name, value in key.items())]
    return sorted(versions, key=lambda row: str(row[UPDATED_AT]))
