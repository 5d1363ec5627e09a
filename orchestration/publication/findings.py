"""What is odd about the data of an edition: `kpis.findings`, read back."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.system.language import LANGUAGES, in_number, in_words, language, read_texts

TEXTS = Path(__file__).parent / "texts.yml"
INCOMPLETE = """
select
    source || '/' || table_name, outcome, quarantine_outcome, quarantined_share,
    newest_quarantined_share, missing_share, missing_outcome, strange_rows
from kpis.source_completeness
where outcome <> 'ok'
order by
    case outcome when 'refuse' then 1 when 'withhold' then 2 else 3 end, source, table_name
"""
FOLLOWS = {
    "warn": "its KPIs are shown all the same",
    "withhold": "its KPIs are withheld",
    "refuse": "no edition is published of that",
}

SEVERITIES = ("error", "warning", "notice")

QUERY = """
select
    severity, columns('^what(_to_do)?(_fr|_en)?$'), row_count, since, owner_role,
    concat_ws('.', source || '/' || table_name, detail) as place
from kpis.findings
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    row_count desc nulls last, source, table_name, detail
"""


@dataclass(frozen=True)
class Finding:
    """One row of `kpis.findings`; `row_count` and `since` are None where nobody knows them."""

    severity: str
    what: str
    place: str
    row_count: int | None
    since: datetime | None
    owner: str
    what_to_do: str


def read_findings(published: Path) -> list[Finding]:
    """Return the findings of an edition, the gravest first; none of one that has no such table."""
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            result = connection.execute(QUERY)
            names = [column[0] for column in result.description]
            return [_finding(dict(zip(names, row, strict=True))) for row in result.fetchall()]
    except duckdb.Error:
        return []


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        severity=row["severity"],
        what=in_words(row, "what"),
        place=row["place"],
        row_count=row["row_count"],
        since=row["since"],
        owner=row["owner_role"],
        what_to_do=in_words(row, "what_to_do"),
    )


def incomplete(database: Path) -> list[str]:
    """Return what is missing of which source and what follows, a sentence each, the gravest first.

    None of a file without such a table.
    """
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(INCOMPLETE).fetchall()
    except duckdb.Error:
        return []
    return [_incomplete(*row) for row in rows]


def _incomplete(
    place: str,
    outcome: str,
    quarantine_outcome: str,
    share: float | None,
    newest_share: float | None,
    missing_share: float | None,
    missing_outcome: str,
    strange_rows: int,
) -> str:
    parts = []
    if quarantine_outcome != "ok" and (share or 0) >= (newest_share or 0):
        parts.append(f"{share:.0%} of its rows are in quarantine".replace("%", " %"))
    elif quarantine_outcome != "ok":
        parts.append(f"{newest_share:.0%} of its newest batch is in quarantine".replace("%", " %"))
    if missing_outcome != "ok":
        parts.append(f"{missing_share:.0%} of a usual week did not come".replace("%", " %"))
    if strange_rows:
        parts.append(f"{strange_rows:,} of its rows are unlike what usually comes")
    return f"{place}: {', '.join(parts)}; {FOLLOWS[outcome]}"


def counted(findings: list[Finding]) -> str:
    """Return how many there are of each severity: `1 error, 2 warnings`; empty without any.

    It speaks the reader's language.
    """
    spoken, counts = language(), Counter(finding.severity for finding in findings)
    place = LANGUAGES.index(spoken)
    return ", ".join(
        in_number(read_texts(TEXTS)[f"severity_{one}"][place], counts[one], spoken).format(
            count=counts[one]
        )
        for one in SEVERITIES
        if counts[one]
    )
