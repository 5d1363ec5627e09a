"""What the project's own contract promises about who somebody is.

A person is found by comparing pseudonyms, so that every column of every table must bring the same
identifier to the same one, however a source writes it.
"""

from pathlib import Path

import pytest

from orchestration.landing.contract import load_contract
from orchestration.landing.pseudonyms import load_key, pseudonym
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from tests.orchestration.landing.conftest import Landing

PHONES = [
    "06 12 34 56 78",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "(06) 12 34 56 78",
    "06\u00a012\u00a034\u00a056\u00a078",
    "+33612345678",
    "+33 6 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "+33.6.12.34.56.78",
    "0033612345678",
    "0033 6-12-34-56-78",
    "00 33 (0)6 12 34 56 78",
]
EMAILS = [
    "jane.doe@example.com",
    " Jane.Doe@Example.COM ",
    "JANE.DOE@EXAMPLE.COM",
    "jane.doe @example.com",
    "\tjane.doe@example.com\u00a0",
    "Jane Doe <jane.doe@example.com>",
]
HANDLES = ["@jane_doe", "Jane_Doe", " @JANE_DOE ", "jane_doe\u00a0"]
WHEN = "2026-06-01T10:00:00Z"
# the least that a row must have beside its typed reference
REST = {
    "interactions/contacts": (
        "channel,direction,disposition,queue_entered_at",
        f"phone,inbound,answered,{WHEN}",
    ),
    "interactions/tickets": ("channel,created_at", f"email,{WHEN}"),
    "surveys/invitations": ("survey_code,sent_at", f"nps,{WHEN}"),
}
KEYS = {"contacts": "contact_id", "tickets": "ticket_id", "invitations": "invitation_id"}


@pytest.fixture
def project(tmp_path: Path) -> Landing:
    return Landing(DataPaths(tmp_path / "data"), load_contract(PROJECT_ROOT))


def drop(project: Landing, table: str, header: str, lines: list[str]) -> None:
    source, name = table.split("/")
    content = "\n".join([header, *lines]) + "\n"
    project.drop(f"{name}.csv", content.encode(), source=source)


def known(project: Landing, source: str, table: str, column: str) -> set[str]:
    return {value for (value,) in project.rows(table, column, source=source) if value is not None}


@pytest.mark.parametrize(
    ("kind", "written", "normal"),
    [
        ("phone", PHONES, "+33612345678"),
        ("email", EMAILS, "jane.doe@example.com"),
        ("handle", HANDLES, "jane_doe"),
    ],
)
def test_every_column_gives_an_identifier_the_same_pseudonym(
    project: Landing, kind: str, written: list[str], normal: str
) -> None:
    quoted = [f'"{value}"' for value in written]
    for table, (columns, values) in REST.items():
        header = f"{KEYS[table.split('/')[1]]},customer_ref,customer_ref_type,{columns}"
        lines = [f"{at},{value},{kind},{values}" for at, value in enumerate(quoted)]
        # without a type, the form of the reference decides
        if kind != "handle":
            lines += [f"u{at},{value},,{values}" for at, value in enumerate(quoted)]
        drop(project, table, header, lines)
    drop(
        project,
        "billing/customer_refs",
        "ref_type,ref_value,customer_id",
        [f"{kind},{value},c{at}" for at, value in enumerate(quoted)],
    )
    if kind == "handle":
        drop(
            project,
            "interactions/public_feedback",
            "feedback_id,author_ref,posted_at",
            [f"{at},{value},{WHEN}" for at, value in enumerate(quoted)],
        )
    else:
        drop(
            project,
            "billing/customers",
            f"customer_id,{kind},created_at",
            [f"c{at},{value},{WHEN}" for at, value in enumerate(quoted)],
        )
    report = project.accept()
    assert (report.quarantined, report.refused) == (0, [])

    expected = {pseudonym(load_key(project.paths.vault), kind, normal)}
    for source, table, column in (
        ("interactions", "contacts", "customer_ref"),
        ("interactions", "tickets", "customer_ref"),
        ("surveys", "invitations", "customer_ref"),
        ("billing", "customer_refs", "ref_value"),
        ("interactions", "public_feedback", "author_ref")
        if kind == "handle"
        else ("billing", "customers", kind),
    ):
        assert known(project, source, table, column) == expected, f"{source}.{table}.{column}"


def test_what_is_declared_of_a_merge_or_a_reference_first_stays(project: Landing) -> None:
    """The rule `first_wins`: here the order of arrival decides, and what lost is kept aside."""
    drop(
        project,
        "billing/customer_merges",
        "merged_customer_id,survivor_customer_id,merged_at",
        [f"c1,c2,{WHEN}", f"c1,c3,{WHEN}"],
    )
    drop(
        project,
        "billing/customer_refs",
        "ref_type,ref_value,customer_id,valid_from,valid_to",
        [f"handle,jane,c1,{WHEN},", f"handle,jane,c1,,{WHEN}", f"handle,jane,c2,{WHEN},"],
    )
    report = project.accept()
    assert {batch.table: batch.quarantined for batch in report.batches} == {
        "customer_merges": 1,
        "customer_refs": 1,
    }
    merges = project.rows("customer_merges", "survivor_customer_id", source="billing")
    assert merges == [("c2",)]
    held = project.rows("customer_refs", "customer_id, valid_to is null", source="billing")
    assert held == [("c1", True), ("c2", True)]
