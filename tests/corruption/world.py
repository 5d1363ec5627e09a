"""A landed world, and batches of it as they would have come on some day, clean or corrupt.

History and batch are cut out of the landed rows of one demonstration without planted effects; what
is learned of the history is what was counted of its days. The checks are asked as the accept run
asks them: a prepared file, its record, the batches before.
"""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from orchestration.demo.effects import NO_EFFECTS
from orchestration.demo.world import write_demo
from orchestration.gate import past, profiles
from orchestration.gate.arrival import Arrival, read_holidays
from orchestration.gate.past import Facts, Past
from orchestration.landing.accept import accept
from orchestration.landing.contract import Contract, Table, load_contract
from orchestration.landing.ledger import BatchHeld, BatchRecord
from orchestration.system import sql
from orchestration.system.paths import PROJECT_ROOT, DataPaths

ZONE = "Europe/Paris"


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: refuse, withhold, warn or nothing, and by which checks."""

    severity: str
    checks: tuple[str, ...]


class World:
    """A landed demonstration below `folder`; made when it is not there."""

    def __init__(self, folder: Path, customers: int, months: int, seed: int) -> None:
        self.contract: Contract = load_contract(PROJECT_ROOT)
        self.landed = DataPaths(folder / f"world_{customers}_{months}_{seed}")
        if not (self.landed.root / "done").exists():
            shutil.rmtree(self.landed.root, ignore_errors=True)
            self.landed.inbox.mkdir(parents=True)
            write_demo(
                self.landed.inbox, self.landed.demo_truth, customers, months, seed, NO_EFFECTS
            )
            accept(self.landed, self.contract)
            (self.landed.root / "done").touch()
        self.scratch = DataPaths(folder / "scratch")
        self._holidays = read_holidays(PROJECT_ROOT / "seeds" / "business_holidays.csv")
        self._facts: dict[str, Facts] = {}
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'; set threads = 1")

    def tables(self) -> list[Table]:
        """Those whose rows are dated."""
        return [
            table
            for table in self.contract.tables.values()
            if profiles.event_column(table) and profiles.batch_numbers(self.landed, table)
        ]

    def table(self, name: str) -> Table:
        source, _, short = name.partition(".")
        return self.contract.tables[source, short]

    def facts(self, table: Table) -> Facts:
        """The counts of all landed days."""
        if table.full_name not in self._facts:
            counted = past.features(self.contract, table, ZONE)
            self._facts[table.full_name] = past.count(
                self._connection, self.landed, table, counted, self._files(table), date.today(), []
            )
        return self._facts[table.full_name]

    def is_working_day(self, day: date) -> bool:
        """Is it no weekend and no holiday? On such a day nothing is missed."""
        return day.weekday() < 5 and day.isoformat() not in self._holidays

    def judged(
        self,
        table: Table,
        begins: date,
        days: int,
        query: str = "from {rows}",
        n: int = 0,
        is_again: bool = False,
    ) -> Outcome | None:
        """Ask what follows of rows of `days` days, made corrupt by `query`; None without any."""
        where = f"{self._day(table)} >= {_date(begins)} and {self._day(table)} < "
        ends = begins + timedelta(days=days)
        rows = f"(from read_parquet({self._files(table)}) where {where} {_date(ends)})"
        inside = [begins + timedelta(days=one) for one in range(1, days - 1)]
        worked = [day for day in inside if self.is_working_day(day)] or [begins]
        missing = worked[n % len(worked)]
        corrupt = query.format(rows=rows, n=n, day=_date(missing))
        known = ends if is_again else begins
        paths = self._prepare(table, known)
        prepared = paths.root / "prepared.parquet"
        self._connection.execute(f"copy ({corrupt}) to {sql.text(prepared)} (format parquet)")
        received = self._connection.execute(
            f"select count(*) from read_parquet({sql.text(prepared)})"
        ).fetchall()[0][0]
        if not received:
            return None
        history = [_record(table, 1, begins, 1)]
        record = _record(table, 2, ends, received)
        arrival = Arrival(paths, self.contract)
        try:
            found = arrival.inspect(table, prepared, record, history).strange
        except BatchHeld as held:
            found = held.record.strange
        finally:
            arrival.close()
        severities = [one["severity"] for one in found]
        worst = next(
            (one for one in ("refuse", "withhold", "warn") if one in severities), "nothing"
        )
        return Outcome(worst, tuple(sorted({one["check"] for one in found})))

    def _prepare(self, table: Table, known: date) -> DataPaths:
        """Lay out the landing as it was on the day before `known`, of this table."""
        paths = self.scratch
        shutil.rmtree(paths.root, ignore_errors=True)
        own = profiles.batch_directory(paths, table, 1)
        own.mkdir(parents=True)
        for other in self.contract.tables.values():
            there = self.landed.accepted / other.source / other.name
            here = paths.accepted / other.source / other.name
            if other is not table:
                here.parent.mkdir(parents=True, exist_ok=True)
                here.symlink_to(there)
        self._connection.execute(
            f"copy (from read_parquet({self._files(table)}) where {self._day(table)} < "
            f"{_date(known)}) to {sql.text(own / 'rows.parquet')} (format parquet)"
        )
        since, until = (known - timedelta(days=past.DAYS)).isoformat(), known.isoformat()
        facts = {
            feature: {day: values for day, values in by_day.items() if since <= day < until}
            for feature, by_day in self.facts(table).items()
        }
        past.write(paths, table, Past(facts, 1))
        return paths

    def _files(self, table: Table) -> str:
        where = self.landed.accepted / table.source / table.name
        return sql.text(sql.pattern(where, "*/rows.parquet"))

    def _day(self, table: Table) -> str:
        return past.features(self.contract, table, ZONE).day or "null"


def _date(day: date) -> str:
    return f"date {sql.text(day.isoformat())}"


def _record(table: Table, batch: int, day: date, accepted: int) -> BatchRecord:
    return BatchRecord(
        batch=batch,
        source=table.source,
        table=table.name,
        accepted_at=f"{day}T06:00:00Z",
        files=[],
        received=accepted,
        accepted=accepted,
        quarantined=0,
        duplicate=0,
        unknown_columns=[],
        contract_sha256=None,
    )
