"""What each channel was told: every outage, edition and alert once, whoever looks first.

One small file in the data directory is the memory, so that cron, a run and Dagster's sensor never
say the same twice. What could not be sent is not remembered, and is due at the next look.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.system.errors import PilotageError
from orchestration.system.files import read_json, write_json
from orchestration.system.lock import hold
from orchestration.system.paths import DataPaths

KEPT_EDITIONS = 100
# As long as all attempts of the slowest channel may take.
LONGEST_WAIT_SECONDS = 125.0


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

    def editions(self, channel: str) -> list[str]:
        """Return the editions told last: readers may be rolled back to one of them."""
        return list(self._of(channel, "editions", []))

    def remember_edition(self, channel: str, edition: str) -> None:
        told = [*self.editions(channel), edition][-KEPT_EDITIONS:]
        self._told.setdefault(channel, {})["editions"] = told

    def alerts(self, channel: str) -> set[str]:
        return set(self._of(channel, "alerts", []))

    def remember_alerts(self, channel: str, alerts: Iterable[str]) -> None:
        self._told.setdefault(channel, {})["alerts"] = sorted(alerts)

    def _of(self, channel: str, what: str, nothing: Any) -> Any:
        return self._told.get(channel, {}).get(what, nothing)


@contextmanager
def remembered(paths: DataPaths) -> Iterator[Memory]:
    """Yield the memory, alone with it; what is remembered in the block is written at its end.

    Waits while somebody else tells channels; PilotageError when that takes too long.
    """
    with ExitStack() as stack:
        _wait_for(paths, stack)
        before = read_json(paths.notified)
        memory = Memory(read_json(paths.notified))
        try:
            yield memory
        finally:
            if memory.content != (before or {}):
                write_json(paths.notified, memory.content)


def _wait_for(paths: DataPaths, stack: ExitStack) -> None:
    ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        try:
            stack.enter_context(hold(paths, "a notification", paths.notify_lock))
            return
        except PilotageError:
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.2)
