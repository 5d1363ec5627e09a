"""What the demo world holds for certain: counts per table, and the effects as they came out."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.demo import effects
from orchestration.demo.engine import END_DATE, Settings
from orchestration.demo.exports import BY_TABLE, Tally

FRICTION = """
select
    contact.friction,
    count(*) as contacts,
    sum(contact.is_transferred::int) as transferred,
    sum((next.origin = 'repeat')::int) as came_back,
    sum((next.reason = 'complaint')::int) as complained
from contacts_all as contact
left join contacts_all as next on next.prev_id = contact.id and next.origin = 'repeat'
where contact.reason = 'delivery_delay' and contact.channel = 'phone'
    and contact.disposition = 'answered' and contact.direction_is_inbound
group by contact.friction
order by contact.friction
"""
DECISION = """
select
    contact.team,
    contact.queue_at >= getvariable('decision_at') as is_after,
    count(*) as handled,
    count(next.id) as came_back,
    sum((contact.satisfaction > 0)::int) as satisfied
from contacts_all as contact
left join contacts_all as next on next.prev_id = contact.id and next.origin = 'repeat'
where contact.disposition = 'answered' and contact.direction_is_inbound
    and contact.team in ('front_lille_a', 'front_lille_b', 'digital_paris', 'backoffice_lille')
group by all
order by all
"""
SURGE = """
select
    brand = getvariable('surge_brand') as is_surge_brand,
    queue_at >= getvariable('surge_from') as is_surge_time,
    count(*) as contacts,
    sum((origin = 'surge')::int) as first_contacts_added
from contacts_all
where reason = 'technical_outage'
group by all
order by all
"""
CHURN = """
select
    had_many_contacts,
    was_unhappy,
    payment_failed,
    sum(subscription_months)::bigint as subscription_months,
    sum(departures)::bigint as departures
from churn_exposures
group by all
order by all
"""


def _records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


IDENTITY = """
select
    (select count(*) from contacts_all where ticket <> 'ticket_only') as contacts,
    (select count(*) from contacts_all where ticket <> 'ticket_only' and not is_known)
        as contacts_of_unknown_people,
    (select count(*) from customers where not is_alias) as people,
    (select count(*) from out_customer_merges) as merges,
    (select count(*) from aliases as a where a.survivor_no > getvariable('customers'))
        as chained_merges
"""


def planted(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, Any]:
    """Return each planted effect: where it is, its size as set, and the counts that came out."""
    variables = settings.variables()
    return {
        "sizes": asdict(settings.effects),
        "friction": {
            "path": "chat with bot_failed, then phone, reason delivery_delay",
            "counts": _records(connection, FRICTION),
        },
        "surge": {
            "reason": "technical_outage",
            "brand": effects.SURGE_BRAND,
            "from": str(variables["surge_from"]),
            "counts": _records(connection, SURGE),
        },
        "stopped": {
            "source": "workforce",
            "table": "quality_evaluations",
            "until": str(variables["evaluations_until"]),
        },
        "decision": {
            "from": str(settings.decision_date),
            "effective": {
                "decision_id": "DEC-001",
                "kpi_id": "fcr_rate",
                "team": effects.DECISION_TEAM,
                "control_team": effects.CONTROL_TEAM,
            },
            "without_effect": {
                "decision_id": "DEC-002",
                "kpi_id": "csat_t2b",
                "team": effects.IDLE_DECISION_TEAM,
                "control_team": effects.IDLE_CONTROL_TEAM,
            },
            "counts": _records(connection, DECISION),
        },
        "churn": {
            "signs": "of the calendar month before: three human contacts, an unhappy contact, a "
            "failed payment; `departures` are decisions to leave, by month of the decision",
            "counts": _records(connection, CHURN),
        },
    }


def identity(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many contacts, people and merges there are, and contacts that match nobody."""
    return _records(connection, IDENTITY)[0]


def date_of_check(truth: Path) -> str | None:
    """Return the instant (UTC) at which the world of a truth file is looked at; None without one.

    The demonstration ends on a day of the past: judged by today's clock, no source of it is fresh.
    """
    try:
        return _morning_after(json.loads(truth.read_text(encoding="utf-8"))["settings"]["until"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _morning_after(until: str) -> str:
    """Return when a world that ends before that date is looked at, in UTC."""
    return f"{date.fromisoformat(until)}T06:00:00Z"


def write_truth(
    target: Path,
    settings: Settings,
    tallies: dict[str, Tally],
    faults: dict[str, dict[str, int]],
    found: dict[str, Any],
) -> None:
    """Write the truth file: settings, tables with their exact counts, and what was found."""
    tables = {
        f"{BY_TABLE[name].source}.{name}": {
            "files": sorted(tally.files),
            "received": tally.received,
            "accepted": tally.accepted,
            "duplicate": tally.duplicate,
            "quarantined": tally.quarantined,
            "rows": tally.rows,
            "late": tally.late,
            "corrected": tally.corrected,
            "deleted": tally.deleted,
            "faults": faults.get(name, {}),
        }
        for name, tally in sorted(tallies.items())
    }
    content = {
        "settings": {
            "customers": settings.customers,
            "months": settings.months,
            "seed": settings.seed,
            "from": str(settings.start_date),
            "until": str(END_DATE),
        },
        "tables": tables,
        **found,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
