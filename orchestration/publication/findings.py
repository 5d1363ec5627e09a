"""What is odd about the data of an edition: `kpis.findings`, read back."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

SEVERITIES = ("error", "warning", "notice")

QUERY = """
select severity, what, concat_ws('.', source || '/' || table_name, detail), row_count, since,
    owner_role, what_to_do
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
            return [Finding(*row) for row in connection.execute(QUERY).fetchall()]
    except duckdb.Error:
        return []


def counted(findings: list[Finding]) -> str:
    """Return how many there are of each severity: `1 error, 2 warnings`; empty without any."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(
        f"{counts[severity]} {severity}{'s' * (counts[severity] != 1)}"
        for severity in SEVERITIES
        if counts[severity]
    )
