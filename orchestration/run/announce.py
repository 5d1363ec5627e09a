"""Tell the channels of `notify.yml` what they want to hear of. A channel that fails fails no run.

Every function returns what went wrong, one line a channel, for whoever called it to show.
"""

import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestration.publication.lateness import Promise, late_sources, read_promises
from orchestration.run import steps
from orchestration.system.environment import dbt_log_path
from orchestration.system.errors import GateRefused, PilotageError
from orchestration.system.paths import DataPaths
from orchestration.warehouse.run_context import BUSINESS_ZONE

if TYPE_CHECKING:
    from orchestration.notify.channels import Channel
    from orchestration.notify.memory import Memory
    from orchestration.notify.message import Message


@dataclass(frozen=True)
class FreshnessReport:
    """The sources that are late at `now`, of how many that promise something; `problems` of
    channels."""

    now: datetime
    promised: int
    late: list[Promise]
    problems: list[str] = field(default_factory=list)


def freshness(paths: DataPaths, at: datetime | None = None) -> FreshnessReport:
    """Compare the newest events that readers have with the clock, and tell nobody.

    The clock of the demonstration stands at its own morning after, unless `at` says otherwise.
    """
    now = at or _now(paths)
    promises = read_promises(paths.pointer)
    return FreshnessReport(now, len(promises), late_sources(promises, now))


def _now(paths: DataPaths) -> datetime:
    stopped = steps.checked_at(paths)
    return datetime.fromisoformat(stopped) if stopped else datetime.now(UTC)


def announce_freshness(paths: DataPaths, at: datetime | None = None) -> FreshnessReport:
    """Tell of every source that came to be late or fresh again since a channel was told."""
    now, promises = at or _now(paths), read_promises(paths.pointer)
    late = late_sources(promises, now)

    def outages(memory: "Memory", channels: "Sequence[Channel]") -> list[str]:
        return _tell_of_outages(memory, channels, promises, late, now)

    # without an edition that can be read nothing is known, and nothing forgotten
    problems = _told_once(paths, "stale_source", outages) if promises else []
    return FreshnessReport(now, len(promises), late, problems)


def announce_edition(paths: DataPaths) -> list[str]:
    """Tell of the edition that readers open, and of alerts that are new in it; each once."""
    return [
        *_told_once(paths, "edition", lambda *told: _tell_of_edition(paths, *told)),
        *_told_once(paths, "action_due", lambda *told: _tell_of_alerts(paths, *told)),
    ]


def announce_failure(
    paths: DataPaths, command: str, error: str, is_refused: bool = False
) -> list[str]:
    """Tell that a run failed by an error of these words."""

    def failure(channels: "Sequence[Channel]") -> list[str]:
        from orchestration.notify import wording

        at, log = datetime.now(BUSINESS_ZONE), str(dbt_log_path() / "dbt.log")
        message = wording.failure(command, socket.gethostname(), at, error, is_refused, log)
        return _sent({one.name: message for one in channels}, channels)[1]

    return _told(paths, "failure", failure)


def announce_error(paths: DataPaths, command: str, error: Exception) -> list[str]:
    """Tell that a run failed by this error; of one that nobody foresaw only its name."""
    said = str(error) if isinstance(error, PilotageError) else type(error).__name__
    return announce_failure(paths, command, said, isinstance(error, GateRefused))


def try_channels(paths: DataPaths) -> dict[str, str | None]:
    """Send every channel a trial message; return what went wrong by channel, None where nothing.

    UsageError when `notify.yml` cannot be read.
    """
    from orchestration.notify import wording
    from orchestration.notify.channels import load_channels
    from orchestration.notify.send import send

    channels = load_channels(paths.notify)
    messages = {one.name: wording.trial(one.wants) for one in channels}
    return {one.channel: one.problem for one in send(messages, channels)}


def _told(
    paths: DataPaths, wanted: str, tell: Callable[["Sequence[Channel]"], list[str]]
) -> list[str]:
    """Let `tell` tell the channels that want this; whatever stops it is one of the problems."""
    if not paths.notify.is_file():
        return []
    try:
        from orchestration.notify.channels import load_channels

        channels = [one for one in load_channels(paths.notify) if wanted in one.wants]
        return tell(channels) if channels else []
    except PilotageError as error:
        return [f"Nobody was told ({wanted}): {error}"]
    except Exception as error:
        return [f"Nobody was told ({wanted}): {type(error).__name__}."]


def _told_once(
    paths: DataPaths, wanted: str, tell: Callable[["Memory", "Sequence[Channel]"], list[str]]
) -> list[str]:
    """The same, with what each channel was told before."""

    def with_memory(channels: "Sequence[Channel]") -> list[str]:
        from orchestration.notify.memory import remembered

        with remembered(paths) as memory:
            return tell(memory, channels)

    return _told(paths, wanted, with_memory)


def _sent(
    messages: "Mapping[str, Message]", channels: "Sequence[Channel]"
) -> tuple[set[str], list[str]]:
    """Send; return the channels that took their message, and what went wrong with the others."""
    from orchestration.notify.send import send

    done = send(messages, channels)
    problems = [
        f"Channel {one.channel} was not told: {one.problem}." for one in done if one.problem
    ]
    return {one.channel for one in done if not one.problem}, problems


def _tell_of_outages(
    memory: "Memory",
    channels: "Sequence[Channel]",
    promises: Iterable[Promise],
    found: Iterable[Promise],
    now: datetime,
) -> list[str]:
    from orchestration.notify import wording
    from orchestration.notify.memory import Outage

    late = {one.place: one for one in found}
    promised = {one.place for one in promises}
    fresh_messages, late_messages = {}, {}
    for channel in channels:
        told = {one.place: one for one in memory.outages(channel.name)}
        if new := [one for place, one in late.items() if place not in told]:
            late_messages[channel.name] = wording.late(new, now)
        ended = [one for place, one in told.items() if place not in late and place in promised]
        if ended:
            fresh_messages[channel.name] = wording.back(ended)
    heard_late, problems = _sent(late_messages, channels)
    heard_back, more = _sent(fresh_messages, channels)
    for channel in channels:
        name = channel.name
        told = {one.place: one for one in memory.outages(name)}
        # what is promised no more is forgotten
        kept = {place: one for place, one in told.items() if place in promised}
        if name in heard_back:
            kept = {place: one for place, one in kept.items() if place in late}
        if name in heard_late:
            since = {place: one.late_since or now for place, one in late.items()}
            kept = {place: Outage(place, at) for place, at in since.items()} | kept
        memory.remember_outages(name, kept.values())
    return [*problems, *more]


def _tell_of_edition(
    paths: DataPaths, memory: "Memory", channels: "Sequence[Channel]"
) -> list[str]:
    from orchestration.notify.message import Message, Section
    from orchestration.publication.editions import current_edition
    from orchestration.site.digest import read_digest

    edition = current_edition(paths)
    new = [one for one in channels if edition and edition.name not in memory.editions(one.name)]
    if edition is None or not new:
        return []
    digest = read_digest(edition.database, edition.record)
    sections = tuple(Section(tuple(one.shown), one.heading) for one in digest.groups)
    message = Message("edition", digest.title, sections, digest.html)
    heard, problems = _sent({one.name: message for one in new}, new)
    for name in heard:
        memory.remember_edition(name, edition.name)
    return problems


def _tell_of_alerts(paths: DataPaths, memory: "Memory", channels: "Sequence[Channel]") -> list[str]:
    from orchestration.notify.message import Message, Section
    from orchestration.notify.wording import say
    from orchestration.publication.editions import current_edition
    from orchestration.site.digest import read_alerts

    edition = current_edition(paths)
    if edition is None:
        return []
    alerts = {one.key: one.line for one in read_alerts(edition.database)}
    messages = {}
    for channel in channels:
        known = memory.alerts(channel.name)
        if new := [line for key, line in alerts.items() if key not in known]:
            title = say("due", count=len(new))
            messages[channel.name] = Message("action_due", title, (Section(tuple(new)),))
    heard, problems = _sent(messages, channels)
    for channel in channels:
        # one that ended is told again when it comes back
        still = memory.alerts(channel.name) & alerts.keys()
        memory.remember_alerts(channel.name, alerts if channel.name in heard else still)
    return problems
