"""How changed tables are explained."""

from tests.comparison.compare import Comparison
from tests.comparison.tables import explain, page

NEW = Comparison("kpis.findings", (None, 3))
CHANGED = Comparison(
    "core.contacts",
    (4, 5),
    only=(1, 2),
    differing={"team": 1, "reason": 2},
    shape=["column batch only in the new edition", "column wait is BIGINT instead of INTEGER"],
)
EQUAL = Comparison("core.dates", (7, 7))


def test_every_table_that_differs_needs_a_reason_and_no_other_has_one() -> None:
    reasons = {"kpis.findings": "New", "core.dates": "Nothing"}
    explained, unexplained, unused = explain([CHANGED, EQUAL, NEW], reasons)
    assert explained == [(NEW, "New")]
    assert unexplained == [CHANGED]
    assert unused == ["core.dates"]


def test_the_page_says_what_differs_by_reason() -> None:
    text = page([(NEW, "New"), (CHANGED, "Bots")], [EQUAL.table], "x and y")
    assert "Equal: `core.dates`." in text
    assert "| `kpis.findings` | – → 3 |  |  |" in text
    line = "| `core.contacts` | 4 → 5 | 1, 2 | reason 2; team 1; only in the new edition: batch; "
    assert line + "column wait is BIGINT instead of INTEGER |" in text
    assert text.index("## New") < text.index("## Bots")
