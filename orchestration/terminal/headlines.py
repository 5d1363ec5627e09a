"""The headline KPIs of the published edition, as a person reads them in a terminal."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.system.errors import PilotageError
from orchestration.system.language import language
from orchestration.terminal.words import count, say

SYMBOLS = {"ok": ("●", "green"), "warn": ("▲", "yellow"), "alert": ("■", "red")}
NEUTRAL = ("○", "bright_black")

QUERY = """
with named as (
    select period_grain, period_start, any_value(period_text_{language}) as period_text
    from reports.kpi_series
    where kpi_id in (select kpi_id from reports.direction)
    group by all
)
select lines.label_{language}, coalesce(named.period_text, cast(lines.period_start as varchar)),
    lines.value_text_{language}, lines.sample_size, lines.interval_text_{language}, lines.status,
    labels.label_{language}
from reports.direction as lines
left join named using (period_grain, period_start)
left join kpis.labels as labels
    on labels.kind = 'status' and labels.code = coalesce(lines.status, 'not_judged')
order by lines.position
"""


@dataclass(frozen=True)
class Headline:
    """One KPI in one month, in the reader's language, as the direction's report has it.

    `value` and `interval` are None where the report has none, `status` where no threshold is in
    force; `status_text` is its name.
    """

    label: str
    period: str
    value: str | None
    sample_size: int | None
    interval: str | None
    status: str | None
    status_text: str | None


def read_headlines(published: Path) -> list[Headline]:
    """Return the lines of the direction's report: each KPI in its newest final month."""
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            rows = connection.execute(QUERY.format(language=language())).fetchall()
            return [Headline(*row) for row in rows]
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise PilotageError(say("edition_not_read", path=published, reason=reason)) from error


def print_headlines(published: Path) -> None:
    """Print one line per headline KPI: status, name, month, value, sample size, interval."""
    from rich.table import Table

    from orchestration.system.console import stdout

    headlines = read_headlines(published)
    if not headlines:
        stdout().print(say("no_headlines"))
        return
    table = Table(
        "", say("headlines"), say("column_month"), box=None, pad_edge=False, header_style="bold"
    )
    table.add_column(say("column_value"), justify="right")
    table.add_column(say("column_n"), justify="right")
    table.add_column(say("column_interval"), justify="right")
    table.add_column(say("column_status"))
    for one in headlines:
        symbol, colour = look(one.status)
        table.add_row(
            f"[{colour}]{symbol}[/]",
            one.label,
            one.period,
            one.value or say("no_value"),
            "" if one.sample_size is None else count(one.sample_size),
            one.interval or "",
            one.status_text or one.status or "",
        )
    stdout().print(table)


def look(status: str | None) -> tuple[str, str]:
    """Return symbol and colour of a status on the terminal."""
    return SYMBOLS.get(status or "", NEUTRAL)
