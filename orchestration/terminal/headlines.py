"""The headline KPIs of the published edition, as a person reads them in a terminal."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.system.errors import PilotageError

SYMBOLS = {"ok": ("●", "green"), "warn": ("▲", "yellow"), "alert": ("■", "red")}
NEUTRAL = ("○", "bright_black")

QUERY = """
select label_en, unit, period_start, value, sample_size, ci_low, ci_high, status
from reports.direction
order by position
"""


@dataclass(frozen=True)
class Headline:
    """One KPI in one month. Ratios are 0–1; `unit` is the catalogue's word.

    `status` is None where no threshold is in force.
    """

    label: str
    unit: str
    month: date
    value: float | None
    sample_size: int | None
    low: float | None
    high: float | None
    status: str | None


def read_headlines(published: Path) -> list[Headline]:
    """Return the lines of the direction's report: each KPI in its newest final month."""
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            return [Headline(*row) for row in connection.execute(QUERY).fetchall()]
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise PilotageError(f"The edition {published} cannot be read: {reason}") from error


def print_headlines(published: Path) -> None:
    """Print one line per headline KPI: status, name, month, value, sample size, interval."""
    from rich.table import Table

    from orchestration.system.console import stdout

    headlines = read_headlines(published)
    if not headlines:
        stdout().print("The edition holds no headline KPI for a month yet.")
        return
    table = Table("", "Headline KPIs", "month", box=None, pad_edge=False, header_style="bold")
    table.add_column("value", justify="right")
    table.add_column("n", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("status")
    for one in headlines:
        symbol, colour = SYMBOLS.get(one.status or "", NEUTRAL)
        state = (one.status or "no threshold").replace("_", " ")
        table.add_row(
            f"[{colour}]{symbol}[/]",
            one.label,
            f"{one.month:%b %Y}",
            format_value(one.value, one.unit),
            "" if one.sample_size is None else f"{one.sample_size:,}",
            format_interval(one),
            state,
        )
    stdout().print(table)


def format_value(value: float | None, unit: str) -> str:
    """Write a value in its unit: ratios as per cent, long durations in hours, money in euros."""
    if value is None:
        return "–"
    value = float(value)
    if unit.startswith("ratio"):
        return f"{100 * value:.1f} %"
    if unit.startswith("seconds"):
        return _duration(value)
    if unit.startswith("EUR"):
        return f"{value:,.2f} €"
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "points":
        return f"{value:+.1f}"
    return f"{value:,.2f}"


def format_interval(one: Headline) -> str:
    if one.low is None or one.high is None:
        return ""
    return f"{format_value(one.low, one.unit)} to {format_value(one.high, one.unit)}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"
    )
