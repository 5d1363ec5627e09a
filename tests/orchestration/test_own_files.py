"""A user's own exports, in a layout of their own, up to published KPIs. No file is edited.

The figures are counted by hand from the rows below.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.system.paths import PROJECT_ROOT, DataPaths

pytestmark = pytest.mark.builds(1)

# 40 calls a day on five days: 30 answered after 12,5 s, 6 after 45,25 s, 4 abandoned after 60 s.
# Within 20 s: 30 of 40.
CALLS = "N° appel;Sens;Date d'entrée;Décroché;Issue;Temps d'attente;Commentaire"
DAYS = ("08", "09", "10", "11", "15")
# 60 answers: 36 promoters, 15 passives, 9 detractors: 60 % − 15 % = 45.
ANSWERS = "Response ID,Survey Invitation,Question,Score,Comment,Submitted At"


def french_calls() -> bytes:
    lines = [CALLS]
    for day in DAYS:
        for call in range(40):
            clock = f"{day}/06/2026 {9 + call // 10:02d}:{call % 10:02d}"
            is_late, is_lost = 30 <= call < 36, call >= 36
            answered = "" if is_lost else f"{clock}:{45 if is_late else 12}"
            wait = "60" if is_lost else "45,25" if is_late else "12,5"
            issue = "Abandonné" if is_lost else "Répondu"
            lines.append(
                f"{day}-{call};Entrant;{clock};{answered};{issue};{wait};réglé à l'amiable"
            )
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def english_answers() -> bytes:
    scores = [10] * 20 + [9] * 16 + [8] * 8 + [7] * 7 + [6] * 4 + [0] * 5
    lines = [ANSWERS] + [
        f'R{number},I{number},NPS,{score},"ok, thanks",06/{number % 10 + 13:02d}/2026 02:05 PM'
        for number, score in enumerate(scores)
    ]
    return ("\n".join(lines) + "\n").encode()


def english_invitations() -> bytes:
    lines = ["Distribution ID,Survey Name,Customer ID,Sent Date"] + [
        f"I{number},relational_nps,C{number},06/13/2026 09:00 AM" for number in range(60)
    ]
    return ("\n".join(lines) + "\n").encode()


class Desk:
    """A directory that a user stands in, with exports in it, and what the commands said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = DataPaths(folder / "data")
        self.said: list[str] = []

    def pilotage(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {"PILOTAGE_DATA_DIR": str(self.paths.root)}
        environment["PYTHONPATH"] = str(PROJECT_ROOT)
        for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
            environment.pop(name, None)
        done = subprocess.run(
            [sys.executable, "-m", "orchestration", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.said.append(done.stdout + done.stderr)
        return done

    def kpi(self, kpi_id: str) -> tuple:
        with duckdb.connect(str(self.paths.pointer), read_only=True) as edition:
            return edition.execute(
                "select round(value, 6), sample_size from kpis.kpi_values where kpi_id = $1"
                " and period_grain = 'month' and period_start = date '2026-06-01'"
                " and slice_type = 'total'",
                [kpi_id],
            ).fetchone()

    def findings(self, finding: str) -> list[tuple]:
        with duckdb.connect(str(self.paths.pointer), read_only=True) as edition:
            return edition.execute(
                "select source, table_name, detail from kpis.findings"
                " where finding = $1 order by detail",
                [finding],
            ).fetchall()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    (desk.folder / "appels.csv").write_bytes(french_calls())
    desk.pilotage("map", "appels.csv", "--yes")
    (desk.folder / "responses.csv").write_bytes(english_answers())
    desk.pilotage("map", "responses.csv", "--yes", "--table", "answers")
    (desk.folder / "surveys sent.csv").write_bytes(english_invitations())
    desk.pilotage("map", "surveys sent.csv", "--yes", "--column", "Survey Name=survey_code")
    desk.pilotage("run")
    yield desk


def test_a_french_export_gives_the_service_level(desk: Desk) -> None:
    assert desk.kpi("service_level_20s") == (0.75, 200)


def test_decimals_with_a_comma_are_seconds(desk: Desk) -> None:
    """150 waited 12,5 s and 30 waited 45,25 s."""
    assert desk.kpi("asa_seconds") == (round((150 * 12.5 + 30 * 45.25) / 180, 6), 180)


def test_an_english_export_gives_the_promoter_score(desk: Desk) -> None:
    assert desk.kpi("nps_relational") == (45, 60)


def test_nothing_went_to_quarantine(desk: Desk) -> None:
    assert not list(desk.paths.quarantine.rglob("*.parquet"))


def test_the_files_are_what_they_were(desk: Desk) -> None:
    assert (desk.paths.inbox / "interactions" / "appels.csv").read_bytes() == french_calls()
    assert (desk.folder / "appels.csv").read_bytes() == french_calls()


def test_a_column_that_nothing_reads_is_a_finding(desk: Desk) -> None:
    assert desk.findings("columns_not_read") == [("interactions", "contacts", "Commentaire")]
