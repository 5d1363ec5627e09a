"""Every rule of the gate: one value of a sound candidate is broken, and the named check fails."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.gate.checks import CheckResult
from orchestration.gate.identifiers import TOPIC
from orchestration.gate.judge import ask, read_catalog
from orchestration.gate.suites import suites_for

VALUES, CATALOGUE, HISTORY = "kpis.kpi_values", "kpis.kpi_catalogue", "kpis.kpi_editions"
CELL = "kpi_id = 'answer_rate' and period_grain = 'month'"
NPS = "kpi_id = 'nps_relational'"


def results_after(
    tmp_path: Path, good_file: Path, change: str, table: str, topic: str | None = None
) -> list[CheckResult]:
    """Apply `change` to a copy, and ask the suite on `table` (`topic` apart)."""
    broken = tmp_path / "pilotage.duckdb"
    shutil.copy(good_file, broken)
    with duckdb.connect(str(broken)) as connection:
        connection.execute(change)
    catalog = read_catalog(broken)
    suites = [
        one for one in suites_for(catalog) if one.name == f"{topic}: {table}".removeprefix("None: ")
    ]
    return ask(broken, catalog, suites)


def failed(results: list[CheckResult]) -> set[str]:
    return {check.name for check in results if not check.success}


def set_values(assignment: str, where: str = CELL) -> str:
    return f"update kpis.kpi_values set {assignment} where {where}"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (
            "insert into kpis.kpi_values select * from kpis.kpi_values where " + NPS,
            "key_is_unique",
        ),
        (set_values("edition = null"), "edition_is_not_null"),
        (
            set_values("slice_value = null", "slice_type = 'channel' and slice_value = 'email'"),
            "slice_value_is_not_null",
        ),
        (set_values("is_provisional = null"), "is_provisional_is_not_null"),
        (set_values("period_grain = 'year'", NPS), "period_grain_is_known"),
        (
            "insert into kpis.kpi_values select * replace ('agent' as slice_type) "
            f"from kpis.kpi_values where {NPS}",
            "slice_type_is_known",
        ),
        (set_values("status = 'fine'"), "status_is_known"),
        (set_values("sample_size = -1", "status = 'no_data'"), "sample_size_is_not_negative"),
        (
            set_values(
                "numerator = 110, value = 1.1, ci_high = 1.2, denominator = null",
                "kpi_id = 'csat_t2b'",
            ),
            "ratio_is_between_0_and_1",
        ),
        (set_values("value = 101, ci_high = 110", NPS), "points_are_between_minus_100_and_100"),
        (set_values("value = 101", "kpi_id = 'bsc_index'"), "index_is_between_0_and_100"),
        (set_values("ci_low = 21", NPS), "value_is_in_its_interval"),
        (set_values("ci_high = 19", NPS), "value_is_in_its_interval"),
        (
            set_values("numerator = 5, denominator = 4, value = null", "kpi_id = 'csat_t2b'"),
            "numerator_is_within_denominator",
        ),
        (set_values("numerator = 80"), "share_is_the_ratio_of_its_sums"),
        (
            set_values("period_start = '2026-06-30'", "period_grain = 'week'"),
            "period_starts_on_its_first_day",
        ),
        (
            set_values("period_start = '2026-06-02'", "kpi_id = 'bsc_index'"),
            "period_starts_on_its_first_day",
        ),
        (set_values("period_start = '2026-05-01'", NPS), "period_starts_on_its_first_day"),
        (set_values("slice_value = 'total'", NPS), "total_slice_is_all"),
        (
            set_values("slice_type = 'brand', slice_value = 'x'", NPS),
            "total_exists_where_slices_do",
        ),
        (set_values("value = null, ci_low = null, ci_high = null", NPS), "judged_value_exists"),
        (set_values("is_confirmed = true", NPS), "only_a_verdict_is_confirmed_or_acted_on"),
        (set_values("is_action_due = true", NPS), "only_a_verdict_is_confirmed_or_acted_on"),
        (set_values("sample_size = 99", NPS), "judged_sample_is_large_enough"),
        (
            set_values("sample_size = 4, numerator = 0", "kpi_id = 'csat_t2b'"),
            "few_people_are_not_shown",
        ),
        # sixty exchanges of four agents
        (set_values("sample_flag = 'suppressed'", NPS), "few_people_are_not_shown"),
        (set_values("is_provisional = true, status = 'alert'", NPS), "provisional_never_alerts"),
        (
            set_values("kpi_version = 2", "kpi_id = 'bsc_index'"),
            "kpi_is_in_the_catalogue",
        ),
        (
            set_values("numerator = 39", "slice_value = 'email'"),
            "contacts_by_channel_sum_to_total",
        ),
        (
            set_values("numerator = 89, value = 0.89"),
            "answer_rate_and_abandonment_rate_sum_to_one",
        ),
        (
            set_values("numerator = 979, value = 0.979", "kpi_id = 'crr'"),
            "crr_and_logo_churn_rate_sum_to_one",
        ),
        (f"delete from kpis.kpi_values where {NPS}", "active_kpi_has_values"),
    ],
)
def test_kpi_values_rule(tmp_path, good_file, change, check):
    assert failed(results_after(tmp_path, good_file, change, VALUES)) == {check}


def test_a_ratio_that_is_no_share_may_leave_its_bounds(tmp_path, good_file):
    """The sound file holds a negative net churn; any other ratio of that value fails."""
    change = set_values("kpi_id = 'reopen_rate'", "kpi_id = 'net_mrr_churn_rate'") + (
        "; update kpis.kpi_catalogue set kpi_id = 'reopen_rate' where kpi_id = 'net_mrr_churn_rate'"
    )
    found = failed(results_after(tmp_path, good_file, change, VALUES))
    assert found == {"ratio_is_between_0_and_1"}


@pytest.mark.parametrize(
    ("change", "where", "check"),
    [
        ("agent_id = null", "kpi_id = 'aht_seconds'", "agent_id_is_not_null"),
        ("period_grain = 'day'", "kpi_id = 'aht_seconds'", "period_grain_is_known"),
        ("period_start = '2026-06-02'", "kpi_id = 'aht_seconds'", "period_starts_on_its_first_day"),
        ("kpi_id = 'crr'", "kpi_id = 'aht_seconds'", "kpi_is_one_that_agents_see"),
        ("status = 'ok'", "kpi_id = 'aht_seconds'", "nobody_is_held_to_a_band"),
        ("warn_threshold = 400", "kpi_id = 'aht_seconds'", "nobody_is_held_to_a_band"),
        ("sample_size = 7", "sample_size = 8", "judged_sample_is_large_enough"),
        ("numerator = 3", "kpi_id = 'csat_t2b'", "few_respondents_are_not_shown"),
        ("denominator = 7, ci_high = 2", "sample_size = 8", "numerator_is_within_denominator"),
        ("is_provisional = true, status = 'warn'", "sample_size = 8", "provisional_never_alerts"),
        ("kpi_version = 2", "kpi_id = 'aht_seconds'", "kpi_is_in_the_catalogue"),
    ],
)
def test_agent_kpi_values_rule(tmp_path, good_file, change, where, check):
    change = f"update kpis.agent_kpi_values set {change} where {where}"
    assert check in failed(results_after(tmp_path, good_file, change, "kpis.agent_kpi_values"))


def test_repeats_of_an_agent_may_be_more_than_the_contacts_of_the_month(tmp_path, good_file):
    """The sound file holds such a rate; any other share of that value fails."""
    table = "kpis.agent_kpi_values"
    assert failed(results_after(tmp_path, good_file, "select 1", table)) == set()
    change = f"update {table} set kpi_id = 'csat_t2b', agent_id = 'g2' where numerator = 2"
    assert "ratio_is_between_0_and_1" in failed(results_after(tmp_path, good_file, change, table))


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (
            "insert into kpis.kpi_catalogue select * replace (2 as kpi_version) "
            "from kpis.kpi_catalogue where kpi_id = 'crr'",
            {"current_kpi_is_unique"},
        ),
        ("update kpis.kpi_catalogue set owner_role = ' '", {"active_kpi_has_an_owner"}),
        ("update kpis.kpi_catalogue set numerator = null", {"active_kpi_is_defined"}),
        ("update kpis.kpi_catalogue set definition_fr = ' '", {"active_kpi_is_defined"}),
        ("update kpis.kpi_catalogue set unit = null", {"unit_is_not_null"}),
        ("delete from kpis.kpi_catalogue", {"has_rows"}),
    ],
)
def test_kpi_catalogue_rule(tmp_path, good_file, change, checks):
    assert failed(results_after(tmp_path, good_file, change, CATALOGUE)) == checks


def set_history(assignment: str, where: str = "edition = 'e2' and kpi_id = 'answer_rate'") -> str:
    return f"update kpis.kpi_editions set {assignment} where {where}"


LAST_WORD = {"last_word_is_what_is_published"}
WITHDRAWN = "is_withdrawn"


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (
            "insert into kpis.kpi_editions select * from kpis.kpi_editions where is_withdrawn",
            {"key_is_unique"},
        ),
        (set_history("published_at = null"), {"published_at_is_not_null"}),
        (set_history("change_cause = 'mood'"), {"change_cause_is_known"}),
        (set_history("cause_evidence = 'hearsay'"), {"cause_evidence_is_known"}),
        (set_history("value = 0.8"), LAST_WORD),
        (set_history("value = null"), LAST_WORD),
        (set_history("value = value + 1e-15"), set()),
        (set_history("status = 'warn'"), LAST_WORD),
        (set_history("kpi_version = 2"), LAST_WORD),
        ("delete from kpis.kpi_editions where edition = 'e2' and not is_withdrawn", LAST_WORD),
        ("delete from kpis.kpi_editions where is_withdrawn", LAST_WORD),
        (f"delete from kpis.kpi_values where {NPS}", LAST_WORD),
        (set_history("value = 40", WITHDRAWN), {"withdrawn_figure_has_no_value"}),
        (set_history("edition_number = 3", WITHDRAWN), {"edition_has_one_number"}),
        (set_history("change_cause = 'unexplained'"), {"change_is_explained"}),
        # an older one has been seen and published
        (set_history("change_cause = 'unexplained'", "edition = 'e1'"), set()),
        ("alter table kpis.kpi_editions drop other_causes", {"other_causes_exists"}),
    ],
)
def test_history_rule(tmp_path, good_file, change, checks):
    assert failed(results_after(tmp_path, good_file, change, HISTORY)) == checks


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ("kpi_id = 'answer_rate'", {"kpi_id_is_unique"}),
        ("is_simple = null where kpi_id = 'csat_t2b'", {"is_simple_is_not_null"}),
        ("score = 0.6 where kpi_id = 'csat_t2b'", {"score_is_a_fifth_for_each_criterion"}),
    ],
)
def test_kpi_quality_rule(tmp_path, good_file, change, checks):
    change = f"update kpis.kpi_quality set {change}"
    assert failed(results_after(tmp_path, good_file, change, "kpis.kpi_quality")) == checks


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (
            "slice_value = 'phone' where slice_value = 'email'",
            {"key_is_unique", "quantiles_are_shown_where_their_mean_is"},
        ),
        ("median = 901", {"median_is_at_most_the_90th_percentile"}),
        ("median = null", {"quantiles_are_shown_where_their_mean_is"}),
        ("p90 = null", {"quantiles_are_shown_where_their_mean_is"}),
        ("sample_size = sample_size + 1", {"quantiles_are_shown_where_their_mean_is"}),
        # beside no mean at all
        ("slice_value = 'fax' where sample_size = 40", {"quantiles_are_shown_where_their_mean_is"}),
    ],
)
def test_quantiles_rule(tmp_path, good_file, change, checks):
    change = f"update kpis.kpi_quantiles set {change}"
    assert failed(results_after(tmp_path, good_file, change, "kpis.kpi_quantiles")) == checks


def test_a_threshold_belongs_to_a_kpi(tmp_path, good_file):
    change = "update kpis.kpi_thresholds set kpi_id = 'unheard_of'"
    found = failed(results_after(tmp_path, good_file, change, "kpis.kpi_thresholds"))
    assert found == {"kpi_is_in_the_catalogue"}


@pytest.mark.parametrize(
    "value",
    [
        "ann@example.org",
        "@ann_travels",
        "+33612345678",
        "call +33 6 12 34 56 78 back",
        "0033612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "0612345678",
        "+1 (415) 555-2671",
    ],
)
def test_an_identifier_in_any_text_column_is_found(tmp_path, good_file, value):
    change = f"update core.customers set country = '{value}' where customer_id = 'k1'"
    results = results_after(tmp_path, good_file, change, "core.customers", TOPIC)
    assert failed(results) == {"country_holds_no_identifier"}
    assert [check.unexpected_count for check in results if not check.success] == [1]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("country", "email_0612345678abcdef0612345678abcdef"),
        ("country", "01-02-2026 12:30"),
        ("country", "2026-06-01T05:12:03Z-00331234"),
        ("country", "1 200 300 400"),
        ("customer_id", "0612345678"),
    ],
)
def test_a_pseudonym_a_date_or_a_key_is_no_identifier(tmp_path, good_file, column, value):
    change = f"update core.customers set {column} = '{value}' where customer_id = 'k1'"
    assert failed(results_after(tmp_path, good_file, change, "core.customers", TOPIC)) == set()


def test_nested_text_is_searched_too(tmp_path, good_file):
    change = "alter table core.customers add column tags varchar[] default ['a', 'ann@b.fr']"
    found = failed(results_after(tmp_path, good_file, change, "core.customers", TOPIC))
    assert found == {"tags_holds_no_identifier"}


def test_a_table_without_a_suite_is_searched_for_identifiers(tmp_path, good_file):
    change = 'create table core.extra as select \'ann@example.org\' as "odd ""name"'
    found = failed(results_after(tmp_path, good_file, change, "core.extra", TOPIC))
    assert found == {'odd "name_holds_no_identifier'}


def test_no_offending_value_is_kept(tmp_path, good_file):
    change = (
        "update core.customers set country = 'ann@example.org' where customer_id in ('k1', 'k2')"
    )
    results = results_after(tmp_path, good_file, change, "core.customers", TOPIC)
    assert [one.unexpected_count for one in results if not one.success] == [2]
    assert "ann@example.org" not in repr(results)


@pytest.mark.parametrize(
    ("change", "check", "rows"),
    [
        ("update core.customers set customer_id = 'k1'", "customer_id_is_unique", 5),
        ("update core.customers set customer_id = null", "customer_id_is_not_null", 5),
        ("delete from core.customers", "has_rows", None),
    ],
)
def test_customers_rule(tmp_path, good_file, change, check, rows):
    results = results_after(tmp_path, good_file, change, "core.customers")
    assert failed(results) == {check}
    assert [one.unexpected_count for one in results if not one.success] == [rows]


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("contacts", "contact_id = 'c1' where contact_id = 'c2'", "contact_id_is_unique"),
        ("contacts", "channel = null where contact_id = 'c2'", "channel_is_not_null"),
        (
            "contacts",
            "answered_at = queue_entered_at - interval 1 second where contact_id = 'c2'",
            "answered_after_it_entered",
        ),
        (
            "contacts",
            "ended_at = answered_at - interval 1 second where contact_id = 'c2'",
            "ended_after_it_began",
        ),
        (
            "contacts",
            "answered_at = null, ended_at = queue_entered_at - interval 1 second"
            " where contact_id = 'c2'",
            "ended_after_it_began",
        ),
        ("contacts", "wait_seconds = -1 where contact_id = 'c2'", "wait_seconds_is_not_negative"),
        ("tickets", "ticket_id = 't1'", "ticket_id_is_unique"),
        ("tickets", "created_at = null", "created_at_is_not_null"),
        ("tickets", "reply_sla_status = 'late'", "reply_sla_status_is_known"),
        ("tickets", "is_open = true where ticket_id = 't1'", "open_or_solved"),
        ("tickets", "first_reply_open_seconds = 7201", "open_time_is_part_of_time"),
        ("tickets", "full_resolution_open_seconds = 7201", "open_time_is_part_of_time"),
        (
            "tickets",
            "first_reply_open_seconds = -1 where ticket_id = 't1'",
            "first_reply_open_seconds_is_not_negative",
        ),
        (
            "tickets",
            "customer_wait_elapsed_seconds = -1",
            "customer_wait_elapsed_seconds_is_not_negative",
        ),
        ("ticket_open_intervals", "ticket_id = 't1'", "key_is_unique"),
        ("ticket_open_intervals", "opened_by = 'merged'", "opened_by_is_known"),
        (
            "ticket_open_intervals",
            "left_at = opened_at - interval 1 second where left_at is not null",
            "left_after_it_opened",
        ),
        ("ticket_open_intervals", "left_by = 'solved'", "left_by_and_left_at"),
        ("survey_answers", "answer_id = 'a1'", "answer_id_is_unique"),
        ("survey_answers", "validity = 'good' where answer_id = 'a1'", "validity_is_known"),
        (
            "survey_answers",
            "score = 11 where answer_id = 'a1'",
            "valid_score_is_on_its_scale",
        ),
        ("subscription_months", "subscription_id = 's1'", "key_is_unique"),
        (
            "subscription_months",
            "month_start = '2026-06-02' where subscription_id = 's1'",
            "month_starts_on_its_first_day",
        ),
        ("subscription_months", "opening_mrr_eur = -1", "opening_mrr_eur_is_not_negative"),
        ("subscription_months", "closing_mrr_eur = -1", "closing_mrr_eur_is_not_negative"),
        ("mrr_movements", "customer_id = 'k1'", "key_is_unique"),
        (
            "mrr_movements",
            "movement_type = 'refund' where customer_id = 'k1'",
            "movement_type_is_known",
        ),
        (
            "mrr_movements",
            "mrr_change_eur = 5 where customer_id = 'k1'",
            "movement_goes_the_way_of_its_name",
        ),
        ("cancel_episodes", "cancel_episode_id = 'e1'", "cancel_episode_id_is_unique"),
        (
            "cancel_episodes",
            "state_at_window_end = 'running' where not is_mature",
            "state_at_window_end_is_known",
        ),
        (
            "cancel_episodes",
            "is_saved = false where not is_mature",
            "save_is_known_when_the_window_is_over",
        ),
        ("cancel_episodes", "state_at_window_end = 'paused'", "saved_subscription_pays"),
        (
            "cancel_episodes",
            "ended_at = requested_at - interval 1 second where cancel_episode_id = 'e1'",
            "ended_after_it_was_asked",
        ),
        (
            "cancel_episodes",
            "withdrawn_at = requested_at - interval 1 second where cancel_episode_id = 'e1'",
            "ended_after_it_was_asked",
        ),
        ("cancel_episodes", "offer_cost_eur = -1", "offer_cost_eur_is_not_negative"),
        ("cancel_episodes", "mrr_after_eur = -1", "mrr_after_eur_is_not_negative"),
        ("cancel_episodes", "days_to_termination = -1", "days_to_termination_is_not_negative"),
        ("customer_months", "customer_id = 'k1'", "key_is_unique"),
        ("customer_months", "tenure_band = 'old'", "tenure_band_is_known"),
        ("customer_months", "value_band = 'top'", "value_band_is_known"),
        ("customer_months", "index_date = '2026-04-01'", "index_lies_in_its_month"),
        (
            "customer_months",
            "month_start = '2026-03-02' where customer_id = 'k1'",
            "index_lies_in_its_month",
        ),
        ("customer_months", "index_contact_id = 'c1'", "contacted_has_its_contact"),
        ("customer_months", "has_earlier_purchase = false", "control_bought_before"),
        (
            "customer_months",
            "is_repurchased = false where not is_mature",
            "repurchase_is_known_when_the_window_is_over",
        ),
        ("customer_months", "repurchase_amount_eur = -1", "repurchase_amount_eur_is_not_negative"),
        ("orders", "order_id = 'o1'", "order_id_is_unique"),
        ("orders", "customer_id = null", "customer_id_is_not_null"),
        ("documents", "document_id = 'd1'", "document_id_is_unique"),
        ("documents", "signed_amount = 20 where document_id = 'd0'", "credit_note_subtracts"),
        ("documents", "signed_amount = -20 where document_id = 'd1'", "credit_note_subtracts"),
        ("agents", "agent_id = 'g1'", "agent_id_is_unique"),
        ("agent_months", "agent_id = 'g1'", "key_is_unique"),
        ("agent_months", "is_left = false", "who_comes_was_hired_and_who_goes_has_left"),
        (
            "agent_months",
            "is_present_at_opening = false",
            "who_comes_was_hired_and_who_goes_has_left",
        ),
        ("agent_months", "is_certified = true", "only_who_is_there_is_certified"),
        ("agent_months", "covered_skills = 6", "covered_skills_are_required"),
        ("quality_evaluations", "evaluation_id = 'q1'", "evaluation_id_is_unique"),
        ("quality_evaluations", "contact_date = null", "contact_date_is_not_null"),
        ("quality_evaluations", "error_count = -1", "error_count_is_not_negative"),
        ("dates", "calendar_date = '2026-06-01'", "calendar_date_is_unique"),
    ],
)
def test_core_rule(tmp_path, good_file, table, change, check):
    results = results_after(
        tmp_path, good_file, f"update core.{table} set {change}", f"core.{table}"
    )
    assert failed(results) == {check}


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("core.issues", "issue_id = 'c1'", "issue_id_is_unique"),
        (
            "core.issues",
            "is_resolved_at_first_contact = true",
            "first_contact_is_judged_when_mature",
        ),
        (
            "core.issues",
            "is_resolved_at_first_contact = null",
            "first_contact_is_judged_when_mature",
        ),
        ("core.issue_contacts", "contact_id = 'c1'", "contact_id_is_unique"),
        ("core.issue_contacts", "is_anchor = true", "an_issue_begins_with_its_anchor"),
        ("core.issue_contacts", "is_anchor = false", "an_issue_begins_with_its_anchor"),
        ("journeys.customer_events", "event_id = 'same'", "event_id_is_unique"),
        ("journeys.customer_events", "journey_link = 'guess'", "journey_link_is_known"),
        ("journeys.customer_events", "journey_link = 'own'", "linked_and_in_a_journey"),
        ("journeys.customer_journeys", "outcome = 'fine'", "outcome_is_known"),
        ("journeys.customer_journeys", "elapsed_seconds = -1", "elapsed_seconds_is_not_negative"),
        ("journeys.customer_journeys", "open_seconds = 3601", "open_hours_within_elapsed_time"),
        ("journeys.transitions", "friction_rank = 1", "friction_rank_is_unique"),
        ("journeys.transitions", "followed_share = 1.1", "shares_between_0_and_1"),
        ("reports.customer_360", "customer_id = 'k1'", "customer_id_is_unique"),
        ("reports.customer_360", "mrr_eur = -1", "mrr_eur_is_not_negative"),
    ],
)
def test_journeys_rule(tmp_path, good_file, table, change, check):
    results = results_after(tmp_path, good_file, f"update {table} set {change}", table)
    assert check in failed(results)


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("direction", "kpi_id = 'answer_rate'", "kpi_id_is_unique"),
        ("manager", "kpi_id = 'answer_rate'", "key_is_unique"),
        ("real_time", "owner_role = null", "owner_role_is_not_null"),
        ("direction", "status_colour = 'pink'", "status_colour_is_known"),
        ("direction", "value = 0.8", "trend_ends_with_the_value"),
        (
            "manager",
            "trend = list_resize(trend, 12, 0.0) || [value]",
            "trend_ends_with_the_value",
        ),
        ("manager", "status = 'alert', next_action_fr = null", "verdict_says_what_to_do"),
        ("agent", "kpi_id = 'answer_rate'", "key_is_unique"),
        ("agent", "is_action_due = true", "nobody_is_told_to_act_on_a_person"),
        (
            "monthly_committee",
            "period_start = '2026-05-01' where kpi_id = 'nps_relational'",
            "all_lines_speak_of_one_month",
        ),
        ("dashboards", "max_kpis = 1", "dashboard_is_short"),
        ("value_bridge", "position = 1", "key_is_unique"),
    ],
)
def test_report_rule(tmp_path, good_file, table, change, check):
    judged = "manager" if table == "dashboards" else table
    results = results_after(
        tmp_path, good_file, f"update reports.{table} set {change}", f"reports.{judged}"
    )
    assert check in failed(results)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("team = 't1'", "key_is_unique"),
        ("agents_available = null", "agents_available_is_not_null"),
        ("offered_load_erlangs = -1", "offered_load_erlangs_is_not_negative"),
        ("offered_load_erlangs = 3", "what_cannot_empty_is_not_predicted"),
        ("predicted_wait_probability = 1.1", "prediction_is_a_probability"),
        ("predicted_service_level = -0.1", "prediction_is_a_probability"),
    ],
)
def test_staffing_rule(tmp_path, good_file, change, check):
    change = f"update kpis.staffing_half_hours set {change}"
    assert failed(results_after(tmp_path, good_file, change, "kpis.staffing_half_hours")) == {check}


def test_a_score_that_is_set_aside_may_be_off_its_scale(tmp_path, good_file):
    change = "update core.survey_answers set score = 11, validity = 'out_of_range'"
    assert failed(results_after(tmp_path, good_file, change, "core.survey_answers")) == set()


def test_reconciliation_is_asked_when_published(tmp_path, good_file):
    change = (
        "create table core.reconciliation as select 'contacts' as table_name,"
        " 10 as accepted_rows, 9 as explained_rows"
    )
    found = failed(results_after(tmp_path, good_file, change, "core.reconciliation"))
    assert found == {"every_accepted_row_is_explained"}
