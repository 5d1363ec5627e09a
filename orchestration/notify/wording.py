"""What messages say, in the language of `PILOTAGE_LANGUAGE`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from orchestration.notify.message import Message, Section, sayable
from orchestration.system.language import LANGUAGES, LOCALES, in_number, language, read_texts
from orchestration.warehouse.run_context import BUSINESS_ZONE

if TYPE_CHECKING:
    from orchestration.notify.memory import Outage
    from orchestration.publication.lateness import Promise

TEXTS = Path(__file__).with_name("texts.yml")


def say(key: str, **filled: object) -> str:
    """Return a text; where it has a singular and a plural, `count` decides."""
    spoken = language()
    text = read_texts(TEXTS)[key][LANGUAGES.index(spoken)]
    return in_number(text, filled.get("count"), spoken).format(**filled)


def instant(when: datetime) -> str:
    """Write an instant as the service's clocks show it."""
    from babel.dates import format_datetime

    return format_datetime(
        when.astimezone(BUSINESS_ZONE), "d MMM y, HH:mm z", locale=LOCALES[language()]
    )


def age(length: timedelta) -> str:
    """Write a length of time in hours, from two days on in days."""
    from babel.dates import format_timedelta

    grain: Literal["day", "hour"] = "day" if length >= timedelta(days=2) else "hour"
    seconds = {"day": 86400, "hour": 3600}[grain]
    whole = timedelta(seconds=round(length.total_seconds() / seconds) * seconds)
    # so high a threshold keeps it from counting weeks and years
    return format_timedelta(whole, granularity=grain, threshold=10**6, locale=LOCALES[language()])


def failure(
    command: str, host: str, at: datetime, error: str, is_refused: bool, log: str
) -> Message:
    """Say that a run failed. `error` is its message, of which no value of the data is repeated."""
    sections = (
        Section((say("failed_what", command=command, host=host, at=instant(at)),)),
        Section(tuple(sayable(error)), say("why")),
        Section((say("failed_next", where=log),)),
    )
    return Message("failure", say("refused" if is_refused else "failed"), sections)


def late(found: Sequence["Promise"], now: datetime) -> Message:
    lines = tuple(late_line(one, now) for one in found)
    sections = (Section(lines), Section((say("late_next"),)))
    return Message("stale_source", say("late", count=len(found)), sections)


def late_line(one: "Promise", now: datetime) -> str:
    promised = age(timedelta(hours=one.promised_hours))
    owner = one.owner_fr if language() == "fr" else one.owner
    if one.newest_at is None:
        return say("late_never", place=one.place, promised=promised, owner=owner)
    return say(
        "late_line",
        place=one.place,
        promised=promised,
        age=age(now - one.newest_at),
        newest=instant(one.newest_at),
        owner=owner,
    )


def back(ended: Sequence["Outage"]) -> Message:
    lines = tuple(say("back_line", place=one.place, since=instant(one.since)) for one in ended)
    return Message("stale_source", say("back", count=len(ended)), (Section(lines),))


def trial(wants: Sequence[str]) -> Message:
    line = say("trial_line", wants=", ".join(wants))
    return Message("trial", say("trial"), (Section((line,)),))
