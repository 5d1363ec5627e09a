"""Rules of the gate that no single table's YAML can say: what breaks each, and what does not."""

import pytest

from orchestration.gate.checks import BROKEN_ROWS
from orchestration.gate.suites import border_suites

CELL = "kpi_id = 'answer_rate' and period_grain = 'month'"
NPS = "kpi_id = 'nps_relational'"


def set_values(assignment: str, where: str = CELL) -> str:
    return f"update kpis.kpi_values set {assignment} where {where}"


def set_history(assignment: str, where: str = "edition = 'e2' and kpi_id = 'answer_rate'") -> str:
    return f"update kpis.kpi_editions set {assignment} where {where}"


VALUES, QUANTILES, AGENTS = "kpis.kpi_values", "kpis.kpi_quantiles", "kpis.agent_kpi_values"
HISTORY = "kpis.kpi_editions"
LAST_WORD, WITHDRAWN = "last_word_is_what_is_published", "is_withdrawn"
BESIDE_THEIR_MEAN = "quantiles_are_shown_where_their_mean_is"


@pytest.mark.parametrize(
    ("suite", "change", "checks"),
    [
        (
            f"reconciliation: {VALUES}",
            set_values("slice_type = 'brand', slice_value = 'x'", NPS),
            {"total_exists_where_slices_do"},
        ),
        (
            f"reconciliation: {VALUES}",
            set_values("numerator = 39", "slice_value = 'email'"),
            {"contacts_by_channel_sum_to_total"},
        ),
        (
            f"few people: {VALUES}",
            set_values("sample_size = 4, numerator = 0", "kpi_id = 'csat_t2b'"),
            {"few_people_are_not_shown"},
        ),
        # sixty exchanges of four agents
        (
            f"few people: {VALUES}",
            set_values("sample_flag = 'suppressed'", NPS),
            {"few_people_are_not_shown"},
        ),
        (
            f"few people: {AGENTS}",
            f"update {AGENTS} set numerator = 3 where kpi_id = 'csat_t2b'",
            {"few_respondents_are_not_shown"},
        ),
        (
            f"few people: {QUANTILES}",
            f"update {QUANTILES} set slice_value = 'phone' where slice_value = 'email'",
            {BESIDE_THEIR_MEAN},
        ),
        (f"few people: {QUANTILES}", f"update {QUANTILES} set median = null", {BESIDE_THEIR_MEAN}),
        (f"few people: {QUANTILES}", f"update {QUANTILES} set p90 = null", {BESIDE_THEIR_MEAN}),
        (
            f"few people: {QUANTILES}",
            f"update {QUANTILES} set sample_size = sample_size + 1",
            {BESIDE_THEIR_MEAN},
        ),
        # beside no mean at all
        (
            f"few people: {QUANTILES}",
            f"update {QUANTILES} set slice_value = 'fax' where sample_size = 40",
            {BESIDE_THEIR_MEAN},
        ),
        (f"history: {HISTORY}", set_history("value = 0.8"), {LAST_WORD}),
        (f"history: {HISTORY}", set_history("value = null"), {LAST_WORD}),
        (f"history: {HISTORY}", set_history("value = value + 1e-15"), set()),
        (f"history: {HISTORY}", set_history("status = 'warn'"), {LAST_WORD}),
        (f"history: {HISTORY}", set_history("kpi_version = 2"), {LAST_WORD}),
        (
            f"history: {HISTORY}",
            f"delete from {HISTORY} where edition = 'e2' and not is_withdrawn",
            {LAST_WORD},
        ),
        (f"history: {HISTORY}", f"delete from {HISTORY} where is_withdrawn", {LAST_WORD}),
        (f"history: {HISTORY}", f"delete from {VALUES} where {NPS}", {LAST_WORD}),
        (
            f"history: {HISTORY}",
            set_history("edition_number = 3", WITHDRAWN),
            {"edition_has_one_number"},
        ),
        (
            f"history: {HISTORY}",
            set_history("change_cause = 'unexplained'"),
            {"change_is_explained"},
        ),
        # an older one has been seen and published
        (
            f"history: {HISTORY}",
            set_history("change_cause = 'unexplained'", "edition = 'e1'"),
            set(),
        ),
        ("completeness: core.customers", "delete from core.customers", {"has_rows"}),
        ("completeness: kpis.kpi_catalogue", "delete from kpis.kpi_catalogue", {"has_rows"}),
    ],
)
def test_a_rule_of_the_border(ask, suite, change, checks):
    assert ask(suite, change).keys() == checks


def test_every_rule_of_the_border_is_silent_on_what_is_sound(ask):
    for suite in border_suites():
        if any(one.expectation == BROKEN_ROWS for one in suite.checks):
            assert ask(suite.name, "select 1") == {}
