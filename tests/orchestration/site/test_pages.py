"""Pages are whole, lead somewhere, load nothing from elsewhere, and keep what is one person's."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
import yaml
from babel.numbers import format_decimal

from orchestration.gate.asked import Results
from orchestration.lineage.queries import query_of
from orchestration.site.edition import ROLES, Content
from orchestration.site.portal import search_index
from orchestration.site.reference import ADDRESS, kept
from orchestration.site.render import both, environment, markdown, named
from orchestration.site.roles import file_names, role_pages, step_name
from orchestration.site.wording import text_of
from tests.orchestration.site.conftest import RECORD, Site
from tests.orchestration.worked_examples import Run

pytestmark = pytest.mark.builds(1)

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "wbr"}


class Page(HTMLParser):
    """What a page holds: its links, ids and words in each language; raises where it is torn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.languages: Counter[str] = Counter()
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "tags that nothing closes"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        if tag == "a":
            self.links.append(said.get("href") or "")
        self.loads += [said[name] or "" for name in ("src",) if name in said]
        if tag == "link":
            self.loads.append(said.get("href") or "")
        if said.get("id"):
            self.ids.append(said["id"] or "")
        if said.get("lang") and tag != "html":
            self.languages[said["lang"] or ""] += 1
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag, f"</{tag}> closes something else"

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Page]:
    return {
        str(path.relative_to(site.folder)): Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.folder.rglob("*.html"))
    }


def test_every_role_kpi_and_table_has_its_page(site: Site, pages: dict[str, Page]) -> None:
    content = site.content
    expected = {f"{role}.html" for role in ROLES}
    expected |= {f"kpis/{kpi_id}.html" for kpi_id in content.kpis}
    expected |= {f"tables/{row['room']}.{row['name']}.html" for row in content.tables}
    landing = site.material.project.landing
    expected |= {f"tables/landing.{one.source}.{one.name}.html" for one in landing}
    expected |= {"portal.html", "glossary.html", "edition.html", "governance.html", "arrival.html"}
    assert len(content.kpis) > 70 and len(content.tables) > 80
    assert expected <= pages.keys()


def test_every_link_leads_to_a_page_and_a_place_in_it(site: Site, pages: dict[str, Page]) -> None:
    def broken() -> Iterator[str]:
        for address, page in pages.items():
            for link in page.links:
                target, _, place = link.partition("#")
                path = (Path("/") / address).parent / target if target else Path("/") / address
                name = str(Path(*_resolved(path)))
                if name not in pages:
                    if place or not (site.folder / name).is_file():
                        yield f"{address}: {link}"
                elif place and place not in pages[name].ids:
                    yield f"{address}: {link} has no such place"

    assert list(broken()) == []
    assert sum(len(page.links) for page in pages.values()) > 1000


def _resolved(path: Path) -> list[str]:
    parts: list[str] = []
    for part in path.parts[1:]:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return parts


def test_the_portal_leads_to_a_contract_of_each_schema(site: Site, pages: dict[str, Page]) -> None:
    contracts = sorted(path.name for path in (site.folder / "contracts").iterdir())
    assert contracts == [
        f"{schema}.odcs.yaml" for schema in ("core", "journeys", "kpis", "reports", "steering")
    ]
    for name in contracts:
        address = f"contracts/{name}"
        contract = yaml.safe_load((site.folder / address).read_text(encoding="utf-8"))
        assert address in pages["portal.html"].links
        assert [table["name"] for table in contract["schema"]] == [
            table["name"] for table in site.content.tables if f"{table['room']}.odcs.yaml" == name
        ]


def test_search_leads_to_pages_that_are_there(site: Site, pages: dict[str, Page]) -> None:
    found = re.findall(r'"h":"([^"#]+)', search_index(site.material))
    assert set(found) <= pages.keys()
    assert len(found) > 1000


def test_an_id_stands_once_in_a_page(pages: dict[str, Page]) -> None:
    twice = {
        address: [name for name, count in Counter(page.ids).items() if count > 1]
        for address, page in pages.items()
    }
    assert {address: names for address, names in twice.items() if names} == {}


def test_nothing_is_loaded_from_elsewhere(site: Site, pages: dict[str, Page]) -> None:
    loads = {load for page in pages.values() for load in page.loads}
    assert loads <= {"data:,", "search-index.js", "../search-index.js"}
    for path in site.folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8").replace(SVG_NAMESPACE, "")
        # what a picture refers to is in it
        assert not re.search(r"(url\((?!#)|@import|https?://)", text), path


def test_both_languages_say_everything(pages: dict[str, Page]) -> None:
    for address, page in pages.items():
        if address != ADDRESS:
            assert page.languages["fr"] == page.languages["en"] > 0, address


def test_directions_page_shows_each_figure_in_words_and_is_light(
    site: Site, pages: dict[str, Page]
) -> None:
    text = pages["direction.html"].text
    lines = site.content.lines["direction"]
    assert lines
    for line in lines:
        assert line["label_fr"] in text and line["label_en"] in text
        if line["value"] is not None:
            for language in ("fr", "en"):
                assert " ".join(line[f"value_text_{language}"].split()) in text
    assert (site.folder / "direction.html").stat().st_size <= 1_000_000


def test_an_agents_page_is_that_agents_alone(site: Site) -> None:
    agents = {row["agent_id"] for row in site.content.lines["agent"]}
    assert agents
    assert {path.stem for path in site.agents.glob("*.html")} == agents
    for agent in agents:
        text = (site.agents / f"{agent}.html").read_text(encoding="utf-8")
        assert not [other for other in agents - {agent} if re.search(rf"\b{other}\b", text)]
        assert Page(text).links == ["#content"] + [
            link for link in Page(text).links if link.startswith("#") and link != "#content"
        ]
    published = "".join(path.read_text(encoding="utf-8") for path in site.folder.glob("*.html"))
    assert not [agent for agent in agents if re.search(rf"\b{agent}\b", published)]


def test_what_people_wrote_is_text(site: Site) -> None:
    rows = {**site.content.rows, "decisions": [_decision("<img src=x onerror=alert(1)>")]}
    content = Content(
        site.content.lines, site.content.bands, site.content.points, site.content.tables,
        site.content.columns, rows,
    )  # fmt: skip
    frame = {
        "edition": "e", "published_at": rows["as_of"][0]["as_of"], "labels": content.labels,
        "as_of": rows["as_of"][0]["as_of"], "language": "fr",
    }  # fmt: skip
    page = dict(role_pages(content, frame))["direction.html"]
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def _decision(action: str) -> dict:
    return {
        "action": action, "verdict": "improved", "statement_fr": "Mieux", "statement_en": "Better",
        "decided_on": date(2026, 1, 1), "owner_role": "Quality manager", "status": "measured",
    }  # fmt: skip


def test_a_description_cannot_bring_its_own_html() -> None:
    assert "<script>" not in markdown(
        "a <script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    assert "<table>" in markdown("| a | b |\n|---|---|\n| 1 | 2 |")


def test_a_text_without_two_languages_is_said_once() -> None:
    assert both("CSAT", "CSAT") == "CSAT"
    assert named({"name_fr": "a", "name_en": "b"}, "name").count("lang=") == 2


def test_the_edition_says_what_the_gate_said_and_what_changed(pages: dict[str, Page]) -> None:
    page = pages["edition.html"].text
    assert "<b>Look</b>" in page  # as text: parsed, it is none of the page's tags
    assert "75" in page and "that left the catalogue" not in page
    assert RECORD["edition"] in page


def test_figures_are_written_alike_by_the_tables_and_by_babel(site: Site) -> None:
    """The engine and a library of locales agree on every number that is a plain one."""
    kinds = site.content.units
    kpis = site.content.kpis
    compared = 0
    for kpi_id, points in site.content.points.items():
        unit = kinds[kpis[kpi_id]["unit"]]
        if unit["kind"] not in ("number", "amount") or unit["is_signed"]:
            continue
        for row in points:
            digits = unit["decimals"]
            if unit["kind"] == "amount" and abs(row["value"]) >= 1000:
                digits = 0
            form = "#,##0" + ("." + "0" * digits if digits else "")
            number = Decimal(repr(row["value"])).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
            french = format_decimal(number, format=form, locale="fr_FR")
            english = format_decimal(abs(number), format=form, locale="en_GB")
            assert row["value_text_fr"].startswith(french), row
            assert english in row["value_text_en"], row
            compared += 1
    assert compared > 50


def test_an_axis_is_written_in_the_readers_language() -> None:
    percent = {"kind": "percent"}
    assert text_of(0.8344, percent, "fr") == "83,44\u202f%"
    assert text_of(0.8, percent, "en") == "80%"
    assert text_of(1234.5, {"kind": "amount"}, "fr") == "1\u202f234 €"
    assert text_of(5.6, {"kind": "amount"}, "en") == "5.60 €"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (45, "45 s"), (89, "1 min 29 s"), (330, "5 min 30 s"), (3600, "1 h"), (5400, "1 h 30 min"),
        (-90, "-1 min 30 s"), (259_200, "3 d"),
    ],
)  # fmt: skip
def test_a_duration_keeps_its_two_largest_parts(seconds: float, words: str) -> None:
    assert text_of(seconds, {"kind": "duration"}, "en") == words


def test_the_query_of_a_page_gives_the_figure_of_the_page(site: Site, worked_examples: Run) -> None:
    """What a reader copies from a page is what they saw, for every KPI that shows a query."""
    checked, different = 0, []
    with duckdb.connect(str(worked_examples.paths.marts_db), read_only=True) as con:
        for kpi_id, points in site.content.points.items():
            kpi = site.content.kpis[kpi_id]
            measures = site.material.project.measures.get(kpi["family"])
            for row in points:
                sql = query_of(
                    kpi, measures, row["period_grain"], row["period_start"].isoformat(),
                    row["slice_type"], row["slice_value"],
                )  # fmt: skip
                if sql is None:
                    continue
                value = (con.execute(sql).fetchone() or [None])[-1]
                checked += 1
                if value is None or float(value) != pytest.approx(row["value"], abs=1e-9):
                    different.append(f"{kpi_id}: {value} is not {row['value']}: {sql}")
    assert different == []
    assert checked > 300


def test_a_kpis_page_shows_what_it_is_made_from(site: Site, pages: dict[str, Page]) -> None:
    without = {kpi_id for kpi_id in site.content.kpis if kpi_id not in site.material.lineage.kpis}
    assert not {kpi_id for kpi_id in without if site.content.kpis[kpi_id]["status"] == "active"}
    for kpi_id in site.content.kpis.keys() - without:
        page = (site.folder / "kpis" / f"{kpi_id}.html").read_text(encoding="utf-8")
        assert page.count('<svg class="lineage"') == 2, kpi_id
    links = set(pages["kpis/fcr_rate.html"].links)
    assert "../tables/core.issues.html" in links
    assert "../tables/landing.interactions.tickets.html" in links


def test_a_landed_column_says_what_is_personal_and_what_it_feeds(pages: dict[str, Page]) -> None:
    page = pages["tables/landing.interactions.contacts.html"]
    assert "Données personnelles" in page.text
    assert "../kpis/asa_seconds.html" in page.links
    assert "Données personnelles" not in pages["tables/landing.billing.exchange_rates.html"].text


def test_names_that_differ_by_case_alone_have_files_of_their_own() -> None:
    files = file_names(["A12", "a12", "B7", "north/../x", "Équipe 1"])
    assert files["B7"] == "B7"
    assert len({file.lower() for file in files.values()}) == len(files)
    assert all(re.fullmatch(r"[0-9A-Za-z_-]+", file) for file in files.values())


def test_the_day_of_the_data_is_the_last_that_it_holds(site: Site, worked_examples: Run) -> None:
    """Whoever's clock: the instant that ends a day in Paris is of that day."""
    [row] = site.content.rows["as_of"]
    with duckdb.connect(str(worked_examples.paths.marts_db), read_only=True) as con:
        [(instant,)] = con.execute(
            "select timezone('Europe/Paris', max(computed_at)) from kpis.kpi_values"
        ).fetchall()
    assert row["as_of"] == (instant - timedelta(microseconds=1)).date()


def test_each_test_of_a_page_has_its_own_last_result(site: Site, pages: dict[str, Page]) -> None:
    tests = {row["name"]: row for row in site.material.tests_of(["kpi_values"])}
    asked = tests["assert_values_are_ratios_of_sums"]
    assert asked["is_asked"] and asked["at"] and not asked["rows"] and not asked["is_carried"]
    page = (site.folder / "tables" / "kpis.kpi_values.html").read_text(encoding="utf-8")
    assert page.count("✓") == sum(row["is_asked"] for row in tests.values()) > 10
    # a case worked by hand is asked by no build
    assert not tests["line_breaks_once_where_its_definition_changes"]["is_asked"]
    text = pages["kpis/fcr_rate.html"].text
    assert "Values are ratios of sums" in text
    assert "Every kpi_id of kpi_values is in kpi_catalogue.kpi_id" in text


def test_a_test_that_warned_or_stands_or_is_unknown_says_so(site: Site) -> None:
    names = [row["name"] for row in site.material.tests_of(["kpi_values"]) if row["is_asked"]][:3]
    keys = {test.name: test.key for test in site.material.project.tests["kpi_values"]}
    warned, stands = (keys[name] for name in names[:2])
    results = Results(
        "e2",
        "f",
        {
            warned: {"rows": 1, "at": "2026-05-31T22:30:00+00:00", "edition": "e2"},
            stands: {"rows": 0, "at": "2026-05-01T10:00:00+00:00", "edition": "e1"},
        },
    )
    rows = replace(site.material, results=results).tests_of(["kpi_values"])
    found = {row["name"]: row for row in rows}
    assert (found[names[0]]["rows"], found[names[0]]["is_carried"]) == (1, False)
    assert found[names[1]]["is_carried"] and found[names[2]]["at"] is None
    macro = environment().from_string(
        '{% from "parts.html.j2" import tested with context %}{{ tested(tests) }}'
    )
    page = Page(macro.render(tests=[found[name] for name in names])).text
    assert "averti :" in page and "1 ligne " in page and "1 row " in page
    assert "1 juin 2026, 00:30" in page
    assert "rien de ce qu’il lit n’a changé depuis" in page
    assert "résultat inconnu" in page


def test_the_portal_leads_to_what_dbt_wrote_of_the_same_project(
    site: Site, pages: dict[str, Page], worked_examples: Run
) -> None:
    assert ADDRESS in pages["portal.html"].links
    assert pages[ADDRESS].text == "DATA/landing, PROJECT/models"
    assert kept(worked_examples.paths, "of another project") is None


def test_slices_and_steps_have_names_in_both_languages(site: Site) -> None:
    content = site.content
    known = {("reason_group", row["reason_group"]) for row in _seed("reasons")}
    shown = {key for key in content.slices if key in known or key[0] in ("dimension", "source")}
    assert shown
    for slice_type, code in shown:
        assert (slice_type, code) in content.labels, f"{slice_type} {code} has no label"
        assert content.slices[slice_type, code]["slice_text_fr"] != code
    assert step_name(content, "phone handled") == both("Téléphone : traité", "Phone: handled")
    assert step_name(content, "bot failed") == both("Robot sans réponse", "Bot failed")
    assert step_name(content, "fax eaten") == both("fax : eaten", "fax: eaten")


def test_every_reason_and_step_of_the_project_has_a_label() -> None:
    labels = {(row["kind"], row["code"]) for row in _seed("labels")}
    assert {("reason_group", row["reason_group"]) for row in _seed("reasons")} <= labels
    contract = Path("models/staging/interactions/_interactions__sources.yml").read_text()
    table = contract.partition("How the contact ended.")[2].partition("- name:")[0]
    ends = set(re.findall(r"^ +\| (\w+) \|", table, re.MULTILINE)) - {"value", "answered"}
    assert {"abandoned", "voicemail", "no_answer"} <= ends
    known = {code for kind, code in labels if kind in ("step", "step_end")}
    assert {end.replace("_", " ") for end in ends} <= known


def _seed(name: str) -> list[dict[str, str]]:
    with Path("seeds", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_balance_is_that_of_the_newest_month_that_has_one(site: Site) -> None:
    """A month whose figures are not final yet has rows without a score: nothing to draw."""
    scores = [row["score"] for row in site.content.rows["scorecard"]]
    assert None not in scores
    page = (site.folder / "direction.html").read_text(encoding="utf-8")
    drawn = page.partition('id="balance"')[2].partition("</section>")[0]
    assert bool(scores) == ("<svg" in drawn) == ('id="balance"' in page)
