"""Files of other layouts: what is declared of them, and what then lands."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.landing.accept import accept
from orchestration.landing.contract import Contract, load_contract
from orchestration.landing.mappings import words
from orchestration.landing.mappings.cells import date_forms, instant, number
from orchestration.landing.mappings.declared import FileMapping, load_mappings, write_mapping
from orchestration.landing.mappings.fillings import Filling, plain
from orchestration.run.pending import new_files
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths

HEADERS = "N° appel;Sens;Date d'entrée;Décroché;Issue;Attente;Commentaire"
ROWS = (
    "A1;Entrant;01/06/2026 09:00;01/06/2026 09:00:12;Répondu;12,5;très bien",
    "A2;ENTRANT;1/6/2026 9:01;;abandonné;1 234,5;",
    "A3;Entrant;31/06/2026 09:01;;Abandonné;;",
    "A4;Entrant;06/13/2026 09:01;;Perdu;;",
)
MAPPING = """
files:
- pattern: appels*.csv
  table: contacts
  encoding: windows-1252
  delimiter: ;
  date_format: dd/mm/yyyy hh:mm
  decimal: ','
  columns:
    contact_id: N° appel
    channel: {constant: phone}
    direction: {header: Sens, values: {Entrant: inbound, Sortant: outbound}}
    queue_entered_at: Date d'entrée
    answered_at: Décroché
    disposition: {header: Issue, values: {Répondu: answered, Abandonné: abandoned}}
    wait_seconds: {header: Attente, default: '0'}
"""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract(PROJECT_ROOT)


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path)


def say(paths: DataPaths, text: str = MAPPING, source: str = "interactions") -> Path:
    paths.mappings.mkdir(parents=True, exist_ok=True)
    path = paths.mappings / f"{source}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def drop(paths: DataPaths, name: str, lines: tuple[str, ...], encoding: str = "cp1252") -> Path:
    path = paths.inbox / "interactions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def contacts(paths: DataPaths, columns: str) -> list[tuple]:
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        files = paths.accepted / "interactions" / "contacts" / "*" / "*.parquet"
        return con.execute(
            f"select {columns} from read_parquet('{files}', union_by_name = true) order by all"
        ).fetchall()


def test_a_mapped_file_lands_like_any_other(paths: DataPaths, contract: Contract) -> None:
    say(paths)
    drop(paths, "appels_juin.csv", (HEADERS, *ROWS))
    (batch,) = accept(paths, contract).batches
    assert (batch.received, batch.accepted, batch.quarantined) == (4, 2, 2)
    assert batch.unknown_columns == ["Commentaire"]
    columns = "contact_id, channel, direction, disposition, queue_entered_at, answered_at"
    nine = datetime.fromisoformat("2026-06-01T07:00:00+00:00")
    assert contacts(paths, columns) == [
        ("A1", "phone", "inbound", "answered", nine, nine.replace(second=12)),
        ("A2", "phone", "inbound", "abandoned", nine.replace(minute=1), None),
    ]
    assert [float(wait) for (wait,) in contacts(paths, "wait_seconds")] == [12.5, 1234.5]


def test_what_does_not_have_the_declared_form_is_set_aside_as_it_was_written(
    paths: DataPaths, contract: Contract
) -> None:
    say(paths)
    drop(paths, "appels.csv", (HEADERS, *ROWS))
    accept(paths, contract)
    with duckdb.connect() as con:
        files = paths.quarantine / "interactions" / "contacts" / "*" / "*.parquet"
        rows = con.execute(
            f"select row_number, reason, raw from read_parquet('{files}') order by 1"
        ).fetchall()
    (third, reason_3, raw_3), (fourth, reason_4, _) = rows
    assert (third, fourth) == (3, 4)
    assert 'queue_entered_at: not an instant (ISO 8601) ("31/06/2026 09:01")' in reason_3
    assert '"Date d\'entrée":"31/06/2026 09:01"' in raw_3
    # the 13th month is no hint that the month comes first
    assert 'queue_entered_at: not an instant (ISO 8601) ("06/13/2026 09:01")' in reason_4
    assert "disposition: not one of answered" in reason_4


def test_a_corrected_mapping_reads_the_same_file_again(
    paths: DataPaths, contract: Contract
) -> None:
    say(paths)
    drop(paths, "appels.csv", (HEADERS, ROWS[0], "A4;Entrant;02/06/2026 09:01;;Perdu;;"))
    first = accept(paths, contract)
    assert (first.accepted, first.quarantined) == (1, 1)
    assert accept(paths, contract).batches == []
    say(paths, MAPPING.replace("Abandonné: abandoned", "Perdu: abandoned"))
    assert new_files(paths) == ["interactions/appels.csv"]
    again = accept(paths, contract)
    assert (again.received, again.accepted, again.duplicate) == (2, 1, 1)
    assert new_files(paths) == []


def test_the_same_content_by_the_same_mapping_is_known(
    paths: DataPaths, contract: Contract
) -> None:
    say(paths)
    drop(paths, "appels.csv", (HEADERS, ROWS[0]))
    assert accept(paths, contract).accepted == 1
    drop(paths, "appels_bis.csv", (HEADERS, ROWS[0]))
    again = accept(paths, contract)
    assert (again.batches, len(again.skipped)) == ([], 2)
    assert new_files(paths) == []


def test_a_file_that_was_refused_is_new_once_something_is_said_of_it(
    paths: DataPaths, contract: Contract
) -> None:
    drop(paths, "appels.csv", (HEADERS, ROWS[0]))
    (refusal,) = accept(paths, contract).refused
    assert "`pilotage map appels.csv` says what its columns are" in refusal.reason
    say(paths)
    assert new_files(paths) == ["interactions/appels.csv"]
    assert accept(paths, contract).accepted == 1


def test_a_header_that_is_missing_refuses_the_file(paths: DataPaths, contract: Contract) -> None:
    say(paths)
    drop(paths, "appels.csv", (HEADERS.replace("Décroché", "Répondu à"), ROWS[0]))
    (refusal,) = accept(paths, contract).refused
    assert "lacks column Décroché, which" in refusal.reason
    assert str(paths.mappings / "interactions.yml") in refusal.reason


def test_headers_are_found_whatever_their_case_and_apostrophe(
    paths: DataPaths, contract: Contract
) -> None:
    say(paths)
    changed = HEADERS.replace("Date d'entrée", "DATE D’ENTRÉE")
    drop(paths, "appels.csv", (changed, ROWS[0]))
    assert accept(paths, contract).accepted == 1


def test_columns_left_out_by_name_are_not_reported(paths: DataPaths, contract: Contract) -> None:
    say(paths, MAPPING + "  ignore: [commentaire]\n")
    drop(paths, "appels.csv", (HEADERS, ROWS[0]))
    (batch,) = accept(paths, contract).batches
    assert batch.unknown_columns == []


def test_anything_else_and_nothing(paths: DataPaths, contract: Contract) -> None:
    said = "{header: Décroché, values: {'*': answered, néant: no_answer}, default: abandoned}"
    old = "{header: Issue, values: {Répondu: answered, Abandonné: abandoned}}"
    say(paths, MAPPING.replace(old, said).replace("    answered_at: Décroché\n", ""))
    rows = [
        f"B{n};Entrant;01/06/2026 09:00;{cell};;;" for n, cell in enumerate(("9 h", "", "NÉANT"))
    ]
    drop(paths, "appels.csv", (HEADERS, *rows))
    accept(paths, contract)
    assert contacts(paths, "contact_id, disposition") == [
        ("B0", "answered"),
        ("B1", "abandoned"),
        ("B2", "no_answer"),
    ]


def test_utf16_with_tabs_and_a_date_beside_its_time(paths: DataPaths, contract: Contract) -> None:
    say(
        paths,
        """
files:
- pattern: journal*.csv
  table: contacts
  encoding: utf-16
  delimiter: "\\t"
  date_format: dd.mm.yy
  time_zone: Europe/London
  columns:
    contact_id: ID
    channel: Media
    direction: {constant: inbound}
    queue_entered_at: {header: [Jour, Heure]}
    disposition: {constant: answered}
    wait_seconds: {header: Attente, unit: "hh:mm:ss"}
""",
    )
    lines = ("ID\tMedia\tJour\tHeure\tAttente", "7\tchat\t01.06.26\t9:30\t0:01:05")
    drop(paths, "journal.csv", lines, "utf-16")
    assert accept(paths, contract).accepted == 1
    ((entered, wait),) = contacts(paths, "queue_entered_at, wait_seconds")
    assert entered.isoformat() == "2026-06-01T08:30:00+00:00"
    assert float(wait) == 65


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("table: contacts", "table: calls"), "interactions has no table 'calls'"),
        (("    contact_id: N° appel\n", ""), "nothing fills contact_id"),
        (("contact_id: N°", "call_id: N°"), "column call_id: interactions.contacts has no such"),
        (("Entrant: inbound", "Entrant: in"), "column direction: 'in' is none of inbound"),
        (("windows-1252", "klingon"), "`encoding` 'klingon' is none of utf-8"),
        (("dd/mm/yyyy hh:mm", "dd/dd/yyyy"), "`date_format` 'dd/dd/yyyy' is no date"),
        (("decimal: ','", "decimal: ';'"), "`decimal` ';' is none of"),
        (("constant: phone", "constante: phone"), "column channel: unknown constante"),
        (("{constant: phone}", "{}"), "say either `header` or `constant`"),
        (("pattern: appels*.csv", "pattern: ''"), "`pattern` is missing"),
        (("delimiter: ;", "delimiter: [;"), "not readable as YAML"),
    ],
)
def test_a_mistake_says_where_it_is(
    paths: DataPaths, contract: Contract, change: tuple[str, str], message: str
) -> None:
    path = say(paths, MAPPING.replace(*change))
    with pytest.raises(UsageError) as error:
        load_mappings(paths, contract)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_a_mapping_of_no_source_is_a_mistake(paths: DataPaths, contract: Contract) -> None:
    say(paths, source="telephony")
    with pytest.raises(UsageError, match="no source is called 'telephony'"):
        load_mappings(paths, contract)


def test_what_is_written_is_read_back_and_comments_stay(
    paths: DataPaths, contract: Contract
) -> None:
    path = say(paths, MAPPING + "  # ours\n")
    (before,) = load_mappings(paths, contract)["interactions"]
    other = FileMapping(
        "interactions",
        "agent_activity",
        "états*.csv",
        (
            Filling("activity_id", ("N°",)),
            Filling("agent_id", ("Matricule",), default="yes"),
            Filling("state", ("État",), values=(("no", "break"), ("12", "contact"))),
            Filling("started_at", ("Jour", "Début"), date_format="mm/dd/yyyy hh:mm am"),
            Filling("ended_at", ("Fin",)),
        ),
        delimiter="\t",
        time_zone="Europe/Paris",
        ignored=("Note",),
    )
    write_mapping(paths, other, contract)
    assert "# ours" in path.read_text()
    first, second = load_mappings(paths, contract)["interactions"]
    assert first.sha256 == before.sha256
    assert (second.sha256, second.ignored) == (other.sha256, ("Note",))
    # the same pattern again replaces
    write_mapping(paths, FileMapping(**{**vars(other), "delimiter": ";"}), contract)
    assert [one.delimiter for one in load_mappings(paths, contract)["interactions"]] == [";", ";"]


@pytest.mark.parametrize(
    ("said", "text", "iso"),
    [
        ("dd/mm/yyyy hh:mm", "01/06/2026 9:05", "2026-06-01 09:05:00"),
        ("dd/mm/yyyy hh:mm", "1/6/2026", "2026-06-01 00:00:00"),
        ("dd/mm/yyyy", "01/06/2026 09:05:30.25", "2026-06-01 09:05:30.25"),
        ("mm/dd/yyyy hh:mm am", "06/01/2026 12:05 AM", "2026-06-01 00:05:00"),
        ("mm/dd/yyyy hh:mm am", "6/1/2026 9:05:10 p.m.", "2026-06-01 21:05:10"),
        ("dd-mm-yy", "01-06-26", "2026-06-01 00:00:00"),
        ("yyyy/mm/dd hh:mm", "2026/06/01T09:05", "2026-06-01 09:05:00"),
        # another form, or no date at all, stays what it is
        ("dd/mm/yyyy", "2026-06-01T09:05:00Z", "2026-06-01T09:05:00Z"),
        ("dd/mm/yyyy", "01/06/26", "01/06/26"),
        ("dd/mm/yyyy", "30/02/2026", "30/02/2026"),
        ("mm/dd/yyyy", "13/01/2026", "13/01/2026"),
        ("dd/mm/yyyy", "hier", "hier"),
    ],
)
def test_dates_of_a_declared_form(said: str, text: str, iso: str) -> None:
    sql = instant("value", date_forms(said), "timestamptz")
    assert duckdb.execute(f"select {sql} from (select $1 as value)", [text]).fetchone() == (iso,)


@pytest.mark.parametrize(
    ("text", "decimal", "unit", "expected"),
    [
        ("12,5", ",", "seconds", "12.5"),
        ("1 234,50 €", ",", "seconds", "1234.50"),
        ("1.234,5", ",", "seconds", "1234.5"),
        ("1\u202f234", ",", "seconds", "1234"),
        ("1,234.5", ".", "seconds", "1234.5"),
        ("12,5", ".", "seconds", "12,5"),
        ("1,5", ",", "minutes", "90"),
        ("1500", ".", "milliseconds", "1.5"),
        ("01:02:03", ".", "hh:mm:ss", "3723"),
        ("02:03", ".", "mm:ss", "123"),
        ("02:03", ".", "hh:mm", "7380"),
        ("n/a", ",", "minutes", "n/a"),
        ("douze", ".", "mm:ss", "douze"),
    ],
)
def test_numbers_and_durations(text: str, decimal: str, unit: str, expected: str) -> None:
    sql = number("value", decimal, unit)
    found = duckdb.execute(f"select {sql} from (select $1 as value)", [text]).fetchone()[0]
    try:
        assert float(found) == float(expected)
    except ValueError:
        assert found == expected


def test_every_column_of_the_contract_has_names(contract: Contract) -> None:
    """A column added to the contract needs its words, and a word its column."""
    declared = {one.partition("__")[0] for one in words.words()["columns"]}
    columns = {column.name for table in contract.tables.values() for column in table.columns}
    assert declared == columns
    assert set(words.words()["files"]) == {name for _, name in contract.tables}


def test_every_code_of_the_words_is_one(contract: Contract) -> None:
    known: dict[str, set[str]] = {}
    for table in contract.tables.values():
        for column in table.columns:
            known.setdefault(column.name, set()).update(words.known_codes(column))
    wrong = [
        (column, code)
        for column, codes in words.words()["values"].items()
        for code in codes
        if code not in known[column]
    ]
    assert wrong == []


def test_plain_headers() -> None:
    assert plain("N° d'appel") == plain("n°_d’Appel ") == "n d appel"
