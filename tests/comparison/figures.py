"""Which published figures of KPIs two editions say otherwise, in what, and why.

    python -m tests.comparison.figures OLD.duckdb NEW.duckdb [--page PAGE.md]

Every row of `kpis.kpi_values`, with its median and 90th percentile, and of
`kpis.agent_kpi_values` that differs is counted once, by its KPI and by the first of the kinds of
change that it shows. `explained.yml` gives the reason of each; what has none ends the comparison
with 1, as does a reason of which there is no row.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.system.sql import text
from tests.comparison.asked import two_editions
from tests.comparison.compare import is_close

EXPLAINED = Path(__file__).with_name("explained.yml")
ALL = "all"
KEY = ("kpi_id", "period_grain", "period_start", "slice_type", "slice_value")
FIGURES = ("numerator", "denominator", "value", "sample_size", "median", "p90")
INTERVAL = ("ci_low", "ci_high")
LIMITS = ("warn_threshold", "alert_threshold", "warn_floor", "alert_floor")
# One person's figures stand in a table of their own, and call for no action.
ROWS = """
    select *
    from (
        select * from {edition}.kpis.kpi_values
        union all by name
        select
            * exclude (agent_id),
            'agent' as slice_type,
            agent_id as slice_value
        from {edition}.kpis.agent_kpi_values
    )
    left join (
        select kpi_id, period_grain, period_start, slice_type, slice_value, median, p90
        from {edition}.kpis.kpi_quantiles
    ) using (kpi_id, period_grain, period_start, slice_type, slice_value)
"""
# The first that holds of a row is its kind, in this order.
KINDS = {
    "new KPI": "the old edition has no such KPI",
    "no sample": "a row without a sample, which is written no longer",
    "row gone": "a row of the old edition alone",
    "row new": "a row of the new edition alone",
    "hidden": "the figure is hidden, because few people stand behind it or behind its neighbour",
    "shown": "the figure was hidden",
    "waited for": "all units of the cell are still waited for: 0 of 0 instead of no number",
    "figure": "numerator, denominator, value, sample, median or 90th percentile are others",
    "interval": "the interval alone is another",
    "not yet final": "not judged, because time can still change it",
    "final": "judged, because time changes it no longer",
    "not identified": "not judged, because too few contacts have a customer",
    "withheld": "not judged, because a source behind it has stopped",
    "status": "judged otherwise, or asks for action otherwise",
    "limits": "the thresholds alone are others, and judge it as before",
}


@dataclass(frozen=True)
class Change:
    """How many rows of a KPI changed in one way; `sliced` those of them that are no totals, and
    `personal` those of these that are one agent's own."""

    kpi_id: str
    kind: str
    rows: int
    sliced: int
    personal: int = 0


def changes(old: Path, new: Path) -> list[Change]:
    """Count the rows of figures that differ, by KPI and kind."""
    with duckdb.connect() as con:
        for alias, path in (("old", old), ("new", new)):
            con.execute(f"attach {text(str(path))} as {alias}_edition (read_only)")
            rows = ROWS.format(edition=f"{alias}_edition")
            con.execute(f"create temp table {alias}_rows as {rows}")
        found = con.execute(f"""
            with compared as (
                select
                    {", ".join(f"coalesce(o.{name}, n.{name}) as {name}" for name in KEY)},
                    {_kind()} as kind
                from old_rows as o
                full join new_rows as n
                    on {" and ".join(f"o.{name} = n.{name}" for name in KEY)}
            )
            select
                kpi_id,
                kind,
                count(*),
                count(*) filter (where slice_type <> 'total'),
                count(*) filter (where slice_type = 'agent')
            from compared
            where kind is not null
            group by all
            order by kpi_id, kind
        """)
        return [Change(*row) for row in found.fetchall()]


def _kind() -> str:
    conditions = {
        "new KPI": "o.kpi_id is null and n.kpi_id not in (select kpi_id from old_rows)",
        "no sample": "n.kpi_id is null and coalesce(o.sample_size, 0) = 0",
        "row gone": "n.kpi_id is null",
        "row new": "o.kpi_id is null",
        "hidden": "n.sample_flag = 'suppressed' and o.sample_flag <> 'suppressed'",
        "shown": "o.sample_flag = 'suppressed' and n.sample_flag <> 'suppressed'",
        "waited for": "o.numerator is null and n.numerator = 0 and n.denominator = 0",
        "figure": _any_other(FIGURES),
        "interval": _any_other(INTERVAL),
        "not yet final": "n.is_provisional and not o.is_provisional",
        "final": "o.is_provisional and not n.is_provisional",
        "not identified": _comes("insufficient_identification"),
        "withheld": _comes("withheld"),
        "status": """
            (n.status, n.is_confirmed, n.is_action_due)
            is distinct from (o.status, o.is_confirmed, o.is_action_due)
        """,
        "limits": _any_other(LIMITS),
    }
    cases = (f"when {conditions[kind]} then {text(kind)}" for kind in KINDS)
    return f"case {' '.join(cases)} end"


def _comes(status: str) -> str:
    return f"n.status = {text(status)} and o.status is distinct from {text(status)}"


def _any_other(columns: Sequence[str]) -> str:
    """Return a condition: one of the numbers is another, beyond its last digits."""
    same = (is_close(f"o.{name}", f"n.{name}", "DOUBLE") for name in columns)
    return f"not ({' and '.join(same)})"


def explain(
    found: Iterable[Change], reasons: Sequence[dict[str, Any]]
) -> tuple[list[tuple[Change, str]], list[Change], list[dict[str, Any]]]:
    """Give each change its reason: return those that have one, those without, unused reasons.

    A reason names a kind and its KPIs, or all KPIs; what names the KPI comes before what does not.
    """
    explained, unexplained, used = [], [], set()
    for change in found:
        fitting = [
            (number, reason)
            for number, reason in enumerate(reasons)
            if reason["kind"] == change.kind
            and (reason["kpis"] == ALL or change.kpi_id in reason["kpis"])
        ]
        if not fitting:
            unexplained.append(change)
            continue
        number, reason = min(fitting, key=lambda one: one[1]["kpis"] == ALL)
        explained.append((change, reason["reason"]))
        used.add(number)
    return explained, unexplained, [r for n, r in enumerate(reasons) if n not in used]


def page(explained: Sequence[tuple[Change, str]], revisions: str) -> str:
    """Return the changes as a page: by kind and reason, the KPIs and how many rows of each."""
    lines = [
        "# Which published figures changed",
        "",
        "Written by `python -m tests.comparison.figures`: the rows of `kpis.kpi_values` and of",
        "`kpis.agent_kpi_values` on the demonstration world,",
        f"{revisions}.",
        "A row is counted once, by the first kind that holds.",
    ]
    for kind, meaning in KINDS.items():
        by_reason: dict[str, list[Change]] = defaultdict(list)
        for change, reason in explained:
            if change.kind == kind:
                by_reason[reason].append(change)
        if not by_reason:
            continue
        total = sum(change.rows for its in by_reason.values() for change in its)
        lines += ["", f"## {_sentence(kind)}: {total:,} rows", "", f"{_sentence(meaning)}.", ""]
        lines += [
            "| why | KPIs, with their rows (and how many of them are totals, or agents' own) |",
            "| --- | --- |",
        ]
        for reason, its in sorted(by_reason.items(), key=lambda one: -sum(c.rows for c in one[1])):
            kpis = ", ".join(
                f"`{change.kpi_id}` {change.rows:,} ({_parts(change)})"
                for change in sorted(its, key=lambda one: -one.rows)
            )
            lines.append(f"| {reason} | {kpis} |")
    return "\n".join(lines) + "\n"


def _parts(change: Change) -> str:
    totals = f"{change.rows - change.sliced:,}"
    return f"{totals}, {change.personal:,} of agents" if change.personal else totals


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def main() -> None:
    options = two_editions("tests.comparison.figures", __doc__)
    reasons = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or []
    explained, unexplained, unused = explain(changes(options.old, options.new), reasons)
    if options.page:
        options.page.write_text(page(explained, options.revisions), encoding="utf-8")
    for change, reason in explained:
        print(f"{change.kpi_id}: {change.kind}: {change.rows:,} rows: {reason}")
    for change in unexplained:
        print(f"without a reason: {change.kpi_id}: {change.kind}: {change.rows:,} rows")
    for reason in unused:
        print(f"explained, but no such row: {reason['kind']}: {reason['kpis']}")
    sys.exit(1 if unexplained or unused else 0)


if __name__ == "__main__":
    main()
