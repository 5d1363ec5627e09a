"""The pages in a real browser, without a network: nothing missing, both languages, the search.

Skipped where no Chromium is installed; `apt install chromium` brings one.
"""

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.orchestration.site.conftest import Site

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PAGES = (
    "direction.html", "manager.html", "agent.html", "real_time.html", "monthly_committee.html",
    "portal.html", "glossary.html", "edition.html", "governance.html", "kpis/fcr_rate.html",
    "kpis/csat_t2b.html", "tables/kpis.kpi_values.html",
)  # fmt: skip
SERIOUS = ("serious", "critical")

pytestmark = [
    pytest.mark.builds(1),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that reaches no network; what goes wrong in it fails the test."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("requestfailed", lambda request: wrong.append(f"missing: {request.url}"))
    yield opened
    context.close()
    assert wrong == []


@pytest.mark.parametrize("address", PAGES)
def test_page_opens_whole_and_everybody_can_use_it(site: Site, page: Page, address: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"file://{site.folder / address}")
        found = Axe().run(page).response["violations"]
        serious = [
            f"{one['id']}: {one['help']} ({node['html'][:120]})"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]
        assert serious == []


def test_the_language_is_switched_and_kept_from_page_to_page(site: Site, page: Page) -> None:
    page.goto(f"file://{site.folder / 'direction.html'}")
    line = site.content.lines["direction"][0]
    card = page.locator(f"#{line['kpi_id']} h3")
    assert card.inner_text() == line["label_fr"]
    page.get_by_role("button", name="English").click()
    assert card.inner_text() == line["label_en"]
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(f"file://{site.folder / 'portal.html'}")
    assert page.locator("h1").inner_text() == "Data portal"


@pytest.mark.parametrize("asked", ["resolution premier", "contact resolution observed", "FCR_RATE"])
def test_a_kpi_is_found_in_either_language_and_by_its_code(
    site: Site, page: Page, asked: str
) -> None:
    page.goto(f"file://{site.folder / 'tables/kpis.kpi_values.html'}")
    page.locator("#search").fill(asked)
    first = page.locator("#found a").first
    first.click()
    assert page.url.endswith("/kpis/fcr_rate.html")


def test_what_is_not_there_is_said(site: Site, page: Page) -> None:
    page.goto(f"file://{site.folder / 'portal.html'}")
    page.locator("#search").fill("no such thing")
    assert "Nothing of that name." in page.locator("#found").inner_text()


def test_a_telephone_needs_no_sideways_scrolling(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("direction.html", "kpis/fcr_rate.html", "portal.html"):
        page.goto(f"file://{site.folder / address}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, address


def test_directions_page_asks_little_of_a_browser(site: Site, page: Page) -> None:
    """One file and few elements: it opens at once, which no clock is asked here."""
    page.goto(f"file://{site.folder / 'direction.html'}")
    assert page.evaluate("document.querySelectorAll('*').length") < 3000
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
