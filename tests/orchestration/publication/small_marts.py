"""Marts of a few rows, and a verdict on them given without asking the gate."""

from pathlib import Path

import duckdb

from orchestration.gate.checks import CheckResult
from orchestration.gate.declared import Rules, TableRules, read_rules
from orchestration.gate.judge import file_sha256, read_catalog
from orchestration.gate.suites import expected_checks, suites_version
from orchestration.gate.verdict import Verdict
from orchestration.system.paths import DataPaths

MARTS = """
create schema core;
create schema kpis;
create table core.contacts as select 'c' || i as contact_id from range(10) as r (i);
create table kpis.kpi_values as
select
    kpi_id, period_grain, period_start::date as period_start, 'total' as slice_type,
    'all' as slice_value, value::decimal(18, 4) as value, 'ok' as status,
from (values
    ('fcr_rate', 'month', '2026-05-01', 0.70),
    ('fcr_rate', 'month', '2026-06-01', 0.72),
    ('fcr_rate', 'day', '2026-06-30', 0.99),
    ('nps_relational', 'quarter', '2026-04-01', 20),
    ('crr', 'month', '2026-06-01', 0.98),
    ('crr', 'month', '2026-07-01', null)
) as v (kpi_id, period_grain, period_start, value);
create table kpis.kpi_editions (
    kpi_id varchar, period_grain varchar, period_start date, slice_type varchar,
    slice_value varchar, edition varchar, edition_number bigint, published_at timestamptz,
    value decimal(18, 4), change_cause varchar,
);
"""

RULES = Rules("of these marts", (TableRules("core", "contacts", not_null=("contact_id",)),))


def build_edition(paths: DataPaths, edition: str) -> None:
    """Change the marts as a build of `edition` would: one contact more, one figure restated."""
    change_marts(
        paths,
        f"""
        insert into core.contacts values ('{edition}');
        insert into kpis.kpi_editions
        select
            'fcr_rate', 'month', '2026-05-01', 'total', 'all', '{edition}',
            (select count(*) + 1 from kpis.kpi_editions), '2026-07-02 04:00:00+00',
            (select count(*) / 10 from kpis.kpi_editions), 'late_data';
        """,
    )


def change_marts(paths: DataPaths, sql: str) -> None:
    with duckdb.connect(str(paths.marts_db)) as connection:
        connection.execute(sql)


def verdict_on(candidate: Path, failing: frozenset[str] = frozenset()) -> Verdict:
    """A complete verdict by today's suites, given without asking them; `failing` names checks."""
    checks = tuple(
        CheckResult(suite, name, "critical", name not in failing)
        for suite, name in sorted(
            expected_checks(read_catalog(candidate), read_rules(candidate.parent))
        )
    )
    return Verdict(
        candidate_sha256=file_sha256(candidate),
        suites_version=suites_version(read_rules(candidate.parent)),
        success=not failing,
        judged_at="2026-07-02T05:00:00+00:00",
        checks=checks,
    )
