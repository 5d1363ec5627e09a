"""Which sources are late by the clock: what each promises, and its newest published event."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

QUERY = """
select
    source || '/' || table_name, owner_role, coalesce(label_fr, owner_role), freshness_hours,
    newest_event_at at time zone 'UTC'
from kpis.source_freshness
left join kpis.labels on kind = 'role' and code = owner_role
order by source, table_name
"""


@dataclass(frozen=True)
class Promise:
    """A table that is promised every so many hours; `newest_at` is None where nothing ever came."""

    place: str
    owner: str
    owner_fr: str
    promised_hours: int
    newest_at: datetime | None

    @property
    def late_since(self) -> datetime | None:
        """Return when it was due; None when it never came, which is late from the start."""
        if self.newest_at is None:
            return None
        return self.newest_at + timedelta(hours=self.promised_hours)

    def is_late(self, now: datetime) -> bool:
        return self.late_since is None or self.late_since < now


def read_promises(published: Path) -> list[Promise]:
    """Return what the edition's `kpis.source_freshness` promises; nothing without such a table."""
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            rows = connection.execute(QUERY).fetchall()
    except duckdb.Error:
        return []
    return [
        Promise(place, owner, owner_fr, hours, at and at.replace(tzinfo=UTC))
        for place, owner, owner_fr, hours, at in rows
    ]


def late_sources(promises: list[Promise], now: datetime) -> list[Promise]:
    """Return those that are late at this instant, which has a zone."""
    return [one for one in promises if one.is_late(now)]
