"""A decision, asked for or given by options, checked and recorded.

What may be said stands in two places: ranges and allowed values in the landing contract, KPIs and
slices in the published edition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

import typer

from orchestration.landing.contract import Column, Table, load_contract
from orchestration.landing.recording import record_row, recorded_versions
from orchestration.publication.steering import PublishedSteering
from orchestration.system.console import stdout
from orchestration.system.errors import UsageError
from orchestration.system.paths import PROJECT_ROOT, DataPaths
from orchestration.warehouse.run_context import BUSINESS_ZONE

Row = dict[str, Any]
SOURCE, TABLE = "steering", "decisions"
SCALE = 4
NEW = {"status": "observed"}
QUESTIONS = {
    "kpi_id": "KPI that it should move",
    "action": "What is done",
    "slice_type": "Dimension in which it acts, such as team (empty: everywhere)",
    "slice_value": "Slice in which it acts",
    "control_slice_value": "Comparable slice left alone (empty: none)",
    "expected_change": "Change of the KPI expected, in its unit",
    "expected_gain_eur": "Gain expected, in EUR",
    "confidence": "How sure, from 0 to 1",
    "effort_days": "Effort in person-days",
    "cost_eur": "Cost in EUR",
    "owner_role": "Role that answers for it",
    "decided_on": "Day of the decision",
    "review_on": "Day of the review (empty: the project's default)",
    "status": "Status",
}
OTHERS = ("level", "objective_id", "signal_id")
# What fits or not with what was said before.
LEANS_ON = {
    "slice_type": {"kpi_id"},
    "slice_value": {"kpi_id", "slice_type"},
    "control_slice_value": {"kpi_id", "slice_type", "slice_value"},
    "review_on": {"decided_on"},
}


@dataclass(frozen=True)
class Desk:
    """What a decision is checked against. `today` is the local date."""

    table: Table
    edition: PublishedSteering
    today: date


def decide(paths: DataPaths, given: Mapping[str, str | None], now: datetime) -> str:
    """Record one decision, or a new version of one, and return the file's name below the inbox.

    `given` has texts by column. Without any the decision is asked for, question by question.
    UsageError when something is not known or out of range.
    """
    table = load_contract(PROJECT_ROOT).tables[SOURCE, TABLE]
    desk = Desk(table, PublishedSteering(paths.pointer), now.astimezone(BUSINESS_ZONE).date())
    said = {name: text.strip() for name, text in given.items() if text is not None}
    is_asked = not said
    decision_id = said.pop("decision_id", "") or (_asked_id() if is_asked else "")
    before = _known(paths, desk, decision_id) if decision_id else None
    if decision_id and not (before or is_asked or "kpi_id" in said):
        raise UsageError(f"No decision {decision_id!r} is known; a new one needs --kpi.")
    start = before or NEW | {
        "decision_id": decision_id or f"DEC-{now:%Y%m%d-%H%M%S}",
        "decided_on": str(desk.today),
    }
    row = _answers(desk, start) if is_asked else _with(desk, start, said, is_new=before is None)
    name = record_row(paths, table, row, now)
    what = "A new version of" if before else "Decision"
    stdout().print(
        f"{what} {row['decision_id']} is in the inbox: {name}. `pilotage run` lands it.",
        markup=False,
    )
    return name


def _known(paths: DataPaths, desk: Desk, decision_id: str) -> Row | None:
    """Return the newest version known, as values of the contract; None of a new decision."""
    recorded = recorded_versions(paths, desk.table, {"decision_id": decision_id})
    published = desk.edition.decision(decision_id)
    columns = [column.name for column in desk.table.columns]
    if published is not None and recorded:
        at = published["updated_at"]
        if at is not None and at > datetime.fromisoformat(recorded[-1]["updated_at"]):
            recorded = []
    if recorded:
        return {name: recorded[-1].get(name) for name in columns}
    if published is None:
        return None
    return {name: _plain(published.get(name)) for name in columns}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _with(desk: Desk, start: Row, said: Mapping[str, str], is_new: bool) -> Row:
    """Return the decision with what was said; that is checked, and what leans on it."""
    row = dict(start)
    if "slice_type" in said and said["slice_type"] != _text(start.get("slice_type")):
        row |= {"slice_value": None, "control_slice_value": None}
    for name in (*QUESTIONS, *OTHERS):
        if is_new or name in said or LEANS_ON.get(name, set()) & said.keys():
            row[name] = checked(desk, row, name, said.get(name, _text(row.get(name))))
    return row


def _asked_id() -> str:
    return str(_prompt("Decision to change (empty: a new one)", "", lambda text: text))


def _answers(desk: Desk, start: Row) -> Row:
    """Ask for everything that the decision needs, each question again until its answer fits."""
    row = dict(start)
    for name, question in QUESTIONS.items():
        if name in ("slice_value", "control_slice_value") and not row.get("slice_type"):
            row[name] = None
            continue

        def check(text: str, name: str = name) -> Any:
            return checked(desk, row, name, text)

        row[name] = _prompt(question, _text(row.get(name)), check)
    return row


def _prompt(question: str, default: str, check: Callable[[str], Any]) -> Any:
    """Ask once more while the answer does not fit."""

    def parsed(text: str) -> Any:
        try:
            return check(text.strip())
        except UsageError as error:
            raise typer.BadParameter(str(error)) from None

    try:
        shown = bool(default)
        return typer.prompt(question, default=default, show_default=shown, value_proc=parsed)
    except typer.Abort:
        raise UsageError(
            "Nobody answers here: say it with options, see `pilotage decide --help`."
        ) from None


def checked(desk: Desk, row: Row, name: str, text: str) -> Any:
    """Return an answer as a value to record; UsageError says what is wrong with it.

    `row` has the answers to the questions before.
    """
    column = desk.table.by_name[name]
    if name in ("kpi_id", "slice_value", "decided_on"):
        _must_be_said(name, text, row)
    if not text:
        return None
    if name in ("kpi_id", "slice_type", "slice_value", "control_slice_value"):
        return _in_edition(desk, row, name, text)
    if column.data_type == "date":
        return _day(desk, row, name, text)
    if column.data_type.startswith("decimal"):
        return _number(column, text)
    if column.allowed and text not in column.allowed:
        raise UsageError(f"{_option(name)} {text!r} is none of {', '.join(column.allowed)}.")
    return text.replace("\n", " ")


def _must_be_said(name: str, text: str, row: Row) -> None:
    if text or (name == "slice_value" and not row.get("slice_type")):
        return
    raise UsageError(f"{_option(name)} is missing; see `pilotage decide --help`.")


def _in_edition(desk: Desk, row: Row, name: str, text: str) -> str:
    """Check a KPI, a dimension or a slice against the published edition."""
    if name == "kpi_id":
        return _one_of("KPI", text, list(desk.edition.kpis()), "kpis.kpi_catalogue lists them")
    slices = desk.edition.slices(str(row["kpi_id"]))
    if name == "slice_type":
        where = f"{row['kpi_id']} is cut by {', '.join(slices) or 'nothing'}"
        return _one_of("dimension", text, list(slices), where)
    slice_type = row.get("slice_type")
    if not slice_type:
        raise UsageError(f"{_option(name)} {text!r} needs --slice-type: a slice of what?")
    found = _one_of(str(slice_type), text, slices.get(str(slice_type), []), "as kpi_values has it")
    if name == "control_slice_value" and found == row.get("slice_value"):
        raise UsageError(f"--control {text!r} is where the decision acts; compare with another.")
    return found


def _one_of(what: str, text: str, known: list[str], hint: str) -> str:
    if text in known:
        return text
    near = get_close_matches(text, known, n=3) or known[:5]
    shown = f"; did you mean {' or '.join(near)}?" if near else "."
    raise UsageError(f"No {what} {text!r} in the published edition ({hint}){shown}")


def _day(desk: Desk, row: Row, name: str, text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{_option(name)} {text!r} is no date; write 2026-06-30.") from None
    earliest = desk.table.by_name[name].earliest
    if name == "decided_on" and day > desk.today:
        raise UsageError(f"--decided-on {text} lies in the future; record it on its day.")
    if earliest and day < date.fromisoformat(earliest):
        raise UsageError(f"{_option(name)} {text} is before {earliest}.")
    if name == "review_on" and day <= date.fromisoformat(str(row["decided_on"])):
        raise UsageError(f"--review-on {text} does not come after {row['decided_on']}.")
    return day.isoformat()


def _number(column: Column, text: str) -> float:
    """Read a number with point or comma, within the contract's range; a confidence is a share."""
    try:
        number = Decimal(text.replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        raise UsageError(f"{_option(column.name)} {text!r} is no number.") from None
    is_share = column.name == "confidence"
    low, high = ("0", "1") if is_share else (column.minimum, column.maximum)
    if not number.is_finite() or not Decimal(low or number) <= number <= Decimal(high or number):
        raise UsageError(f"{_option(column.name)} {text} is not between {low} and {high}.")
    if number != round(number, SCALE):
        raise UsageError(f"{_option(column.name)} {text} has more than {SCALE} decimals.")
    return float(number)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _option(name: str) -> str:
    """Return the option of a column, as `pilotage decide --help` shows it."""
    short = {"kpi_id": "kpi", "control_slice_value": "control"}.get(name, name)
    return "--" + short.removesuffix("_id").replace("_", "-")
