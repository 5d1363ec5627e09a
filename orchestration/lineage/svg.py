"""A picture of lineage as SVG that stands in a page by itself: no file beside it, no script.

Texts are 11 pixels or more, colours are variables of CSS with a value for bright, dark and paper,
and what a colour says is also written. The page says where a box leads to.
"""

from collections.abc import Callable
from html import escape
from typing import Literal

from orchestration.lineage.graph import Use
from orchestration.lineage.layout import Layout, laid_out
from orchestration.lineage.picture import Arrow, Box, Picture

Language = Literal["en", "fr"]
# What a box leads to, as the page has it; None where there is nothing.
Address = Callable[[Box], str | None]

TITLE_SIZE, TEXT_SIZE, LINE = 12, 11, 15
# Letters that take more or less room than others, in the wide fonts.
WIDE, NARROW = "mwMWOQGD@%—", "ijlftI.,:;|'()[] "
NARROWEST, WIDEST = 110, 216
PADDING, GAP, BETWEEN_LAYERS, MARGIN = 8, 14, 42, 10
# Of more landing tables fewer columns are named.
MANY_TABLES = 8
MOST_COLUMNS = {"raw": 6, "published": 4, "measure": 4, "staging": 0, "step": 0, "kpi": 0}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "raw": "landing table",
        "staging": "staging view",
        "step": "step",
        "published": "published table",
        "measure": "measures",
        "kpi": "KPI",
        "with": " (+ {count})",
        "more": "and {count} more",
        "title": "What {name} is made from",
        "desc": (
            "From left to right: {raw} landing tables, what is made from them, and the KPI. "
            "{boxes} boxes stand for {tables} tables."
        ),
        "value": "gives the value",
        "rows": "decides which rows count",
        "several": "{count} KPIs",
        "steps": "{count} steps",
    },
    "fr": {
        "raw": "table brute",
        "staging": "vue de préparation",
        "step": "étape",
        "published": "table publiée",
        "measure": "mesures",
        "kpi": "KPI",
        "with": " (+ {count})",
        "more": "et {count} de plus",
        "title": "De quoi est fait « {name} »",
        "desc": (
            "De gauche à droite : {raw} tables brutes, ce qui en est tiré, et le KPI. "
            "{boxes} boîtes représentent {tables} tables."
        ),
        "value": "donne la valeur",
        "rows": "décide des lignes qui comptent",
        "several": "{count} KPI",
        "steps": "{count} étapes",
    },
}

STYLE = """
.lineage{--ink:#1f2733;--faint:#5b6675;--paper:#fff;--line:#7b8796;
--raw:#e7eef8;--raw-edge:#3b6ea8;--staging:#f1f3f5;--staging-edge:#7b8796;
--step:#f1f3f5;--step-edge:#7b8796;--published:#e6f3ea;--published-edge:#2f7d4f;
--measure:#fdf3dd;--measure-edge:#9a6b00;--kpi:#f6e6f1;--kpi-edge:#9b2f74;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",Arial,sans-serif}
@media (prefers-color-scheme:dark){.lineage{--ink:#e8ecf1;--faint:#aab4c0;--paper:#14181e;
--line:#8793a1;--raw:#182a40;--raw-edge:#7fb0e8;--staging:#22272e;--staging-edge:#8793a1;
--step:#22272e;--step-edge:#8793a1;--published:#15301f;--published-edge:#77c897;
--measure:#342810;--measure-edge:#e0b34f;--kpi:#371a2d;--kpi-edge:#e58cc1}}
@media print{.lineage{--ink:#000;--faint:#333;--paper:#fff;--line:#555;--raw:#fff;--staging:#fff;
--step:#fff;--published:#fff;--measure:#fff;--kpi:#fff;--raw-edge:#000;--staging-edge:#777;
--step-edge:#777;--published-edge:#000;--measure-edge:#000;--kpi-edge:#000}}
.lineage text{fill:var(--ink);font-size:11px}
.lineage .name{font-size:12px;font-weight:600}
.lineage .faint,.lineage .rows-column{fill:var(--faint)}
.lineage .rows-column{font-style:italic}
.lineage rect{stroke-width:1.2}
.lineage .raw rect{fill:var(--raw);stroke:var(--raw-edge)}
.lineage .staging rect{fill:var(--staging);stroke:var(--staging-edge)}
.lineage .step rect{fill:var(--step);stroke:var(--step-edge)}
.lineage .published rect{fill:var(--published);stroke:var(--published-edge)}
.lineage .measure rect{fill:var(--measure);stroke:var(--measure-edge)}
.lineage .kpi rect{fill:var(--kpi);stroke:var(--kpi-edge);stroke-width:2}
.lineage .arrow{fill:none;stroke:var(--line);stroke-width:1.3}
.lineage .arrow.rows{stroke-dasharray:5 4}
.lineage .tip{fill:var(--line)}
.lineage a:hover .name,.lineage a:focus .name{text-decoration:underline}
.lineage a:focus rect{stroke-width:3}
"""

Line = tuple[str, str]
"""A text and its class."""


def as_svg(picture: Picture, language: Language, address: Address = lambda box: None) -> str:
    """Return the picture as one `<svg>` element; `address` says where a box leads to."""
    words = WORDS[language]
    lines = {box.key: _lines(box, picture, language) for box in picture.boxes}
    heights = {key: LINE * len(its) + 2.0 * PADDING for key, its in lines.items()}
    pairs = [(arrow.start, arrow.end) for arrow in picture.arrows]
    first = [box.key for box in picture.boxes if box.kind == "raw"]
    layout = laid_out(heights, pairs, first, GAP)
    widths = [
        min(max([NARROWEST, *(_width(line) for key in its for line in lines[key])]), WIDEST)
        for its in layout.layers
    ]
    lefts, left = [], float(MARGIN)
    for width in widths:
        lefts.append(left)
        left += width + BETWEEN_LAYERS
    width = left - BETWEEN_LAYERS + MARGIN
    layer = {key: number for number, its in enumerate(layout.layers) for key in its}
    legend, legend_rows = _legend(words, width, layout.height + 3 * MARGIN)
    height = layout.height + 4 * MARGIN + LINE * legend_rows
    prefix = f"lineage-{picture.kpi.kpi_id}-{language}"
    name = picture.kpi.name_fr if language == "fr" else picture.kpi.name_en
    parts = [
        f'<svg class="lineage" xmlns="http://www.w3.org/2000/svg" lang="{language}" role="group"'
        f' aria-labelledby="{prefix}-title" aria-describedby="{prefix}-desc"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">',
        f'<title id="{prefix}-title">{escape(words["title"].format(name=name))}</title>',
        f'<desc id="{prefix}-desc">{escape(_description(picture, words))}</desc>',
        f"<style>{STYLE}</style>",
        f'<defs><marker id="{prefix}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
        *(_arrow(arrow, layout, layer, lefts, widths, prefix) for arrow in picture.arrows),
    ]
    for box in picture.boxes:
        column = layer[box.key]
        top = MARGIN + layout.middles[box.key] - heights[box.key] / 2
        parts.append(
            _box(box, lines[box.key], (lefts[column], top, widths[column]), address(box), words)
        )
    return "\n".join([*parts, *legend, "</svg>"])


def _lines(box: Box, picture: Picture, language: Language) -> list[Line]:
    """Return the lines of text in a box."""
    words = WORDS[language]
    more = len(box.members) - 1
    if box.key == picture.kpi.kpi_id:
        name = picture.kpi.name_fr if language == "fr" else picture.kpi.name_en
        title = [(line, "name") for line in _wrapped(name, WIDEST - 2 * PADDING)]
        return [*title, (box.name, "faint"), (words["kpi"], "faint")]
    if box.kind == "kpi":
        if more:
            return [(words["several"].format(count=more + 1), "name")]
        return [(box.name, "name"), (words["kpi"], "faint")]
    if box.kind == "step" and more:
        kind = words["steps"].format(count=more + 1)
    else:
        kind = words[box.kind] + (words["with"].format(count=more) if more else "")
    found = [(box.name, "name"), (kind, "faint")]
    most = MOST_COLUMNS[box.kind]
    if box.kind == "raw" and sum(one.kind == "raw" for one in picture.boxes) > MANY_TABLES:
        most //= 2
    # one more takes no more room than saying that there is one
    shown = box.columns if len(box.columns) <= most + 1 else box.columns[:most]
    if most:
        found += [(name, "column" if use == "value" else "rows-column") for name, use in shown]
        if left := len(box.columns) - len(shown):
            found.append((words["more"].format(count=left), "faint"))
    return found


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _text_width(longer, True) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _text_width(text: str, is_bold: bool) -> float:
    letters = sum(0.93 if one in WIDE else 0.38 if one in NARROW else 0.6 for one in text)
    return letters * (TITLE_SIZE * 1.08 if is_bold else TEXT_SIZE)


def _width(line: Line) -> float:
    text, its_class = line
    return _text_width(text, its_class == "name") + 2 * PADDING


def _cut(line: Line, width: float) -> str:
    """Return the text of a line, its middle left out where it is too long for the box: names of
    tables differ at both ends."""
    text, its_class = line
    cut, kept = text, len(text)
    while kept > 1 and _width((cut, its_class)) > width:
        kept -= 1
        cut = f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"
    return cut


def _box(
    box: Box,
    lines: list[Line],
    place: tuple[float, float, float],
    address: str | None,
    words: dict[str, str],
) -> str:
    left, top, width = place
    height = LINE * len(lines) + 2 * PADDING
    texts = "".join(
        f'<text class="{line[1]}" x="{left + PADDING:.1f}"'
        f' y="{top + PADDING + LINE * (number + 0.78):.1f}">{escape(_cut(line, width))}</text>'
        for number, line in enumerate(lines)
    )
    inside = (
        f"<title>{escape(_said(box, words))}</title>"
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5"/>'
        f"{texts}"
    )
    if address is not None:
        inside = f'<a href="{escape(address, quote=True)}">{inside}</a>'
    return f'<g class="box {box.kind}">{inside}</g>'


def _said(box: Box, words: dict[str, str]) -> str:
    """Return all that a box stands for, for whoever points at it or hears it."""
    said = [f"{box.name} ({words[box.kind]})"]
    if len(box.members) > 1:
        said.append(", ".join(sorted(box.members)))
    uses: tuple[Use, ...] = ("value", "rows")
    for use in uses:
        if names := [name for name, its_use in box.columns if its_use == use]:
            said.append(f"{words[use]}: {', '.join(names)}")
    return "\n".join(said)


def _arrow(
    arrow: Arrow,
    layout: Layout,
    layer: dict[str, int],
    lefts: list[float],
    widths: list[float],
    prefix: str,
) -> str:
    """Return the path of an arrow: curved between layers, straight across those it passes."""
    start, end = layer[arrow.start], layer[arrow.end]
    x, y = lefts[start] + widths[start], MARGIN + layout.middles[arrow.start]
    path = [f"M{x:.1f} {y:.1f}"]
    passages = layout.passages[arrow.start, arrow.end]
    for number in range(start + 1, end + 1):
        is_last = number == end
        next_y = MARGIN + (layout.middles[arrow.end] if is_last else passages[number - start - 1])
        next_x = lefts[number] - (1 if is_last else 0)
        middle = (x + next_x) / 2
        path.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}")
        x, y = lefts[number] + widths[number], next_y
        if not is_last:
            path.append(f"H{x:.1f}")
    return f'<path class="arrow {arrow.use}" d="{"".join(path)}" marker-end="url(#{prefix}-tip)"/>'


def _legend(words: dict[str, str], width: float, top: float) -> tuple[list[str], int]:
    """Return what the two kinds of lines mean, below the picture, and in how many rows."""
    entries = [("value", words["value"]), ("rows", words["rows"])]
    lengths = [42 + _text_width(text, False) + 18 for _, text in entries]
    is_one_row = sum(lengths) + 2 * MARGIN <= width
    found, left = [], float(MARGIN)
    for number, (use, text) in enumerate(entries):
        y = top + (0 if is_one_row else LINE * number)
        x = left if is_one_row else MARGIN
        its_class = "column" if use == "value" else "rows-column"
        found.append(
            f'<path class="arrow {use}" d="M{x:.1f} {y:.1f}h32"/>'
            f'<text class="{its_class}" x="{x + 40:.1f}" y="{y + 4:.1f}">{escape(text)}</text>'
        )
        left += lengths[number]
    return found, 1 if is_one_row else len(entries)


def _description(picture: Picture, words: dict[str, str]) -> str:
    kinds = [box.kind for box in picture.boxes]
    tables = {name for box in picture.boxes if box.kind != "kpi" for name in box.members}
    return words["desc"].format(raw=kinds.count("raw"), boxes=len(kinds), tables=len(tables))
