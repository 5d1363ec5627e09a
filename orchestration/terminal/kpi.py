"""`pilotage kpi`: what a KPI is, how it stands and how it came to that, from the edition alone."""

from typing import TYPE_CHECKING

from orchestration.registry.catalogue import PERSPECTIVES
from orchestration.system.console import stdout
from orchestration.system.errors import UsageError
from orchestration.system.language import language
from orchestration.system.paths import DataPaths
from orchestration.terminal.figures import GRAINS, Figures, Row, period_name, published
from orchestration.terminal.headlines import look
from orchestration.terminal.words import count, say

if TYPE_CHECKING:
    from rich.table import Table

BLOCKS = "▁▂▃▄▅▆▇█"
NO_BLOCK = "·"


def print_kpis(paths: DataPaths) -> None:
    """List the KPIs by perspective, each with its newest final value and its status."""
    with published(paths) as figures:
        newest = figures.newest()
        out = stdout()
        for perspective in PERSPECTIVES:
            kpis = [kpi for kpi in figures.kpis.values() if kpi["perspective"] == perspective]
            if not kpis:
                continue
            table = _table(figures.label("perspective", perspective), "column_kpi")
            table.add_column(say("column_period"))
            table.add_column(say("column_value"), justify="right")
            table.add_column(say("column_status"))
            for kpi in kpis:
                row = newest.get(kpi["kpi_id"])
                name = (kpi[f"name_{language()}"], kpi["kpi_id"])
                if row is None:
                    table.add_row(*name, "", say("no_value"), "")
                else:
                    table.add_row(*name, period_name(row), *_value_and_status(figures, row))
            out.print(table)
            out.print()


def print_kpi(
    paths: DataPaths, name: str, by: str | None, grain: str | None, how_many: int
) -> None:
    """Say what a KPI is, its newest final figure, and the last periods of the total or the newest
    period by slice."""
    with published(paths) as figures:
        kpi = figures.kpi(name)
        if by is not None:
            figures.dimension(kpi, by)
        if grain is None:
            known = str(kpi["period_grains"]).split("|")
            grain = next(one for one in GRAINS if one in known)
        figures.check_grain(kpi, grain)
        series = [row for row in figures.of_kpi(kpi) if row["period_grain"] == grain]
        told = [row for row in series if row["value"] is not None]
        final = [row for row in told if not row["is_provisional"]]
        newest = next(reversed(final or told), None)
        _print_definition(figures, kpi, newest)
        if newest is None:
            stdout().print(say("no_figure_at_all", kpi=kpi["kpi_id"]), markup=False)
            return
        _print_newest(figures, kpi, newest)
        if by is not None:
            _print_slices(figures, kpi, newest, by)
        else:
            # within what the KPI has spoken of
            first, last = series.index(told[0]), series.index(told[-1]) + 1
            _print_trend(figures, series[max(first, last - how_many) : last])


def _print_definition(figures: Figures, kpi: Row, newest: Row | None) -> None:
    out, tongue = stdout(), language()
    out.print(say("of", name=kpi[f"name_{tongue}"], kpi_id=kpi["kpi_id"]), style="bold")
    guardrail = figures.kpis.get(kpi["guardrail_kpi_id"] or "")
    lines = {
        "question": kpi[f"question_{tongue}"],
        "definition": kpi[f"definition_{tongue}"],
        "owner": figures.label("role", kpi["owner_role"]),
        "direction": figures.label("direction", kpi["direction"]),
        "thresholds": (figures.limits(kpi, newest) if newest else None) or say("no_thresholds"),
        "guardrail": guardrail[f"name_{tongue}"] if guardrail else say("no_guardrail"),
    }
    width = max(len(say(key)) for key in lines) + 2
    for key, text in lines.items():
        out.print(f"{say(key):<{width}}{text or ''}", markup=False)
    out.print()


def _print_newest(figures: Figures, kpi: Row, row: Row) -> None:
    symbol, colour = look(row["status"])
    parts = [f"{row['value_text'] or figures.text_of(kpi, row['value'])}"]
    if row["interval_text"]:
        parts.append(say("interval", interval=row["interval_text"]))
    parts.append(say("sample", n=count(row["sample_size"])))
    parts.append(figures.status(row))
    if row["is_provisional"]:
        parts.append(say("provisional"))
    parts.append(say("target_is", target=figures.target(kpi, row) or say("no_target")))
    out = stdout()
    out.print(say("newest", period=period_name(row)), end=" ", markup=False)
    out.print(symbol, style=colour, end=" ", markup=False)
    out.print(" · ".join(parts), markup=False)
    out.print()


def _print_trend(figures: Figures, rows: list[Row]) -> None:
    told = [row for row in rows if row["value"] is not None]
    line = blocks([row["value"] for row in rows])
    ends: dict[str, str] = {}
    for name, row in (("first", told[0]), ("last", told[-1])):
        ends |= {name: period_name(row), f"{name}_value": row["value_text"]}
    out = stdout()
    out.print(f"{say('trend')}  {line}  {say('trend_ends', **ends)}", markup=False)
    if any(row["is_series_break"] for row in rows[1:]):
        out.print(say("series_break"), markup=False)
    table = _table("", "column_period")
    _add_columns(table)
    for row in rows:
        table.add_row(period_name(row), *_cells(figures, row))
    out.print(table)


def _print_slices(figures: Figures, kpi: Row, newest: Row, by: str) -> None:
    """Print the slices of a period that have words, the highest first, and how many have none."""
    rows = [
        row
        for row in figures.of_kpi(kpi, by)
        if (row["period_grain"], row["period_start"])
        == (newest["period_grain"], newest["period_start"])
    ]
    shown = [row for row in rows if row["value_text"]]
    shown.sort(key=lambda row: (-row["value"], row["slice_text"]))
    from rich.markup import escape

    dimension = figures.label("slice_type", by)
    table = _table("", None, dimension)
    _add_columns(table)
    for row in shown:
        table.add_row(escape(row["slice_text"]), *_cells(figures, row))
    stdout().print(table)
    if len(rows) > len(shown):
        stdout().print(say("left_out", count=len(rows) - len(shown)), markup=False)


def blocks(values: list[float | None]) -> str:
    """Return one block a value, from the lowest to the highest; a dot where there is none."""
    told = [value for value in values if value is not None]
    low, high = min(told), max(told)
    room = high - low
    return "".join(
        NO_BLOCK
        if value is None
        else BLOCKS[round((value - low) / room * (len(BLOCKS) - 1)) if room else len(BLOCKS) // 2]
        for value in values
    )


def _table(title: str, first: str | None, named: str = "") -> "Table":
    from rich.table import Table

    heads = [title, say(first)] if title and first else [say(first) if first else named]
    return Table(*heads, box=None, pad_edge=False, header_style="bold")


def _add_columns(table: "Table") -> None:
    table.add_column(say("column_value"), justify="right")
    table.add_column(say("column_interval"), justify="right")
    table.add_column(say("column_n"), justify="right")
    table.add_column(say("column_status"))


def _cells(figures: Figures, row: Row) -> tuple[str, str, str, str]:
    value, status = _value_and_status(figures, row)
    return value, row["interval_text"] or "", count(row["sample_size"]), status


def _value_and_status(figures: Figures, row: Row) -> tuple[str, str]:
    symbol, colour = look(row["status"])
    words = figures.status(row)
    if row["is_provisional"] and row["status"] != "provisional":
        words += f", {say('provisional')}"
    return row["value_text"] or say("no_value"), f"[{colour}]{symbol}[/] {words}"


def check_by(name: str | None, by: str | None) -> None:
    """UsageError where slices are asked for, and of no KPI."""
    if by is not None and name is None:
        raise UsageError(say("by_what"))
