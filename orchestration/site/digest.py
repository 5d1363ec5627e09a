"""An edition in a minute: what moved, what calls for action, what stands out, whether to trust it.

As text and as HTML of the same lines, in one language. Nothing of single persons is read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.site.edition import Row, rows_of
from orchestration.site.render import SYMBOLS, count_text, date_text, render, words
from orchestration.site.wording import text_of
from orchestration.system.language import in_number, in_words, language

SHOWN_CHANGES, SHOWN_ALERTS, SHOWN_SIGNALS, SHOWN_FINDINGS = 15, 10, 8, 6
# Every dashboard but the agents' own.
ALERT_REPORTS = ("direction", "manager", "real_time", "monthly_committee")

# The newest final figure of each KPI for the whole service, and the one that the editions before
# had left standing: what an edition does not mention is as the one before it had it.
MOVES = """
with said as (
    select kpi_id, period_grain, period_start, value, status, edition = $edition as is_now
    from kpis.kpi_editions
    where
        slice_type = 'total'
        and period_grain in ('month', 'quarter')
    qualify
        row_number() over (
            partition by kpi_id, period_grain, period_start, edition = $edition
            order by edition_number desc
        ) = 1
        and not is_provisional
        and not is_withdrawn
        and value is not null
),
before as (
    select * from said
    where not is_now
    qualify row_number() over (
        partition by kpi_id order by period_grain = 'month' desc, period_start desc
    ) = 1
),
now as (
    select * from reports.kpi_series
    where
        slice_type = 'total'
        and period_grain in ('month', 'quarter')
        and not is_provisional
        and value is not null
    qualify row_number() over (
        partition by kpi_id order by period_grain = 'month' desc, period_start desc
    ) = 1
)
select
    now.kpi_id, now.value, now.status, now.period_start, now.value_text_fr, now.value_text_en,
    now.period_text_fr, now.period_text_en, before.value as value_before,
    before.status as status_before, before.period_start as period_before,
    catalogue.name_fr, catalogue.name_en, catalogue.unit
from now
inner join before on now.kpi_id = before.kpi_id and now.period_grain = before.period_grain
inner join kpis.kpi_catalogue as catalogue
    on now.kpi_id = catalogue.kpi_id and catalogue.valid_to is null
where
    (now.period_start, now.value, now.status)
    is distinct from (before.period_start, before.value, before.status)
order by
    now.status is distinct from before.status desc,
    case now.status when 'alert' then 1 when 'warn' then 2 else 3 end,
    now.kpi_id
"""
# What a report hides from its readers has no value and no action.
ALERTS = """
select
    kpi_id, label_fr, label_en, slice_type, slice_value, period_grain, period_start, value_text_fr,
    value_text_en, target_text_fr, target_text_en, owner_fr, owner_role, next_action_fr,
    next_action_en
from ({lines})
where is_action_due
qualify row_number() over (
    partition by kpi_id, slice_type, slice_value order by period_start desc, period_grain desc
) = 1
order by slice_type <> 'total', kpi_id, slice_value
"""
QUERIES = {
    "labels": "from kpis.labels",
    "units": "from kpis.units",
    "signals": "from steering.signals where state in ('open', 'qualified') order by priority",
    "findings": (
        "from kpis.findings order by case severity when 'error' then 1 when 'warning' then 2 "
        "else 3 end, row_count desc nulls last, source, table_name, detail"
    ),
    "freshness": "from kpis.source_freshness order by source, table_name",
}


@dataclass(frozen=True)
class Group:
    """Lines under a heading, and how many more there are."""

    heading: str
    lines: Sequence[str]
    more: int = 0

    @property
    def shown(self) -> list[str]:
        """Return the lines, and one that says how many are left out."""
        spoken = language()
        left = words("digest_more", spoken).format(count=self.more)
        return [*self.lines, *([left] if self.more else [])]


@dataclass(frozen=True)
class Digest:
    edition: str
    title: str
    groups: Sequence[Group]
    alerts: Sequence["Alert"]

    @property
    def text(self) -> str:
        return render("digest.txt.j2", digest=self, language=language())

    @property
    def html(self) -> str:
        return render("digest.html.j2", digest=self, language=language())


@dataclass(frozen=True)
class Alert:
    """An alert that calls for action: `key` is the same as long as it lasts."""

    key: str
    line: str


def read_alerts(database: Path) -> list[Alert]:
    """Return the alerts of an edition that call for action, those of the whole service first."""
    with duckdb.connect(str(database), read_only=True) as con:
        return _alerts(con, language())


def read_digest(database: Path, record: Row) -> Digest:
    """Return the digest of the edition in `database`; `record` is what edition.json says of it."""
    spoken = language()
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        found = {name: rows_of(con, query) for name, query in QUERIES.items()}
        moves = rows_of(con, MOVES, {"edition": record["edition"]})
        alerts = _alerts(con, spoken)
    units = {row["unit"]: row for row in found["units"]}
    labels = {(row["kind"], row["code"]): row[f"label_{spoken}"] for row in found["labels"]}

    def named(kind: str, code: str | None) -> str:
        return str(labels.get((kind, code), code or ""))

    is_first = record.get("changes") is None
    changed = [] if is_first else [_move(one, units[one["unit"]], named, spoken) for one in moves]
    nothing_moved = words("digest_first" if is_first else "digest_same", spoken)
    signals = [_signal(one, named, spoken) for one in found["signals"]]
    findings = [_finding(one, named) for one in found["findings"]]
    groups = [
        _with(
            _group("changes", changed, SHOWN_CHANGES, nothing_moved, spoken),
            _provisional(record, moves, spoken),
        ),
        _group(
            "digest_to_act",
            [one.line for one in alerts],
            SHOWN_ALERTS,
            words("digest_no_alerts", spoken),
            spoken,
        ),
        _group("signals", signals, SHOWN_SIGNALS, words("no_signals", spoken), spoken),
        _group("findings", findings, SHOWN_FINDINGS, words("no_findings", spoken), spoken),
        Group(words("freshness", spoken), _freshness(found["freshness"], named, spoken)),
        Group(words("verdict", spoken), [_verdict(record["verdict"]["counts"], spoken)]),
    ]
    counts = {
        one: in_number(words(f"digest_{one}", spoken), number, spoken).format(count=number)
        for one, number in (
            ("changes", len(changed)),
            ("alerts", len(alerts)),
            ("signals", len(signals)),
        )
    }
    day = date_text(datetime.fromisoformat(record["published_at"]).astimezone().date(), spoken)
    title = words("digest_title", spoken).format(day=day, **counts)
    return Digest(record["edition"], title, groups, alerts)


def _group(heading: str, lines: Sequence[str], shown: int, nothing: str, spoken: str) -> Group:
    return Group(words(heading, spoken), lines[:shown] or [nothing], max(len(lines) - shown, 0))


def _with(group: Group, lines: Sequence[str]) -> Group:
    return replace(group, lines=[*group.lines, *lines])


def _provisional(record: Row, moves: Sequence[Row], spoken: str) -> list[str]:
    """Say how many newest figures moved, as the edition's record has it, that are not final."""
    moved = {one["kpi_id"] for one in (record.get("changes") or {}).get("kpis", [])}
    count = len(moved - {row["kpi_id"] for row in moves})
    text = in_number(words("digest_provisional", spoken), count, spoken)
    return [text.format(count=count)] if count else []


def _move(row: Row, unit: Row, named: Callable[..., str], spoken: str) -> str:
    """Write a figure that moved: what it is, what it was, and its status if that is another."""
    now = f"{row[f'value_text_{spoken}']} ({row[f'period_text_{spoken}']})"
    before = text_of(row["value_before"], unit, spoken)
    if row["period_before"] != row["period_start"]:
        before += f" ({_month(row['period_before'], spoken)})"
    line = (
        f"{row[f'name_{spoken}']} : {now}" if spoken == "fr" else f"{row[f'name_{spoken}']}: {now}"
    )
    line += f", {words('digest_was', spoken)} {before}"
    if row["status"] != row["status_before"]:
        was, is_now = (_status(row[one], named) for one in ("status_before", "status"))
        line += f" ; {was} → {is_now}" if spoken == "fr" else f"; {was} → {is_now}"
    return line


def _month(day: date, spoken: str) -> str:
    return date_text(day, spoken).partition(" ")[2]


def _status(status: str | None, named: Callable[..., str]) -> str:
    return f"{SYMBOLS.get(status or '', '○')} {named('status', status) or '–'}"


def _alerts(con: duckdb.DuckDBPyConnection, spoken: str) -> list[Alert]:
    lines = " union all by name ".join(f"from reports.{one}" for one in ALERT_REPORTS)
    return [_alert(row, spoken) for row in rows_of(con, ALERTS.format(lines=lines))]


def _alert(row: Row, spoken: str) -> Alert:
    what = row[f"label_{spoken}"]
    if row["slice_type"] != "total":
        what += f", {row['slice_value']}"
    target = row[f"target_text_{spoken}"]
    beside = f" ({words('target', spoken).lower()} {target})" if target else ""
    owner = row["owner_fr"] if spoken == "fr" else row["owner_role"]
    to_do = row[f"next_action_{spoken}"]
    said = [f"{what} : " if spoken == "fr" else f"{what}: ", row[f"value_text_{spoken}"] or "–"]
    line = "".join(said) + beside + (f". {owner}" if owner else "")
    key = f"{row['kpi_id']}|{row['slice_type']}|{row['slice_value']}"
    return Alert(key, line + (f" → {to_do}" if to_do else ""))


def _signal(row: Row, named: Callable[..., str], spoken: str) -> str:
    owner = named("role", row["owner_role"])
    to_do = row[f"what_to_do_{spoken}"]
    return (
        row[f"statement_{spoken}"]
        + (f". {owner}" if owner else "")
        + (f" → {to_do}" if to_do else "")
    )


def _finding(row: Row, named: Callable[..., str]) -> str:
    place = ".".join(one for one in (f"{row['source']}/{row['table_name']}", row["detail"]) if one)
    return f"{named('severity', row['severity'])}, {place}. {in_words(row, 'what')}"


def _freshness(rows: Sequence[Row], named: Callable[..., str], spoken: str) -> list[str]:
    late = [row for row in rows if not row["is_fresh"]]
    said = words("digest_fresh", spoken).format(fresh=len(rows) - len(late), promised=len(rows))
    stale = words("stale", spoken)
    return [
        said,
        *(
            f"{row['source']}/{row['table_name']} {stale}. {named('role', row['owner_role'])}"
            for row in late
        ),
    ]


def _verdict(counts: dict[str, Any], spoken: str) -> str:
    return words("digest_verdict", spoken).format(
        passed=count_text(counts["passed"], spoken),
        total=count_text(counts["total"], spoken),
        warned=count_text(counts["total"] - counts["passed"], spoken),
    )
