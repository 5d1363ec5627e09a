"""The cells of a user's file as the texts that the contract asks for, in SQL.

What does not have the declared form stays as it is, so that the contract refuses it by its own
words, or takes it where it is in the contract's form already (ISO 8601 among French dates).
"""

import re
from dataclasses import dataclass

from orchestration.landing.contract import NUMBERS, TIMES, Column
from orchestration.landing.lines import WHITE_SPACE
from orchestration.landing.mappings.fillings import Filling
from orchestration.system.sql import text

# What one of it has in seconds; of a clock, what each part has, the last part first.
UNITS: dict[str, float | None] = {
    "seconds": 1,
    "milliseconds": 0.001,
    "minutes": 60,
    "hours": 3600,
    "hh:mm:ss": None,
    "mm:ss": None,
    "hh:mm": None,
}
# Among values: whatever a cell holds that none of the others is.
ANYTHING = "*"
_CLOCK = r"[0-9]+:[0-5]?[0-9](:[0-5]?[0-9]([.,][0-9]+)?)?"
# what stands between thousands, and a euro sign after an amount
_BETWEEN = r"[\s\x{A0}\x{202F}\x{2009}''’]|€"
_PARTS = {"yyyy": (r"[0-9]{4}", "%Y"), "yy": (r"[0-9]{2}", "%y"), "dd": (r"[0-9]{1,2}", "%d")}
_MONTH = (r"[0-9]{1,2}", "%m")
_TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
_TIMES_12 = ("%I:%M %p", "%I:%M:%S %p", "%I %p")


@dataclass(frozen=True)
class DateForms:
    """A way of writing dates: the regular expression of its date, and the forms of `strptime`."""

    date: str
    forms: tuple[str, ...]
    is_twelve_hours: bool

    @property
    def whole(self) -> str:
        """The regular expression of a date that a time may follow."""
        end = r"( ?[AaPp]\.?[Mm]\.?)" if self.is_twelve_hours else ""
        clock = r"[0-9]{1,2}(:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?"
        return f"{self.date}([T ]+{clock}{end})?"


def date_forms(said: str) -> DateForms:
    """Read `dd/mm/yyyy hh:mm`, `mm/dd/yy hh:mm am`, …; `ValueError` says what is expected.

    The time may always be absent or have seconds.
    """
    date, _, time = " ".join(said.lower().split()).partition(" ")
    found = re.fullmatch(r"(dd|mm|yyyy|yy)([/.-])(dd|mm)\2(dd|mm|yyyy|yy)", date)
    parts = re.split(r"[/.-]", date)
    if not found or len({part[:1] for part in parts}) < 3:
        raise ValueError("is no date; write dd/mm/yyyy, mm/dd/yyyy, dd.mm.yy, yyyy-mm-dd or alike")
    if time not in ("", "hh:mm", "hh:mm:ss", "hh:mm am", "hh:mm:ss am"):
        raise ValueError("has no known time; write hh:mm, or hh:mm am where AM and PM follow")
    is_twelve_hours = time.endswith("am")
    forms = [_PARTS.get(part, _MONTH) for part in parts]
    mark = found[2]
    day = mark.join(form for _, form in forms)
    times = _TIMES_12 if is_twelve_hours else _TIMES
    return DateForms(
        date=re.escape(mark).join(expression for expression, _ in forms),
        forms=(*(f"{day} {time}" for time in times), day),
        is_twelve_hours=is_twelve_hours,
    )


def filled(
    filling: Filling, column: Column, cells: dict[str, str], date_format: str, decimal: str
) -> str:
    """SQL for the text of a column. `cells` has the SQL of each header's cell."""
    if filling.constant is not None:
        return text(filling.constant)
    found = [cells[header] for header in filling.headers]
    value = found[0] if len(found) == 1 else f"concat_ws(' ', {', '.join(map(_bare, found))})"
    bare = _bare(value)
    if column.data_type in TIMES:
        meant = instant(bare, date_forms(filling.date_format or date_format), column.data_type)
    elif column.data_type in NUMBERS:
        meant = number(bare, decimal, filling.unit or "seconds")
    else:
        meant = value if column.free_text else bare
    if filling.values:
        same = f"lower(nfc_normalize({bare}))"
        whens = [
            f"when {same} = lower(nfc_normalize({text(said.strip())})) then {text(code)}"
            for said, code in filling.values
            if said != ANYTHING
        ]
        whens += [
            f"when {bare} is not null then {text(code)}"
            for said, code in filling.values
            if said == ANYTHING
        ]
        meant = f"case {' '.join(whens)} else {meant} end"
    if filling.default is not None:
        meant = f"coalesce({meant}, {text(filling.default)})"
    return meant


def instant(value: str, forms: DateForms, data_type: str) -> str:
    """SQL for a date of the declared form as ISO 8601 (of a date, without its time)."""
    parsed = parsed_by(value, forms)
    if data_type == "date":
        parsed = f"cast({parsed} as date)"
    return (
        f"case when regexp_full_match({value}, {text(forms.whole)})"
        f" then coalesce(cast({parsed} as varchar), {value}) else {value} end"
    )


def parsed_by(value: str, forms: DateForms) -> str:
    """SQL for the timestamp that a text of the declared form shows; null for one that cannot be."""
    spaced = f"regexp_replace({value}, '[T ]+', ' ', 'g')"
    if forms.is_twelve_hours:
        spaced = rf"regexp_replace({spaced}, ' ?([AaPp])\.?[Mm]\.?$', ' \1M')"
    listed = ", ".join(text(form) for form in forms.forms)
    return f"try_strptime({spaced}, [{listed}])"


def number(value: str, decimal: str, unit: str) -> str:
    """SQL for a number with a decimal point and without thousands marks; durations in seconds."""
    point, thousands = (",", r"\.") if decimal == "," else (r"\.", ",")
    bare = f"regexp_replace({value}, '{_BETWEEN}', '', 'g')"
    grouped = text(rf"[+-]?[0-9]{{1,3}}({thousands}[0-9]{{3}})+({point}[0-9]*)?")
    mark = "." if decimal == "," else ","
    ungrouped = f"replace({bare}, '{mark}', '')"
    bare = f"case when regexp_full_match({bare}, {grouped}) then {ungrouped} else {bare} end"
    if decimal == ",":
        bare = f"replace({bare}, ',', '.')"
    seconds = UNITS[unit]
    if seconds == 1:
        return bare
    if seconds is not None:
        counted = f"cast(try_cast({bare} as decimal(18, 6)) * {seconds} as varchar)"
        return f"coalesce({counted}, {value})"
    parts = f"string_split(replace({value}, ',', '.'), ':')"
    weights = (3600, 60) if unit == "hh:mm" else (60, 1)
    first, second, third = (f"({parts}[{at}])::decimal(18, 3)" for at in (1, 2, 3))
    two = f"{first} * {weights[0]} + {second} * {weights[1]}"
    three = f"{first} * 3600 + {second} * 60 + {third}"
    return (
        f"case when not regexp_full_match({value}, '{_CLOCK}') then {value}"
        f" when len({parts}) = 3 then cast({three} as varchar) else cast({two} as varchar) end"
    )


def _bare(cell: str) -> str:
    """SQL for a cell without the white space around it; null for one that is empty."""
    return f"nullif(trim({cell}, {WHITE_SPACE}), '')"
