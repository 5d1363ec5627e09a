"""What the surveys come to, read from the raw files with the standard library alone."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Invitation(NamedTuple):
    invitation_id: str
    survey_code: str
    sent_at: datetime
    bounced: bool
    ticket_id: str | None


class Answer(NamedTuple):
    invitation_id: str
    question_code: str
    score: int | None
    text: str | None
    answered_at: datetime


def read(folder: Path) -> tuple[set[Invitation], set[Answer]]:
    """All invitations, and all answers to questions that are the service's."""
    invitations: set[Invitation] = set()
    answers: set[Answer] = set()
    for part in (_portal, _api, _tables):
        asked, said = part(folder)
        invitations |= asked
        answers |= said
    return invitations, answers


def _portal(folder: Path) -> tuple[set[Invitation], set[Answer]]:
    invitations, answers = set(), set()
    rows: list[dict[str, str]] = []
    for path in folder.glob("SV_bar/*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            names, _, _, *cells = csv.reader(handle)
        rows += [dict(zip(names, one, strict=True)) for one in cells]
    for row in rows:
        if row["Status"] != "IP Address":
            continue
        started, ended = (
            datetime.fromisoformat(row[one]).replace(tzinfo=PARIS).astimezone(UTC)
            for one in ("StartDate", "EndDate")
        )
        name = row["ResponseId"]
        invitations.add(Invitation(name, "relational_nps", started, False, row["case"] or None))
        if row["Finished"] != "True" or row["Progress"] != "100":
            continue
        if row["Q1"]:
            answers.add(Answer(name, "nps", int(row["Q1"]), None, ended))
        if row["Why"]:
            answers.add(Answer(name, "verbatim", None, row["Why"], ended))
        if row["Solved"] in ("Yes", "No"):
            answers.add(Answer(name, "fcr", int(row["Solved"] == "Yes"), None, ended))
    return invitations, answers


def _api(folder: Path) -> tuple[set[Invitation], set[Answer]]:
    invitations, answers = set(), set()
    responses = [
        one
        for path in folder.glob("SV_case/*.json")
        for one in json.loads(path.read_text(encoding="utf-8"))["responses"]
    ]
    for one in responses:
        values = one["values"]
        if values["status"] != 0:
            continue
        invitations.add(
            Invitation(
                one["responseId"],
                "post_ticket",
                datetime.fromisoformat(values["startDate"]),
                False,
                values["case"],
            )
        )
        if values["finished"] == 1 and "QID1" in values:
            answers.add(
                Answer(
                    one["responseId"],
                    "csat",
                    values["QID1"],
                    None,
                    datetime.fromisoformat(values["endDate"]),
                )
            )
    return invitations, answers


def _tables(folder: Path) -> tuple[set[Invitation], set[Answer]]:
    def table(name: str) -> list[dict[str, Any]]:
        with (folder / "fivetran" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    invitations, answers = set(), set()
    responses = {one["id"]: one for one in table("survey_response")}
    for asked in table("distribution_contact"):
        name = f"{asked['distribution_id']}/{asked['contact_id']}"
        sent = datetime.fromisoformat(asked["sent_at"]).replace(tzinfo=UTC)
        invitations.add(
            Invitation(name, "relational_nps", sent, asked["status"] == "HardBounce", None)
        )
        response = responses.get(asked["response_id"])
        if response is None or response["progress"] != "100":
            continue
        ended = datetime.fromisoformat(response["end_date"]).replace(tzinfo=UTC)
        for said in table("question_response"):
            if said["response_id"] == response["id"]:
                if said["question_id"] == "QID5":
                    answers.add(Answer(name, "nps", int(said["value"]), None, ended))
                else:
                    answers.add(Answer(name, "verbatim", None, said["text"], ended))
    return invitations, answers


def promoters(answers: set[Answer], month: str) -> tuple[int, int]:
    """Promoters less detractors, and respondents, of answers in a month of Paris."""
    scores = [
        one.score
        for one in answers
        if one.question_code == "nps" and f"{one.answered_at.astimezone(PARIS):%Y-%m}" == month
    ]
    return sum((score >= 9) - (score <= 6) for score in scores), len(scores)


def satisfied(answers: set[Answer], month: str) -> tuple[int, int]:
    """Answers of 4 or 5, and respondents, of a month of Paris."""
    scores = [
        one.score
        for one in answers
        if one.question_code == "csat" and f"{one.answered_at.astimezone(PARIS):%Y-%m}" == month
    ]
    return sum(score >= 4 for score in scores), len(scores)
