"""All suites of the gate, their version, and the checks that a given file has to answer."""

from collections.abc import Iterable
from functools import cache

from orchestration.gate import identifiers, suite_core, suite_kpis
from orchestration.gate.checks import BLOCKING, WARNING, Catalog, Check, Suite, fingerprint

# Bump when the way of judging changes while the suites' words stay the same.
JUDGE_VERSION = 1
TABLE_EXISTS = "table_exists"


@cache
def all_suites() -> tuple[Suite, ...]:
    """Return one suite per table that readers rely on."""
    return (
        suite_kpis.kpi_values(),
        suite_kpis.kpi_catalogue(),
        suite_core.contacts(),
        suite_core.customers(),
        suite_core.tickets(),
        suite_core.survey_answers(),
        suite_core.subscription_months(),
        suite_core.orders(),
        suite_core.dates(),
        suite_core.reconciliation(),
    )


@cache
def suites_version() -> str:
    """Return the SHA-256 that changes whenever any rule of the gate changes."""
    return fingerprint(
        all_suites(), {"identifiers": identifiers.RULE, "judge_version": JUDGE_VERSION}
    )


def table_check(owner: Suite) -> Check:
    """The check that every suite begins with; answered from the catalog, without an engine."""
    return Check(
        TABLE_EXISTS,
        "catalog",
        {},
        f"The table {owner.name} is published.",
        severity=WARNING if owner.is_optional else BLOCKING,
    )


def expected_checks(catalog: Catalog) -> set[tuple[str, str]]:
    """Return `(suite, check)` for every check that a complete verdict on such a file holds."""
    wanted = {(identifiers.FILE_SUITE, identifiers.NO_VIEWS)}
    wanted |= {(one.name, check.name) for one in all_suites() for check in asked_of(one, catalog)}
    wanted |= {
        (one.name, check.name) for one in identifiers.suites(catalog) for check in one.checks
    }
    return wanted


def asked_of(owner: Suite, catalog: Catalog) -> Iterable[Check]:
    """Return the checks of `owner` that count for a file: an absent optional table has none."""
    if owner.is_optional and owner.key not in catalog.tables:
        return ()
    return (table_check(owner), *owner.checks)
