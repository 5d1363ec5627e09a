"""Typeform's responses from the API's pages and the results' CSV: landing rows and scores."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from tests.connectors.world import Landing
from tests.published import publish
from tests.real_data.pipeline import kpi

OPTIONS = """\
options: {customer_field: crm, ticket_field: case}
codes:
  survey: {barometer: relational_nps, after: post_ticket}
  question:
    barometer.nps_ref: nps
    barometer.why: verbatim
    barometer.solved: fcr
    "after.How satisfied are you?": csat
    "after.Age": ""
  label: {"barometer.solved=Nearly": "0"}
"""


def answer(ref: str, kind: str, value: Any) -> dict[str, Any]:
    return {"field": {"id": f"f_{ref}", "ref": ref, "type": kind}, "type": kind, kind: value}


def response(number: int, *answers: Any, **more: Any) -> dict[str, Any]:
    return {
        "landing_id": f"l{number}",
        "token": f"t{number}",
        "response_id": f"t{number}",
        "landed_at": f"2026-03-0{number}T10:00:00Z",
        "submitted_at": f"2026-03-0{number}T10:02:00Z",
        "hidden": {"crm": f"C-{number}"},
        "answers": list(answers),
        **more,
    }


RESPONSES = [
    response(
        1,
        answer("nps_ref", "number", 10),
        answer("why", "text", "quick"),
        answer("solved", "boolean", True),
        answer("mail", "email", "a@example.com"),
    ),
    response(2, answer("nps_ref", "number", 4), answer("solved", "choice", {"label": "Nearly"})),
    response(
        3,
        answer("nps_ref", "number", 9),
        answer("solved", "choice", {"label": "Never"}),
        answer("color", "choice", {"label": "blue"}),
    ),
    response(4, answer("nps_ref", "number", 0), response_type="partial"),
    response(5, answer("nps_ref", "number", 8), hidden=None),
    response(6, answer("nps_ref", "number", 7)),
    response(7),
]
# what an independent reader of the pages finds: promoters 2, detractors 1, five respondents
NPS = (2 - 1, 5)

CSV = (
    "#,How satisfied are you?,Age,crm,case,Response Type,"
    "Start Date (UTC),Submit Date (UTC),Network ID,Tags,Ending\n"
    "a1,5,33,C-1,T-1,completed,2026-03-01 10:00:00,2026-03-01 10:01:00,n1,,\n"
    "a2,very,44,C-2,T-2,completed,2026-03-02 10:00:00,2026-03-02 10:01:00,n2,,\n"
    "a3,1,44,C-3,T-3,partial,2026-03-02 10:00:00,2026-03-02 10:01:00,n2,,\n"
)


def page(responses: list[dict[str, Any]]) -> str:
    return json.dumps({"total_items": len(responses), "page_count": 1, "items": responses})


@pytest.fixture
def typeform(land: Callable[[str], Landing]) -> Landing:
    landing = land("typeform")
    folder = landing.paths.connectors / "typeform"
    folder.mkdir(parents=True)
    (folder / "options.yml").write_text(OPTIONS, encoding="utf-8")
    return landing


def scores(landing: Landing) -> set[tuple[Any, ...]]:
    return {
        (name, code, None if score is None else int(score))
        for name, code, score in landing.rows(
            "surveys.answers", "invitation_id, question_code, score"
        )
    }


def test_pages_and_tables_become_answers(typeform: Landing) -> None:
    typeform.drop("barometer/page_1.json", page(RESPONSES[:4]))
    # pages overlap
    typeform.drop("barometer/page_2.json", page(RESPONSES[3:]))
    typeform.drop("after.csv", CSV)
    report = typeform.accept()
    assert not report.refused
    assert {record.quarantined for record in report.batches} == {0}
    assert scores(typeform) == {
        ("t1", "nps", 10),
        ("t1", "verbatim", None),
        ("t1", "fcr", 1),
        ("t2", "nps", 4),
        ("t2", "fcr", 0),
        ("t3", "nps", 9),
        ("t5", "nps", 8),
        ("t6", "nps", 7),
        ("a1", "csat", 5),
    }
    asked = {
        one: (code, ticket, f"{sent:%d %H:%M}")
        for one, code, ticket, sent in typeform.rows(
            "surveys.invitations", "invitation_id, survey_code, ticket_id, sent_at"
        )
    }
    assert set(asked) == {"t1", "t2", "t3", "t5", "t6", "t7", "a1", "a2"}
    assert asked["a2"] == ("post_ticket", "T-2", "02 10:00")
    assert typeform.notes() == {
        ("values_without_code", "barometer.color"): 1,
        ("values_without_code", "barometer.solved=never"): 1,
        ("values_without_code", "after.how satisfied are you?=very"): 1,
        ("partial_responses", None): 3,
    }


@pytest.mark.builds(1)
def test_published_score_is_that_of_the_pages(tmp_path: Any) -> None:
    inbox = tmp_path / "landing" / "inbox" / "typeform" / "barometer"
    inbox.mkdir(parents=True)
    (inbox / "page.json").write_text(page(RESPONSES), encoding="utf-8")
    options = tmp_path / "connectors" / "typeform" / "options.yml"
    options.parent.mkdir(parents=True)
    options.write_text(OPTIONS, encoding="utf-8")
    with duckdb.connect(str(publish(tmp_path, "--as-of", "2026-04-15")), read_only=True) as con:
        value = kpi(con, "nps_relational", "month", "2026-03-01")
        balance, respondents = NPS
        assert value.sample_size == respondents
        assert value.value == pytest.approx(100 * balance / respondents)


def crowd() -> tuple[list[dict[str, Any]], str]:
    """Pages and a table of people enough that every score is shown, ten and more a day."""
    pages = [
        response(
            1,
            answer("nps_ref", "number", (10, 9, 7, 3)[number % 4]),
            answer("solved", "boolean", number % 2 == 0),
            token=f"p{number}",
            response_id=f"p{number}",
            hidden={"crm": f"P-{number}"},
            landed_at=f"2026-01-{5 + number // 12:02}T10:00:00Z",
            submitted_at=f"2026-01-{5 + number // 12:02}T10:02:00Z",
        )
        for number in range(72)
    ]
    # a response that was begun and not sent, and a page that overlaps, are no more respondents
    pages += [pages[0], pages[1] | {"response_id": "part", "response_type": "partial"}]
    head, _, _ = CSV.partition("\n")
    lines = [head]
    for number in range(60):
        day = f"2026-02-{3 + number // 12:02}"
        said = f"c{number},{(5, 4, 2, 5)[number % 4]},30,K-{number},T-{number},completed"
        lines.append(f"{said},{day} 10:00:00,{day} 10:01:00,n,,")
    return pages, "\n".join(lines) + "\n"


def counted(pages: list[dict[str, Any]], table: str) -> dict[str, tuple[int, int]]:
    """(numerator, respondents) of both scores, read row by row."""
    marks = {
        one["response_id"]: said["number"]
        for one in pages
        if one.get("response_type") != "partial"
        for said in one["answers"]
        if said["field"]["ref"] == "nps_ref"
    }
    satisfied = [int(row["How satisfied are you?"]) for row in csv.DictReader(io.StringIO(table))]
    return {
        "nps_relational": (
            100 * sum((mark >= 9) - (mark <= 6) for mark in marks.values()),
            len(marks),
        ),
        "csat_t2b": (sum(one >= 4 for one in satisfied), len(satisfied)),
    }


@pytest.mark.builds(1)
def test_published_values_are_those_of_the_files(tmp_path: Any) -> None:
    inbox = tmp_path / "landing" / "inbox" / "typeform"
    (inbox / "barometer").mkdir(parents=True)
    pages, table = crowd()
    (inbox / "barometer" / "page_1.json").write_text(page(pages[:40]), encoding="utf-8")
    (inbox / "barometer" / "page_2.json").write_text(page(pages[40:]), encoding="utf-8")
    (inbox / "after.csv").write_text(table, encoding="utf-8")
    options = tmp_path / "connectors" / "typeform" / "options.yml"
    options.parent.mkdir(parents=True)
    options.write_text(OPTIONS, encoding="utf-8")
    expected = counted(pages, table)
    assert {one: count for one, (_, count) in expected.items()} == {
        "nps_relational": 72,
        "csat_t2b": 60,
    }
    with duckdb.connect(str(publish(tmp_path, "--as-of", "2026-04-15")), read_only=True) as con:
        for name, month in (("nps_relational", "2026-01-01"), ("csat_t2b", "2026-02-01")):
            found = kpi(con, name, "month", month)
            numerator, respondents = expected[name]
            assert (found.numerator, found.denominator) == (numerator, respondents)
            assert found.value == pytest.approx(numerator / respondents)


def _without(key: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name != key} for one in RESPONSES]


DRIFT = {
    "landed_at missing": (page(_without("landed_at")), "landed_at"),
    "submitted_at missing": (page(_without("submitted_at")), "submitted_at"),
    "answers missing": (page(_without("answers")), "answers"),
    "epochs": (page([one | {"submitted_at": 1772359320} for one in RESPONSES]), "submitted_at"),
    "no token": (
        page(
            [
                {name: value for name, value in one.items() if name not in ("token", "response_id")}
                for one in RESPONSES
            ]
        ),
        "token",
    ),
    "another name of the page": (page(RESPONSES).replace('"items"', '"responses"'), "token"),
    "cut": (page(RESPONSES)[:-50], "JSON"),
}


@pytest.mark.parametrize("name", DRIFT)
def test_a_page_that_has_changed_is_refused(typeform: Landing, name: str) -> None:
    content, said = DRIFT[name]
    typeform.drop("barometer/page.json", content)
    done = typeform.convert()
    assert [one.file for one in done.refused] == ["typeform/barometer/page.json"]
    assert said.lower() in done.refused[0].reason.lower()
    assert "surveys.answers" in done.waiting


CSV_DRIFT = {
    "no number": ("#,", "No,"),
    "no submission": ("Submit Date (UTC)", "Submitted"),
    "local dates": ("2026-03-0", "03/0"),
}


@pytest.mark.parametrize("name", CSV_DRIFT)
def test_a_table_that_has_changed_is_refused(typeform: Landing, name: str) -> None:
    old, new = CSV_DRIFT[name]
    typeform.drop("after.csv", CSV.replace(old, new))
    done = typeform.convert()
    assert [one.file for one in done.refused] == ["typeform/after.csv"]
    assert "surveys.answers" in done.waiting


def test_a_question_whose_title_changed_is_a_finding(typeform: Landing) -> None:
    typeform.drop("after.csv", CSV.replace("How satisfied are you?", "Are you satisfied?"))
    typeform.accept()
    assert scores(typeform) == set()
    assert typeform.notes()["values_without_code", "after.are you satisfied?"] == 2
