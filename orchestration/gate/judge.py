"""Judge a candidate: every rule of the gate asked of one closed, read-only DuckDB file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.gate import built, identifiers
from orchestration.gate.checks import BLOCKING, CATALOG, Catalog, Check, CheckResult, Suite
from orchestration.gate.declared import read_rules
from orchestration.gate.runner import run
from orchestration.gate.suites import expected_checks, suites_for, suites_version
from orchestration.gate.verdict import Verdict, is_passed
from orchestration.system.errors import PilotageError
from orchestration.system.files import wal_beside
from orchestration.system.hashes import sha256_of


def judge(candidate: Path) -> Verdict:
    """Return the verdict on `candidate`, by the rules that stand beside it.

    Fails closed: what could not be asked is no success. Raises PilotageError when there is no such
    closed file to judge, or no rules.
    """
    sha256 = file_sha256(candidate)
    catalog, rules = read_catalog(candidate), read_rules(candidate.parent)
    results = [
        _views_result(catalog),
        _build_result(candidate.parent, sha256),
        *ask(candidate, catalog, suites_for(catalog, rules)),
    ]
    checks = tuple(sorted(results, key=lambda check: (check.suite, check.name)))
    asked = {(check.suite, check.name) for check in checks}
    return Verdict(
        candidate_sha256=sha256,
        suites_version=suites_version(rules),
        success=asked == expected_checks(catalog, rules) and is_passed(checks),
        judged_at=datetime.now(UTC).isoformat(timespec="seconds"),
        checks=checks,
    )


def ask(candidate: Path, catalog: Catalog, suites: Sequence[Suite]) -> list[CheckResult]:
    """Return one result for every check of `suites`, whoever can answer it."""
    answered = list(_answered_by_catalog(suites, catalog))
    return answered + run(candidate, [(one, _askable(one, catalog)) for one in suites])


def is_complete(verdict: Verdict, candidate: Path) -> bool:
    """True when the verdict answers every check that the rules ask of this file, no more."""
    return verdict.asked == expected_checks(read_catalog(candidate), read_rules(candidate.parent))


def file_sha256(path: Path) -> str:
    """Return the hash of a closed DuckDB file; PilotageError when it is absent or not closed."""
    if wal := wal_beside(path):
        raise PilotageError(
            f"{path} is not closed: {wal.name} stands beside it.\n"
            "Stop the program that writes it, then make the candidate again."
        )
    try:
        return sha256_of(path)
    except FileNotFoundError as error:
        raise PilotageError(f"There is no {path}.\nBuild the marts first.") from error


def read_catalog(path: Path) -> Catalog:
    """Return tables and columns of the file, without the engine's own schemas."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = connection.execute(
                "select schema_name, table_name, column_name, data_type, is_nullable "
                "from duckdb_columns() "
                "where database_name = current_database() and not internal "
                "order by schema_name, table_name, column_index"
            ).fetchall()
            views = connection.execute(
                "select schema_name || '.' || view_name from duckdb_views() "
                "where database_name = current_database() and not internal order by all"
            ).fetchall()
    except duckdb.Error as error:
        raise PilotageError(
            f"{path} cannot be opened: {str(error).splitlines()[0]}\n"
            "Close the program that holds it, or make the candidate again."
        ) from error
    named_views = {view for (view,) in views}
    tables: dict[tuple[str, str], dict[str, str]] = {}
    not_null = set()
    for schema, table, column, kind, is_nullable in columns:
        if f"{schema}.{table}" not in named_views:
            tables.setdefault((schema, table), {})[column] = kind
            if not is_nullable:
                not_null.add((schema, table, column))
    return Catalog(tables, tuple(sorted(named_views)), frozenset(not_null))


def _views_result(catalog: Catalog) -> CheckResult:
    """A view keeps the catalog name it was built with and breaks in the copy."""
    return CheckResult(
        suite=identifiers.FILE_SUITE,
        name=identifiers.NO_VIEWS,
        severity=BLOCKING,
        success=not catalog.views,
        meaning=f"The published file holds tables only, no view ({', '.join(catalog.views)}).",
        unexpected_count=len(catalog.views) or None,
    )


def _build_result(directory: Path, sha256: str) -> CheckResult:
    """What was left out of a build, or changed after it, no rule about rows would find."""
    doubt = built.unproven(directory, sha256)
    return CheckResult(
        suite=built.SUITE,
        name=built.CHECK,
        severity=BLOCKING,
        success=doubt is None,
        meaning=f"{built.MEANING} But {doubt}." if doubt else built.MEANING,
    )


def _answered_by_catalog(suites: Sequence[Suite], catalog: Catalog) -> Iterator[CheckResult]:
    """Yield what needs no engine: what exists, what cannot be null, and what lacks its columns."""
    for one in suites:
        for check in one.checks:
            missing = _missing(one, check, catalog)
            result = CheckResult(
                one.name, check.name, check.severity, missing is None, check.meaning
            )
            if check.expectation == CATALOG:
                yield (
                    replace(result, meaning=f"{check.meaning} Missing: {missing}.")
                    if missing
                    else result
                )
            elif missing:
                yield replace(result, not_run=missing)
            elif catalog.answers(one, check):
                yield result


def _askable(owner: Suite, catalog: Catalog) -> list[Check]:
    return [
        check
        for check in owner.checks
        if check.expectation != CATALOG
        and not _missing(owner, check, catalog)
        and not catalog.answers(owner, check)
    ]


def _missing(owner: Suite, check: Check, catalog: Catalog) -> str | None:
    if owner.key not in catalog.tables:
        return f"{owner.schema}.{owner.table}"
    return catalog.missing_for(owner, check)
