"""An edition of a few rows with what a digest reads, for tests that build no world."""

from pathlib import Path
from typing import Any

import duckdb

REPORT = """
create table reports.{name} (
    kpi_id varchar, label_fr varchar, label_en varchar, slice_type varchar, slice_value varchar,
    period_grain varchar, period_start date, value_text_fr varchar, value_text_en varchar,
    target_text_fr varchar, target_text_en varchar, owner_fr varchar, owner_role varchar,
    next_action_fr varchar, next_action_en varchar, is_action_due boolean
);
"""
TABLES = (
    """
create schema kpis;
create schema reports;
create schema steering;
create table kpis.labels as select * from (values
    ('status', 'ok', 'bon', 'good'), ('status', 'warn', 'avertissement', 'warning'),
    ('status', 'alert', 'alerte', 'alert'), ('severity', 'error', 'Erreur', 'Error'),
    ('role', 'Boss', 'Cheffe', 'Boss')
) as v (kind, code, label_fr, label_en);
create table kpis.units as select * from (values ('ratio', 'percent')) as v (unit, kind);
create table kpis.kpi_catalogue as select * from (values
    ('fcr_rate', 'Résolution', 'Resolution', 'ratio', null::date),
    ('repeat_rate', 'Réitération', 'Repeats', 'ratio', null),
    ('same', 'Pareil', 'Same', 'ratio', null),
    ('fcr_rate', 'Ancienne', 'Former', 'ratio', '2020-01-01')
) as v (kpi_id, name_fr, name_en, unit, valid_to);
create table kpis.kpi_editions as select * from (values
    -- April stood at 0.70 since the second edition, and comes to nothing new in the third
    ('fcr_rate', '2026-04-01'::date, 'total', 'e1', 1, 0.60, 'alert', false, false),
    ('fcr_rate', '2026-04-01', 'total', 'e2', 2, 0.70, 'alert', false, false),
    -- May was provisional before
    ('fcr_rate', '2026-05-01', 'total', 'e2', 2, 0.10, 'alert', true, false),
    ('fcr_rate', '2026-05-01', 'total', 'e3', 3, 0.80, 'ok', false, false),
    ('repeat_rate', '2026-04-01', 'total', 'e1', 1, 0.125, 'ok', false, false),
    ('repeat_rate', '2026-04-01', 'total', 'e3', 3, 0.15, 'ok', false, false),
    ('same', '2026-04-01', 'total', 'e1', 1, 0.5, 'ok', false, false),
    -- a slice is no figure of the whole service
    ('same', '2026-04-01', 'team', 'e3', 3, 0.9, 'ok', false, false)
) as v (kpi_id, period_start, slice_type, edition, edition_number, value, status, is_provisional,
    is_withdrawn);
alter table kpis.kpi_editions add column period_grain varchar default 'month';
create table reports.kpi_series as select * from (values
    ('fcr_rate', '2026-04-01'::date, 0.70, 'alert', false, '70,0 %', '70.0%', 'avr.', 'Apr 2026'),
    ('fcr_rate', '2026-05-01', 0.80, 'ok', false, '80,0 %', '80.0%', 'mai 2026', 'May 2026'),
    ('fcr_rate', '2026-06-01', 0.20, 'alert', true, '20,0 %', '20.0%', 'juin 2026', 'Jun 2026'),
    ('repeat_rate', '2026-04-01', 0.15, 'ok', false, '15,0 %', '15.0%', 'avr. 2026', 'Apr 2026'),
    ('same', '2026-04-01', 0.5, 'ok', false, '50,0 %', '50.0%', 'avr. 2026', 'Apr 2026')
) as v (kpi_id, period_start, value, status, is_provisional, value_text_fr, value_text_en,
    period_text_fr, period_text_en);
alter table reports.kpi_series add column period_grain varchar default 'month';
alter table reports.kpi_series add column slice_type varchar default 'total';
create table steering.signals as select * from (values
    ('open', 1, 'Boss', 'Motif en hausse', 'Reason that surges', 'Agir', 'Act'),
    ('expired', 2, 'Boss', 'Ancien', 'Former', null, null)
) as v (state, priority, owner_role, statement_fr, statement_en, what_to_do_fr, what_to_do_en);
create table kpis.findings as select * from (values
    ('error', 'It <stopped>.', 'billing', 'orders', null::varchar, 3)
) as v (severity, what, source, table_name, detail, row_count);
create table kpis.source_freshness as select * from (values
    ('billing', 'orders', 'Boss', 24, '2026-06-01T10:00:00Z'::timestamptz, false),
    ('billing', 'refs', 'Boss', 24, '2026-06-03T10:00:00Z', true)
) as v (source, table_name, owner_role, freshness_hours, newest_event_at, is_fresh);
"""
    + "".join(
        REPORT.format(name=one)
        for one in ("direction", "manager", "real_time", "monthly_committee", "agent")
    )
    + """
insert into reports.direction values
    ('repeat_rate', 'Réitération', 'Repeats', 'total', 'all', 'month', '2026-04-01', '15,0 %',
        '15.0%', '12,8 %', '12.8%', 'Cheffe', 'Boss', 'Chercher la cause', 'Find the cause', true),
    ('same', 'Pareil', 'Same', 'total', 'all', 'month', '2026-04-01', '50,0 %',
        '50.0%', null, null, 'Cheffe', 'Boss', null, null, false);
insert into reports.monthly_committee from reports.direction;
insert into reports.manager values
    ('repeat_rate', 'Réitération', 'Repeats', 'team', 'north', 'month', '2026-04-01', null,
        null, null, null, 'Cheffe', 'Boss', null, null, true);
insert into reports.agent values
    ('repeat_rate', 'Réitération', 'Repeats', 'agent', 'jeanne', 'month', '2026-04-01', '99,0 %',
        '99.0%', null, null, 'Cheffe', 'Boss', null, null, true);
"""
)

RECORD: dict[str, Any] = {
    "edition": "e3",
    "sha256": "ab",
    "published_at": "2026-06-03T12:00:00.000+00:00",
    # what the record has of the newest months, final or not
    "changes": {"since": "e2", "kpis": [{"kpi_id": "fcr_rate"}, {"kpi_id": "same"}]},
    "verdict": {"counts": {"total": 1200, "passed": 1199}},
}


def write_edition(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(TABLES)
