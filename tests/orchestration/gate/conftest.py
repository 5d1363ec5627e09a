"""A small, sound candidate: every table that the gate asks for, with a handful of rows."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.gate.checks import BROKEN_ROWS, counting_query
from orchestration.gate.declared import (
    Rules,
    TableRules,
    published_nodes,
    published_rules,
    write_rules,
)
from orchestration.gate.judge import read_catalog
from orchestration.gate.suites import suites_for
from tests.orchestration.parsed import parsed_once

Ask = Callable[[str, str], dict[str, int]]

KPI_VALUES = """
create table kpis.kpi_values (
    kpi_id varchar, kpi_version integer, period_grain varchar, period_start date,
    slice_type varchar, slice_value varchar, numerator double, denominator double,
    value double, sample_size bigint, sample_flag varchar, ci_low double, ci_high double,
    status varchar, is_confirmed boolean, is_action_due boolean,
    warn_threshold double, alert_threshold double, is_provisional boolean, is_series_break boolean,
    computed_at timestamptz, edition varchar,
);
insert into kpis.kpi_values
select
    kpi_id, 1, period_grain, period_start::date, slice_type, slice_value,
    numerator, denominator, value, sample_size, 'publishable', ci_low, ci_high,
    status, false, false, null, null, is_provisional, false,
    timestamptz '2026-07-02 05:00:00+00', 'e1',
from (values
    ('contacts_offered', 'month', '2026-06-01', 'total', 'all', 100, null, 100, 100, null, null,
        'ok', false),
    ('contacts_offered', 'month', '2026-06-01', 'channel', 'phone', 60, null, 60, 60, null, null,
        'ok', false),
    ('contacts_offered', 'month', '2026-06-01', 'channel', 'email', 40, null, 40, 40, null, null,
        'ok', false),
    ('answer_rate', 'week', '2026-06-29', 'total', 'all', 3, 4, 0.75, 4, 0.3, 0.95,
        'insufficient_sample', true),
    ('answer_rate', 'month', '2026-06-01', 'total', 'all', 90, 100, 0.9, 100, 0.82, 0.94,
        'ok', false),
    ('abandonment_rate', 'month', '2026-06-01', 'total', 'all', 10, 100, 0.1, 100, 0.05, 0.17,
        'ok', false),
    ('crr', 'month', '2026-06-01', 'total', 'all', 980, 1000, 0.98, 1000, 0.97, 0.99,
        'ok', false),
    ('logo_churn_rate', 'month', '2026-06-01', 'total', 'all', 20, 1000, 0.02, 1000, 0.01, 0.03,
        'ok', false),
    ('nps_relational', 'quarter', '2026-04-01', 'total', 'all', 3000, 150, 20, 150, 8, 32,
        'ok', false),
    ('bsc_index', 'month', '2026-06-01', 'total', 'all', null, null, 71, 4, null, null,
        'ok', false),
    ('net_mrr_churn_rate', 'month', '2026-06-01', 'total', 'all', -5, 100, -0.05, 90, null, null,
        'ok', false),
    ('csat_t2b', 'day', '2026-06-30', 'total', 'all', 0, 0, null, 0, null, null,
        'no_data', true)
) as v (
    kpi_id, period_grain, period_start, slice_type, slice_value, numerator, denominator, value,
    sample_size, ci_low, ci_high, status, is_provisional
);
"""

KPI_QUANTILES = """
create table kpis.kpi_quantiles as
select
    kpi_id, 1 as kpi_version, period_grain, period_start, slice_type, slice_value,
    180.0::double as median, 900.0::double as p90, sample_size, 'publishable' as sample_flag,
    is_provisional,
from kpis.kpi_values where value is not null and period_grain = 'month';
"""

# Two editions: the answer rate of June was corrected, a channel's contacts are counted no more.
KPI_EDITIONS = """
create table kpis.kpi_editions as
select
    * exclude (
        sample_flag, is_confirmed, is_action_due, warn_threshold, alert_threshold, is_series_break
    ) replace (
        if(is_corrected, 'e2', 'e1') as edition
    ),
    if(is_corrected, 2, 1) as edition_number, false as is_withdrawn,
    if(is_corrected, 0.91, null)::double as previous_value,
    if(is_corrected, 'e1', null) as previous_edition,
    if(is_corrected, 'correction', 'first') as change_cause,
    if(is_corrected, 'period', 'cell') as cause_evidence, null::varchar as other_causes,
    computed_at as published_at,
from (
    select *, kpi_id = 'answer_rate' and period_grain = 'month' as is_corrected
    from kpis.kpi_values
);
insert into kpis.kpi_editions
select * replace (
    'e1' as edition, 1 as edition_number, 0.91 as value, null as previous_value,
    null as previous_edition, 'first' as change_cause, 'cell' as cause_evidence
)
from kpis.kpi_editions where edition = 'e2';
insert into kpis.kpi_editions
select * replace ('fax' as slice_value)
from kpis.kpi_editions where slice_value = 'email';
insert into kpis.kpi_editions
select * replace (
    'e2' as edition, 2 as edition_number, null as value, null as status, null as sample_size,
    true as is_withdrawn, value as previous_value, 'e1' as previous_edition,
    'correction' as change_cause, 'period' as cause_evidence
)
from kpis.kpi_editions where slice_value = 'fax';
alter table kpis.kpi_editions drop is_corrected;
"""

KPI_CATALOGUE = """
create table kpis.kpi_catalogue as
select
    kpi_id, 1 as kpi_version, 'active' as status, date '1900-01-01' as valid_from,
    null::date as valid_to, unit, 'Head of customer service' as owner_role,
    'what is counted' as numerator, 'what it is' as definition_en, 'ce que c’est' as definition_fr,
    minimum_sample, kpi_id = 'csat_t2b' as is_about_people,
    if(kpi_id = 'aht_seconds', 'band', 'higher') as direction,
from (values
    ('contacts_offered', 'count', 1), ('answer_rate', 'ratio', 30),
    ('abandonment_rate', 'ratio', 30), ('crr', 'ratio', 100), ('logo_churn_rate', 'ratio', 100),
    ('nps_relational', 'points', 100), ('bsc_index', 'points_0_100', 1),
    ('net_mrr_churn_rate', 'ratio', 1), ('csat_t2b', 'ratio', 30), ('aht_seconds', 'seconds', 30),
    ('critical_error_free_rate', 'ratio', 30), ('repeat_contact_rate', 'ratio', 30)
) as c (kpi_id, unit, minimum_sample);
-- these have values of an agent only
update kpis.kpi_catalogue
set status = 'under_review'
where kpi_id in ('aht_seconds', 'critical_error_free_rate', 'repeat_contact_rate');
"""
# One agent: eight exchanges listened to, four answers, and a repeat of a contact of May.
AGENT_KPI_VALUES = """
create table kpis.kpi_agent_views as
select kpi_id, minimum_sample::integer as minimum_sample, kpi_id = 'csat_t2b' as has_respondents
from (values
    ('aht_seconds', null), ('critical_error_free_rate', 8), ('csat_t2b', null),
    ('repeat_contact_rate', null)
) as v (kpi_id, minimum_sample);
create table kpis.agent_kpi_values as
select
    kpi_id, 1 as kpi_version, 'month' as period_grain, date '2026-06-01' as period_start,
    'g1' as agent_id, numerator::double as numerator, denominator::double as denominator,
    value::double as value, sample_size::bigint as sample_size, 'publishable' as sample_flag,
    ci_low::double as ci_low, ci_high::double as ci_high, status,
    false as is_confirmed, null::double as warn_threshold,
    null::double as alert_threshold, false as is_provisional, false as is_series_break,
    timestamptz '2026-07-02 05:00:00+00' as computed_at, 'e1' as edition,
from (values
    ('aht_seconds', 12000, 40, 300, 40, 280, 320, null),
    ('critical_error_free_rate', 8, 8, 1, 8, 0.68, 1, 'ok'),
    ('csat_t2b', null, 4, null, 4, null, null, 'insufficient_sample'),
    ('repeat_contact_rate', 2, 1, 2, 1, null, null, 'insufficient_sample')
) as v (kpi_id, numerator, denominator, value, sample_size, ci_low, ci_high, status);
"""

KPI_THRESHOLDS = """
create table kpis.kpi_thresholds as
select
    'answer_rate' as kpi_id, date '1900-01-01' as valid_from, null::date as valid_to,
    0.90 as warn_threshold, 0.85 as alert_threshold,
"""

SCORECARD = """
create table kpis.kpi_links as
select
    'fcr_rate' as cause_kpi_id, 'csat_t2b' as effect_kpi_id, 1 as expected_sign,
    1 as expected_lag_months,
;
create table kpis.kpi_score_bounds as
select 'fcr_rate' as kpi_id, 0.5 as worst, 0.8 as best, date '1900-01-01' as valid_from;
"""

STAFFING = """
create table kpis.staffing_half_hours as
select
    timestamptz '2026-06-01 08:00:00+00' as half_hour_at, 't' || i as team,
    1.5::decimal(18, 6) as offered_load_erlangs, 3.0::decimal(18, 6) as agents_available,
    0.2::decimal(18, 6) as predicted_wait_probability,
    0.9::decimal(18, 6) as predicted_service_level,
from range(3) as r (i);
"""

KPI_QUALITY = """
create table kpis.kpi_quality as
select
    kpi_id, true as is_simple, true as is_specific, is_reliable, true as is_immediate,
    true as is_actionable, score::decimal(3, 1) as score,
from (
    values ('answer_rate', true, 1.0), ('csat_t2b', false, 0.8)
) as q (kpi_id, is_reliable, score);
"""

CORE = """
create table core.contacts as
select
    'c' || i as contact_id, 'email_' || md5(i::varchar) as customer_key, 'phone' as channel,
    'inbound' as direction, 'answered' as disposition, 'm.martin' as team,
    timestamptz '2026-06-01 08:00:00+00' + to_hours(i::integer) as queue_entered_at,
    timestamptz '2026-06-01 08:01:00+00' + to_hours(i::integer) as answered_at,
    timestamptz '2026-06-01 08:05:00+00' + to_hours(i::integer) as ended_at,
    date '2026-06-01' as business_date, 60.0::decimal(18, 4) as wait_seconds,
from range(20) as r (i);
create table core.customers as
select 'k' || i as customer_id, 'premium' as segment, 'FR' as country from range(5) as r (i);
create table core.tickets as
select
    't' || i as ticket_id, 'email' as channel,
    timestamptz '2026-06-01 08:00:00+00' + to_hours(i::integer) as created_at,
    i = 0 as is_open, i > 0 as is_solved, 'met' as reply_sla_status,
    if(i = 0, 7200, null)::decimal(18, 4) as age_seconds,
    if(i > 0, timestamptz '2026-06-02 08:00:00+00', null) as last_solved_at,
    3600::decimal(18, 4) as first_reply_open_seconds,
    7200::decimal(18, 4) as first_reply_elapsed_seconds,
    if(i > 0, 7200, null)::decimal(18, 4) as full_resolution_open_seconds,
    if(i > 0, 7200, null)::decimal(18, 4) as full_resolution_elapsed_seconds,
    7200::decimal(18, 4) as customer_wait_elapsed_seconds,
from range(5) as r (i);
create table core.ticket_open_intervals as
select
    ticket_id, 1 as stretch_number, created_at as opened_at, 'created' as opened_by,
    if(is_open, null, created_at + interval 2 hour) as left_at,
    if(is_open, null, 'solved') as left_by,
from core.tickets;
create table core.survey_answers as
select
    'a' || i as answer_id, 'i' || i as invitation_id, 'nps' as question_code,
    timestamptz '2026-06-03 08:00:00+00' as answered_at, 'valid' as validity,
    i::decimal(18, 4) as score, 0::decimal(18, 4) as scale_min, 10::decimal(18, 4) as scale_max,
from range(11) as r (i);
create table core.subscription_months as
select
    's' || i as subscription_id, 'k' || i as customer_id, date '2026-06-01' as month_start,
    20.0::decimal(18, 2) as opening_mrr_eur, 0.0::decimal(18, 2) as closing_mrr_eur,
from range(5) as r (i);
create table core.mrr_movements as
select
    date '2026-06-01' as month_start, 'k' || i as customer_id,
    if(i = 0, 'new', 'churned') as movement_type,
    if(i = 0, 20.0, -20.0)::decimal(18, 2) as mrr_change_eur,
from range(5) as r (i);
create table core.cancel_episodes as
select
    'e' || i as cancel_episode_id, 's' || i as subscription_id, 'k' || i as customer_id,
    timestamptz '2026-03-02 08:00:00+00' as requested_at,
    timestamptz '2026-03-02 08:05:00+00' as withdrawn_at, null::timestamptz as ended_at,
    true as is_handled_by_service, i > 0 as is_mature, if(i > 0, true, null) as is_saved,
    if(i > 0, 'running_paying', null) as state_at_window_end,
    10.0::decimal(18, 2) as offer_cost_eur, 20.0::decimal(18, 2) as mrr_before_eur,
    18.0::decimal(18, 2) as mrr_after_eur, null::integer as days_to_termination,
from range(5) as r (i);
create table core.customer_months as
select
    date '2026-03-01' as month_start, 'k' || i as customer_id, i > 1 as is_contacted,
    if(i > 1, 'c' || i, null) as index_contact_id, date '2026-03-15' as index_date,
    true as has_earlier_purchase, 'new' as tenure_band, 'low' as value_band,
    20.0::decimal(18, 2) as earlier_purchase_value_eur, i > 0 as is_mature,
    if(i > 0, true, null) as is_repurchased, if(i > 0, 'o' || i, null) as first_repurchase_order_id,
    if(i > 0, 20.0::decimal(18, 2), null) as repurchase_amount_eur,
from range(5) as r (i);
create table core.orders as
select
    'o' || i as order_id, 'k' || i as customer_id,
    timestamptz '2026-06-03 08:00:00+00' as ordered_at,
from range(5) as r (i);
create table core.documents as
select
    'd' || i as document_id, 'k' || i as customer_id, date '2026-06-03' as issued_on,
    if(i = 0, 'credit_note', 'invoice') as document_type, if(i = 0, -20.0, 20.0) as signed_amount,
from range(5) as r (i);
create table core.agents as select 'g' || i as agent_id, 'north' as team from range(3) as r (i);
create table core.agent_months as
select
    date '2026-06-01' as month_start, 'g' || i as agent_id, 'north' as team, 'paris' as site,
    true as is_present_at_opening, i > 0 as is_present_at_closing, false as is_hired,
    i = 0 as is_left, if(i > 0, true, null) as is_certified, 5 as required_skills,
    4 as covered_skills,
from range(3) as r (i);
create table core.quality_evaluations as
select
    'q' || i as evaluation_id, 'c' || i as exchange_id, 'g1' as agent_id,
    date '2026-06-01' as contact_date, false as has_critical_error, 0 as error_count,
    false as is_calibration,
from range(3) as r (i);
create table core.dates as
select day::date as calendar_date
from range(date '2026-06-01', date '2026-07-01', interval 1 day) as r (day);
"""

JOURNEYS = """
create table core.issues as
select
    'c' || i as issue_id, 'k' || i as customer_id, 'billing' as reason_group,
    date '2026-06-01' as anchor_date, i > 0 as is_mature,
    if(i > 0, true, null) as is_resolved_at_first_contact,
from range(5) as r (i);
create table core.issue_contacts as
select 'c' || (i // 2) as issue_id, 'c' || i as contact_id, 'k1' as customer_id, false as is_anchor
from range(2, 4) as r (i)
union all
select 'c' || i, 'c' || i, 'k1', true from range(2) as r (i);
create table journeys.customer_events as
select
    'contact:c' || i as event_id, timestamptz '2026-06-01 08:00:00+00' as event_at,
    'contact' as event_type, 'interactions.contacts' as source, 'c' || i as reference_id,
    i as event_number, if(i > 0, 'c0', null) as journey_id, if(i > 0, 'own', null) as journey_link,
from range(5) as r (i);
create table journeys.customer_journeys as
select
    'c' || i as journey_id, timestamptz '2026-06-01 08:00:00+00' as started_at,
    timestamptz '2026-06-01 09:00:00+00' as ended_at, 'resolved' as outcome,
    3600.0::decimal(18, 4) as elapsed_seconds, 3600.0::decimal(18, 4) as open_seconds,
from range(5) as r (i);
create table journeys.transitions as
select
    i as friction_rank, 'billing' as reason_group, 'start' as from_step, 'phone ' || i as to_step,
    3 as transition_count, 0.5 as repeated_share, 0.0 as complained_share, 0.5 as followed_share,
from range(5) as r (i);
create table reports.customer_360 as
select 'k' || i as customer_id, 20.0::decimal(18, 2) as mrr_eur from range(5) as r (i);
"""

STEERING = """
create table steering.decisions as
select 'D1' as decision_id, 'none' as method, 'too_early' as verdict,
    'review_not_reached' as verdict_reason, null::double as effect, null::double as effect_low,
    null::double as effect_high;
create table steering.volume_forecasts as
select
    'total' as slice_type, 'all' as slice_value, 'half_hour' as period_grain,
    timestamptz '2026-06-02 07:00:00Z' as starts_at, date '2026-06-02' as business_date,
    date '2026-06-01' as as_of_date, 8::bigint as contacts_low, 16::bigint as contacts_high,
    date '2026-05-31' as trained_until;
"""
REPORTS = """
create table reports.dashboards as
select
    unnest(['direction', 'agent', 'manager', 'real_time', 'monthly_committee']) as dashboard,
    2 as max_kpis;
create table reports.direction as
select
    'answer_rate' as kpi_id, 'total' as slice_type, 'all' as slice_value,
    date '2026-06-01' as period_start, 'Taux' as label_fr, 'Rate' as label_en, 'ratio' as unit,
    'Operations manager' as owner_role, '▲' as status_symbol, 'amber' as status_colour,
    [0.8, null, 0.85]::double[] as trend, 0.85::double as value, 'warn' as status,
    'Agir' as next_action_fr, 'Act' as next_action_en,
union all
select
    'nps_relational', 'total', 'all', date '2026-06-01', 'NPS', 'NPS', 'points', 'Insight', '○',
    'grey', [null]::double[], null, 'no_data', null, null;
create table reports.agent as
select *, 'AG1' as agent_id, false as is_action_due from reports.direction;
create table reports.manager as from reports.direction;
create table reports.real_time as from reports.direction;
create table reports.monthly_committee as from reports.direction;
create table reports.value_bridge as
select date '2026-06-01' as month_start, i + 1 as position, 'Pas' as label_fr, 'Step' as label_en,
from range(4) as r (i);
"""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest's nodes that concern published tables."""
    return published_nodes(parsed_once())


@pytest.fixture(scope="session")
def rules(published: dict[str, Any]) -> Rules:
    """What the project's YAML declares of published tables."""
    return Rules("of today", published_rules(published))


@pytest.fixture(scope="session")
def good_file(
    tmp_path_factory: pytest.TempPathFactory, published: dict[str, Any], rules: Rules
) -> Path:
    """The sound file, its declared rules beside it; copy both before changing anything.

    Without constraints, as on an engine that has none: the gate asks the rows themselves.
    """
    path = tmp_path_factory.mktemp("good") / "pilotage.duckdb"
    types = {
        (node["schema"], node["alias"]): {
            name: column["data_type"] for name, column in node["columns"].items()
        }
        for node in published["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    with duckdb.connect(str(path)) as connection:
        for schema in ("core", "journeys", "kpis", "steering", "reports"):
            connection.execute(f"create schema {schema}")
        connection.execute(KPI_VALUES + KPI_QUANTILES + KPI_EDITIONS + KPI_CATALOGUE + KPI_QUALITY)
        connection.execute(SCORECARD + STAFFING + AGENT_KPI_VALUES + KPI_THRESHOLDS)
        connection.execute(CORE + JOURNEYS + STEERING + REPORTS)
        for table in rules.tables:
            complete(connection, table, types[table.schema, table.table])
    write_rules(path.parent, rules)
    return path


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory, good_file: Path, rules: Rules) -> Iterator[Ask]:
    """Return the number of rows that break each check of a suite, by name, after a change.

    The questions are put to DuckDB as the gate words them, and each change is undone: that Great
    Expectations gives the same answers is tested in `test_verdict`.
    """
    path = Path(shutil.copy(good_file, tmp_path_factory.mktemp("broken") / "pilotage.duckdb"))
    suites = {one.name: one for one in suites_for(read_catalog(path), rules)}
    with duckdb.connect(str(path)) as connection:

        def broken(suite: str, change: str) -> dict[str, int]:
            asked = [one for one in suites[suite].checks if one.expectation == BROKEN_ROWS]
            connection.execute("begin")
            try:
                connection.execute(change)
                query = counting_query(suites[suite], asked)
                [(_, *counts)] = connection.execute(query).fetchall()
            finally:
                connection.execute("rollback")
            return {one.name: rows for one, rows in zip(asked, counts, strict=True) if rows}

        yield broken


def complete(
    connection: duckdb.DuckDBPyConnection, table: TableRules, types: dict[str, str | None]
) -> None:
    """Add the columns that no test looks at, and the table with one row where none does."""
    name = f"{table.schema}.{table.table}"
    connection.execute(f"create table if not exists {name} as select true as made_up")
    there = {row[0] for row in connection.execute(f"describe {name}").fetchall()}
    for column in table.columns:
        if column not in there:
            kind = types[column] or "varchar"
            value = ordinary(kind, table, column) if column in table.not_null else "null"
            connection.execute(f"alter table {name} add column {column} {kind} default {value}")
    if "made_up" in there:
        connection.execute(f"alter table {name} drop made_up")


def ordinary(kind: str, table: TableRules, column: str) -> str:
    """Return a literal that breaks no rule on this column alone."""
    if values := table.accepted_values.get(column):
        return f"'{values[0]}'"
    if kind.endswith("[]"):
        return "['1']"
    by_kind = {"boolean": "false", "date": "'2026-06-01'", "timestamp": "'2026-06-01 08:00:00+00'"}
    return next((value for start, value in by_kind.items() if kind.startswith(start)), "'1'")
