"""`pilotage map`: what is proposed for exports as people have them, what is asked, what is said."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration.landing.contract import load_contract
from orchestration.landing.mappings.declared import FileMapping, load_mappings
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.terminal.cli import app
from orchestration.terminal.mapping import pairs

CALLS = (
    "N° appel;Sens;Date d'entrée;Décroché;Issue;Motif;Temps d'attente;Commentaire",
    "A1;Entrant;13/06/2026 09:00;13/06/2026 09:00:12;Répondu;Facture;12,5;très bien",
    "A2;Sortant;01/06/2026 09:01;;Abandonné;Réclamation;30,0;",
)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    monkeypatch.setenv("PILOTAGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PILOTAGE_PSEUDONYM_KEY", "k" * 64)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return DataPaths(tmp_path / "data")


def write(name: str, lines: Sequence[str], encoding: str = "cp1252") -> Path:
    path = Path(name)
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def ask(*arguments: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(app, ["map", *arguments], input=answers)


def mapped(paths: DataPaths, source: str) -> FileMapping:
    (mapping,) = load_mappings(paths, load_contract(PROJECT_ROOT))[source]
    return mapping


def headers(mapping: FileMapping) -> dict[str, tuple[str, ...]]:
    return {filling.column: filling.headers for filling in mapping.fillings}


def values(mapping: FileMapping, column: str) -> dict[str, str]:
    (filling,) = (one for one in mapping.fillings if one.column == column)
    return dict(filling.values)


def test_a_french_spreadsheet_export_is_placed_whole(paths: DataPaths) -> None:
    write("appels_2026-06.csv", CALLS)
    result = ask("appels_2026-06.csv", "--yes")
    assert result.exit_code == 0, result.output
    mapping = mapped(paths, "interactions")
    assert (mapping.table, mapping.pattern) == ("contacts", "appels*.csv")
    assert (mapping.encoding, mapping.delimiter) == ("windows-1252", ";")
    assert (mapping.date_format, mapping.decimal) == ("dd/mm/yyyy hh:mm", ",")
    assert headers(mapping) == {
        "contact_id": ("N° appel",),
        "channel": (),
        "direction": ("Sens",),
        "reason": ("Motif",),
        "queue_entered_at": ("Date d'entrée",),
        "answered_at": ("Décroché",),
        "disposition": ("Issue",),
        "wait_seconds": ("Temps d'attente",),
    }
    assert values(mapping, "direction") == {"Entrant": "inbound", "Sortant": "outbound"}
    assert values(mapping, "disposition") == {"Répondu": "answered", "Abandonné": "abandoned"}
    assert values(mapping, "reason") == {"Réclamation": "complaint"}
    # nothing is silent
    assert "says 'appels'" in result.output
    assert "Not placed, so not read: Commentaire" in result.output
    assert "reason: 'Facture': not in seeds/reasons.csv: each stands for itself" in result.output
    assert "2026-06-13 07:00:12" in result.output
    assert "2 of 2 rows fit the contract" in result.output
    copy = paths.inbox / "interactions" / "appels_2026-06.csv"
    assert copy.read_bytes() == Path("appels_2026-06.csv").read_bytes()


def test_an_english_survey_export_is_placed_whole(paths: DataPaths) -> None:
    write(
        "survey_results.csv",
        (
            "Response ID,Invitation Number,Question,Score,Comment,Submitted At",
            "R1,I1,NPS,9,“great”,06/13/2026 09:30 PM",
            'R2,I2,NPS,7,"so, so",06/01/2026 11:05 AM',
        ),
        "utf-8",
    )
    result = ask("survey_results.csv", "--yes")
    assert result.exit_code == 0, result.output
    mapping = mapped(paths, "surveys")
    assert (mapping.table, mapping.encoding, mapping.delimiter) == ("answers", "utf-8", ",")
    assert (mapping.date_format, mapping.decimal) == ("mm/dd/yyyy hh:mm am", ".")
    assert headers(mapping) == {
        "answer_id": ("Response ID",),
        "invitation_id": ("Invitation Number",),
        "question_code": ("Question",),
        "score": ("Score",),
        "text": ("Comment",),
        "answered_at": ("Submitted At",),
    }
    assert "2026-06-13 19:30:00" in result.output


def test_a_date_and_its_time_in_two_columns_are_joined(paths: DataPaths) -> None:
    write(
        "tickets.csv",
        (
            "N° ticket;Canal;Date de création;Heure;Priorité",
            "T1;Courriel;13/06/2026;9:30;haute",
            "T2;Formulaire;14/06/2026;18:05;basse",
        ),
    )
    result = ask("tickets.csv", "--yes")
    assert result.exit_code == 0, result.output
    mapping = mapped(paths, "interactions")
    assert (mapping.table, mapping.pattern) == ("tickets", "tickets.csv")
    assert headers(mapping)["created_at"] == ("Date de création", "Heure")
    assert values(mapping, "channel") == {"Courriel": "email", "Formulaire": "form"}
    assert "2026-06-13 07:30:00" in result.output


def test_json_lines_and_parquet_are_mapped_too(paths: DataPaths) -> None:
    lines = [
        json.dumps({"Ticket Number": number, "Via": "Email", "Created On": "2026-06-01T10:00:00Z"})
        for number in range(3)
    ]
    write("tickets_dump.jsonl", lines, "utf-8")
    result = ask("tickets_dump.jsonl", "--yes")
    assert result.exit_code == 0, result.output
    assert "3 of 3 rows fit the contract" in result.output
    assert headers(mapped(paths, "interactions"))["ticket_id"] == ("Ticket Number",)
    duckdb.execute("""
        copy (
            select 'O1' as "N° commande", 'C1' as "Client", 12.5::double as "Montant HT",
                timestamp '2026-06-01 10:00:00' as "Date de commande"
        ) to 'commandes.parquet' (format parquet)
    """)
    result = ask("commandes.parquet", "--yes")
    assert result.exit_code == 0, result.output
    assert "1 of 1 rows fit the contract" in result.output
    assert headers(mapped(paths, "billing"))["net_amount"] == ("Montant HT",)


def test_dates_that_could_be_two_things_are_said(paths: DataPaths) -> None:
    write("appels.csv", [CALLS[0], CALLS[2]])
    result = ask("appels.csv", "--yes")
    assert "Dates could be dd/mm/yyyy hh:mm or mm/dd/yyyy hh:mm" in result.output
    assert mapped(paths, "interactions").date_format == "dd/mm/yyyy hh:mm"
    write("appels.csv", [CALLS[0], CALLS[2]])
    again = ask("appels.csv", "--yes", "--date-format", "mm/dd/yyyy hh:mm")
    assert "Dates could be" not in again.output
    assert mapped(paths, "interactions").date_format == "mm/dd/yyyy hh:mm"


def test_nobody_to_answer_is_told_what_to_say(paths: DataPaths) -> None:
    write("appels.csv", CALLS)
    result = ask("appels.csv")
    assert result.exit_code != 0
    assert "say --yes" in str(result.exception)
    assert not paths.mappings.exists()
    assert not (paths.inbox / "interactions").exists()


def test_whoever_answers_is_asked_until_the_answer_fits(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.terminal.mapping.somebody_answers", lambda: True)
    write("journal.csv", ("N;Quand;Issue", "1;13/06/2026 09:00;Répondu"))
    answers = "\n".join(("=phone", "=phone", "=inbound", "Quoi", "quand", "y")) + "\n"
    result = ask("journal.csv", "--table", "contacts", answers=answers)
    assert result.exit_code == 0, result.output
    assert "phone is none of inbound, outbound." in result.output
    assert "Free are Quand." in result.output
    assert headers(mapped(paths, "interactions"))["queue_entered_at"] == ("Quand",)


def test_whoever_says_no_writes_nothing(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.terminal.mapping.somebody_answers", lambda: True)
    write("appels.csv", CALLS)
    assert ask("appels.csv", answers="n\n").exit_code == 1
    assert not paths.mappings.exists()
    assert not (paths.inbox / "interactions").exists()


def test_what_is_required_and_missing_is_asked_for_by_name(paths: DataPaths) -> None:
    changes = {"N° appel": "Identifiant", "Sens": "Truc", "Temps d'attente": "Zzz", "Sortant": "S"}
    lines = list(CALLS)
    for old, new in changes.items():
        lines = [line.replace(old, new) for line in lines]
    write("journal.csv", lines)
    result = ask("journal.csv", "--yes", "--table", "contacts")
    assert "Required, and nothing fills it: channel, direction" in result.output
    said = str(result.exception)
    assert "Nothing fills channel, direction, which interactions.contacts requires" in said
    assert "--set direction=inbound|outbound" in said
    assert not paths.mappings.exists()
    again = ask(
        *("journal.csv", "--yes", "--table", "contacts", "--set", "channel=phone"),
        *("--column", "Truc=direction"),
    )
    assert again.exit_code == 0, again.output
    assert headers(mapped(paths, "interactions"))["direction"] == ("Truc",)


def test_what_is_supposed_is_said(paths: DataPaths) -> None:
    """A queue's log without direction and outcome, in a file whose name says nothing."""
    write(
        "export.csv",
        (
            "N° appel;Date d'entrée;Date de décroché;Temps d'attente",
            "1;13/06/2026 09:00;13/06/2026 09:00:12;12,5",
            "2;13/06/2026 09:01;;30",
        ),
    )
    result = ask("export.csv", "--yes")
    assert result.exit_code == 0, result.output
    assert "Supposed of direction: who waits in a queue comes in" in result.output
    assert "Supposed of disposition: what has no time of answer was abandoned" in result.output
    mapping = mapped(paths, "interactions")
    by_column = {filling.column: filling for filling in mapping.fillings}
    assert by_column["channel"].constant == "phone"
    assert by_column["direction"].constant == "inbound"
    assert (values(mapping, "disposition"), by_column["disposition"].default) == (
        {"*": "answered"},
        "abandoned",
    )
    assert "2 of 2 rows fit the contract" in result.output


def test_a_column_is_known_by_its_values(paths: DataPaths) -> None:
    write("appels.csv", [line.replace("Sens", "Truc") for line in CALLS])
    result = ask("appels.csv", "--yes")
    assert "by its values" in result.output
    assert headers(mapped(paths, "interactions"))["direction"] == ("Truc",)


def test_values_that_are_no_code_are_said(paths: DataPaths) -> None:
    write("appels.csv", [*CALLS, "A3;Entrant;02/06/2026 10:00;;Bizarre;;1,0;"])
    result = ask("appels.csv", "--yes")
    assert "disposition: 'Bizarre': no value of the contract: such rows go to quarantine" in (
        result.output
    )
    assert "2 of 3 rows fit the contract" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.csv",), "nowhere.csv: no such file here nor below"),
        (("appels.csv", "--table", "calls"), "No table 'calls'; there are"),
        (
            ("appels.csv", "--source", "phones"),
            "No source 'phones'; there are billing, interactions",
        ),
        (("appels.csv", "--column", "Sens"), "write --column NAME=VALUE"),
        (("appels.csv", "--column", "Typo=channel"), "The file has no header Typo; it has"),
        (("appels.csv", "--delimiter", "spaces"), "give one of ; , | or tab"),
        (("appels.csv", "--encoding", "latin-99"), "There is no encoding 'latin-99'"),
        (("appels.csv", "--set", "colour=red"), "--set colour=…: interactions.contacts has no"),
        (("appels.csv", "--date-format", "dd/dd/dd", "--yes"), "`date_format` 'dd/dd/dd' is no"),
        (("strange.csv",), "no header names a column of any table"),
        (("book.xlsx",), "is not a readable workbook"),
        (("empty.csv",), "has no header"),
        (("contacts_june.csv",), "is in the landing contract's form already"),
    ],
)
def test_what_cannot_be_mapped_says_why(
    paths: DataPaths, arguments: tuple[str, ...], message: str
) -> None:
    write("appels.csv", CALLS)
    write("strange.csv", ("aaa;bbb", "zzz;yyy"))
    write("book.xlsx", ("PK",))
    Path("empty.csv").touch()
    write(
        "contacts_june.csv",
        (
            "contact_id,channel,direction,queue_entered_at,disposition",
            "1,phone,inbound,2026-06-01T09:00:00Z,answered",
        ),
    )
    result = ask(*arguments)
    assert result.exit_code != 0
    assert message in str(result.exception)
    assert not paths.mappings.exists()


def test_another_file_of_that_name_is_never_overwritten(paths: DataPaths) -> None:
    write("appels.csv", CALLS)
    assert ask("appels.csv", "--yes").exit_code == 0
    write("appels.csv", CALLS[:2])
    result = ask("appels.csv", "--yes")
    assert "is another file: rename appels.csv" in str(result.exception)


def test_what_is_said_of_a_file_is_not_guessed(paths: DataPaths) -> None:
    """A tab by its name, an encoding that nothing shows, and a value that holds the sign."""
    write("appels.csv", [line.replace(";", "\t") for line in CALLS], "cp850")
    said = ("--source", "interactions", "--delimiter", "tab", "--encoding", "cp850")
    result = ask("appels.csv", *said, "--set", "channel=phone", "--yes")
    assert result.exit_code == 0, result.exception
    mapping = mapped(paths, "interactions")
    assert (mapping.delimiter, mapping.encoding) == ("\t", "cp850")
    assert pairs(["brand=a=b"], "--set") == {"brand": "a=b"}
    assert pairs(["a=b=brand"], "--column") == {"a=b": "brand"}
