"""Where things stand on the dashboard: rows of a page twelve columns wide, in Superset's form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.bi.charts import Chart

Row = dict[str, Any]
COLUMNS = 12
ROOT, GRID = "ROOT_ID", "GRID_ID"
TITLE_WIDTH = 2


@dataclass(frozen=True)
class Line:
    """A row of the dashboard: charts side by side, after a title when it has one."""

    charts: list[Chart]
    title: str | None = None


def position(lines: list[Line], title: str, identity: Callable[[str], str]) -> Row:
    """Return the place of everything. `identity` gives a chart's UUID by its key."""
    rows = {f"ROW-{place}": line for place, line in enumerate(lines, start=1)}
    placed = dict[str, Row]()
    for row, line in rows.items():
        inside = dict(_inside(row, line, identity))
        above = [ROOT, GRID]
        meta = {"background": "BACKGROUND_TRANSPARENT"}
        placed[row] = _part("ROW", row, above, meta, list(inside))
        for name, (kind, what) in inside.items():
            placed[name] = _part(kind, name, [*above, row], what, [])
    return {
        "DASHBOARD_VERSION_KEY": "v2",
        ROOT: {"type": "ROOT", "id": ROOT, "children": [GRID]},
        GRID: {"type": "GRID", "id": GRID, "children": list(rows), "parents": [ROOT]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": title}},
        **placed,
    }


def _inside(
    row: str, line: Line, identity: Callable[[str], str]
) -> Iterator[tuple[str, tuple[str, Row]]]:
    """Yield what stands in a row: name, and (kind, what Superset keeps of it)."""
    if line.title is not None:
        code = f"### {line.title}" if line.title else ""
        height = line.charts[0].height
        yield f"TITLE-{row}", ("MARKDOWN", {"code": code, "width": TITLE_WIDTH, "height": height})
    for chart in line.charts:
        meta = {
            # Superset gives another number when it imports, by the UUID
            "chartId": 0,
            "uuid": identity(chart.key),
            "sliceName": chart.title,
            "width": chart.width,
            "height": chart.height,
        }
        yield f"CHART-{chart.key}", ("CHART", meta)


def _part(kind: str, name: str, above: list[str], meta: Row, children: list[str]) -> Row:
    return {"type": kind, "id": name, "parents": above, "children": children, "meta": meta}
