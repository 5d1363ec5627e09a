"""The scorecard of each role: its few KPIs, what to look at first, signals and decisions."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from babel.numbers import format_decimal
from markupsafe import Markup

from orchestration.landing.suppression import NOBODY
from orchestration.registry.catalogue import PERSPECTIVES
from orchestration.site.charts import Point, bars, bridge, sparkline
from orchestration.site.edition import ROLES, Content, Row, line_key
from orchestration.site.render import both, date_text, render
from orchestration.site.wording import in_both
from orchestration.system.language import LANGUAGES, LOCALES

SHOWN_SIGNALS = 5
SHOWN_DECISIONS = 8
# Roles whose page speaks of the whole service, beside its KPIs.
STEERING = ("direction", "monthly_committee")
SCORE_COLOURS = ((75.0, "green"), (50.0, "amber"), (0.0, "red"))


def role_pages(content: Content, frame: Row) -> Iterator[tuple[str, str]]:
    """Yield (address, page) of every role, and of each team, site or brand that has lines of it.

    `frame` is what every page says of its edition. Agents have a page without figures: theirs are
    `agent_pages`.
    """
    for role in ROLES:
        lines = content.lines[role]
        if role == "agent":
            yield f"{role}.html", _page(content, frame, role, [], own=True)
            continue
        types = {
            row["slice_value"]: row["slice_type"] for row in lines if row["slice_type"] != "total"
        }
        slices = sorted(types)
        names = {one: slice_name(content, types[one], one) for one in slices}
        totals = [row for row in lines if row["slice_type"] == "total"]
        addresses = {one: f"{role}-{file}.html" for one, file in file_names(slices).items()}
        others = [(names[one], address) for one, address in addresses.items()]
        yield f"{role}.html", _page(content, frame, role, totals, others=others)
        for one, address in addresses.items():
            own = [row for row in lines if row["slice_value"] == one]
            back = [(board_name(content, role), f"{role}.html")]
            yield address, _page(content, frame, role, own, heading=names[one], others=back)


def agent_pages(content: Content, frame: Row) -> Iterator[tuple[str, str]]:
    """Yield (file name, page) of each person in the service, who alone is to see it."""
    lines = content.lines["agent"]
    # whoever was forgotten has no page: nobody is to read it
    agents = sorted({one for row in lines if not (one := row["agent_id"]).startswith(NOBODY)})
    for agent, file in file_names(agents).items():
        own = [row for row in lines if row["agent_id"] == agent]
        yield f"{file}.html", _page(content, frame, "agent", own, agent, stands_alone=True)


def board_name(content: Content, role: str) -> Markup:
    board = content.dashboards[role]
    return both(board["name_fr"], board["name_en"])


def _page(
    content: Content,
    frame: Row,
    role: str,
    lines: list[Row],
    heading: str = "",
    others: list[tuple[Any, str]] | None = None,
    own: bool = False,
    stands_alone: bool = False,
) -> str:
    shown = [_drawn(content, line) for line in sorted(lines, key=lambda row: row["position"])]
    groups = [
        (one, found)
        for one in PERSPECTIVES
        if (found := [line for line in shown if line["perspective"] == one])
    ]
    speaks_of_all = role in STEERING and not heading
    return render(
        "role.html.j2",
        **frame,
        root="",
        stands_alone=stands_alone,
        person=lines[0] if stands_alone else None,
        board=content.dashboards[role],
        boards=[content.dashboards[one] for one in ROLES],
        slice=heading,
        groups=groups,
        attention=sorted(filter(_needs_a_look, shown), key=_urgency),
        own=own,
        others=others or [],
        signals=content.rows["signals"][:SHOWN_SIGNALS] if speaks_of_all else None,
        decisions=_decisions(content) if speaks_of_all else None,
        friction=_friction(content) if speaks_of_all else [],
        balance=_balance(content) if speaks_of_all else None,
        bridge=_bridge(content) if speaks_of_all else None,
        roi=_roi(content) if speaks_of_all else None,
    )


def _needs_a_look(line: Row) -> bool:
    return line["status"] in ("alert", "warn") or line["is_target_met"] is False


def _urgency(line: Row) -> tuple:
    order = {"alert": 0, "warn": 1}
    return order.get(line["status"], 2), not line["is_action_due"], line["position"]


def _drawn(content: Content, line: Row) -> Row:
    """Add to a line what its card draws."""
    bands = {row["period_start"]: row for row in content.bands.get(line_key(line), [])}
    starts = _periods(line["period_start"], line["period_grain"], len(line["trend"]))
    points = []
    for start, value in zip(starts, line["trend"], strict=True):
        band = bands.get(start, {}) if value is not None else {}
        points.append(
            Point(
                value,
                band.get("ci_low"),
                band.get("ci_high"),
                label=start.isoformat(),
                is_open=start == line["period_start"] and line["is_provisional"],
            )
        )
    title = f"{line['label_fr']} · {line['label_en']}"
    grain = line["period_grain"]
    return line | {
        "spark": Markup(sparkline(points, line["target"], title)),
        "units": content.units[line["unit"]],
        "period": both(*(period_name(line["period_start"], grain, one) for one in LANGUAGES)),
    }


def period_name(start: date, grain: str, language: str) -> str:
    """Return the name of a month or a day, as the reports write them."""
    text = date_text(start, language)
    return text if grain == "day" else text.split(" ", 1)[1]


def _periods(last: date, grain: str, count: int) -> list[date]:
    """Return the first dates of the `count` days or months that end with `last`."""
    if grain == "day":
        return [last - timedelta(days=back) for back in range(count - 1, -1, -1)]
    months = last.year * 12 + last.month - 1
    return [
        date((months - back) // 12, (months - back) % 12 + 1, 1)
        for back in range(count - 1, -1, -1)
    ]


def _decisions(content: Content) -> list[Row]:
    """Return the decisions that a reader wants first: measured ones, then the newest."""
    measured = ("improved", "worsened", "no_detectable_effect")
    decisions = [row for row in content.rows["decisions"] if row["status"] != "cancelled"]
    return sorted(decisions, key=lambda row: row["verdict"] not in measured)[:SHOWN_DECISIONS]


def _balance(content: Content) -> Markup | None:
    rows = [row for row in content.rows["scorecard"] if row["level"] == "perspective"]
    index = [row for row in content.rows["scorecard"] if row["level"] == "index"]
    if not rows:
        return None
    drawn = []
    for language in LANGUAGES:
        items = []
        for row in sorted(rows, key=lambda one: PERSPECTIVES.index(one["perspective"])) + index:
            name = "Indice" if language == "fr" else "Index"
            if row["level"] == "perspective":
                name = content.labels["perspective", row["perspective"]][f"label_{language}"]
            score = row["score"]
            colour = next((c for low, c in SCORE_COLOURS if (score or 0) >= low), "grey")
            words = "–" if score is None else f"{_decimal(score, language)} / 100"
            items.append((name, score, words, colour))
        drawn.append(Markup(bars(items, "Scores")))
    return in_both(*drawn)


def _bridge(content: Content) -> Markup | None:
    rows = content.rows["bridge"]
    if not rows:
        return None
    drawn = [
        Markup(
            bridge(
                [
                    (
                        row[f"label_{language}"],
                        float(row["amount_eur"]),
                        float(row["running_total_eur"]),
                        f"{_decimal(row['amount_eur'], language, '+#,##0;-#,##0')} €",
                    )
                    for row in rows
                ],
                "Du coût à la valeur · From cost to value",
            )
        )
        for language in LANGUAGES
    ]
    return in_both(*drawn)


def _friction(content: Content) -> list[Row]:
    return [
        row | {side: step_name(content, row[side]) for side in ("from_step", "to_step")}
        for row in content.rows["friction"]
    ]


def step_name(content: Content, step: str) -> Markup:
    """Return the name of a step of a journey: its own, or its channel and what happened there."""
    whole = content.labels.get(("step", step))
    if whole:
        return both(whole["label_fr"], whole["label_en"])
    channel, _, end = step.partition(" ")
    place = content.slices.get(("channel", channel))
    what = content.labels.get(("step_end", end))
    return both(
        *(
            f"{place[f'slice_text_{one}'] if place else channel}{' :' if one == 'fr' else ':'} "
            f"{what[f'label_{one}'] if what else end}"
            for one in LANGUAGES
        )
    )


def slice_name(content: Content, slice_type: str, code: str) -> Markup:
    """Return the name of a slice; its code where it has none."""
    row = content.slices.get((slice_type, code))
    return both(row["slice_text_fr"], row["slice_text_en"]) if row else both(code, code)


def _roi(content: Content) -> Markup | None:
    rows = content.rows["bridge"]
    if not rows:
        return None
    return both(*(f"{_decimal(rows[0]['service_roi'], one, '+0.00;-0.00')} €" for one in LANGUAGES))


def _decimal(number: Any, language: str, form: str = "#,##0") -> str:
    return format_decimal(number, format=form, locale=LOCALES[language])


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return for each name one that every file system takes, and takes for no other of them.

    A name that is none, or that differs from another by case alone, gets a digest.
    """
    written = list(names)
    shared = Counter(name.lower() for name in written)
    found = {}
    for name in written:
        plain = re.sub(r"[^0-9A-Za-z_-]", "-", name)
        if plain != name or shared[name.lower()] > 1:
            plain += f"-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        found[name] = plain
    return found
