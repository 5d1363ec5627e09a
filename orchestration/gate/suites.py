"""All suites of the gate, their version, and the checks that a given file has to answer."""

from functools import cache

from orchestration.gate import (
    built,
    completeness,
    declared,
    few_people,
    history,
    identifiers,
    limits,
    reconciliation,
    wholeness,
)
from orchestration.gate.checks import Catalog, Suite, fingerprint
from orchestration.gate.declared import Rules

# Bump when the way of judging changes while the suites' words stay the same.
JUDGE_VERSION = 3


@cache
def border_suites() -> tuple[Suite, ...]:
    """Return what no single table's YAML can say: the suites that are written by hand."""
    return (
        *completeness.suites(),
        *reconciliation.suites(),
        *few_people.suites(),
        *history.suites(),
        *wholeness.suites(),
        *limits.suites(),
    )


def suites_version(rules: Rules) -> str:
    """Return the SHA-256 that changes whenever any rule of the gate changes, declared or not."""
    return fingerprint(
        (*declared.suites(rules), *border_suites()),
        {"identifiers": identifiers.RULE, "judge_version": JUDGE_VERSION},
    )


def suites_for(catalog: Catalog, rules: Rules) -> list[Suite]:
    """Return every suite that a file with this catalog has to answer."""
    return [*declared.suites(rules), *border_suites(), *identifiers.suites(catalog)]


def expected_checks(catalog: Catalog, rules: Rules) -> set[tuple[str, str]]:
    """Return `(suite, check)` for every check that a complete verdict on such a file holds."""
    asked = {(one.name, check.name) for one in suites_for(catalog, rules) for check in one.checks}
    return asked | {(identifiers.FILE_SUITE, identifiers.NO_VIEWS), (built.SUITE, built.CHECK)}
