"""Surveys of Qualtrics from their raw files: landing rows and published scores."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.connectors.qualtrics import oracle, world
from tests.connectors.world import Landing
from tests.published import publish
from tests.real_data.mapping import real_data_root
from tests.real_data.pipeline import kpi


def say(landing: Landing, options: str = world.OPTIONS) -> Landing:
    folder = landing.paths.connectors / "qualtrics"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "options.yml").write_text(options, encoding="utf-8")
    return landing


@pytest.fixture
def qualtrics(land: Callable[[str], Landing]) -> Landing:
    return say(land("qualtrics"))


def landed(landing: Landing) -> tuple[set[oracle.Invitation], set[oracle.Answer]]:
    invitations = {
        oracle.Invitation(*one[:2], one[2].astimezone(UTC), one[3] is not None, one[4])
        for one in landing.rows(
            "surveys.invitations", "invitation_id, survey_code, sent_at, bounced_at, ticket_id"
        )
    }
    answers = {
        oracle.Answer(
            one[0], one[1], None if one[2] is None else int(one[2]), one[3], one[4].astimezone(UTC)
        )
        for one in landing.rows(
            "surveys.answers", "invitation_id, question_code, score, text, answered_at"
        )
    }
    return invitations, answers


def test_what_is_landed_is_what_the_files_say(qualtrics: Landing) -> None:
    world.write(qualtrics.inbox)
    report = qualtrics.accept()
    assert not report.refused
    assert {record.quarantined for record in report.batches} == {0}
    invitations, answers = landed(qualtrics)
    expected_invitations, expected_answers = oracle.read(qualtrics.inbox)
    assert (len(invitations), len(answers)) == (19, 16)
    assert invitations == expected_invitations
    assert {one._replace(text=None) for one in answers} == {
        one._replace(text=None) for one in expected_answers
    }
    # a text over two lines stays one answer
    assert any(one.text and "friendly" in one.text for one in answers)


def test_references_are_those_of_the_fields_that_were_named(qualtrics: Landing) -> None:
    world.write(qualtrics.inbox)
    qualtrics.accept()
    rows = {
        one: (kind, reference)
        for one, kind, reference in qualtrics.rows(
            "surveys.invitations", "invitation_id, customer_ref_type, customer_ref"
        )
    }
    assert rows["R_1"] == ("customer_id", "C-1")
    assert rows["R_2"][0] == "email" and "@" not in rows["R_2"][1]
    assert rows["R_4"] == (None, None)
    # of whoever did not answer, the directory knows the address
    assert rows["EMD_1/CID_3"][0] == "email"


def test_the_directory_knows_the_number_of_whoever_did_not_answer(qualtrics: Landing) -> None:
    say(qualtrics, "options: {customer_field: ExternalReference}\n")
    for table, rows in world.tables().items():
        if table == "directory_contact":
            rows = [row | {"ext_ref": f"X-{row['id']}"} for row in rows]
        qualtrics.drop(f"{table}.csv", world.table_csv(rows))
    qualtrics.accept()
    references = qualtrics.rows("surveys.invitations", "invitation_id, customer_ref")
    assert dict(references)["EMD_1/CID_3"] == "X-CID_3"


def test_what_nobody_said_is_a_finding_and_never_a_score(qualtrics: Landing) -> None:
    world.write(qualtrics.inbox)
    qualtrics.accept()
    assert qualtrics.notes() == {
        ("values_without_code", "sv_bar.qid9"): 1,
        ("values_without_code", "sv_case.qid3"): 1,
        ("values_without_code", "sv_bar.qid4=perhaps"): 1,
        ("values_without_code", "kiosk"): 1,
        ("responses_left_out", "survey preview"): 1,
        ("responses_left_out", "survey test"): 1,
        ("responses_left_out", "spam"): 1,
        ("responses_left_out", "kiosk"): 1,
        ("responses_left_out", "1"): 1,
        ("partial_responses", None): 4,
        ("responses_without_invitation", None): 14,
    }


def test_without_a_word_nothing_is_guessed(land: Callable[[str], Landing]) -> None:
    landing = land("qualtrics")
    world.write(landing.inbox)
    landing.accept()
    assert len(landing.rows("surveys.invitations")) == 19
    assert landing.rows("surveys.answers") == []
    assert ("values_without_code", "sv_bar.qid1") in landing.notes()


def test_partial_answers_count_where_that_is_said(qualtrics: Landing) -> None:
    say(qualtrics, world.OPTIONS.replace("options: {", 'options: {partial_answers: "yes", '))
    world.write(qualtrics.inbox)
    qualtrics.accept()
    scores = {one for one, _ in qualtrics.rows("surveys.answers", "invitation_id, score")}
    assert {"R_6", "R_7", "EMD_1/CID_4", "R_case4"} <= scores


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    data_dir = tmp_path_factory.mktemp("qualtrics_edition")
    world.write(data_dir / "landing" / "inbox" / "qualtrics")
    options = data_dir / "connectors" / "qualtrics" / "options.yml"
    options.parent.mkdir(parents=True)
    options.write_text(world.OPTIONS, encoding="utf-8")
    with duckdb.connect(str(publish(data_dir, "--as-of", "2026-06-15")), read_only=True) as con:
        yield con


@pytest.mark.builds(1)
def test_published_scores_are_those_of_the_files(edition: Any, tmp_path: Path) -> None:
    world.write(tmp_path)
    _, answers = oracle.read(tmp_path)
    march = kpi(edition, "nps_relational", "month", "2026-03-01")
    balance, respondents = oracle.promoters(answers, "2026-03")
    assert (balance, respondents, march.sample_size) == (1, 6, 6)
    published = edition.execute("""
        select sum(case when score >= 9 then 1 when score <= 6 then -1 else 0 end), count(*)
        from core.survey_answers
        where is_counted and question_code = 'nps' and month(answered_date) = 3
    """).fetchone()
    assert published == (balance, respondents)
    # the last of them answered ten minutes before the week was over in Paris
    assert kpi(edition, "nps_relational", "week", "2026-03-09").sample_size == 6
    # fewer than five are not shown, but counted
    may = kpi(edition, "nps_relational", "month", "2026-05-01")
    assert (may.numerator, may.sample_size) == (None, oracle.promoters(answers, "2026-05")[1])
    counted = edition.execute("""
        select question_code, count(*), sum(score)
        from core.survey_answers
        where is_counted and question_code in ('nps', 'csat', 'fcr')
        group by all
    """).fetchall()
    assert {row[0]: (row[1], int(row[2])) for row in counted} == {
        code: (len(scores), sum(scores))
        for code in ("nps", "csat", "fcr")
        for scores in [[one.score or 0 for one in answers if one.question_code == code]]
    }


@pytest.mark.builds(1)
def test_published_response_rates_leave_out_what_bounced(edition: Any) -> None:
    """Five were sent one in May: one bounced, two answered, one stopped midway."""
    rate = kpi(edition, "survey_response_rate", "month", "2026-05-01")
    assert (rate.numerator, rate.denominator) == (2, 4)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, set[oracle.Answer]]]:
    """An edition of the surveys that a crowd answered, and what the oracle reads of their files."""
    data_dir = tmp_path_factory.mktemp("qualtrics_crowd")
    inbox = data_dir / "landing" / "inbox" / "qualtrics"
    world.crowd(inbox)
    options = data_dir / "connectors" / "qualtrics" / "options.yml"
    options.parent.mkdir(parents=True)
    options.write_text(world.OPTIONS, encoding="utf-8")
    _, answers = oracle.read(inbox)
    with duckdb.connect(str(publish(data_dir, "--as-of", "2026-06-15")), read_only=True) as con:
        yield con, answers


@pytest.mark.builds(1)
@pytest.mark.parametrize(
    ("kpi_id", "month", "respondents"),
    [
        pytest.param("nps_relational", "2026-02", 84, id="portal"),
        pytest.param("csat_t2b", "2026-01", 70, id="api"),
        pytest.param("nps_relational", "2025-12", 90, id="fivetran"),
    ],
)
def test_published_values_are_those_of_the_files(
    crowded: tuple[Any, set[oracle.Answer]], kpi_id: str, month: str, respondents: int
) -> None:
    edition, answers = crowded
    count = oracle.promoters if kpi_id == "nps_relational" else oracle.satisfied
    numerator, denominator = count(answers, month)
    assert denominator == respondents
    found = kpi(edition, kpi_id, "month", f"{month}-01")
    factor = 100 if kpi_id == "nps_relational" else 1
    assert (found.numerator, found.denominator, found.sample_size) == (
        *(factor * numerator, denominator, respondents),
    )
    assert found.value == pytest.approx(factor * numerator / denominator)


Change = Callable[[Path], None]


def _rename(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        (path,) = folder.rglob(name)
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    return change


REFUSED: dict[str, tuple[Change, str, str]] = {
    # what happens: change, file, what the message names
    "no response id": (_rename("Barometer*", "ResponseId", "Number"), "SV_bar/", "ResponseId"),
    "no end": (_rename("Barometer*", "EndDate", "Finish"), "SV_bar/", "EndDate"),
    "no status": (_rename("Barometer*", "Status", "State"), "SV_bar/", "Status"),
    "no finished": (_rename("Barometer*", "Finished", "Ready"), "SV_bar/", "Finished"),
    "values renamed": (_rename("responses.json", '"values"', '"answers"'), "SV_case/", "values"),
    "another page": (_rename("responses.json", '"responseId"', '"id"'), "SV_case/", "responseId"),
    "no survey": (_rename("survey_response.csv", "survey_id", "sid"), "fivetran/", "survey_id"),
    "epochs": (
        lambda folder: _rename("survey_response.csv", "2026-05-04", "1777880000")(folder),
        "fivetran/",
        "start_date",
    ),
    "no response of an answer": (
        _rename("question_response.csv", "response_id", "rid"),
        "fivetran/",
        "response_id",
    ),
    "no contact": (
        _rename("distribution_contact.csv", "contact_id", "cid"),
        "fivetran/",
        "contact_id",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_lacks_what_is_needed_is_refused_by_name(qualtrics: Landing, name: str) -> None:
    change, file, column = REFUSED[name]
    world.write(qualtrics.inbox)
    change(qualtrics.inbox)
    done = qualtrics.convert()
    assert [one.file.removeprefix("qualtrics/").startswith(file) for one in done.refused] == [True]
    assert column in done.refused[0].reason
    assert done.waiting


def test_dates_of_another_form_leave_their_responses_out(qualtrics: Landing) -> None:
    rows = [
        row | {"StartDate": "10/03/2026 9:00", "EndDate": "10/03/2026 9:05"}
        for row in world.portal_rows()
    ]
    qualtrics.drop("SV_bar/x.csv", world.portal_csv(rows))
    qualtrics.accept()
    assert qualtrics.notes()["dates_not_read", None] == len(rows)
    assert qualtrics.rows("surveys.answers") == []


def test_the_zone_is_that_of_the_header_else_the_option(qualtrics: Landing) -> None:
    header = [
        (name, said, {key: value for key, value in number.items() if key != "timeZone"})
        for name, said, number in world.HEADER
    ]
    say(qualtrics, world.OPTIONS.replace("options: {", "options: {time_zone: America/Denver, "))
    qualtrics.drop("SV_bar/x.csv", world.portal_csv(world.portal_rows()[:1], header))
    qualtrics.accept()
    ((answered,), *_) = qualtrics.rows("surveys.answers", "answered_at")
    assert f"{answered.astimezone(UTC):%d %H:%M}" == "10 15:05"
    assert qualtrics.notes()["zone_not_named", None] == 1


def test_a_question_that_got_another_number_is_a_finding(qualtrics: Landing) -> None:
    """The code was said of QID1: QID11 is somebody else's question."""
    header = [
        (name, said, {"ImportId": "QID11"} if name == "Q1" else number)
        for name, said, number in world.HEADER
    ]
    qualtrics.drop("SV_bar/x.csv", world.portal_csv(world.portal_rows()[:1], header))
    qualtrics.accept()
    assert ("values_without_code", "sv_bar.qid11") in qualtrics.notes()
    assert {code for (code,) in qualtrics.rows("surveys.answers", "question_code")} == {
        "verbatim",
        "fcr",
    }


def test_several_choices_are_no_score(qualtrics: Landing) -> None:
    page = world.api_page()
    for one in page["responses"]:
        one["values"]["QID1"] = ["4", "5"]
    qualtrics.drop("SV_case/responses.json", json.dumps(page))
    qualtrics.accept()
    assert qualtrics.rows("surveys.answers") == []


SAMPLES = real_data_root() / "vendor_samples" / "qualtrics"


@pytest.mark.skipif(not SAMPLES.exists(), reason=f"no samples in {SAMPLES}")
def test_the_samples_of_the_loader_are_read_without_error(land: Callable[[str], Landing]) -> None:
    landing = land("qualtrics")
    for path in SAMPLES.glob("*.csv"):
        landing.drop(path.name, path.read_bytes())
    done = landing.convert()
    assert not done.refused
    assert not any(one.set_aside for one in done.taken)
    assert ("answers_without_response", None) in landing.notes()
