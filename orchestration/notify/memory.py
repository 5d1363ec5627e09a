"""What each channel was told: every outage, edition and alert once, whoever looks first.

One small file in the data directory is the memory, so that cron, a run and Dagster's sensor never
say the same twice. What could not be sent is not remembered, and is due at the next look.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.system.files import read_json, write_json
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths


@dataclass(frozen=True)
class Outage:
    """A source that a channel was told is late, and since when."""

    place: str
    since: datetime


class Memory:
    """What was told, by channel."""

    def __init__(self, content: Any) -> None:
        self._told: dict[str, dict[str, Any]] = content if isinstance(content, dict) else {}

    @property
    def content(self) -> dict[str, Any]:
        return self._told

    def outages(self, channel: str) -> list[Outage]:
        told = self._of(channel, "late", {})
        return [Outage(place, datetime.fromisoformat(since)) for place, since in told.items()]

    def remember_outages(self, channel: str, outages: Iterable[Outage]) -> None:
        told = {one.place: one.since.isoformat() for one in outages}
        self._told.setdefault(channel, {})["late"] = told

    def edition(self, channel: str) -> str | None:
        return self._of(channel, "edition", None)

    def remember_edition(self, channel: str, edition: str) -> None:
        self._told.setdefault(channel, {})["edition"] = edition

    def alerts(self, channel: str) -> set[str]:
        return set(self._of(channel, "alerts", []))

    def remember_alerts(self, channel: str, alerts: Iterable[str]) -> None:
        self._told.setdefault(channel, {})["alerts"] = sorted(alerts)

    def _of(self, channel: str, what: str, nothing: Any) -> Any:
        return self._told.get(channel, {}).get(what, nothing)


@contextmanager
def remembered(paths: DataPaths) -> Iterator[Memory]:
    """Yield the memory, alone with it; what is remembered in the block is written at its end."""
    with hold(paths, "a notification", paths.notify_lock):
        before = read_json(paths.notified)
        memory = Memory(read_json(paths.notified))
        try:
            yield memory
        finally:
            if memory.content != (before or {}):
                write_json(paths.notified, memory.content)
