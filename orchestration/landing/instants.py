"""Instants and dates as text, turned into UTC by SQL expressions: no row is handled in Python.

A wall-clock time is brought to UTC with the offsets of its zone, written out as one `case`. The
engine's own `at time zone` takes the second occurrence of the hour that autumn repeats and invents
a time for the hour that spring skips; the contract wants the first, and none.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from orchestration.system.sql import text

# Outside of these years (9999-12-31 as "for ever", say) the engine's own conversion is used.
FIRST_YEAR, LAST_YEAR = 1970, 2100

_CLOCK = r"\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_OFFSET = r"(Z|z|UTC|[+-](0\d|1[0-8])(:?[0-5]\d)?)"
INSTANT = rf"\d{{4}}-\d{{2}}-\d{{2}}([T ]{_CLOCK}( ?{_OFFSET})?)?"
DATE = r"\d{4}-\d{2}-\d{2}([T ]00:00(:00([.]0{1,9})?)?( ?(Z|[+]00(:?00)?))?)?"


def from_french(value: str) -> str:
    """SQL for the text `value` with a date such as 31/12/2026 9:05 written as ISO 8601 does."""
    padded = f"regexp_replace({value}, '(^|[/ ])([0-9])([/:])', '\\10\\2\\3', 'g')"
    padded = f"regexp_replace({padded}, '(^|[/ ])([0-9])([/:])', '\\10\\2\\3', 'g')"
    iso = f"regexp_replace({padded}, '^(..)/(..)/([0-9]{{4}})( |$)', '\\3-\\2-\\1\\4')"
    return f"case when contains({value}, '/') then {iso} else {value} end"


def form(value: str) -> str:
    """SQL for the form of the text `value`: 2 an instant with its offset, 1 without, else 0.

    Only the form is judged: an instant that cannot be (30 February) has one too. The commonest
    forms are recognised by their punctuation, several times faster than by the full pattern.
    """
    local = " or ".join(f"{value} like '____-__-__{mark}__:__:__'" for mark in ("T", " "))
    offset = " or ".join(
        f"{value} like '____-__-__{mark}__:__:__{end}'"
        for mark in ("T", " ")
        for end in ("Z", "+0_:__")
    )
    return (
        f"case when {value} < '0' then 0"
        f" when ({local}) and not suffix({value}, 'Z') then 1 when {offset} then 2"
        f" when not regexp_full_match({value}, {text(INSTANT)}) then 0"
        f" when regexp_matches(substr({value}, 12), '[-+ZzU]') then 2 else 1 end"
    )


def wall_clock(value: str, form: str) -> str:
    """SQL for the wall-clock time (timestamp) that a text of form 1 shows; null for others."""
    return f"case when {form} = 1 then {_parsed(value, 'timestamp')} end"


def instant(value: str, form: str, wall_clock: str, zone: str) -> str:
    """SQL for the instant (timestamptz) that the text `value` means; null when it means none.

    `form` and `wall_clock` are columns made by the functions of these names. ISO 8601 with an
    offset, or without one and then wall-clock time of `zone`; a date alone is its first moment.
    The session's TimeZone must be UTC.
    """
    return (
        f"case {form} when 2 then {_parsed(value, 'timestamptz')}"
        f" when 1 then {local_to_utc(wall_clock, zone)} end"
    )


def moved_later(value: str, form: str, wall_clock: str, others: list[str], zone: str) -> str:
    """SQL for the instant `value` of a row in which the instants `others` do not come after it.

    A wall-clock time of the hour that autumn repeats is the second of the two where the first would
    lie before one of the others.
    """
    # the engine's own conversion takes the second
    second = f"greatest({value}, timezone({text(zone)}, {wall_clock}))"
    is_early = f"{form} = 1 and {value} < greatest({', '.join(others)})"
    return f"case when {is_early} then {second} else {value} end"


def date(value: str) -> str:
    """SQL for the date that the text `value` means (midnight may follow it); else null."""
    return f"case when {is_date(value)} then try_cast(substr({value}, 1, 10) as date) end"


def is_date(value: str) -> str:
    """SQL: does the text have the form of a date (which may still be impossible)?"""
    return f"regexp_full_match({value}, {text(DATE)})"


def local_to_utc(wall_clock: str, zone: str) -> str:
    """SQL for the instant of the column `wall_clock` (timestamp) in `zone`.

    A time that occurs twice is the first of the two; one that never occurs is null.
    """
    first, last = f"timestamp '{FIRST_YEAR}-01-02'", f"timestamp '{LAST_YEAR}-01-01'"
    seconds = _search(wall_clock, offsets(zone))
    shifted = f"epoch_us({wall_clock}) - ({seconds})::bigint * 1000000"
    return (
        f"(case when {wall_clock} >= {first} and {wall_clock} < {last}"
        f" then make_timestamptz({shifted})"
        f" else timezone({text(zone)}, {wall_clock}) end)"
    )


def _search(wall_clock: str, steps: tuple[tuple[datetime, timedelta | None], ...]) -> str:
    """SQL for the offset in seconds: a binary search over `steps`, written as nested cases."""
    if len(steps) == 1:
        offset = steps[0][1]
        return "null" if offset is None else str(int(offset.total_seconds()))
    middle = len(steps) // 2
    early, late = _search(wall_clock, steps[:middle]), _search(wall_clock, steps[middle:])
    moment = f"timestamp '{steps[middle][0]:%Y-%m-%d %H:%M:%S}'"
    return f"case when {wall_clock} < {moment} then {early} else {late} end"


def _parsed(value: str, data_type: str) -> str:
    """SQL: the engine reads most forms itself; the rarer ones are first rewritten to its own."""
    plain = f"replace(regexp_replace({value}, ' ?(Z|z|UTC)$', 'Z'), ',', '.')"
    plain = rf"regexp_replace({plain}, ' ?([+-]\d{{2}}(:?\d{{2}})?)$', '\1')"
    plain = rf"regexp_replace({plain}, '([T ]\d{{2}}:\d{{2}})(Z|[+-].*)$', '\1:00\2')"
    return f"coalesce(try_cast({value} as {data_type}), try_cast({plain} as {data_type}))"


@lru_cache
def offsets(zone: str) -> tuple[tuple[datetime, timedelta | None], ...]:
    """The offsets of `zone` as steps of wall-clock time: (from when on, offset), oldest first.

    An offset of None marks the hour that clocks skip. Where clocks go back, the old offset holds
    to the end of the first occurrence of the repeated hour.
    """
    tz = ZoneInfo(zone)
    moment = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    end = datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    before = _offset(tz, moment)
    steps: list[tuple[datetime, timedelta | None]] = [(moment.replace(tzinfo=None), before)]
    while moment < end:
        following = moment + timedelta(days=1)
        after = _offset(tz, following)
        if after != before:
            change = _change(tz, moment, following).replace(tzinfo=None)
            if after > before:
                steps += [(change + before, None), (change + after, after)]
            else:
                steps.append((change + before, after))
        moment, before = following, after
    return tuple(steps)


def _offset(tz: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(tz).utcoffset() or timedelta(0)


def _change(tz: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second, in UTC, in which the offset changes between `low` and `high`."""
    old = _offset(tz, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(tz, middle) == old else (low, middle)
    return high
