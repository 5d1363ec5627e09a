"""How far each landed table has fallen behind the others, against what its source promises."""

import csv
from dataclasses import dataclass
from pathlib import Path

from orchestration.gate import profiles
from orchestration.gate.profiles import Profile
from orchestration.landing.contract import Contract
from orchestration.system.ages import spoken
from orchestration.system.paths import DataPaths

# Events that should have come in the silence. Seven missing by chance: once in a thousand.
MOST_MISSED = 7

Key = tuple[str, str]


@dataclass(frozen=True)
class Lag:
    """Hours behind the newest event of all tables, hours promised, events missed meanwhile."""

    behind: float
    promised: float
    missed: float

    @property
    def is_late(self) -> bool:
        """One that speaks seldom may wait."""
        return self.behind > self.promised and self.missed > MOST_MISSED

    @property
    def spoken(self) -> dict[str, str]:
        return {"behind": spoken(self.behind), "promised": spoken(self.promised)}


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
        key: one
        for key, table in contract.tables.items()
        if (one := profiles.together(paths, table)) and one.newest_at
    }
    newest = max((one.newest_at for one in seen.values() if one.newest_at), default=None)
    if newest is None:
        return {}
    return {
        key: _lag((newest - one.newest_at).total_seconds() / 3600, promised[key], one)
        for key, one in seen.items()
        if key in promised and one.newest_at
    }


def _lag(behind: float, promised: float, one: Profile) -> Lag:
    """At the rate at which its events have come so far; one instant alone gives no rate."""
    oldest = one.oldest_at or one.newest_at
    hours = (one.newest_at - oldest).total_seconds() / 3600 if oldest and one.newest_at else 0.0
    rate = one.rows / hours if hours else 0.0
    return Lag(behind, promised, rate * behind)
