"""What follows when a batch is strange, by check: parameters.csv, and for a table sources.csv."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.system.errors import UsageError

IGNORE, WARN, WITHHOLD, REFUSE = SEVERITIES = ("ignore", "warn", "withhold", "refuse")
CHECKS = (
    "units",
    "shift",
    "volume",
    "nulls",
    "mix",
    "values",
    "hours",
    "codes",
    "joins",
    "text",
    "duplicates",
    "concentration",
    "ids",
)
_PREFIX = "arrival_"


@dataclass(frozen=True)
class Severities:
    """By check, and by (source, table) for checks that the table has its own for."""

    usual: dict[str, str] = field(default_factory=dict)
    own: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def of(self, source: str, table: str, check: str) -> str:
        return self.own.get((source, table), {}).get(check) or self.usual.get(check, WARN)


def read_severities(seeds: Path) -> Severities:
    """Read both seeds of `seeds`; UsageError names what is none of the severities or checks."""
    usual = {}
    for row in _rows(seeds / "parameters.csv"):
        if row["parameter"].startswith(_PREFIX):
            check = row["parameter"].removeprefix(_PREFIX)
            usual[check] = _severity(seeds / "parameters.csv", check, row["value"])
    own = {}
    for row in _rows(seeds / "sources.csv"):
        said = {}
        for part in (row.get("arrival_checks") or "").split():
            check, _, severity = part.partition("=")
            said[check] = _severity(seeds / "sources.csv", check, severity)
        own[row["source"], row["table_name"]] = said
    return Severities(usual, own)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _severity(path: Path, check: str, severity: str) -> str:
    if check not in CHECKS:
        raise UsageError(f"{path}: {check!r} is no arrival check; there are {', '.join(CHECKS)}")
    if severity not in SEVERITIES:
        raise UsageError(f"{path}: {check} must be one of {', '.join(SEVERITIES)}")
    return severity
