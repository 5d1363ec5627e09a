"""What the landing contract cannot say of a batch: is it what this source usually sends?

Every batch is compared with the learned past of its table before it becomes visible. What is
strange is told, withholds the KPIs behind the table, or holds the batch back, as the seeds say.
"""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.gate import freshness, past, profiles
from orchestration.gate.past import Facts, Features, Past
from orchestration.gate.profiles import Profile
from orchestration.gate.runner import without_values
from orchestration.gate.severities import IGNORE, REFUSE, WARN, WITHHOLD, read_severities
from orchestration.landing.contract import Contract, Table
from orchestration.landing.ledger import BatchHeld, BatchRecord
from orchestration.system import sql
from orchestration.system.language import LANGUAGES, language, read_texts
from orchestration.system.paths import PROJECT_ROOT, DataPaths

TEXTS = Path(__file__).parent / "texts.yml"
# Share of a strange batch's rows that have to come again to put another in its place.
SETTLED = 0.8


@dataclass(frozen=True)
class ArrivalFinding:
    """One thing that is unusual about a table; `batch` is the one that it is filed under.

    `rows` are concerned, of the days `since` to `until`; None where nobody knows. `texts` are the
    French and the English words.
    """

    batch: int
    source: str
    table: str
    check: str
    texts: tuple[str, str]
    severity: str = WARN
    column: str = ""
    rows: int | None = None
    since: str | None = None
    until: str | None = None
    feature: str = ""
    is_accepted: bool = False

    @property
    def message(self) -> str:
        """The words, in the reader's language."""
        return self.texts[LANGUAGES.index(language())]


@dataclass(frozen=True)
class _Counted:
    table: Table
    facts: Facts
    profile: Profile
    findings: list[ArrivalFinding]


class Arrival:
    """The checks of one accept run: `inspect` each batch before it is visible, then `conclude`."""

    def __init__(
        self, paths: DataPaths, contract: Contract, seeds: Path = PROJECT_ROOT / "seeds"
    ) -> None:
        self._paths, self._contract, self._seeds = paths, contract, seeds
        self._severities = read_severities(seeds)
        self._zone = _zone(seeds / "parameters.csv")
        self._holidays = read_holidays(seeds / "business_holidays.csv")
        self._counted: dict[int, _Counted] = {}
        self._opened: duckdb.DuckDBPyConnection | None = None

    def close(self) -> None:
        if self._opened:
            self._opened.close()
        self._opened = None

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """An engine in memory, the same for all batches of a run."""
        if self._opened is None:
            self._opened = duckdb.connect()
            self._opened.execute("set TimeZone = 'UTC'")
        return self._opened

    def inspect(
        self, table: Table, rows: Path, record: BatchRecord, known: Sequence[BatchRecord]
    ) -> BatchRecord:
        """Return the record of a prepared batch with what is strange about it.

        `rows` is its Parquet file, absent when nothing fits the contract; `known` are the batches
        before. Raises BatchHeld when it is so strange that nothing of it may be used. What cannot
        be checked is a finding, and stops nothing.
        """
        mine = [one for one in known if (one.source, one.table) == (table.source, table.name)]
        try:
            found, settled = self._look(table, rows, record, mine)
        except (duckdb.Error, OSError, ValueError, KeyError) as error:
            reason = without_values(f"{type(error).__name__}: {error}")
            found, settled = [_told(record, "arrival", "not_checked", {"reason": reason})], []
            self._counted[record.batch] = _Counted(table, {}, Profile(0, None, None), found)
        hand = _accepted_by_hand(record, found, mine)
        if hand:
            found = [replace(one, is_accepted=True) for one in found]
            self._counted[record.batch] = replace(self._counted[record.batch], findings=found)
        refused = [one for one in found if one.severity == REFUSE and not one.is_accepted]
        strange = [_filed(one) for one in found]
        if refused:
            self._counted.pop(record.batch, None)
            place = f"{table.source}/{table.name}"
            said = " ".join(one.message for one in refused)
            raise BatchHeld(
                _words("held", place=place, said=said), replace(record, strange=strange)
            )
        return replace(record, strange=strange, accepts=[*record.accepts, *settled])

    def conclude(self, batches: Iterable[BatchRecord]) -> list[ArrivalFinding]:
        """File what was found of batches that have landed, learn from them, and return it.

        Sources that have gone quiet are filed under the last of them. Findings go to
        `landing/batches/checks/<batch>.json`.
        """
        self.close()
        landed = [one for one in batches if (one.source, one.table) in self._contract.tables]
        if not landed:
            return []
        findings: list[ArrivalFinding] = []
        for record in landed:
            counted = self._counted.get(record.batch)
            if counted is None:
                continue
            own = [*counted.findings, *_unknown_codes(counted.table, record)]
            _file(self._paths, record.batch, counted, own)
            findings += own
            if counted.facts:
                before = past.read(self._paths, counted.table) or Past({})
                learned = past.learn(before, record.batch, counted.facts, _left_out(record.strange))
                past.write(self._paths, counted.table, learned)
        late = self._quiet(landed)
        last = landed[-1].batch
        if late and last in self._counted:
            own = [one for one in findings if one.batch == last]
            _file(self._paths, last, self._counted[last], [*own, *late])
        return [*findings, *late]

    def _look(
        self, table: Table, rows: Path, record: BatchRecord, known: list[BatchRecord]
    ) -> tuple[list[ArrivalFinding], list[dict[str, Any]]]:
        if not rows.exists():
            taken = Profile(0, None, None)
            self._counted[record.batch] = _Counted(table, {}, taken, [])
            return [], []
        counted = past.features(self._contract, table, self._zone)
        connection = self._connection
        before = self._past(connection, table, counted, known)
        files = sql.text(sql.literal_path(rows))
        taken = profiles.take(connection, table, files)
        numbers = [one.batch for one in known if one.accepted]
        same_time = past.overlapping(self._paths, table, numbers, taken)
        came_on = date.fromisoformat(record.accepted_at[:10])
        facts = past.count(connection, self._paths, table, counted, files, came_on, same_time)
        settled = _settled(connection, self._paths, table, files, known)
        found = self._judged(table, record, facts, before, counted)
        self._counted[record.batch] = _Counted(table, facts, taken, found)
        return found, settled

    def _judged(
        self, table: Table, record: BatchRecord, facts: Facts, before: Past, counted: Features
    ) -> list[ArrivalFinding]:
        # numpy is not loaded where nothing came
        from orchestration.gate.unusual.judge import judge

        is_first = not before.facts.get("rows")
        odd = judge(facts, before, self._holidays, is_first, counted.ripening)
        found = []
        for one in odd:
            severity = self._severities.of(table.source, table.name, one.check)
            if severity != IGNORE:
                told = _told(record, one.check, one.key, _spoken(one), severity)
                found.append(
                    replace(
                        told,
                        column=one.column,
                        rows=one.rows,
                        since=one.since,
                        until=one.until,
                        feature=one.feature,
                    )
                )
        gravest = {REFUSE: 0, WITHHOLD: 1, WARN: 2}
        return sorted(found, key=lambda one: (gravest[one.severity], one.check, one.column))

    def _past(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        counted: Features,
        known: list[BatchRecord],
    ) -> Past:
        """Return what was learned, with the landed batches that it lacks counted again."""
        learned = past.read(self._paths, table) or Past({})
        if known and learned.upto > known[-1].batch:
            # of a ledger that was taken back
            learned = Past({})
        upto = learned.upto
        for record in known:
            if record.batch <= upto:
                continue
            for one in record.accepts:
                learned = _accepted(connection, self, table, counted, learned, one, known)
            files = profiles.batch_directory(self._paths, table, record.batch)
            facts: Facts = {}
            if any(files.glob("*.parquet")):
                pattern = profiles.batch_files(self._paths, table, record.batch)
                came_on = date.fromisoformat(record.accepted_at[:10])
                facts = past.count(connection, self._paths, table, counted, pattern, came_on, [])
            learned = past.learn(learned, record.batch, facts, _left_out(record.strange))
        if learned.upto > upto:
            past.write(self._paths, table, learned)
        return learned

    def _quiet(self, landed: list[BatchRecord]) -> list[ArrivalFinding]:
        lags = freshness.lags(
            self._paths, self._contract, freshness.promises(self._seeds / "sources.csv")
        )
        filed_under = {(one.source, one.table): one for one in landed}
        found = []
        for key, lag in sorted(lags.items()):
            if lag.is_late:
                record = filed_under.get(key, landed[-1])
                told = _told(record, "freshness", "freshness", lag.spoken)
                found.append(replace(told, source=key[0], table=key[1], batch=landed[-1].batch))
        return found


def _accepted(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    table: Table,
    counted: Features,
    learned: Past,
    accepts: Mapping[str, Any],
    known: list[BatchRecord],
) -> Past:
    """What was strange about a batch that a person took for true is what is usual from then on."""
    batch = accepts.get("batch")
    strange = next((one.strange for one in known if one.batch == batch), [])
    if batch is None or not accepts.get("by") or not strange:
        return learned
    paths = arrival._paths
    features = {one["feature"] for one in strange if one["severity"] == WITHHOLD}
    since = min((one["since"] for one in strange if one["since"]), default="")
    learned = past.begin_again(learned, features, since)
    pattern = profiles.batch_files(paths, table, int(batch))
    facts = past.count(connection, paths, table, counted, pattern, date.today(), [])
    kept = {name: by_day for name, by_day in facts.items() if name in features}
    return Past(past.learn(learned, learned.upto, kept).facts, learned.upto, learned.ends)


def _left_out(strange: Iterable[Mapping[str, Any]]) -> set[str]:
    """Features of a batch that nothing is learned from: they are withheld, and nobody took them."""
    return {
        one["feature"] for one in strange if one["severity"] == WITHHOLD and not one["is_accepted"]
    } - {"rows"}


def _accepted_by_hand(
    record: BatchRecord, found: list[ArrivalFinding], known: list[BatchRecord]
) -> bool:
    """Did a person say that these files are true? One made anew by a connector: as it was found."""
    hashes = {file.sha256 for file in record.files}
    names = [file.name for file in record.files]
    what = {(one.check, one.column) for one in found if one.severity == REFUSE}
    for earlier in known:
        for one in earlier.accepts:
            if hashes and hashes <= set(one.get("files") or ()):
                return True
            is_alike = one.get("names") == names and one.get("received") == record.received
            if is_alike and what <= {tuple(pair) for pair in one.get("checks") or ()}:
                return True
    return False


def _settled(
    connection: duckdb.DuckDBPyConnection,
    paths: DataPaths,
    table: Table,
    files: str,
    known: list[BatchRecord],
) -> list[dict[str, Any]]:
    """Name the withheld batches whose rows came again with this one."""
    done = {one.get("batch") for record in known for one in record.accepts}
    key, found = sql.names(table.key), []
    for record in known:
        is_open = any(
            one["severity"] == WITHHOLD and not one["is_accepted"] for one in record.strange
        )
        if not is_open or record.batch in done:
            continue
        pattern = profiles.batch_files(paths, table, record.batch)
        row = connection.execute(
            f"select count(*) filter (where ({key}) in (select ({key}) from "
            f"read_parquet({files}, hive_partitioning = false))) / count(*) "
            f"from read_parquet({pattern}, hive_partitioning = false)"
        ).fetchone()
        if row and row[0] >= SETTLED:
            found.append({"batch": record.batch, "because": "came again"})
    return found


def _spoken(one: Any) -> dict[str, tuple[str, str]]:
    """The values of a finding as both languages write them, and whose column it is."""
    said: dict[str, tuple[str, str]] = {"column": (one.column, one.column)}
    for name, value in ({"rows": one.rows, "count": one.rows} | dict(one.values)).items():
        if isinstance(value, float):
            percent = math.floor(100 * value + 0.5)
            said[name] = (f"{percent}\u202f%", f"{percent}%")
        elif isinstance(value, int):
            english = f"{value:,}"
            said[name] = (english.replace(",", "\u202f"), english)
        else:
            said[name] = (str(value), str(value))
    return said


def _told(
    record: BatchRecord,
    check: str,
    key: str,
    values: Mapping[str, Any],
    severity: str = WARN,
) -> ArrivalFinding:
    texts = read_texts(TEXTS)[key]
    french, english = (
        texts[at].format(
            **{
                name: value[at] if isinstance(value, tuple) else value
                for name, value in values.items()
            }
        )
        for at in (0, 1)
    )
    return ArrivalFinding(
        record.batch, str(record.source), str(record.table), check, (french, english), severity
    )


def _words(key: str, **values: str) -> str:
    return read_texts(TEXTS)[key][LANGUAGES.index(language())].format(**values)


def _unknown_codes(table: Table, record: BatchRecord) -> list[ArrivalFinding]:
    return [
        replace(
            _told(
                record,
                "codes",
                "unknown_code",
                {
                    "column": one["column"],
                    "value": one["code"],
                    "rows": f"{one['rows']:,}",
                    "seed": str(table.by_name[one["column"]].known_in).partition(".")[0],
                },
            ),
            column=one["column"],
            rows=one["rows"],
        )
        for one in record.unknown_codes
    ]


def _filed(finding: ArrivalFinding) -> dict[str, Any]:
    """What the ledger keeps of a finding."""
    kept = asdict(finding)
    for name in ("batch", "source", "table"):
        del kept[name]
    return kept


def _file(paths: DataPaths, batch: int, counted: _Counted, findings: list[ArrivalFinding]) -> None:
    header = {
        "batch": batch,
        "source": counted.table.source,
        "table": counted.table.name,
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "findings": [asdict(one) for one in findings],
    }
    profiles.write(paths, counted.table, batch, header, counted.profile)


def _zone(parameters: Path) -> str:
    if parameters.exists():
        with parameters.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["parameter"] == "business_time_zone":
                    return row["value"]
    return "Europe/Paris"


def read_holidays(seed: Path) -> frozenset[str]:
    """Return the days (ISO 8601) on which nothing is usual."""
    if not seed.exists():
        return frozenset()
    with seed.open(encoding="utf-8", newline="") as file:
        return frozenset(row["holiday_date"] for row in csv.DictReader(file))
