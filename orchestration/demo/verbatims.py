"""Sentences that customers and agents write: `verbatims.csv`, by kind, language and scope.

A scope is a reason, a family of reasons or `any`; a text applies to every reason in its scope.
Slots in braces are filled from draws. Some carry fictional names, addresses and numbers, so that
their redaction can be tested. Most opinions go on with a second sentence, a `fragment_…`, so that
they share words rather than whole texts.
"""

import csv
from pathlib import Path

import duckdb

from orchestration.demo.engine import run, set_variables

TEXTS = Path(__file__).parent / "verbatims.csv"
VARIANTS = 24
FAMILIES = {
    "billing": "billing_question invoice_dispute payment_failure payment_plan refund_status",
    "delivery": "delivery_delay delivery_tracking delivery_damaged return_refund order_change",
    "technical": "technical_outage technical_setup technical_quality",
    "account": "password_reset address_change account_details contract_change data_privacy",
    "sales": "product_information order_placement order_change gift_card_balance",
    "leaving": "cancellation_request cancellation_follow_up",
    "complaining": "complaint complaint_follow_up",
}


def scopes_of(reason: str) -> list[str]:
    """Return the scopes that cover a reason: itself, its families, and the general one."""
    families = [name for name, members in FAMILIES.items() if reason in members.split()]
    return [reason, *families, "any"]


def read_texts(path: Path = TEXTS) -> dict[tuple[str, str, str], list[str]]:
    """Return texts by (kind, language, scope)."""
    texts: dict[tuple[str, str, str], list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            texts.setdefault((row["kind"], row["language"], row["scope"]), []).append(row["text"])
    return texts


def load_verbatims(connection: duckdb.DuckDBPyConnection) -> None:
    """Create verbatims (text_no, text) and verbatim_counts (kind, reason, language to texts).

    Every text stands VARIANTS times, its slots filled each time anew; the texts of one kind,
    reason and language are numbered from `first_text`, `places` in all.
    """
    texts = read_texts()
    reasons = [row[0] for row in connection.execute("from reasons select reason").fetchall()]
    rows = [
        (kind, reason, language, place, text)
        for kind, language in dict.fromkeys((kind, language) for kind, language, _ in texts)
        for reason in sorted(reasons)
        for place, text in enumerate(
            text for scope in scopes_of(reason) for text in texts.get((kind, language, scope), [])
        )
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(
        "create temp table templates as select unnest($1) as kind, unnest($2) as reason, "
        "unnest($3) as language, unnest($4) as place, unnest($5) as text",
        columns,
    )
    set_variables(connection, text_variants=VARIANTS)
    run(connection, "07_verbatims")
