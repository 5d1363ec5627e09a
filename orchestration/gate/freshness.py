"""How far each landed table has fallen behind the others, against what its source promises."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.gate import profiles
from orchestration.gate.checks import WARNING, Check, no_rows
from orchestration.gate.profiles import Profile
from orchestration.landing.contract import Contract
from orchestration.system import sql
from orchestration.system.ages import spoken
from orchestration.system.paths import DataPaths

TABLE = "freshness"
# Events that should have come in the silence. Seven missing by chance: once in a thousand.
MOST_MISSED = 7

Key = tuple[str, str]


@dataclass(frozen=True)
class Lag:
    """Hours behind the newest event of all tables, hours promised, events missed meanwhile."""

    behind: float
    promised: float
    missed: float


def promises(sources_csv: Path) -> dict[Key, float]:
    """Return the hours within which each table's newest event has to be; none where empty."""
    with sources_csv.open(encoding="utf-8", newline="") as file:
        return {
            (row["source"], row["table_name"]): float(row["freshness_hours"])
            for row in csv.DictReader(file)
            if row["freshness_hours"].strip()
        }


def lags(paths: DataPaths, contract: Contract, promised: dict[Key, float]) -> dict[Key, Lag]:
    """Return the lag of every table that has both events and a promise.

    Behind the newest event of all tables, not behind the clock: a demonstration or an export of
    last month is as fresh as its own newest event.
    """
    seen = {
        key: [
            one
            for batch in profiles.batch_numbers(paths, table)
            if (one := profiles.profile(paths, table, batch)).newest_at
        ]
        for key, table in contract.tables.items()
    }
    newest = {key: _newest(taken) for key, taken in seen.items() if taken}
    return {
        key: _lag((max(newest.values()) - at).total_seconds() / 3600, promised[key], seen[key])
        for key, at in newest.items()
        if key in promised
    }


def _newest(taken: list[Profile]) -> datetime:
    return max(one.newest_at for one in taken if one.newest_at)


def _lag(behind: float, promised: float, taken: list[Profile]) -> Lag:
    """At the rate at which its events have come so far; one instant alone gives no rate."""
    oldest = min(at for one in taken if (at := one.oldest_at or one.newest_at))
    hours = (_newest(taken) - oldest).total_seconds() / 3600
    rate = sum(one.rows for one in taken) / hours if hours else 0.0
    return Lag(behind, promised, rate * behind)


def check(key: Key, lag: Lag) -> Check:
    """Ask the table `freshness` whether this source is late; one that speaks seldom may wait."""
    source, name = key
    return no_rows(
        f"{TABLE}_of_{source}_{name}",
        f"from batch_rows where source = {sql.text(source)} and table_name = {sql.text(name)}"
        f" and hours_behind > {lag.promised} and events_missed > {MOST_MISSED}",
        f"Its newest event is {spoken(lag.behind)} behind the newest of all sources; "
        f"promised are {spoken(lag.promised)}.",
        (),
        severity=WARNING,
    )
