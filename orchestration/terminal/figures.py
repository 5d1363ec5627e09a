"""Questions to the published edition about its figures, in words of the reader's language.

What the edition writes itself (figures, intervals, periods, slices) is read as it stands.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import duckdb

from orchestration.lineage.rows import Cell
from orchestration.system import sql
from orchestration.system.errors import PilotageError, UsageError
from orchestration.system.language import language
from orchestration.system.paths import DataPaths
from orchestration.terminal.words import say

Row = dict[str, Any]
GRAINS = ("month", "quarter", "week", "day")

# Every figure of a KPI with its words; what a chart does not draw has none of its own.
FIGURES = """
with named as (
    select period_grain, period_start, any_value(period_text_{language}) as period_text
    from reports.kpi_series
    group by all
)
select figures.*, named.period_text, series.value_text_{language} as value_text,
    series.interval_text_{language} as interval_text,
    coalesce(series.slice_text_{language}, figures.slice_value) as slice_text
from kpis.kpi_values as figures
left join reports.kpi_series as series
    using (kpi_id, period_grain, period_start, slice_type, slice_value)
left join named using (period_grain, period_start)
where {condition}
order by period_start, slice_value
"""
TARGET = """
select target_text_{language} as target
from (
    select * from reports.direction
    union all by name select * from reports.monthly_committee
    union all by name select * from reports.manager
)
where kpi_id = {kpi} and slice_type = 'total' and target is not null
    and period_grain = {grain} and period_start = date {start}
limit 1
"""
THRESHOLDS = """
from kpis.kpi_thresholds
where kpi_id = {kpi} and (period_grain is null or period_grain = {grain})
    and valid_from <= date {start} and (valid_to is null or valid_to > date {start})
order by period_grain nulls last
limit 1
"""
SLICES = """
select slice_type, list(distinct slice_value order by slice_value) as names
from kpis.kpi_values
where kpi_id = {kpi} and slice_type <> 'total'
group by slice_type
order by slice_type
"""
RESTATEMENTS = """
from kpis.kpi_editions
where kpi_id = {kpi} and period_grain = {grain} and period_start = date {start}
    and slice_type = {slice_type} and slice_value = {slice_value} and change_cause <> 'first'
order by published_at
"""
PERIODS = {
    "day": re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"),
    "month": re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)"),
    "week": re.compile(r"(?P<year>\d{4})-[WS](?P<week>\d\d?)", re.IGNORECASE),
    "quarter": re.compile(r"(?P<year>\d{4})-[QT](?P<quarter>[1-4])", re.IGNORECASE),
}


class Figures:
    """What one edition says of its figures. Opened by `published`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, query: str, **values: str) -> list[Row]:
        """Return the rows of a query, of which `values` are quoted as texts."""
        quoted = {name: sql.text(value) for name, value in values.items()}
        result = self._connection.execute(query.format(language=language(), **quoted))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @cached_property
    def kpis(self) -> dict[str, Row]:
        """The definitions in force of the KPIs that are computed, by id."""
        rows = self.rows(
            "from kpis.kpi_catalogue where valid_to is null"
            " and status in ('active', 'under_review') order by kpi_id"
        )
        return {row["kpi_id"]: row for row in rows}

    @cached_property
    def units(self) -> dict[str, Row]:
        return {row["unit"]: row for row in self.rows("from kpis.units")}

    @cached_property
    def _labels(self) -> dict[tuple[str, str], str]:
        rows = self.rows("from kpis.labels")
        return {(row["kind"], row["code"]): row[f"label_{language()}"] for row in rows}

    def label(self, kind: str, code: str | None) -> str:
        """Return the name of a code; the code where it has none."""
        return self._labels.get((kind, code or ""), code or "")

    def status(self, row: Row) -> str:
        if row["sample_flag"] == "suppressed":
            return say("hidden")
        return self.label("status", row["status"] or "not_judged")

    def text_of(self, kpi: Row, value: float | None) -> str:
        """Write a value that the edition has no words for, such as a limit."""
        from orchestration.site.wording import text_of

        if value is None:
            return say("no_value")
        return text_of(float(value), self.units[kpi["unit"]], language())

    def kpi(self, name: str) -> Row:
        """Return a KPI by its id or its name in either language; UsageError names near ones."""
        by_name = {}
        for kpi_id, row in self.kpis.items():
            for known in (row["name_fr"], row["name_en"], kpi_id):
                by_name[_plain(known)] = kpi_id
        asked = _plain(name)
        if asked in by_name:
            return self.kpis[by_name[asked]]
        near = [known for known in by_name if asked and asked in known]
        near += get_close_matches(asked, by_name, n=5, cutoff=0.5)
        ids = list(dict.fromkeys(by_name[known] for known in near))[:3] or list(self.kpis)[:3]
        named = ", ".join(f"{one} ({self.kpis[one][f'name_{language()}']})" for one in ids)
        raise UsageError(say("no_kpi", name=name, near=named))

    def slices(self, kpi: Row) -> dict[str, list[str]]:
        """Return by dimension the slices that a KPI has figures of."""
        return {row["slice_type"]: row["names"] for row in self.rows(SLICES, kpi=kpi["kpi_id"])}

    def dimension(self, kpi: Row, name: str) -> list[str]:
        """Return the slices of a dimension; UsageError names those that the KPI is cut by."""
        known = self.slices(kpi)
        if name not in known:
            listed = ", ".join(known) or say("no_dimensions")
            raise UsageError(say("no_dimension", kpi=kpi["kpi_id"], name=name, known=listed))
        return known[name]

    def slice_of(self, kpi: Row, text: str) -> tuple[str, str]:
        """Return dimension and slice of `channel=phone`; UsageError names those that there are."""
        dimension, equals, name = text.partition("=")
        if not equals:
            raise UsageError(say("slice_form", text=text))
        known = self.dimension(kpi, dimension.strip())
        if name.strip() not in known:
            raise UsageError(
                say(
                    "no_slice",
                    kpi=kpi["kpi_id"],
                    name=name.strip(),
                    dimension=dimension.strip(),
                    known=", ".join(known),
                )
            )
        return dimension.strip(), name.strip()

    def of_kpi(self, kpi: Row, slice_type: str = "total") -> list[Row]:
        """Return the figures of a KPI in one dimension, in order of the periods."""
        condition = (
            f"figures.kpi_id = {sql.text(kpi['kpi_id'])}"
            f" and figures.slice_type = {sql.text(slice_type)}"
        )
        return self._worded(condition)

    def figure(self, kpi: Row, cell: Cell) -> Row:
        """Return the figure of a cell; UsageError says which periods there are."""
        rows = [
            row
            for row in self.of_kpi(kpi, cell.slice_type)
            if (row["period_grain"], row["slice_value"]) == (cell.grain, cell.slice_value)
        ]
        for row in rows:
            if row["period_start"].isoformat() == cell.start:
                return row
        self.check_grain(kpi, cell.grain)
        if not rows:
            raise UsageError(say("no_figure_at_all", kpi=kpi["kpi_id"]))
        ends = {"first": period_name(rows[0]), "last": period_name(rows[-1])}
        raise UsageError(say("no_figure", kpi=kpi["kpi_id"], period=cell.start, **ends))

    def check_grain(self, kpi: Row, grain: str) -> None:
        known = str(kpi["period_grains"]).split("|")
        if grain not in known:
            raise UsageError(say("no_grain", kpi=kpi["kpi_id"], name=grain, known=", ".join(known)))

    def newest(self) -> dict[str, Row]:
        """Return by KPI its newest final total, by month where it has months."""
        rows = self._worded("figures.slice_type = 'total'")
        found: dict[str, Row] = {}
        for row in rows:
            best = found.get(row["kpi_id"])
            if best is None or _preference(row) >= _preference(best):
                found[row["kpi_id"]] = row
        return found

    def target(self, kpi: Row, row: Row) -> str | None:
        """Return the target of a figure in words; None where it has none."""
        period = {"kpi": kpi["kpi_id"], "start": row["period_start"].isoformat()}
        found = self.rows(TARGET, grain=row["period_grain"], **period)
        if found:
            return str(found[0]["target"])
        objectives = self.rows(
            "select target from kpis.objective_progress where kpi_id = {kpi}"
            " and period_start = date {start} and target is not null order by objective_id limit 1",
            **period,
        )
        if not objectives or row["period_grain"] != "month":
            return None
        return self.text_of(kpi, objectives[0]["target"])

    def limits(self, kpi: Row, row: Row) -> str | None:
        """Return the thresholds in force for a figure, in words; None where there are none."""
        found = self.rows(
            THRESHOLDS,
            kpi=kpi["kpi_id"],
            grain=row["period_grain"],
            start=row["period_start"].isoformat(),
        )
        if not found:
            return None
        sides = {
            side: found[0][f"{side}_rule"] or self._limit(kpi, found[0], side)
            for side in ("warn", "alert")
        }
        return say("limits", **sides)

    def limits_of(self, kpi: Row, row: Row) -> str | None:
        """Return the limits that a figure was judged by; None where it has none."""
        if row["warn_threshold"] is None and row["alert_threshold"] is None:
            return None
        return say("limits", **{side: self._limit(kpi, row, side) for side in ("warn", "alert")})

    def _limit(self, kpi: Row, row: Row, side: str) -> str:
        low, high = row[f"{side}_floor"], row[f"{side}_threshold"]
        if low is not None and high is not None:
            return say("outside", low=self.text_of(kpi, low), high=self.text_of(kpi, high))
        limit = self.text_of(kpi, high if low is None else low)
        return say("below" if kpi["direction"] == "higher" else "above", limit=limit)

    def restatements(self, row: Row) -> list[Row]:
        """Return what other editions said of a figure, the oldest first."""
        return self.rows(
            RESTATEMENTS,
            kpi=row["kpi_id"],
            grain=row["period_grain"],
            start=row["period_start"].isoformat(),
            slice_type=row["slice_type"],
            slice_value=row["slice_value"],
        )

    def _worded(self, condition: str) -> list[Row]:
        return self.rows(FIGURES.replace("{condition}", condition))


@contextmanager
def published(paths: DataPaths) -> Iterator[Figures]:
    """Open the published edition; UsageError when there is none."""
    if not paths.pointer.exists():
        raise UsageError(say("nothing_published"))
    try:
        with duckdb.connect(str(paths.pointer), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            yield Figures(connection)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise PilotageError(say("edition_not_read", path=paths.pointer, reason=reason)) from error


def period_of(text: str) -> tuple[str, str]:
    """Return grain and first date of `2026-03`, `2026-03-14`, `2026-W12` or `2026-Q1`."""
    for grain, pattern in PERIODS.items():
        said = pattern.fullmatch(text.strip())
        if said is None:
            continue
        parts = {name: int(value) for name, value in said.groupdict().items()}
        try:
            if grain == "week":
                start = date.fromisocalendar(parts["year"], parts["week"], 1)
            else:
                month = parts.get("month") or 3 * parts["quarter"] - 2
                start = date(parts["year"], month, parts.get("day", 1))
        except ValueError:
            break
        return grain, start.isoformat()
    raise UsageError(say("no_period", text=text))


def period_name(row: Row) -> str:
    """Return the period of a figure; its first date where no figure of any KPI has words for it."""
    return str(row["period_text"] or row["period_start"])


def _preference(row: Row) -> tuple[bool, bool, int, date]:
    return (
        row["value"] is not None,
        not row["is_provisional"],
        -GRAINS.index(row["period_grain"]),
        row["period_start"],
    )


def _plain(text: str | None) -> str:
    """Return a name without case and accents, as people type it."""
    parts = unicodedata.normalize("NFKD", text or "")
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold().strip()
