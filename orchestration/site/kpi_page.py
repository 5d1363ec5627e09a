"""The page of a KPI: what it means, how it stands, who answers for it, how it is guarded."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import partial

from markupsafe import Markup

from orchestration.lineage import Box, as_svg, picture
from orchestration.lineage.queries import query_of
from orchestration.site.charts import Point, bars, line_chart
from orchestration.site.edition import Content, Row
from orchestration.site.material import Material
from orchestration.site.render import COLOURS, render
from orchestration.site.wording import figure, in_both, interval, limits, text_of, value_range
from orchestration.system.language import LANGUAGES

SHOWN_PERIODS = 24
SLICES = ("channel", "reason_group", "team", "segment", "brand", "site", "topic")


def kpi_page(material: Material, kpi: Row, newest: Row | None, frame: Row) -> str:
    content, project = material.content, material.project
    kpi_id, unit = kpi["kpi_id"], content.units[kpi["unit"]]
    measures = f"measures_{kpi['family']}"
    grain = newest["period_grain"] if newest else "month"
    start = newest["period_start"] if newest else date(2026, 1, 1)
    numbers = (kpi["examples"] or "").split()
    leads = {(row["cause_kpi_id"], row["effect_kpi_id"]): row for row in content.rows["leads"]}
    links = [
        link
        | {
            "cause": content.kpis[link["cause_kpi_id"]],
            "effect": content.kpis[link["effect_kpi_id"]],
            "lead": leads.get((link["cause_kpi_id"], link["effect_kpi_id"])),
        }
        for link in content.rows["links"]
        if kpi_id in (link["cause_kpi_id"], link["effect_kpi_id"])
        and {link["cause_kpi_id"], link["effect_kpi_id"]} <= content.kpis.keys()
    ]
    return render(
        "kpi.html.j2",
        here="",
        kpi=kpi,
        unit=unit,
        newest=newest and newest | {"interval": interval(newest, unit)},
        chart=_chart(content, kpi, unit, grain),
        query=query_of(kpi, project.measures.get(kpi["family"]), grain, start.isoformat()),
        slices=list(_slices(content, kpi_id, grain, start)),
        thresholds=[row | limits(row, unit) for row in content.of_kpi("thresholds", kpi_id)],
        guardrail=content.kpis.get(kpi["guardrail_kpi_id"] or ""),
        lineage=_lineage(material, kpi_id),
        raw=_raw_columns(material, kpi_id),
        benchmarks=[
            row | {"figure": value_range(row["value_low"], row["value_high"], unit)}
            for row in content.of_kpi("benchmarks", kpi_id)
        ],
        links=links,
        quality=next(iter(content.of_kpi("quality", kpi_id)), None),
        tests=material.tests_of([measures, "kpi_values"]),
        examples=[one for number in numbers for one in project.examples.get(number, [])],
        versions=content.of_kpi("catalogue", kpi_id),
        restatements=[
            row
            | {
                "before": figure(row["previous_value"], unit),
                "after": figure(row["value"], unit),
            }
            for row in content.of_kpi("restatements", kpi_id)
        ],
        **frame,
    )


def _lineage(material: Material, kpi_id: str) -> Markup | None:
    """Return the picture of what a KPI is made from, whose boxes lead to the portal's pages."""
    lineage, content = material.lineage, material.content
    if kpi_id not in lineage.kpis:
        return None
    published = {f"{row['room']}.{row['name']}" for row in content.tables}

    def address(box: Box) -> str | None:
        if box.kind == "kpi":
            return f"{box.name}.html" if len(box.members) == 1 else "../portal.html"
        if box.kind == "raw":
            return f"../tables/landing.{box.name}.html"
        table = lineage.graph.tables.get(box.name)
        name = (table.published_as if table else None) or box.name
        return f"../tables/{name}.html" if name in published else None

    drawn = picture(lineage, kpi_id)
    return in_both(as_svg(drawn, "fr", address), as_svg(drawn, "en", address))


def _raw_columns(material: Material, kpi_id: str) -> list[tuple[str, list[Row]]]:
    """Return (landing table, its columns behind the KPI), those that give its value first."""
    if kpi_id not in material.lineage.kpis:
        return []
    tables: dict[str, list[Row]] = defaultdict(list)
    for column in material.lineage.raw_columns_of(kpi_id):
        tables[f"{column.source}.{column.table}"].append(vars(column))
    return [
        (name, sorted(columns, key=lambda one: (one["use"] != "value", one["column"])))
        for name, columns in sorted(tables.items())
    ]


def newest_point(content: Content, kpi_id: str) -> Row | None:
    """Return the newest final total of a KPI by month, else by quarter, else the newest at all."""
    totals = [row for row in content.points.get(kpi_id, []) if row["slice_type"] == "total"]
    if not totals:
        return None
    return max(
        totals,
        key=lambda row: (
            not row["is_provisional"],
            row["period_grain"] == "month",
            row["period_start"],
        ),
    )


def _chart(content: Content, kpi: Row, unit: Row, grain: str) -> Markup | None:
    rows = [
        row
        for row in content.points.get(kpi["kpi_id"], [])
        if row["slice_type"] == "total" and row["period_grain"] == grain
    ][-SHOWN_PERIODS:]
    if len(rows) < 2:
        return None
    newest = rows[-1]
    drawn = []
    for language in LANGUAGES:
        points = [
            Point(
                row["value"],
                row["ci_low"],
                row["ci_high"],
                row[f"period_text_{language}"],
                row[f"value_text_{language}"],
                row["is_provisional"] or row["sample_flag"] != "publishable",
                row["is_series_break"],
            )
            for row in rows
        ]
        drawn_limits = [
            (name, newest[column], text_of(newest[column], unit, language))
            for name, column in (
                ("warn", "warn_threshold"),
                ("alert", "alert_threshold"),
                ("warn", "warn_floor"),
                ("alert", "alert_floor"),
            )
            if newest[column] is not None
        ]
        drawn.append(
            line_chart(
                points,
                drawn_limits,
                partial(text_of, unit=unit, language=language),
                kpi[f"name_{language}"],
            )
        )
    return in_both(*drawn)


def _slices(content: Content, kpi_id: str, grain: str, start: date) -> Iterator[tuple[str, Markup]]:
    """Yield (dimension, bars) of the newest period, the largest first."""
    rows = [
        row
        for row in content.points.get(kpi_id, [])
        if row["period_grain"] == grain and row["period_start"] == start
    ]
    for dimension in SLICES:
        found = [row for row in rows if row["slice_type"] == dimension]
        found.sort(key=lambda row: -row["value"])
        if len(found) < 2:
            continue
        drawn = [
            bars(
                [
                    (
                        row[f"slice_text_{language}"],
                        row["value"],
                        row[f"value_text_{language}"],
                        COLOURS.get(row["status"] or "", "plain"),
                    )
                    for row in found[:12]
                ],
                dimension,
            )
            for language in LANGUAGES
        ]
        yield dimension, in_both(*drawn)
