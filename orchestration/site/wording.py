"""Numbers of the pages that no table has written: axes, limits, ranges."""

from typing import Any

from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from orchestration.site.edition import Row
from orchestration.site.render import both
from orchestration.system.language import LANGUAGES, LOCALES

# Two days by the clock and more are read in days.
LONG = 172_800


def text_of(value: float, unit: Row, language: str) -> str:
    """Write a number of an axis or a limit; figures themselves come written with the edition."""
    locale = LOCALES[language]
    if unit["kind"] == "percent":
        form = "#,##0.##\u202f%" if language == "fr" else "#,##0.##%"
        return format_percent(value, format=form, locale=locale)
    if unit["kind"] == "duration" and abs(value) >= LONG:
        days = format_decimal(value / 86400, format="#,##0.#", locale=locale)
        return f"{days} {'j' if language == 'fr' else 'd'}"
    if "duration" in unit["kind"]:
        return _duration(value)
    if unit["kind"] == "amount":
        form = "#,##0.00" if abs(value) < 1000 else "#,##0"
        return f"{format_decimal(value, format=form, locale=locale)} €"
    return format_decimal(value, format="#,##0.##", locale=locale)


def _duration(seconds: float) -> str:
    """Write seconds in the two largest of hours, minutes and seconds."""
    whole = round(abs(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        parts = [f"{hours} h", f"{minutes} min" if minutes else ""]
    elif minutes:
        parts = [f"{minutes} min", f"{rest} s" if rest else ""]
    else:
        parts = [f"{rest} s"]
    return ("-" if round(seconds) < 0 else "") + " ".join(filter(None, parts))


def figure(value: float | None, unit: Row) -> Markup:
    if value is None:
        return Markup("–")
    return both(*(text_of(value, unit, language) for language in LANGUAGES))


def value_range(low: Any, high: Any, unit: Row) -> Markup:
    """Write a range of which one end may be open."""
    if low is None or high is None or low == high:
        known = high if low is None else low
        mark = "≤ " if low is None else "≥ " if high is None else ""
        return Markup("{}{}").format(mark, figure(known, unit))
    return Markup("{} – {}").format(figure(low, unit), figure(high, unit))


def limits(row: Row, unit: Row) -> Row:
    """Return the limits of a row of thresholds as its rule says them, else as figures."""
    sides = {}
    for side in ("warn", "alert"):
        low, high = row[f"{side}_floor"], row[f"{side}_threshold"]
        written = figure(high, unit) if low is None else value_range(low, high, unit)
        sides[side] = row[f"{side}_rule"] or written
    return sides


def interval(row: Row, unit: Row) -> Markup | None:
    if row["ci_low"] is None or row["ci_high"] is None:
        return None
    return Markup("{} – {}").format(figure(row["ci_low"], unit), figure(row["ci_high"], unit))


def in_both(french: str, english: str) -> Markup:
    return Markup('<div lang="fr">{}</div><div lang="en">{}</div>').format(
        Markup(french), Markup(english)
    )
