"""Which published tables two editions have otherwise, in what, and why.

    python -m tests.comparison.tables OLD.duckdb NEW.duckdb [--page PAGE.md]

Every table that differs, or that one edition alone has, needs a reason in `explained_tables.yml`;
what has none ends the comparison with 1, as does a reason of a table that does not differ.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml

from tests.comparison.asked import two_editions
from tests.comparison.compare import Comparison, compare

EXPLAINED = Path(__file__).with_name("explained_tables.yml")
COLUMNS_SHOWN = 8


def explain(
    found: Iterable[Comparison], reasons: Mapping[str, str]
) -> tuple[list[tuple[Comparison, str]], list[Comparison], list[str]]:
    """Give each table that differs its reason: return those with one, those without, and tables
    with a reason that do not differ."""
    differing = [comparison for comparison in found if not comparison.is_equal]
    explained = [(one, reasons[one.table]) for one in differing if one.table in reasons]
    unexplained = [one for one in differing if one.table not in reasons]
    unused = set(reasons) - {one.table for one in differing}
    return explained, unexplained, sorted(unused)


def page(explained: Sequence[tuple[Comparison, str]], equal: Sequence[str], revisions: str) -> str:
    """Return the tables as a page: by reason, what differs in each."""
    by_reason: dict[str, list[Comparison]] = defaultdict(list)
    for comparison, reason in explained:
        by_reason[reason].append(comparison)
    lines = [
        "# Which published tables changed",
        "",
        "Written by `python -m tests.comparison.tables`: every published table of the",
        "demonstration world,",
        f"{revisions},",
        "compared by content. Rows that one edition",
        "alone has are those without an equal in the other; of the columns, those stand here in",
        "which most of them differ, without names and times of runs. The figures of KPIs stand in",
        "[results](results.md).",
        "",
        f"Equal: {', '.join(f'`{table}`' for table in equal) or 'none'}.",
    ]
    for reason, its in by_reason.items():
        lines += ["", f"## {reason}", "", "| table | rows | only old, only new | columns |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += [_line(comparison) for comparison in its]
    return "\n".join(lines) + "\n"


def _line(comparison: Comparison) -> str:
    old, new = ("–" if rows is None else f"{rows:,}" for rows in comparison.rows)
    only = "" if None in comparison.rows else f"{comparison.only[0]:,}, {comparison.only[1]:,}"
    most = sorted(comparison.differing.items(), key=lambda one: -one[1])
    columns = [f"{name} {count:,}" for name, count in most[:COLUMNS_SHOWN]]
    if len(most) > COLUMNS_SHOWN:
        columns.append(f"and {len(most) - COLUMNS_SHOWN} more")
    differing = "; ".join([*columns, *_shape(comparison)])
    return f"| `{comparison.table}` | {old} → {new} | {only} | {differing} |"


def _shape(comparison: Comparison) -> list[str]:
    """Return the changes of columns, those of one kind together."""
    parts = []
    for ending in (" only in the new edition", " only in the old edition"):
        names = [
            change.removeprefix("column ").removesuffix(ending)
            for change in comparison.shape
            if change.endswith(ending)
        ]
        if names:
            parts.append(f"{ending.strip()}: {', '.join(names)}")
    return parts + [change for change in comparison.shape if " instead of " in change]


def main() -> None:
    options = two_editions("tests.comparison.tables", __doc__)
    groups = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or []
    reasons = {table: group["reason"] for group in groups for table in group["tables"]}
    found = list(compare(options.old, options.new))
    explained, unexplained, unused = explain(found, reasons)
    # in the order in which the reasons are written
    written = list(dict.fromkeys(reasons.values()))
    explained.sort(key=lambda one: (written.index(one[1]), one[0].table))
    if options.page:
        equal = [comparison.table for comparison in found if comparison.is_equal]
        options.page.write_text(page(explained, equal, options.revisions), encoding="utf-8")
    for comparison, reason in explained:
        print(f"{comparison}: {reason}")
    for comparison in unexplained:
        print(f"without a reason: {comparison}")
    for table in unused:
        print(f"explained, but equal: {table}")
    sys.exit(1 if unexplained or unused else 0)


if __name__ == "__main__":
    main()
