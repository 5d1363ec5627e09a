"""A batch that differs from its table's past is told, withheld or held back, as the seeds say."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.gate import past
from orchestration.gate.arrival import Arrival, ArrivalFinding
from orchestration.landing.contract import Column, Contract, Table
from orchestration.landing.ledger import BatchHeld, BatchRecord, FileRecord
from orchestration.system.errors import UsageError
from orchestration.system.paths import DataPaths

CONTACTS = Table(
    source="interactions",
    name="contacts",
    time_zone="Europe/Paris",
    key=("contact_id",),
    version="updated_at",
    columns=(
        Column("contact_id", "varchar", required=True),
        Column("agent_id", "varchar"),
        Column("channel", "varchar", required=True, code="lower", known_in="channels.channel"),
        Column("reason", "varchar", code="lower"),
        Column("note", "varchar", free_text=True),
        Column("queue_entered_at", "timestamptz", required=True),
        Column("wait_seconds", "decimal(18,4)"),
        Column("updated_at", "timestamptz"),
    ),
)
AGENTS = Table(
    source="workforce",
    name="agents",
    time_zone="Europe/Paris",
    key=("agent_id",),
    version="updated_at",
    columns=(Column("agent_id", "varchar", required=True), Column("hired_on", "date")),
)
CONTRACT = Contract({(table.source, table.name): table for table in (CONTACTS, AGENTS)})
MONDAY = date(2026, 6, 15)
WAIT = "(10 + (hash(i) % 40)::int)"


def rows(day: date, n: int = 120, **other: str) -> str:
    """Contacts of one day, from nine to eighteen o'clock in Paris, as a query."""
    made = {
        "contact_id": f"'K{day:%m%d}' || i",
        "agent_id": "'A' || (i % 9)",
        "channel": "if(hash(i) % 10 < 6, 'phone', 'email')",
        "reason": "if(hash(i) % 5 = 0, null, 'invoice')",
        "note": "'réglé ' || i",
        "queue_entered_at": f"timezone('Europe/Paris', timestamp '{day} 09:00:00' + "
        f"to_seconds((hash(i + {day.day}) % 32400)::bigint))",
        "wait_seconds": f"({WAIT})::decimal(18,4)",
        "updated_at": "null::timestamptz",
    } | other
    said = ", ".join(f"{value} as {name}" for name, value in made.items())
    return f"select {said} from range({n}) as r (i)"


def record(batch: int, table: Table = CONTACTS, sha: str = "", accepted: int = 120) -> BatchRecord:
    files = [FileRecord("f.csv", sha, accepted, accepted, 0, 0)] if sha else []
    return BatchRecord(
        batch, table.source, table.name, f"{MONDAY}T06:00:00Z", files, accepted, accepted, 0, 0, [],
        None,
    )  # fmt: skip


class Landing:
    """A landing area with ten weeks of usual days as batch 1, and what comes next."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root / "data")
        self.seeds = root / "seeds"
        self.seeds.mkdir()
        self.say_of("")
        self.known: list[BatchRecord] = []
        self.land(record(9, AGENTS), "select 'A' || i as agent_id, null::date as hired_on "
                  "from range(9) as r (i)")  # fmt: skip
        days = [MONDAY - timedelta(days=back) for back in range(1, 71)]
        usual = [rows(day, 110 + day.day) for day in days if day.weekday() < 5]
        self.come(record(10), " union all ".join(usual))

    def say_of(self, own: str, usual: str = "units,refuse\nshift,withhold") -> None:
        (self.seeds / "sources.csv").write_text(
            "source,table_name,freshness_hours,owner_role,arrival_checks\n"
            f"interactions,contacts,24,Planning lead,{own}\nworkforce,agents,,HR partner,\n"
        )
        lines = "\n".join(f"arrival_{line}" for line in usual.splitlines())
        (self.seeds / "parameters.csv").write_text(f"parameter,value\n{lines}\n")

    def land(self, one: BatchRecord, query: str) -> None:
        where = self.paths.accepted / one.source / one.table / f"batch={one.batch}"
        where.mkdir(parents=True)
        duckdb.execute(f"copy ({query}) to '{where / 'rows.parquet'}' (format parquet)")
        self.known.append(one)

    def look(self, one: BatchRecord, query: str) -> tuple[Arrival, BatchRecord]:
        prepared = self.paths.root / "prepared.parquet"
        prepared.parent.mkdir(parents=True, exist_ok=True)
        duckdb.execute(f"copy ({query}) to '{prepared}' (format parquet)")
        arrival = Arrival(self.paths, CONTRACT, self.seeds)
        return arrival, arrival.inspect(CONTACTS, prepared, one, self.known)

    def come(self, one: BatchRecord, query: str) -> list[ArrivalFinding]:
        """Inspect a batch, land it, and conclude."""
        arrival, inspected = self.look(one, query)
        self.land(inspected, query)
        return arrival.conclude([inspected])


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path)


def checks(findings: list[ArrivalFinding]) -> set[str]:
    return {one.check for one in findings}


def test_a_usual_day_is_no_finding(landing):
    assert landing.come(record(11), rows(MONDAY)) == []


@pytest.mark.parametrize(
    ("unusual", "expected"),
    [
        ({"n": 15}, {"volume"}),
        ({"n": 900}, {"volume"}),
        ({"reason": "null::varchar"}, {"nulls"}),
        ({"channel": "if(hash(i) % 10 < 6, 'phnoe', 'email')"}, {"codes", "mix"}),
        ({"channel": "'email'"}, {"mix"}),
        ({"note": "'rÃ©glÃ© ' || i"}, {"text"}),
        ({"agent_id": "'A1'"}, {"concentration"}),
        ({"agent_id": "'K' || i"}, {"joins", "ids"}),
        ({"wait_seconds": f"({WAIT} * 7)::decimal(18,4)"}, {"values"}),
    ],
)
def test_an_unusual_day_is_told(landing, unusual, expected):
    found = landing.come(record(11), rows(MONDAY, **unusual))
    assert expected <= checks(found)
    assert {one.severity for one in found} == {"warn"}


def test_rows_that_came_before_under_another_key_are_told(landing):
    landing.come(record(11), rows(MONDAY))
    again = landing.come(record(12), rows(MONDAY, contact_id="'other' || i"))
    assert "duplicates" in checks(again)


def test_a_missing_day_is_told_and_a_holiday_or_a_weekend_is_not(landing):
    landing.come(record(11), rows(MONDAY))
    wednesday = MONDAY + timedelta(days=2)
    [finding] = landing.come(record(12), rows(wednesday))
    assert (finding.check, finding.since) == ("volume", "2026-06-16")
    landing.come(record(13), rows(MONDAY + timedelta(days=4)))
    holiday = MONDAY + timedelta(days=8)
    (landing.seeds / "business_holidays.csv").write_text(
        f"calendar,holiday_date,label\nstandard,{holiday},-\n"
    )
    assert landing.come(record(14), rows(MONDAY + timedelta(days=7))) == []
    assert landing.come(record(15), rows(MONDAY + timedelta(days=9))) == []


@pytest.mark.parametrize("factor", [1000, 60, 100, "1/60.0"])
def test_another_unit_holds_the_batch_back(landing, factor):
    query = rows(MONDAY, wait_seconds=f"({WAIT} * {factor})::decimal(18,4)")
    with pytest.raises(BatchHeld, match="wait_seconds") as held:
        landing.look(record(11), query)
    assert "accept-batch interactions/contacts" in str(held.value)
    [units] = [one for one in held.value.record.strange if one["check"] == "units"]
    assert (units["column"], units["rows"], units["severity"]) == ("wait_seconds", 120, "refuse")


def test_two_hours_withhold_until_somebody_accepts_them(landing):
    late = "timezone('Europe/Paris', timestamp '{} 11:00:00' + to_seconds((i * 270)::bigint))"
    query = rows(MONDAY, queue_entered_at=late.format(MONDAY))
    found = landing.come(record(11), query)
    [shift] = [one for one in found if one.check == "shift"]
    assert shift.severity == "withhold"
    assert "+2 h" in shift.texts[0]
    tuesday = MONDAY + timedelta(days=1)
    moved = rows(tuesday, queue_entered_at=late.format(tuesday))
    _, seen = landing.look(record(12), moved)
    assert "shift" in {one["check"] for one in seen.strange}
    said = {"batch": 11, "by": "Ada", "because": "the service opens later now"}
    landing.land(replace(record(12), accepted=0, accepts=[said]), rows(tuesday, 0))
    # what is true once is usual from then on
    _, seen = landing.look(record(13), moved)
    assert "shift" not in {one["check"] for one in seen.strange}


def test_rows_that_come_again_settle_what_was_withheld(landing):
    late = (
        f"timezone('Europe/Paris', timestamp '{MONDAY} 12:00:00' + to_seconds((i * 200)::bigint))"
    )
    landing.come(record(11), rows(MONDAY, queue_entered_at=late))
    _, again = landing.look(
        record(12), rows(MONDAY, updated_at=f"timestamptz '{MONDAY} 23:00:00+00'")
    )
    assert again.accepts == [{"batch": 11, "because": "came again"}]
    _, other = landing.look(record(12), rows(MONDAY + timedelta(days=1)))
    assert other.accepts == []


def test_files_that_a_person_takes_for_true_are_not_held_back(landing):
    query = rows(MONDAY, wait_seconds=f"({WAIT} * 1000)::decimal(18,4)")
    said = {"files": ["abc"], "by": "Ada", "because": "a strike"}
    landing.known.append(replace(record(11, accepted=0), accepts=[said]))
    (landing.paths.accepted / "interactions/contacts/batch=11").mkdir()
    with pytest.raises(BatchHeld):
        landing.look(record(12, sha="another"), query)
    _, taken = landing.look(record(12, sha="abc"), query)
    assert {one["is_accepted"] for one in taken.strange} == {True}


def test_severities_are_those_of_the_seeds(landing):
    query = rows(MONDAY, wait_seconds=f"({WAIT} * 1000)::decimal(18,4)")
    landing.say_of("units=ignore")
    assert landing.look(record(11), query)[1].strange == []
    landing.say_of("units=warn")
    assert landing.look(record(11), query)[1].strange[0]["severity"] == "warn"
    landing.say_of("unit=warn")
    with pytest.raises(UsageError, match="no arrival check"):
        landing.look(record(11), query)
    landing.say_of("units=stop")
    with pytest.raises(UsageError, match="units must be one of"):
        landing.look(record(11), query)


def test_a_first_load_is_its_own_past(tmp_path):
    landing = Landing(tmp_path)
    landing.known = landing.known[:1]
    past.path_of(landing.paths, CONTACTS).unlink()
    days = [MONDAY - timedelta(days=back) for back in range(1, 71)]
    usual = [rows(day, 110 + day.day) for day in days if day.weekday() < 5]
    _, seen = landing.look(record(20), " union all ".join(usual))
    assert seen.strange == []
    cents = [rows(day, wait_seconds=f"({WAIT} * 100)::decimal(18,4)") for day in days[:5]]
    with pytest.raises(BatchHeld, match="wait_seconds"):
        landing.look(record(20), " union all ".join([*cents, *usual[5:]]))


def test_corrections_of_old_rows_are_no_finding(landing):
    old = MONDAY - timedelta(days=21)
    few = rows(old, 40, reason="'refund'", channel="'email'", updated_at="now()")
    assert landing.come(record(11), few) == []


def test_a_lost_past_is_counted_again(landing):
    path = past.path_of(landing.paths, CONTACTS)
    before = json.loads(path.read_text())["facts"]
    path.write_text("{}")
    landing.look(record(11), rows(MONDAY))
    assert json.loads(path.read_text())["facts"] == before


def test_findings_are_filed_beside_the_ledger_without_a_value(landing):
    landing.come(record(11), rows(MONDAY, note="'rÃ©glÃ© par jean@example.org ' || i"))
    filed = (landing.paths.batches / "checks" / "00000011.json").read_text()
    assert json.loads(filed)["findings"][0]["check"] == "text"
    assert "jean" not in filed + past.path_of(landing.paths, CONTACTS).read_text()


def test_a_code_that_no_seed_knows_is_said_with_the_seed(landing):
    code = {"column": "channel", "code": "kiosk", "rows": 1200}
    [finding] = landing.come(replace(record(11), unknown_codes=[code]), rows(MONDAY))
    assert finding.texts[1] == (
        "channel 'kiosk' stands in 1,200 rows, and seeds/channels.csv does not know it"
    )


def test_what_cannot_be_read_is_told_and_stops_nothing(landing):
    torn = landing.paths.root / "torn.parquet"
    torn.write_bytes(b"torn")
    arrival = Arrival(landing.paths, CONTRACT, landing.seeds)
    seen = arrival.inspect(CONTACTS, torn, record(11), landing.known)
    [finding] = seen.strange
    assert finding["check"] == "arrival"
    assert finding["texts"][1].startswith("Could not be checked: ")


def test_a_batch_without_accepted_rows_is_no_surprise(landing):
    arrival = Arrival(landing.paths, CONTRACT, landing.seeds)
    nothing = landing.paths.root / "nothing.parquet"
    assert arrival.inspect(CONTACTS, nothing, record(11), landing.known).strange == []
    assert arrival.conclude([]) == []
