"""What is odd about the data of the published edition, as a person reads it in a terminal."""

from datetime import UTC, datetime
from pathlib import Path

from orchestration.publication.findings import Finding, counted, read_findings
from orchestration.system.ages import spoken
from orchestration.terminal.words import say

SHOWN = 5
COLOURS = {"error": "red", "warning": "yellow", "notice": "bright_black"}


def print_findings(published: Path) -> None:
    """Print the gravest findings, one line each with what to do, and how many there are in all."""
    from rich.text import Text

    from orchestration.system.console import stdout

    findings = read_findings(published)
    if not findings:
        return
    stdout().print(say("findings_are", found=counted(findings)), markup=False)
    for one in findings[:SHOWN]:
        line = Text(f"  {one.severity:<8}", style=COLOURS.get(one.severity, ""))
        line.append(f"{one.place}: {_said(one)}", style="default")
        stdout().print(line)
        stdout().print(f"          {one.owner}: {one.what_to_do}", markup=False)
    if len(findings) > SHOWN:
        stdout().print(say("findings_more", count=len(findings) - SHOWN), markup=False)


def _said(finding: Finding) -> str:
    """Return what it is, with how many rows and for how long."""
    rows = (
        f" {finding.row_count:,} row{'s' * (finding.row_count != 1)}." if finding.row_count else ""
    )
    if finding.since is None:
        return finding.what + rows
    hours = (datetime.now(UTC) - finding.since).total_seconds() / 3600
    return f"{finding.what}{rows} Since {finding.since:%Y-%m-%d}, {spoken(max(hours, 0))} ago."
