"""A small service on Aircall: some weeks of calls, as CSV exports, API pages and webhooks.

Written from the documented call object, webhook events and columns of the call history. Six
people on three lines; October has the hour that comes twice, March the one that does not come.
"""

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
PARIS = ZoneInfo("Europe/Paris")
PEOPLE = {
    n: f"{first} Martin" for n, first in enumerate(("Ada", "Bo", "Chloé", "Dan", "Eve", "Flo"), 101)
}
LINES = ("Service client", "Facturation", "Technique")
TAGS = (
    ["Facture"],
    ["VIP", "Livraison"],
    [],
    ["Résiliation", "Facture"],
    ["Autre"],
    ["Autre", "Facture"],
)
MISSED = (
    "short_abandoned",
    "abandoned_in_ivr",
    "abandoned_in_classic",
    "no_available_agent",
    "agents_did_not_answer",
    "out_of_opening_hours",
)
# Exported as: webhooks in the first week, API pages in the second, CSV in the third and at the
# change of clocks, the older CSV in the fourth.
FIRST = datetime(2026, 10, 5, 7, tzinfo=UTC)
CODES = {
    "reason": {
        "facture": "billing_error",
        "livraison": "delivery_late",
        "résiliation": "cancellation",
        "vip": "",
    }
}


class Service:
    """Makes calls; `calls` have what is true of each, and the exports say it in their own ways."""

    def __init__(self, seed: int = 3) -> None:
        self.random = random.Random(seed)
        self.calls: list[Row] = []
        for week in range(4):
            for day in range(5):
                for turn in range(24):
                    at = FIRST + timedelta(days=7 * week + day, minutes=24 * turn, seconds=turn)
                    self.call(week, at, turn + day)
        # the hour that comes twice, in both of its times
        for hour in (0, 1):
            self.call(2, datetime(2026, 10, 25, hour, 30, tzinfo=UTC), 0)

    def call(self, week: int, at: datetime, turn: int) -> None:
        draw = self.random
        one: Row = {
            "id": 3_000_000 + len(self.calls),
            "week": week,
            "direction": "inbound" if turn % 6 else "outbound",
            "line": LINES[turn % 3],
            "customer": f"+336{draw.randrange(10**8):08d}",
            "tags": TAGS[turn % len(TAGS)],
            "started": at,
            "menu": draw.choice((0, 8, 15)) if week == 2 else 0,
            "missed": None,
            "voicemail": False,
            "asked_back": False,
            "segments": [],
        }
        wait = draw.choice((2, 4, 5, 12, 20, 21, 40, 95))
        talk = draw.randrange(40, 600)
        is_answered = turn % 6 not in (4, 5) if one["direction"] == "inbound" else turn % 12 == 0
        entered = at + timedelta(seconds=one["menu"])
        if is_answered:
            taken = entered + timedelta(seconds=wait)
            over = taken + timedelta(seconds=talk)
            first = draw.choice(list(PEOPLE))
            parts = [(first, taken, over, 25 if turn % 5 == 1 else 0)]
            if turn % 8 == 1:
                moved = taken + timedelta(seconds=talk // 2)
                other = next(n for n in PEOPLE if n != first)
                parts = [(first, taken, moved, 0), (other, moved + timedelta(seconds=6), over, 0)]
            one["segments"] = parts
        else:
            over = entered + timedelta(seconds=wait)
            if one["direction"] == "inbound":
                one["missed"] = draw.choice(MISSED)
                if one["missed"] == "abandoned_in_ivr":
                    over = at + timedelta(seconds=max(one["menu"], 4))
                    one["menu"] = int((over - at).total_seconds()) if week == 2 else 0
                if one["missed"] == "no_available_agent":
                    one["voicemail"] = draw.random() < 0.5
                    one["asked_back"] = week == 2 and not one["voicemail"]
        one["ended"] = over
        self.calls.append(one)

    def api(self, one: Row) -> Row:
        last = one["segments"][-1][0] if one["segments"] else None
        is_moved = len(one["segments"]) > 1
        return {
            "id": one["id"],
            "direct_link": f"https://api.example/v1/calls/{one['id']}",
            "direction": one["direction"],
            "status": "done",
            "missed_call_reason": one["missed"],
            "started_at": int(one["started"].timestamp()),
            "answered_at": int(one["segments"][0][1].timestamp()) if one["segments"] else None,
            "ended_at": int(one["ended"].timestamp()),
            "duration": int((one["ended"] - one["started"]).total_seconds()),
            "raw_digits": one["customer"],
            "voicemail": "https://assets.example/v.mp3" if one["voicemail"] else None,
            "user": self.user(last),
            "transferred_by": self.user(one["segments"][0][0]) if is_moved else None,
            "transferred_to": self.user(last) if is_moved else None,
            "teams": [],
            "number": {"id": 1, "name": one["line"], "time_zone": "Europe/Paris"},
            "tags": [{"id": n, "name": tag} for n, tag in enumerate(one["tags"])],
            "archived": False,
        }

    def user(self, number: int | None) -> Row | None:
        return (
            None
            if number is None
            else {"id": number, "name": PEOPLE[number], "email": "x@example.com"}
        )

    def events(self, one: Row) -> list[Row]:
        """What webhooks send of a call: rung, answered, held, handed over, over."""
        told = [("call.created", one["started"], None)]
        rung = one["started"] + timedelta(seconds=one["menu"] + 1)
        if one["direction"] == "inbound" and one["missed"] not in (
            "abandoned_in_ivr",
            "out_of_opening_hours",
        ):
            told.append(("call.ringing_on_agent", rung, None))
        for number, (person, began, over, held) in enumerate(one["segments"]):
            if number:
                told.append(("call.transferred", began - timedelta(seconds=6), person))
            told.append(("call.answered", began, person))
            if held:
                told.append(("call.hold", began + timedelta(seconds=5), None))
                told.append(("call.unhold", began + timedelta(seconds=5 + held), None))
            del over
        told += [("call.hungup", one["ended"], None), ("call.ended", one["ended"], None)]
        found = []
        for event, at, person in told:
            data = self.api(one)
            if event not in ("call.ended",):
                data |= {"status": "answered", "ended_at": None, "tags": []}
            data["user"] = self.user(person) if event == "call.answered" else data["user"]
            data["transferred_to"] = (
                self.user(person) if event == "call.transferred" else data["transferred_to"]
            )
            found.append(
                {
                    "resource": "call",
                    "event": event,
                    "timestamp": int(at.timestamp()),
                    "token": "t",
                    "data": data,
                }
            )
        return found

    def history(self, one: Row) -> Row:
        """A line of the call history: names for people, hh:mm:ss for some durations."""
        local = one["started"].astimezone(PARIS)
        waited = (one["segments"][0][1] if one["segments"] else one["ended"]) - one["started"]
        talk = one["ended"] - one["segments"][0][1] if one["segments"] else None
        kind = "Answered" if one["segments"] else "Voicemail" if one["voicemail"] else "Missed"
        mine, theirs = "33180000000", one["customer"].lstrip("+")
        is_in = one["direction"] == "inbound"
        return {
            "Line": one["line"],
            "datetime (tz offset incl.)": f"{local:%Y-%m-%d %H:%M:%S}",
            "number timezone": "Europe/Paris",
            "datetime (utc)": f"{one['started']:%Y-%m-%d %H:%M:%S}",
            "country_code": "FR",
            "direction": one["direction"],
            "from": theirs if is_in else mine,
            "to": mine if is_in else theirs,
            "answered": "Yes" if one["segments"] else "No",
            "missed_call_reason": one["missed"] or "",
            "user": PEOPLE[one["segments"][-1][0]] if one["segments"] else "[No associated user]",
            "duration (total)": int((one["ended"] - one["started"]).total_seconds()),
            "duration (in call)": int(talk.total_seconds()) if talk else "",
            "voicemail": "https://assets.example/v.mp3" if one["voicemail"] else "",
            "Tags": ", ".join(one["tags"]),
            "Customer number": one["customer"],
            "Call type": kind if is_in else "Outbound",
            "Waiting time": str(waited).rjust(8, "0"),
            "Time in IVR": f"00:00:{one['menu']:02d}" if one["menu"] else "",
            "Callback details": "requested" if one["asked_back"] else "",
            "Call ID (internal)": one["id"],
        }

    def feed(self, one: Row) -> Row:
        row = self.history(one)
        local = one["started"].astimezone(PARIS)
        kept = (
            "number timezone",
            "direction",
            "from",
            "to",
            "answered",
            "missed_call_reason",
            "user",
        )
        return {
            "line": one["line"],
            "date (TZ offset incl.)": f"{local:%Y-%m-%d}",
            "time (TZ offset incl.)": f"{local:%H:%M:%S}",
            "datetime (UTC)": row["datetime (utc)"],
            **{name: row[name] for name in kept},
            "duration (total)": row["duration (total)"],
            "duration (in call)": row["duration (in call)"] or 0,
            "via": "dialer",
            "voicemail": row["voicemail"],
            "tags": row["Tags"],
        }


def as_csv(rows: list[Row], delimiter: str = ",") -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, fieldnames=list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()


def write(inbox: Path, seed: int = 3) -> Service:
    """Write four weeks of exports below `inbox`, a vendor's folder, and the codes of its user."""
    service = Service(seed)
    weeks = [[one for one in service.calls if one["week"] == week] for week in range(4)]
    events = [event for one in weeks[0] for event in service.events(one)]
    events += service.random.sample(events, 20)
    service.random.shuffle(events)
    _put(inbox / "webhooks/2026-10.jsonl", "".join(json.dumps(one) + "\n" for one in events))
    pages = [service.api(one) for one in weeks[1]]
    # the second page has some calls of the first again, tagged since
    _put(
        inbox / "api/calls_1.json",
        json.dumps({"meta": {}, "calls": [one | {"tags": []} for one in pages[:70]]}),
    )
    _put(inbox / "api/calls_2.json", json.dumps({"meta": {}, "calls": pages}))
    users = [service.user(n) | {"created_at": "2024-03-01T08:00:00.000Z"} for n in PEOPLE]
    _put(inbox / "api/users.json", json.dumps({"users": users}))
    teams = [
        {"id": 1, "name": "Niveau 1", "users": [{"id": n} for n in list(PEOPLE)[:4]]},
        {"id": 2, "name": "Niveau 2", "users": [{"id": n} for n in list(PEOPLE)[4:]]},
    ]
    _put(inbox / "api/teams.json", json.dumps({"teams": teams}))
    history = [service.history(one) for one in weeks[2]]
    _put(
        inbox / "calls_2026-10-19.csv",
        "\ufeff" + as_csv([row | {"Tags": ""} for row in history[:60]]),
    )
    _put(inbox / "calls_2026-10-26.csv", as_csv(history, ";"))
    _put(inbox / "calls_old.csv", as_csv([service.feed(one) for one in weeks[3]]))
    return service


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
