"""What the landing contract cannot say of a batch: is it as large, as fresh, as mixed as usual?

Answered by Great Expectations for every accepted batch. Nothing here blocks: a batch may be
unusual for good reasons, so that the answer is a warning, kept beside the ledger.
"""

import math
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from orchestration.gate import freshness, profiles
from orchestration.gate.checks import WARNING, Check, CheckResult, Suite
from orchestration.gate.freshness import Key, Lag
from orchestration.gate.profiles import Profile
from orchestration.gate.runner import run, without_values
from orchestration.landing.contract import Contract, Table
from orchestration.system import sql
from orchestration.system.paths import PROJECT_ROOT, DataPaths

# A habit is known from five batches on; the last twenty show it.
FEWEST_BEFORE = 5
MOST_BEFORE = 20
# Rows per day: up to three times more or fewer are no surprise.
VOLUME_FACTOR = 3
# Shares of codes, as a divergence (nats): 60 % of phone turned to 30 % is about 0.2.
LARGEST_DIVERGENCE = 0.1
NEW_VALUE_WEIGHT = 0.001
# Share of empty values: five points, or four standard deviations.
SMALLEST_NULL_MOVE = 0.05
DEVIATIONS = 4


class Batch(Protocol):
    """A record of the ledger, as far as it is needed here."""

    @property
    def batch(self) -> int: ...

    # a name, or None in the landing's own first record
    @property
    def source(self) -> Any: ...

    @property
    def table(self) -> Any: ...

    @property
    def unknown_codes(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class ArrivalFinding:
    """One answer about one table; `batch` is the batch of the run that it is filed under."""

    batch: int
    source: str
    table: str
    check: str
    success: bool
    message: str
    severity: str = WARNING


@dataclass(frozen=True)
class _Question:
    """A check on a view of the scratch file, and what its answer is filed under."""

    batch: int
    table: Table
    view: str
    check: Check
    topic: str


def check_arrival(
    paths: DataPaths,
    contract: Contract,
    batches: Sequence[Batch],
    sources_csv: Path = PROJECT_ROOT / "seeds" / "sources.csv",
) -> list[ArrivalFinding]:
    """Check the batches of one accept run, file every answer, and return what is unusual.

    Answers go to `landing/batches/checks/<batch>.json`, with the profile that later batches are
    compared with. A table whose source has gone quiet is filed under the run's last batch.
    Never raises for what it cannot read: that is a finding, too.
    """
    known = [one for one in batches if (one.source, one.table) in contract.tables]
    if not known:
        return []
    tables = {one.batch: contract.tables[one.source, one.table] for one in known}
    try:
        return _check(paths, contract, known, tables, sources_csv)
    except (duckdb.Error, OSError) as error:
        last, message = known[-1], without_values(f"{type(error).__name__}: {error}")
        return [
            ArrivalFinding(last.batch, last.source, last.table, "arrival", False, _broken(message))
        ]


def _check(
    paths: DataPaths,
    contract: Contract,
    batches: Sequence[Batch],
    tables: dict[int, Table],
    sources_csv: Path,
) -> list[ArrivalFinding]:
    """Return what is unusual about the batches in `tables`, having filed every answer."""
    taken = {batch: profiles.profile(paths, table, batch) for batch, table in tables.items()}
    # The next run's checks need these even if this one's end here.
    for batch, one in taken.items():
        profiles.write(paths, batch, _header(batch, tables[batch]), one)
    questions = [
        question
        for batch, table in tables.items()
        for question in _questions(batch, table, taken[batch], _before(paths, table, batch))
    ]
    lags = freshness.lags(paths, contract, freshness.promises(sources_csv))
    questions += _freshness_questions(tables, contract, lags)
    findings = [
        _finding(question, result) for question, result in _ask(paths, tables, lags, questions)
    ]
    findings += [
        ArrivalFinding(
            one.batch,
            tables[one.batch].source,
            tables[one.batch].name,
            "codes",
            False,
            _unknown_code(tables[one.batch], **code),
        )
        for one in batches
        for code in one.unknown_codes
    ]
    for batch, table in tables.items():
        filed = [asdict(finding) for finding in findings if finding.batch == batch]
        profiles.write(paths, batch, _header(batch, table) | {"findings": filed}, taken[batch])
    return [finding for finding in findings if not finding.success]


def _unknown_code(table: Table, column: str, code: str, rows: int) -> str:
    seed = str(table.by_name[column].known_in).partition(".")[0]
    return f"{column} {code!r} stands in {rows:,} rows, and seeds/{seed}.csv does not know it"


def _header(batch: int, table: Table) -> dict:
    return {
        "batch": batch,
        "source": table.source,
        "table": table.name,
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "findings": [],
    }


def _before(paths: DataPaths, table: Table, batch: int) -> list[Profile]:
    """Return the profiles of the table's batches before this one, or none when too few."""
    earlier = [number for number in profiles.batch_numbers(paths, table) if number < batch]
    if len(earlier) < FEWEST_BEFORE:
        return []
    return [profiles.profile(paths, table, number) for number in earlier[-MOST_BEFORE:]]


def _questions(
    batch: int, table: Table, now: Profile, before: list[Profile]
) -> Iterator[_Question]:
    """Yield what the table's own past lets one ask of this batch."""
    if not before or not now.rows:
        return
    checks = [_volume(now, before)]
    checks += [_null_share(name, now, before) for name in sorted(now.null_shares)]
    checks += [_mix(name, now, before) for name, mix in sorted(now.shares.items()) if mix]
    for check in checks:
        if check:
            yield _Question(batch, table, _view(batch), check, check.name)


def _view(batch: int) -> str:
    return f"batch_{batch}"


def _volume(now: Profile, before: list[Profile]) -> Check | None:
    usual = [one.rows_per_day for one in before if one.rows_per_day]
    if not now.days or not usual:
        return None
    a_day = statistics.median(usual)
    expected = a_day * now.days
    noise = 3 * math.sqrt(expected)
    return Check(
        "volume",
        "ExpectTableRowCountToBeBetween",
        {
            "min_value": max(0, math.floor(expected / VOLUME_FACTOR - noise)),
            "max_value": math.ceil(expected * VOLUME_FACTOR + noise),
        },
        f"{now.rows:,} rows over {now.days:,} days; usual are {a_day:,.0f} a day.",
        severity=WARNING,
    )


def _null_share(column: str, now: Profile, before: list[Profile]) -> Check | None:
    past = [one.null_shares[column] for one in before if column in one.null_shares]
    if len(past) < FEWEST_BEFORE:
        return None
    usual = statistics.fmean(past)
    chance = math.sqrt(usual * (1 - usual) / now.rows)
    room = max(SMALLEST_NULL_MOVE, DEVIATIONS * max(chance, statistics.pstdev(past)))
    return Check(
        f"null_share_of_{column}",
        "ExpectColumnProportionOfNonNullValuesToBeBetween",
        {
            "column": column,
            "min_value": max(0.0, 1 - usual - room),
            "max_value": min(1.0, 1 - usual + room),
        },
        f"{column} is empty in {now.null_shares[column]:.0%} of the rows; usual is {usual:.0%}.",
        severity=WARNING,
    )


def _mix(column: str, now: Profile, before: list[Profile]) -> Check | None:
    past = [one.shares[column] for one in before if one.shares.get(column)]
    if len(past) < FEWEST_BEFORE:
        return None
    values = sorted({value for mix in past for value in mix})
    usual = {value: statistics.fmean(mix.get(value, 0.0) for mix in past) for value in values}
    moved = {
        value: abs(now.shares[column].get(value, 0) - usual.get(value, 0))
        for value in {*values, *now.shares[column]}
    }
    most = max(sorted(moved), key=lambda value: moved[value])
    return Check(
        f"mix_of_{column}",
        "ExpectColumnKLDivergenceToBeLessThan",
        {
            "column": column,
            "partition_object": {"values": values, "weights": [usual[one] for one in values]},
            "threshold": LARGEST_DIVERGENCE + 2 * len(moved) / now.rows,
            "tail_weight_holdout": NEW_VALUE_WEIGHT,
        },
        f"{column} is mixed otherwise than usual: {most} has "
        f"{now.shares[column].get(most, 0):.0%} of the rows, usual is {usual.get(most, 0):.0%}.",
        severity=WARNING,
    )


def _freshness_questions(
    tables: dict[int, Table], contract: Contract, lags: dict[Key, Lag]
) -> Iterator[_Question]:
    filed_under = {(table.source, table.name): batch for batch, table in sorted(tables.items())}
    for key, lag in sorted(lags.items()):
        batch = filed_under.get(key, max(tables))
        check = freshness.check(key, lag)
        yield _Question(batch, contract.tables[key], freshness.TABLE, check, freshness.TABLE)


def _ask(
    paths: DataPaths,
    tables: dict[int, Table],
    lags: dict[Key, Lag],
    questions: Sequence[_Question],
) -> Iterator[tuple[_Question, CheckResult]]:
    """Ask all questions of a scratch file: views over the accepted files, and the lags."""
    if not questions:
        return
    with tempfile.TemporaryDirectory(prefix="pilotage-arrival-") as directory:
        scratch = Path(directory) / "arrival.duckdb"
        with duckdb.connect(str(scratch)) as connection:
            for batch in sorted({one.batch for one in questions if one.view != freshness.TABLE}):
                files = profiles.batch_files(paths, tables[batch], batch)
                connection.execute(
                    f"create view {sql.name(_view(batch))} as "
                    f"select * from read_parquet({files}, hive_partitioning = false)"
                )
            connection.execute(
                f"create table {freshness.TABLE} (source varchar, table_name varchar, "
                "hours_behind double, events_missed double)"
            )
            for key, lag in lags.items():
                connection.execute(
                    f"insert into {freshness.TABLE} values (?, ?, ?, ?)",
                    [*key, lag.behind, lag.missed],
                )
        by_view: dict[str, dict[str, _Question]] = {}
        for question in questions:
            by_view.setdefault(question.view, {})[question.check.name] = question
        plan = [
            (Suite("main", view, tuple(one.check for one in asked.values())), asked)
            for view, asked in by_view.items()
        ]
        results = run(scratch, [(suite, suite.checks) for suite, _ in plan], reads_files=True)
    asked_of = {suite.name: asked for suite, asked in plan}
    for result in results:
        yield asked_of[result.suite][result.name], result


def _broken(exception: str) -> str:
    return f"Could not be checked: {exception}"


def _finding(question: _Question, result: CheckResult) -> ArrivalFinding:
    message = question.check.meaning
    if result.exception is not None:
        message = _broken(result.exception)
    return ArrivalFinding(
        batch=question.batch,
        source=question.table.source,
        table=question.table.name,
        check=question.topic,
        success=result.success,
        message=message,
    )
