"""Figures of one month, from landing rows alone: what `kpis.kpi_values` should say of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.connectors.zendesk.oracle import Meaning, Record

# (numerator, denominator)
Figure = tuple[float, int]


def monthly(made: Meaning) -> dict[str, Figure]:
    """The figures of a world that lies within one month, as of its newest ticket event."""
    seen_until = max(row["event_at"] for row in made.events.values())
    lives = {
        number: _life(row, made.events.values(), number) for number, row in made.tickets.items()
    }
    counted = {
        number: life
        for number, life in lives.items()
        if not made.tickets[number]["is_spam"] and not made.tickets[number]["merged_into_ticket_id"]
    }
    solved_once = [life for life in counted.values() if life["first_solved"]]
    solved_now = [life for life in counted.values() if life["is_solved"]]
    week = timedelta(days=7)
    mature = [life for life in solved_once if life["first_solved"] + week <= seen_until]
    reopened = [
        life
        for life in mature
        if life["reopened"] and life["reopened"] <= life["first_solved"] + week
    ]
    scores = [row["score"] for row in made.answers.values() if row["question_code"] == "csat"]
    return {
        "reopen_rate": (len(reopened), len(mature)),
        "one_touch_rate": (sum(life["replies"] == 1 for life in solved_now), len(solved_now)),
        "first_resolution_time": (
            sum(_seconds(life["created"], life["first_solved"]) for life in solved_once),
            len(solved_once),
        ),
        "resolution_time_s": (
            sum(_seconds(life["created"], life["last_solved"]) for life in solved_now),
            len(solved_now),
        ),
        "csat_t2b": (sum(score >= 4 for score in scores), len(scores)),
    }


def _seconds(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds()


_ORDER = ("customer_message", "reopened", "escalation_rejected", "", "solved", "closed")


def _life(ticket: Record, events: Iterable[Record], number: str) -> Record:
    """Walk through a ticket's events; of one instant a reply comes before the solve."""

    def place(row: Record) -> tuple[datetime, int]:
        kind = row["event_type"]
        return row["event_at"], _ORDER.index(kind) if kind in _ORDER else 3

    own = sorted((row for row in events if row["ticket_id"] == number), key=place)
    life: Record = {
        "created": ticket["created_at"],
        "first_solved": None,
        "last_solved": None,
        "reopened": None,
        "is_solved": False,
        "replies": sum(row["event_type"] == "public_reply" for row in own),
    }
    for row in own:
        if row["event_type"] == "solved":
            life["first_solved"] = life["first_solved"] or row["event_at"]
            life["last_solved"], life["is_solved"] = row["event_at"], True
        elif row["event_type"] == "reopened":
            life["is_solved"] = False
            if life["first_solved"]:
                life["reopened"] = life["reopened"] or row["event_at"]
    return life
