"""The stewards' portal: a page a KPI and a table, glossary, edition, governance, and the search."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

import yaml

from orchestration.lineage import KpiUse
from orchestration.registry.catalogue import PERSPECTIVES
from orchestration.site.edition import Content, Row
from orchestration.site.kpi_page import kpi_page, newest_point
from orchestration.site.material import Material
from orchestration.site.project import LandingTable
from orchestration.site.render import render
from orchestration.site.wording import figure
from orchestration.system.paths import PROJECT_ROOT

TIERS = ("headline", "core", "diagnostic")


def portal_pages(material: Material, record: Row, frame: Row) -> Iterator[tuple[str, str]]:
    """Yield (address, page) of the portal. `record` is what edition.json says of the edition."""
    content = material.content
    top, below = frame | {"root": ""}, frame | {"root": "../"}
    newest = {kpi_id: newest_point(content, kpi_id) for kpi_id in content.kpis}
    yield "portal.html", _index(material, newest, top)
    yield "glossary.html", render("glossary.html.j2", here="glossary.html", terms=glossary(), **top)
    yield "edition.html", _edition(content, record, top)
    yield "arrival.html", render("arrival.html.j2", here="arrival.html", **_arrival(record), **top)
    yield "governance.html", _governance(content, top)
    yield "search-index.js", search_index(material)
    for kpi in content.kpis.values():
        address = f"kpis/{kpi['kpi_id']}.html"
        yield address, kpi_page(material, kpi, newest[kpi["kpi_id"]], below)
    for table in content.tables:
        yield f"tables/{table['room']}.{table['name']}.html", _table(material, table, below)
    for landed in material.project.landing:
        address = f"tables/landing.{landed.source}.{landed.name}.html"
        yield address, _landing_table(material, landed, below)


def _arrival(record: Row) -> Row:
    """What was strange about the batches of an edition, the gravest first, as edition.json says."""
    # an edition of earlier days may not say
    batches = record.get("batches", {})
    order = ("refuse", "withhold", "warn")
    # the title above says of which table
    nowhere = {"source": "", "table": ""}
    found = sorted(
        batches.get("arrival_warnings", []),
        key=lambda one: (order.index(one["severity"]), one["source"], one["table"], one["check"]),
    )
    return {
        "found": found,
        "held": [
            one | {"findings": [found | nowhere for found in one["findings"]]}
            for one in batches.get("held_back", [])
        ],
        "taken": batches.get("taken_for_true", []),
        "looked_at": len(batches.get("new", [])),
    }


@cache
def glossary() -> list[Row]:
    terms = yaml.safe_load((PROJECT_ROOT / "docs" / "glossary.yml").read_text(encoding="utf-8"))
    return [{"id": name, **term} for name, term in terms.items()]


def search_index(material: Material) -> str:
    """Return the script that holds what the search looks through: KPIs, terms, tables, columns."""
    content, entries = material.content, list[Row]()

    def add(rank: int, address: str, french: str, english: str, *more: str | None) -> None:
        text = " ".join(filter(None, (french, english, *more)))
        entries.append({"k": rank, "h": address, "fr": french, "en": english, "t": text})

    for kpi in content.kpis.values():
        add(
            0, f"kpis/{kpi['kpi_id']}.html", kpi["name_fr"], kpi["name_en"], kpi["kpi_id"],
            kpi["question_fr"], kpi["question_en"],
        )  # fmt: skip
    for term in glossary():
        add(1, f"glossary.html#{term['id']}", *term["term"])
    for table in content.tables:
        name = f"{table['room']}.{table['name']}"
        add(2, f"tables/{name}.html", name, name, first_sentence(table["description"]))
        for column in content.columns[table["room"], table["name"]]:
            full = f"{name}.{column['name']}"
            add(3, f"tables/{name}.html#{column['name']}", full, full)
    for landed in material.project.landing:
        name = f"landing.{landed.source}.{landed.name}"
        add(2, f"tables/{name}.html", name, name, first_sentence(landed.description))
        for column in landed.columns:
            full = f"{name}.{column['name']}"
            add(3, f"tables/{name}.html#{column['name']}", full, full)
    # a closing tag within a text would end the script
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"window.PILOTAGE_INDEX={text};\n"


def first_sentence(text: str | None) -> str:
    """Return the first sentence of a description: what one row is."""
    paragraph = " ".join((text or "").partition("\n\n")[0].split())
    head, stop, _ = paragraph.partition(". ")
    return head + "." if stop else paragraph


def _index(material: Material, newest: dict[str, Row | None], frame: Row) -> str:
    content = material.content
    groups = [
        (
            one,
            [
                kpi | {"newest": newest[kpi["kpi_id"]]}
                for kpi in sorted(content.kpis.values(), key=lambda row: TIERS.index(row["tier"]))
                if kpi["perspective"] == one
            ],
        )
        for one in PERSPECTIVES
    ]
    rooms: dict[str, list[Row]] = defaultdict(list)
    for table in content.tables:
        rooms[table["room"]].append(
            table | {"first_sentence": first_sentence(table["description"])}
        )
    return render(
        "portal.html.j2",
        here="portal.html",
        groups=groups,
        rooms=list(rooms.items()),
        contracted=material.project.rooms,
        landing=[
            {
                "name": f"{one.source}.{one.name}",
                "first_sentence": first_sentence(one.description),
                "is_personal": any(column["is_personal"] for column in one.columns),
            }
            for one in material.project.landing
        ],
        **frame,
    )


def _table(material: Material, table: Row, frame: Row) -> str:
    room, name = table["room"], table["name"]
    columns = [
        column
        | {
            "is_personal": False,
            "feeds": _fed(
                material, material.lineage.kpis_of_published(f"{room}.{name}", column["name"])
            ),
        }
        for column in material.content.columns[room, name]
    ]
    return render(
        "table.html.j2",
        here="",
        table=table,
        columns=columns,
        tests=material.tests_of([name]),
        **frame,
    )


def _landing_table(material: Material, landed: LandingTable, frame: Row) -> str:
    columns = [
        column
        | {
            "feeds": _fed(
                material, material.lineage.kpis_of(landed.source, landed.name, column["name"])
            )
        }
        for column in landed.columns
    ]
    table = {
        "room": f"landing.{landed.source}",
        "name": landed.name,
        "description": landed.description,
    }
    return render("table.html.j2", here="", table=table, columns=columns, tests=None, **frame)


def _fed(material: Material, uses: Iterable[KpiUse]) -> list[str]:
    """Return the KPIs whose value a column gives."""
    known = material.content.kpis
    return [one.kpi_id for one in uses if one.use == "value" and one.kpi_id in known]


def _edition(content: Content, record: Row, frame: Row) -> str:
    verdict = record["verdict"]
    changed = []
    for change in (record.get("changes") or {}).get("kpis", []):
        kpi = content.kpis.get(change["kpi_id"])
        if kpi:
            unit = content.units[kpi["unit"]]
            both_sides = {
                side: figure((change[side] or {}).get("value"), unit)
                for side in ("before", "after")
            }
            changed.append(kpi | both_sides)
    counts = verdict["counts"]
    return render(
        "edition.html.j2",
        here="edition.html",
        verdict={
            "checks": counts["total"],
            "failed": counts["total"] - counts["passed"],
            "warnings": verdict["warnings"],
        },
        findings=content.rows["findings"],
        freshness=content.rows["freshness"],
        changes=changed,
        **frame,
    )


def _governance(content: Content, frame: Row) -> str:
    owners: dict[str, list[Row]] = defaultdict(list)
    for kpi in content.kpis.values():
        owners[kpi["owner_role"]].append(kpi)
    boards = [
        (
            board,
            [
                content.kpis[row["kpi_id"]]
                for row in content.rows["dashboard_kpis"]
                if row["dashboard"] == board["dashboard"] and row["kpi_id"] in content.kpis
            ],
        )
        for board in content.dashboards.values()
    ]
    return render(
        "governance.html.j2",
        here="governance.html",
        due=[kpi for kpi in content.kpis.values() if kpi["is_review_due"]],
        owners=sorted(owners.items()),
        boards=boards,
        objectives=content.rows["objectives"],
        **frame,
    )
