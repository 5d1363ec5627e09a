"""Three small surveys of Qualtrics: a portal's CSV, an API's export and a loader's tables.

Written from the documented layouts: a barometer answered by link (CSV, dates of Paris), a survey
after tickets (JSON), one that was distributed (tables).
"""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

OPTIONS = """\
options: {customer_field: crm, ticket_field: case}
codes:
  survey: {SV_bar: relational_nps, SV_case: post_ticket, SV_sent: relational_nps}
  question:
    SV_bar.QID1: nps
    SV_bar.QID2_TEXT: verbatim
    SV_bar.QID4: fcr
    SV_bar.QID7: ""
    SV_case.QID1: csat
    SV_sent.QID5_2: nps
    SV_sent.QID6: verbatim
  label: {"SV_bar.QID4=Yes": "1", "SV_bar.QID4=No": "0"}
"""

HEADER = [
    ("StartDate", "Start Date", {"ImportId": "startDate", "timeZone": "Europe/Paris"}),
    ("EndDate", "End Date", {"ImportId": "endDate", "timeZone": "Europe/Paris"}),
    ("Status", "Response Type", {"ImportId": "status"}),
    ("IPAddress", "IP Address", {"ImportId": "ipAddress"}),
    ("Progress", "Progress", {"ImportId": "progress"}),
    ("Duration (in seconds)", "Duration (in seconds)", {"ImportId": "duration"}),
    ("Finished", "Finished", {"ImportId": "finished"}),
    ("RecordedDate", "Recorded Date", {"ImportId": "recordedDate", "timeZone": "Europe/Paris"}),
    ("ResponseId", "Response ID", {"ImportId": "_recordId"}),
    ("RecipientEmail", "Recipient Email", {"ImportId": "recipientEmail"}),
    ("DistributionChannel", "Distribution Channel", {"ImportId": "distributionChannel"}),
    ("Q1", "Would you recommend us,\nfrom 0 to 10?", {"ImportId": "QID1"}),
    ("Q1_NPS_GROUP", "Would you recommend us? - Group", {"ImportId": "QID1_NPS_GROUP"}),
    ("Why", "Why?", {"ImportId": "QID2_TEXT"}),
    ("Solved", "Was it solved at once?", {"ImportId": "QID4"}),
    ("Age", "How old are you?", {"ImportId": "QID7"}),
    ("Other", "Anything else?", {"ImportId": "QID9"}),
    ("crm", "crm", {"ImportId": "crm"}),
    ("case", "case", {"ImportId": "case"}),
]


def portal_rows() -> list[dict[str, str]]:
    """One row a response, with dates as the clocks of Paris had them."""
    plain = {
        "StartDate": "2026-03-10 09:00:00",
        "EndDate": "2026-03-10 09:05:00",
        "Status": "IP Address",
        "IPAddress": "192.0.2.1",
        "Progress": "100",
        "Duration (in seconds)": "300",
        "Finished": "True",
        "RecordedDate": "2026-03-10 09:05:01",
        "RecipientEmail": "",
        "DistributionChannel": "anonymous",
        "Q1": "9",
        "Q1_NPS_GROUP": "Promoter",
        "Why": "",
        "Solved": "",
        "Age": "41",
        "Other": "",
        "crm": "",
        "case": "",
    }
    said: list[dict[str, str]] = [
        {"ResponseId": "R_1", "Q1": "10", "Why": "fast,\nfriendly", "Solved": "Yes", "crm": "C-1"},
        {
            "ResponseId": "R_2",
            "Q1": "3",
            "Solved": "No",
            "RecipientEmail": "b@example.com",
        },
        {"ResponseId": "R_3", "Q1": "8", "Solved": "Perhaps", "Other": "no", "crm": "C-31"},
        {"ResponseId": "R_4", "Q1": ""},
        {"ResponseId": "R_12", "Q1": "10", "crm": "C-32"},
        {"ResponseId": "R_13", "Q1": "6", "crm": "C-33"},
        # the last minutes of the week in Paris: read as UTC, they would be of the next
        {
            "ResponseId": "R_5",
            "Q1": "9",
            "crm": "C-35",
            "StartDate": "2026-03-15 23:40:00",
            "EndDate": "2026-03-15 23:50:00",
        },
        # left before the end; Qualtrics recorded it a week later, once as if it had been finished
        {
            "ResponseId": "R_6",
            "Q1": "2",
            "Finished": "False",
            "Progress": "40",
            "RecordedDate": "2026-03-17 09:05:00",
        },
        {
            "ResponseId": "R_7",
            "Q1": "1",
            "Finished": "True",
            "Progress": "40",
            "RecordedDate": "2026-03-17 09:05:00",
        },
        {
            "ResponseId": "R_8",
            "Q1": "0",
            "Status": "Survey Preview",
            "DistributionChannel": "preview",
        },
        {"ResponseId": "R_9", "Q1": "0", "Status": "Survey Test"},
        {"ResponseId": "R_10", "Q1": "0", "Status": "Spam"},
        {"ResponseId": "R_11", "Q1": "0", "Status": "Kiosk"},
    ]
    # each on a day of its own: of a group of one, nobody is told
    days = {"R_2": "11", "R_3": "12", "R_12": "13", "R_13": "14"}
    return [
        {
            key: value.replace("2026-03-10", f"2026-03-{days.get(one['ResponseId'], '10')}")
            for key, value in (plain | one).items()
        }
        for one in said
    ]


def portal_csv(rows: list[dict[str, str]], header: list[Any] | None = None) -> str:
    header = header or HEADER
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name, _, _ in header])
    writer.writerow([said for _, said, _ in header])
    writer.writerow([json.dumps(number, separators=(",", ":")) for _, _, number in header])
    writer.writerows([[row.get(name, "") for name, _, _ in header] for row in rows])
    return text.getvalue()


def api_page() -> dict[str, Any]:
    """Responses after tickets, in UTC."""
    responses = []
    for number, (score, status, more) in enumerate(
        [
            (5, 0, {}),
            (4, 0, {}),
            (2, 0, {}),
            (1, 1, {}),
            (1, 0, {"finished": 0, "progress": 60}),
            (None, 0, {}),
        ]
    ):
        values: dict[str, Any] = {
            "startDate": f"2026-04-0{number + 1}T10:00:00Z",
            "endDate": f"2026-04-0{number + 1}T10:03:00Z",
            "status": status,
            "progress": 100,
            "finished": 1,
            "duration": 180,
            "recordedDate": f"2026-04-0{number + 1}T10:03:01.100Z",
            "_recordId": f"R_case{number}",
            "distributionChannel": "email",
            "recipientEmail": f"t{number}@example.com",
            "case": f"T-{number}",
            "QID3": ["1", "2"],
            **more,
        }
        if score is not None:
            values["QID1"] = score
        responses.append(
            {
                "responseId": f"R_case{number}",
                "values": values,
                "labels": {"status": "IP Address"},
                "displayedFields": ["QID1"],
            }
        )
    return {"responses": responses}


def tables() -> dict[str, list[dict[str, Any]]]:
    """A survey that was sent to five: one bounced, one never answered, one stopped midway."""
    synced = {"_fivetran_synced": "2026-06-01 00:00:00"}
    sent = datetime(2026, 5, 4, 8, tzinfo=UTC)
    asked, responses, answers, fields, contacts = [], [], [], [], []
    for number, (status, score) in enumerate(
        [
            ("Success", 10),
            ("SurveyFinished", 0),
            ("HardBounce", None),
            ("Opened", None),
            ("SurveyPartiallyFinished", 9),
        ]
    ):
        contacts.append(
            {
                "id": f"CID_{number}",
                "email": f"s{number}@example.com",
                "ext_ref": None,
                "first_name": "x",
                **synced,
            }
        )
        response = f"R_s{number}" if score is not None else None
        asked.append(
            {
                "distribution_id": "EMD_1",
                "contact_id": f"CID_{number}",
                "sent_at": _said(sent),
                "status": status,
                "response_id": response,
                **synced,
            }
        )
        if response:
            partial = status == "SurveyPartiallyFinished"
            ended = sent + timedelta(hours=number + 1)
            responses.append(
                {
                    "id": response,
                    "survey_id": "SV_sent",
                    "start_date": _said(ended - timedelta(minutes=4)),
                    "end_date": _said(ended),
                    "recorded_date": _said(ended + timedelta(days=7)),
                    "status": 0,
                    "finished": 0 if partial else 1,
                    "progress": 50 if partial else 100,
                    "distribution_channel": "email",
                    "recipient_email": f"s{number}@example.com",
                    **synced,
                }
            )
            answers.append(
                {
                    "response_id": response,
                    "question_id": "QID5",
                    "sub_question_key": "2",
                    "question_option_key": None,
                    "loop_id": None,
                    "value": score,
                    "text": f"{score} - label",
                    "question": "?",
                    **synced,
                }
            )
            answers.append(
                {
                    "response_id": response,
                    "question_id": "QID6",
                    "sub_question_key": None,
                    "question_option_key": None,
                    "loop_id": None,
                    "value": None,
                    "text": "all well",
                    "question": "?",
                    **synced,
                }
            )
            fields.append(
                {
                    "response_id": response,
                    "key": "crm",
                    "value": f"C-{number}",
                    "import_id": "crm",
                    **synced,
                }
            )
    return {
        "survey_response": responses,
        "question_response": answers,
        "survey_embedded_data": fields,
        "distribution": [
            {
                "id": "EMD_1",
                "survey_link_survey_id": "SV_sent",
                "send_date": _said(sent),
                "request_type": "Invite",
                **synced,
            }
        ],
        "distribution_contact": asked,
        "directory_contact": contacts,
    }


def crowd(folder: Path) -> None:
    """People enough that every score is shown, in each of the three layouts.

    They answer in February by the portal, in January through the API and in December by the
    loader's tables: each month is of one layout, and no day has fewer than ten.
    """
    plain = portal_rows()[0]
    rows = []
    for number in range(84):
        day = f"2026-02-{(3, 5, 10, 12, 17, 19, 28)[number // 12]:02}"
        own = {
            "ResponseId": f"R_crowd{number}",
            "Q1": str((10, 9, 9, 7, 8, 3)[number % 6]),
            "crm": f"P-{number}",
            "StartDate": f"{day} 10:00:00",
            "EndDate": f"{day} 10:04:00",
        }
        rows.append(plain | own)
    # the first minutes of a month in Paris are of the month before it in UTC
    for row in rows[:12]:
        row |= {"StartDate": "2026-02-01 00:02:00", "EndDate": "2026-02-01 00:05:00"}
    _write(folder / "SV_bar" / "Barometer_February.csv", portal_csv(rows))
    first = api_page()["responses"][0]
    responses = []
    for number in range(70):
        day = f"2026-01-{6 + number // 10:02}"
        own = {
            "_recordId": f"R_post{number}",
            "QID1": (5, 4, 3, 5, 1)[number % 5],
            "case": f"A-{number}",
            "startDate": f"{day}T09:00:00Z",
            "endDate": f"{day}T09:02:00Z",
            "recipientEmail": f"p{number}@example.com",
        }
        values = first["values"] | own
        responses.append(first | {"responseId": f"R_post{number}", "values": values})
    _write(folder / "SV_case" / "responses.json", json.dumps({"responses": responses}))
    small = tables()
    keys = {"survey_response": "id", "question_response": "response_id"}
    keys |= {"survey_embedded_data": "response_id", "distribution_contact": "response_id"}
    large: dict[str, list[dict[str, Any]]] = {}
    for number in range(90):
        ended = datetime(2025, 12, 2 + number // 10, 10, tzinfo=UTC)
        own = {
            **{"start_date": _said(ended), "end_date": _said(ended), "sent_at": _said(ended)},
            **{"contact_id": f"CID_{number}", "value": (10, 9, 6, 8, 9)[number % 5]},
        }
        for table, key in keys.items():
            for one in [row for row in small[table] if row[key] == "R_s0"]:
                changed = {name: own[name] for name in own.keys() & one.keys()}
                if table == "survey_embedded_data":
                    changed["value"] = f"D-{number}"
                large.setdefault(table, []).append(one | changed | {key: f"R_crowd_s{number}"})
    for table, found in (small | large).items():
        _write(folder / "fivetran" / f"{table}.csv", table_csv(found))


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _said(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"


def table_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(folder: Path) -> None:
    files = {
        "SV_bar/Barometer_June+1,+2026_10.00.csv": portal_csv(portal_rows()),
        "SV_case/responses.json": json.dumps(api_page()),
        **{f"fivetran/{table}.csv": table_csv(rows) for table, rows in tables().items()},
    }
    for name, content in files.items():
        _write(folder / name, content)
