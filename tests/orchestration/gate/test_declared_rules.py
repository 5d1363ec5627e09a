"""Rules that the YAML of published tables declares: a row is broken, and the named check fails."""

import pytest

from orchestration.gate import declared
from orchestration.gate.declared import Rules, TableRules

NPS = "kpi_id = 'nps_relational'"


def name_of(table: TableRules) -> str:
    return f"{table.schema}.{table.table}"


def changed(table: TableRules, assignments: str) -> str:
    """Change one row of a table."""
    name = name_of(table)
    return f"update {name} set {assignments} where rowid = (select min(rowid) from {name})"


def test_a_null_is_found_in_every_column_that_may_hold_none(ask, rules):
    asked = 0
    for table in rules.tables:
        names = {f"{column}_is_not_null" for column in table.not_null}
        if names:
            change = changed(table, ", ".join(f"{column} = null" for column in table.not_null))
            broken = ask(name_of(table), change)
            assert {name for name in broken if name.endswith("_is_not_null")} == names
            assert {broken[name] for name in names} == {1}
            asked += len(names)
    assert asked > 500


def test_a_null_is_found_in_its_own_column(ask, rules):
    [table] = [one for one in rules.tables if name_of(one) == "core.contacts"]
    for column in table.not_null:
        assert f"{column}_is_not_null" in ask("core.contacts", changed(table, f"{column} = null"))
    assert ask("core.contacts", changed(table, "channel = null")) == {"channel_is_not_null": 1}


def test_a_row_that_comes_twice_breaks_every_key(ask, rules):
    keyed = [table for table in rules.tables if table.keys]
    assert len(keyed) > 60
    for table in keyed:
        name = name_of(table)
        names = {one.name for one in declared.suites(Rules("", (table,)))[0].checks}
        keys = {one for one in names if one.endswith("_is_unique")}
        assert len(keys) == len(table.keys)
        # not always 0: a column of lists that is added writes the rows anew
        first = f"rowid = (select min(rowid) from {name})"
        broken = ask(name, f"insert into {name} select * from {name} where {first}")
        assert keys <= broken.keys()
        assert {broken[key] for key in keys} == {2}


@pytest.mark.parametrize(
    ("table", "change", "broken"),
    [
        # what has no name is left to the rule on nulls
        ("core.customers", "customer_id = null", {"customer_id_is_not_null": 5}),
        ("core.customers", "customer_id = 'k1'", {"customer_id_is_unique": 5}),
        # in a longer key one null is like another
        (
            "core.mrr_movements",
            "customer_id = null, movement_type = 'churned', mrr_change_eur = -1",
            {"customer_id_is_not_null": 5, "key_is_unique": 5},
        ),
        ("journeys.transitions", "friction_rank = 1", {"friction_rank_is_unique": 5}),
        (
            "journeys.transitions",
            "to_step = 'phone'",
            {"reason_group_and_from_step_and_to_step_is_unique": 5},
        ),
    ],
)
def test_keys_and_nulls(ask, table, change, broken):
    assert ask(table, f"update {table} set {change}") == broken


def test_a_value_that_nobody_has_declared_is_found(ask, rules):
    asked = 0
    for table in rules.tables:
        for column in table.accepted_values:
            broken = ask(name_of(table), changed(table, f"{column} = 'unheard of'"))
            assert broken[f"{column}_is_known"] == 1
            asked += 1
    assert asked > 30


def longer(duration: str) -> list[str]:
    elapsed = f"{duration}_elapsed_seconds"
    return [
        f"{duration}_open_seconds = -1, {elapsed} = 7200",
        f"{duration}_open_seconds = 7201, {elapsed} = 7200",
    ]


def known_on_one_clock(duration: str) -> list[str]:
    # open seconds alone may be unknown, where the calendar is
    return [f"{duration}_open_seconds = 7200, {duration}_elapsed_seconds = null"]


# What breaks each declared condition, and no other rule of its table.
BROKEN = {
    "core.agent_months": {
        "who_comes_was_hired_and_who_goes_has_left": [
            "is_left = false",
            "is_present_at_opening = false",
        ],
        "only_who_is_there_is_certified": ["is_certified = true"],
        "covered_skills_are_required": ["covered_skills = 6"],
    },
    "core.cancel_episodes": {
        "save_is_known_when_the_window_is_over": ["is_saved = false where not is_mature"],
        "state_is_known_when_the_window_is_over": [
            "state_at_window_end = 'free' where not is_mature"
        ],
        "saved_subscription_pays": ["state_at_window_end = 'paused' where is_saved"],
        "ended_after_it_was_asked": [
            "ended_at = requested_at - interval 1 second",
            "withdrawn_at = requested_at - interval 1 second",
        ],
        "offer_cost_eur_is_not_negative": ["offer_cost_eur = -1"],
        "mrr_before_eur_is_not_negative": ["mrr_before_eur = -1"],
        "mrr_after_eur_is_not_negative": ["mrr_after_eur = -1"],
        "days_to_termination_is_not_negative": ["days_to_termination = -1"],
    },
    "core.contacts": {
        "answered_after_it_entered": ["answered_at = queue_entered_at - interval 1 second"],
        "ended_after_it_began": [
            "ended_at = answered_at - interval 1 second",
            "answered_at = null, ended_at = queue_entered_at - interval 1 second",
        ],
        "wait_seconds_is_not_negative": ["wait_seconds = -1"],
    },
    "core.customer_months": {
        "index_lies_in_its_month": ["index_date = '2026-04-01'", "month_start = '2026-03-02'"],
        "contacted_has_its_contact": ["index_contact_id = 'c1' where not is_contacted"],
        "control_bought_before": ["has_earlier_purchase = false"],
        "repurchase_is_known_when_the_window_is_over": [
            "is_repurchased = false where not is_mature"
        ],
        "amount_is_known_when_the_window_is_over": [
            "repurchase_amount_eur = 0 where not is_mature"
        ],
        "repurchase_has_its_order": ["first_repurchase_order_id = null where is_mature"],
        "earlier_purchase_value_eur_is_not_negative": ["earlier_purchase_value_eur = -1"],
        "repurchase_amount_eur_is_not_negative": ["repurchase_amount_eur = -1 where is_mature"],
    },
    "core.documents": {
        "credit_note_subtracts": [
            "signed_amount = 20 where document_id = 'd0'",
            "signed_amount = -20 where document_id = 'd1'",
        ]
    },
    "core.issue_contacts": {
        "an_issue_begins_with_its_anchor": [
            "is_anchor = true where not is_anchor",
            "is_anchor = false where is_anchor",
        ]
    },
    "core.issues": {
        "first_contact_is_judged_when_mature": [
            "is_resolved_at_first_contact = true where not is_mature",
            "is_resolved_at_first_contact = null where is_mature",
        ]
    },
    "core.mrr_movements": {
        "movement_goes_the_way_of_its_name": ["mrr_change_eur = 5 where customer_id = 'k1'"]
    },
    "core.quality_evaluations": {"error_count_is_not_negative": ["error_count = -1"]},
    "core.subscription_months": {
        "month_starts_on_its_first_day": ["month_start = '2026-06-02'"],
        "opening_mrr_eur_is_not_negative": ["opening_mrr_eur = -1"],
        "closing_mrr_eur_is_not_negative": ["closing_mrr_eur = -1"],
    },
    "core.survey_answers": {
        "valid_score_is_on_its_scale": ["score = 11"],
        "valid_score_is_whole": ["score = 3.5 where score = 3"],
    },
    "core.ticket_open_intervals": {
        "left_after_it_opened": [
            "left_at = opened_at - interval 1 second where left_at > opened_at"
        ],
        "opened_after_the_ticket_was_created": ["created_at = opened_at + interval 1 second"],
        "first_stretch_begins_with_the_ticket": ["opened_by = 'reopened'", "stretch_number = 2"],
        "left_by_and_left_at": ["left_by = 'solved' where left_at is null"],
    },
    "core.tickets": {
        "open_or_solved": ["is_open = true, age_seconds = 1 where is_solved"],
        "closed_without_a_solve_at_some_time": ["is_solved = false where is_solved"],
        "solved_at_some_time": ["last_solved_at = null"],
        "open_for_some_time": ["age_seconds = null"],
        "first_reply_within_elapsed_time": longer("first_reply")
        + known_on_one_clock("first_reply"),
        "first_resolution_within_elapsed_time": longer("first_resolution")
        + known_on_one_clock("first_resolution"),
        "full_resolution_within_elapsed_time": longer("full_resolution")
        + known_on_one_clock("full_resolution"),
        "customer_wait_within_elapsed_time": longer("customer_wait"),
        "agent_wait_within_elapsed_time": longer("agent_wait"),
    },
    "journeys.customer_events": {
        "linked_and_in_a_journey": ["journey_link = 'own' where journey_id is null"]
    },
    "journeys.customer_journeys": {
        "elapsed_seconds_is_not_negative": ["elapsed_seconds = -1, open_seconds = -1"],
        "open_hours_within_elapsed_time": ["open_seconds = 3601"],
    },
    "journeys.transitions": {
        "shares_between_0_and_1": [
            "followed_share = 1.1",
            "repeated_share = -0.1",
            "complained_share = 2",
        ]
    },
    "kpis.agent_kpi_values": {
        "sample_size_is_not_negative": ["sample_size = -1"],
        "value_is_in_its_interval": ["ci_low = 301 where value = 300"],
        "period_starts_on_its_first_day": ["period_start = '2026-06-02'"],
        "judged_value_exists": ["value = null where status = 'ok'"],
        "provisional_never_alerts": [
            "is_provisional = true, status = 'warn' where sample_size = 8"
        ],
    },
    "kpis.kpi_editions": {
        "withdrawn_figure_has_no_value": [
            "value = 40 where is_withdrawn",
            "status = 'ok' where is_withdrawn",
        ]
    },
    "kpis.kpi_links": {
        "nothing_leads_to_itself": ["effect_kpi_id = cause_kpi_id"],
        "sign_is_one": ["expected_sign = 0"],
        "lag_is_one_that_is_measured": ["expected_lag_months = 7", "expected_lag_months = 0"],
    },
    "kpis.kpi_quality": {
        "score_is_a_fifth_for_each_criterion": ["score = 0.6 where kpi_id = 'csat_t2b'"]
    },
    "kpis.kpi_quantiles": {"median_is_at_most_the_90th_percentile": ["median = 901"]},
    "kpis.kpi_score_bounds": {"worst_and_best_differ": ["best = worst"]},
    "kpis.kpi_values": {
        "sample_size_is_not_negative": ["sample_size = -1"],
        "value_is_in_its_interval": [f"ci_low = 21 where {NPS}", f"ci_high = 19 where {NPS}"],
        "period_starts_on_its_first_day": [
            "period_start = '2026-06-30' where period_grain = 'week'",
            "period_start = '2026-06-02' where kpi_id = 'bsc_index'",
            f"period_start = '2026-05-01' where {NPS}",
        ],
        "judged_value_exists": [f"value = null where {NPS}"],
        "provisional_never_alerts": [f"is_provisional = true, status = 'alert' where {NPS}"],
        "total_slice_is_all": [f"slice_value = 'total' where {NPS}"],
        "only_a_verdict_is_confirmed_or_acted_on": [
            f"is_confirmed = true where {NPS}",
            f"is_action_due = true where {NPS}",
        ],
    },
    "kpis.measures_scorecard": {
        "score_is_on_its_scale": ["weighted_score = 101", "weighted_score = -1"],
    },
    "kpis.measures_verbatims": {
        "labelled_are_texts": ["verbatims = 0"],
        "negative_are_labelled": ["verbatims_negative = 2"],
    },
    "kpis.staffing_half_hours": {
        "offered_load_erlangs_is_not_negative": ["offered_load_erlangs = -1"],
        "agents_available_is_not_negative": [
            "agents_available = -1, predicted_wait_probability = null"
        ],
        "what_cannot_empty_is_not_predicted": ["offered_load_erlangs = 3"],
        "prediction_is_a_probability": [
            "predicted_wait_probability = 1.1",
            "predicted_service_level = -0.1",
        ],
    },
    "reports.agent": {"nobody_is_asked_to_act_on_a_person": ["is_action_due = true"]},
    "steering.decisions": {
        "improvement_needs_a_comparison": [
            "verdict = 'improved', verdict_reason = null",
            "verdict = 'worsened', verdict_reason = null, method = 'before_after', effect_low = 1",
        ],
        "verdict_or_reason": ["verdict_reason = null", "verdict = 'no_detectable_effect'"],
        "effect_within_its_interval": ["effect = 1, effect_low = 2, effect_high = 3"],
    },
    "reports.vendor_reconciliation": {
        "equal_has_no_great_difference": ["reason = 'equal', difference = 61"],
        "what_is_not_there_has_no_figure": ["reason = 'unknown_subject', our_value = 1"],
    },
    "reports.customer_360": {"mrr_eur_is_not_negative": ["mrr_eur = -1"]},
    "steering.lead_lags": {
        "what_is_judged_has_its_figures": ["verdict = 'predictive'"],
    },
    "steering.objectives": {
        "projection_is_in_its_interval": [
            "projection = 1, projection_low = 2, projection_high = 3",
            "projection = 4, projection_low = 2, projection_high = 3",
        ],
        "what_is_judged_has_a_projection": ["outlook = 'off_track'"],
    },
    "steering.scorecard": {
        "score_is_on_its_scale": ["score = 101", "score = -1"],
        "coverage_is_a_share": ["coverage = 1.1", "coverage = -0.1"],
        "score_rests_on_a_kpi": ["score = 50, kpis_scored = 0"],
    },
    "steering.signals": {
        "open_ones_are_ranked": ["state = 'open'", "priority = 1"],
        "something_is_at_stake": ["customers_concerned = -1"],
        "it_is_raised_after_it_began": ["latency_days = 0"],
    },
    "core.verbatims": {
        "labelled_by_somebody": ["polarity = 'neutral'", "labelled_by = 'model'"],
        "scores_label_first": ["score_polarity = 'neutral'"],
        "confidence_is_a_probability": ["confidence = 1.1", "confidence = -0.1"],
        "a_text_has_a_topic": ["topics = []"],
    },
    "steering.text_models": {
        "only_what_is_in_force_labels": ["state = 'no_better'"],
        "shares_are_shares": ["labelled_share = 1.1", "labelled_accuracy = -0.1"],
    },
    "steering.topic_costs": {
        "interval_holds_the_share": [
            "negative_share = 0.5, negative_share_low = 0.6, negative_share_high = 0.7",
            "negative_share = 0.5, negative_share_low = 0.3, negative_share_high = 0.4",
        ],
        "without_issues_no_cost": ["state = 'no_data', repeat_cost_eur = 1"],
        "ranked_where_it_costs": ["cost_rank = 1"],
    },
    "steering.churn_models": {"odds_ratio_is_positive": ["odds_ratio = 0"]},
    "steering.churn_quality": {
        "decile_is_a_tenth_or_all": ["decile = 11", "decile = -1"],
        "churners_are_customers": ["churners = 2", "churners = -1"],
    },
    "steering.churn_scores": {
        "probability_is_a_share": ["probability = 1.1", "probability = -0.1"],
        "only_the_newest_scoring_has_ranks": ["priority_rank = 1"],
        "revenue_at_risk_is_part_of_a_year": [
            "mrr_eur = 1, revenue_at_risk_eur = 13",
            "mrr_eur = 1, revenue_at_risk_eur = -1",
        ],
    },
    "steering.forecast_quality": {
        "it_is_learned_from_before": ["trained_until = fortnight_start"],
        "what_is_forecast_has_a_method": ["method = 'none'", "state = 'no_data'"],
        "coverage_is_a_share": [
            "half_hour_coverage = 1.1",
            "half_hour_calibration = -0.1",
            "day_coverage = 1.1",
            "day_calibration = -0.1",
        ],
        "fortnights_won_are_fortnights": [
            "fortnights = 6, fortnights_won = 7",
            "fortnights = 6, fortnights_won = -1",
        ],
        "a_model_in_force_has_its_hash": [
            "fingerprint = 'f'",
            "state = 'coming', is_in_force = true",
        ],
    },
    "steering.volume_forecasts": {
        "it_is_still_to_come": ["business_date = as_of_date"],
        "it_is_learned_from_before": ["trained_until = as_of_date"],
        "contacts_lie_between_their_limits": [
            "contacts_low = 2, contacts_high = 1",
            "contacts_low = -1",
        ],
        "agents_lie_between_their_limits": [
            "agents_needed = 3, agents_needed_low = 4, agents_needed_high = 5",
            "agents_needed = 6, agents_needed_low = 4, agents_needed_high = 5",
        ],
        "more_are_scheduled_than_needed": ["agents_needed = 2, agents_scheduled = 1"],
        "prediction_is_a_share": [
            "predicted_service_level_low = -0.1",
            "predicted_service_level_high = 1.1",
            "predicted_occupancy_high = 1.1",
            "predicted_service_level = 0.5, predicted_service_level_low = 0.6",
            "predicted_service_level = 0.5, predicted_service_level_high = 0.4",
            "predicted_occupancy = 0.5, predicted_occupancy_low = 0.6",
            "predicted_occupancy = 0.5, predicted_occupancy_high = 0.4",
        ],
    },
}


def test_every_declared_condition_is_broken_here(rules):
    declared_here = {name_of(one): set(one.rules) for one in rules.tables if one.rules}
    assert {table: set(by_rule) for table, by_rule in BROKEN.items()} == declared_here


@pytest.mark.parametrize(
    ("table", "rule", "change"),
    [
        (table, rule, change)
        for table, by_rule in BROKEN.items()
        for rule, changes in by_rule.items()
        for change in changes
    ],
)
def test_a_declared_condition(ask, table, rule, change):
    assert ask(table, f"update {table} set {change}").keys() == {rule}


def test_a_table_without_rows_breaks_no_declared_rule(ask, rules):
    for table in rules.tables:
        assert ask(name_of(table), f"delete from {name_of(table)}") == {}


def test_a_score_that_is_set_aside_may_be_off_its_scale(ask):
    change = "update core.survey_answers set score = 11, validity = 'out_of_range'"
    assert ask("core.survey_answers", change) == {}
