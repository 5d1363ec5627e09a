"""`pilotage explain`: how one figure came to be, down to the rows that it counts.

What the figure says comes from the published edition. Its query runs there, too; raw columns and
rows come from the private files of the build that the edition was made of.
"""

from collections.abc import Mapping
from math import isclose
from typing import Any

from orchestration.lineage import load_lineage
from orchestration.lineage.listing import TOLERANCE, Listed, RowsBehind, opened
from orchestration.lineage.queries import query_of
from orchestration.lineage.rows import Cell, NotFollowed, Side
from orchestration.publication.editions import current_name
from orchestration.system.console import stdout
from orchestration.system.errors import PilotageError
from orchestration.system.language import language
from orchestration.system.paths import DataPaths
from orchestration.terminal.figures import Figures, Row, period_name, period_of, published
from orchestration.terminal.headlines import look
from orchestration.terminal.words import count, say
from orchestration.warehouse.compiled import read_compiled
from orchestration.warehouse.run_context import read_built

SHOWN_ROWS = 20
HIDDEN = "suppressed"


def explain(paths: DataPaths, name: str, period: str, slice_text: str | None) -> None:
    """Print everything that is known of a figure."""
    with published(paths) as figures:
        kpi = figures.kpi(name)
        grain, start = period_of(period)
        cut = figures.slice_of(kpi, slice_text) if slice_text else ("total", "all")
        cell = Cell(grain, start, *cut)
        row = figures.figure(kpi, cell)
        _print_figure(figures, kpi, row)
        try:
            with opened(paths) as build:
                behind = RowsBehind(read_compiled(paths.warehouse), build)
                _print_query(figures, behind, kpi, row, cell)
                _print_restatements(figures, kpi, row)
                _print_raw_columns(paths, kpi)
                _print_rows(paths, behind, kpi, row, cell)
        except PilotageError as error:
            _head("query")
            _line(say("no_warehouse", reason=error))


def _print_figure(figures: Figures, kpi: Row, row: Row) -> None:
    out = stdout()
    place = [kpi[f"name_{language()}"], period_name(row)]
    if row["slice_type"] != "total":
        place.append(f"{figures.label('slice_type', row['slice_type'])} {row['slice_text']}")
    out.print(" · ".join(place), style="bold", markup=False)
    symbol, colour = look(row["status"])
    value = row["value_text"] or figures.text_of(kpi, row["value"])
    parts = [value]
    if row["interval_text"]:
        parts.append(say("interval", interval=row["interval_text"]))
    parts.append(say("sample", n=count(row["sample_size"])))
    out.print(symbol, style=colour, end=" ", markup=False)
    out.print(" · ".join(parts), markup=False)
    lines = {}
    for side in ("numerator", "denominator"):
        if kpi[f"{side}_measure"]:
            lines[f"explain_{side}"] = f"{_number(row[side])}  {kpi[side] or ''}"
    lines["explain_status"] = f"{figures.status(row)}. {_why(figures, kpi, row)}"
    width = max(len(say(key)) for key in lines) + 2
    for key, text in lines.items():
        out.print(f"{say(key):<{width}}{text}", markup=False)


def _why(figures: Figures, kpi: Row, row: Row) -> str:
    """Return why a figure has its status, and whether it is final."""
    status = row["status"]
    if row["sample_flag"] == HIDDEN:
        return say("explain_hidden")
    said = []
    if status == "insufficient_sample":
        minimum = count(kpi["minimum_sample"] or 1)
        said.append(say("explain_insufficient_sample", count=row["sample_size"], minimum=minimum))
    elif status == "insufficient_identification":
        rate = f"{100 * row['identification_rate']:.0f}"
        said.append(say("explain_insufficient_identification", rate=f"{rate}\u00a0%"))
    elif status in ("withheld", "no_data"):
        said.append(say(f"explain_{status}"))
    elif limits := figures.limits_of(kpi, row):
        said.append(say("explain_judged", limits=limits))
    elif status is None:
        said.append(say("explain_not_judged"))
    if status != "no_data":
        if row["pending_count"]:
            said.append(say("explain_pending", count=row["pending_count"]))
        else:
            said.append(say("explain_running" if row["is_provisional"] else "explain_final"))
    return " ".join(said)


def _print_query(figures: Figures, behind: RowsBehind, kpi: Row, row: Row, cell: Cell) -> None:
    _head("query")
    if row["sample_flag"] == HIDDEN:
        _line(say("query_hidden"))
        return
    if not behind.is_published(kpi["family"]):
        _line(say("query_of_people"))
        return
    measures = behind.measures(kpi["family"])
    query = query_of(kpi, measures, cell.grain, cell.start, cell.slice_type, cell.slice_value)
    if query is None:
        _line(say("query_not_cut"))
        return
    _sql(query)
    (answer,) = figures.rows(query.replace("{", "{{").replace("}", "}}"))
    given, wanted = answer["value"], row["value"]
    if _is_same(given, wanted):
        _line(say("query_agrees", value=_number(given)))
    else:
        _line(say("query_differs", value=_number(given), published=_number(wanted)))


def _is_same(given: Any, wanted: float | None) -> bool:
    if given is None or wanted is None:
        return given is None and wanted is None
    return isclose(float(given), wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _print_restatements(figures: Figures, kpi: Row, row: Row) -> None:
    _head("restated")
    found = figures.restatements(row)
    if not found:
        _line(say("not_restated"))
    for one in found:
        _line(
            say(
                "restatement",
                date=f"{one['published_at']:%Y-%m-%d}",
                edition=one["edition"],
                before=figures.text_of(kpi, one["previous_value"]),
                after=figures.text_of(kpi, one["value"]),
                cause=say(f"cause_{one['change_cause']}"),
            )
        )


def _print_raw_columns(paths: DataPaths, kpi: Row) -> None:
    """Print by landing table the columns that the KPI is made from."""
    _head("raw_columns")
    for use in ("value", "rows"):
        tables: dict[str, list[str]] = {}
        for one in load_lineage(paths).raw_columns_of(kpi["kpi_id"]):
            if one.use == use:
                tables.setdefault(f"{one.source}.{one.table}", []).append(one.column)
        for table, columns in tables.items():
            _line(f"{table} ({say(f'raw_{use}')}): {', '.join(columns)}")


def _print_rows(paths: DataPaths, behind: RowsBehind, kpi: Row, row: Row, cell: Cell) -> None:
    _head("rows")
    built, current = read_built(paths), current_name(paths)
    figure: dict[Side, float | None] = {"numerator": row["numerator"]}
    if kpi["denominator_measure"]:
        figure["denominator"] = row["denominator"]
    found: Mapping[Side, Listed | NotFollowed]
    if row["sample_flag"] == HIDDEN and not kpi["is_about_people"]:
        found = {side: NotFollowed("hidden") for side in figure}
    elif kpi["is_about_people"]:
        found = {side: NotFollowed("about_people") for side in figure}
    elif built is None or built.edition != current:
        why = say(
            "why_other_build", built=built.edition if built else say("no_value"), current=current
        )
        _line(why)
        return
    else:
        found = behind.of(kpi, cell, figure, SHOWN_ROWS)
    queries = {}
    for side in figure:
        listed = found[side]
        if isinstance(listed, NotFollowed):
            why = say(f"why_{listed.reason}", what=listed.what)
            _line(say(f"no_rows_{side}", why=why))
            continue
        _print_listed(side, listed)
        queries[listed.query] = listed.is_published
    for query, is_published in queries.items():
        where = say("rows_where_edition" if is_published else "rows_where_build")
        _line(say("rows_query", where=where))
        _sql(query)


def _print_listed(side: Side, listed: Listed) -> None:
    from rich.markup import escape
    from rich.table import Table

    title = say("rows_others" if listed.others else f"rows_{side}", count=listed.row_count)
    if side in listed.columns and not listed.others:
        title = say("rows_sum", title=title, total=_number(listed.total))
    if listed.row_count > len(listed.rows):
        title = say("rows_shown", title=title, shown=len(listed.rows))
    _line(title)
    if not listed.rows:
        return
    table = Table(*listed.columns, box=None, pad_edge=False, header_style="bold")
    for values in listed.rows:
        cells = ["" if value is None else str(value) for value in values]
        if side in listed.columns:
            cells[-1] = _number(values[-1])
        table.add_row(*map(escape, cells))
    stdout().print(table)


def _number(value: Any) -> str:
    """Return a number as it is, without what a double adds at its end."""
    return say("no_value") if value is None else f"{float(value):.10g}"


def _head(key: str) -> None:
    stdout().print()
    stdout().print(say(key), style="bold", markup=False)


def _line(text: str) -> None:
    stdout().print(text, markup=False)


def _sql(query: str) -> None:
    stdout().print("\n".join(f"    {line}" for line in query.splitlines()), markup=False)
