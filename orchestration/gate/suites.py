"""All suites of the gate, their version, and the checks that a given file has to answer."""

from functools import cache

from orchestration.gate import (
    identifiers,
    suite_core,
    suite_editions,
    suite_journeys,
    suite_kpis,
    suite_reports,
)
from orchestration.gate.checks import Catalog, Suite, fingerprint

# Bump when the way of judging changes while the suites' words stay the same.
JUDGE_VERSION = 1


@cache
def all_suites() -> tuple[Suite, ...]:
    """Return one suite per table that readers rely on: each of these has to be published."""
    return (
        suite_kpis.kpi_values(),
        suite_kpis.kpi_quantiles(),
        suite_kpis.agent_kpi_values(),
        suite_kpis.kpi_catalogue(),
        suite_kpis.kpi_thresholds(),
        suite_kpis.staffing_half_hours(),
        suite_editions.kpi_editions(),
        suite_kpis.kpi_quality(),
        suite_core.contacts(),
        suite_core.customers(),
        suite_core.tickets(),
        suite_core.ticket_open_intervals(),
        suite_core.issues(),
        suite_core.issue_contacts(),
        suite_core.survey_answers(),
        suite_core.subscription_months(),
        suite_core.mrr_movements(),
        suite_core.cancel_episodes(),
        suite_core.customer_months(),
        suite_core.orders(),
        suite_core.documents(),
        suite_core.agents(),
        suite_core.agent_months(),
        suite_core.quality_evaluations(),
        suite_core.dates(),
        suite_journeys.customer_events(),
        suite_journeys.customer_journeys(),
        suite_journeys.transitions(),
        suite_journeys.customer_360(),
        suite_reports.direction(),
        suite_reports.agent(),
        suite_reports.manager(),
        suite_reports.real_time(),
        suite_reports.monthly_committee(),
        suite_reports.value_bridge(),
    )


@cache
def optional_suites() -> tuple[Suite, ...]:
    """Return the suites that are asked only where their table is published."""
    return (suite_core.reconciliation(),)


@cache
def suites_version() -> str:
    """Return the SHA-256 that changes whenever any rule of the gate changes."""
    return fingerprint(
        (*all_suites(), *optional_suites()),
        {
            "required": [one.name for one in all_suites()],
            "identifiers": identifiers.RULE,
            "judge_version": JUDGE_VERSION,
        },
    )


def suites_for(catalog: Catalog) -> list[Suite]:
    """Return every suite that a file with this catalog has to answer."""
    optional = [one for one in optional_suites() if one.key in catalog.tables]
    return [*all_suites(), *optional, *identifiers.suites(catalog)]


def expected_checks(catalog: Catalog) -> set[tuple[str, str]]:
    """Return `(suite, check)` for every check that a complete verdict on such a file holds."""
    asked = {(one.name, check.name) for one in suites_for(catalog) for check in one.checks}
    return asked | {(identifiers.FILE_SUITE, identifiers.NO_VIEWS)}
