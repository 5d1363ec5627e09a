"""Boxes of a picture stand apart, in layers, and their texts fit.

A failure means that a picture would not be legible.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import pytest

from orchestration.lineage import Arrow, Box, Kpi, Picture, as_svg
from orchestration.lineage.layout import laid_out
from orchestration.lineage.svg import TEXT_SIZE

SVG = "{http://www.w3.org/2000/svg}"
KPI = Kpi("rate", "A rate of <things> & others", "Un taux", "things", ())


def a_picture(raw: int = 4) -> Picture:
    """So many landing tables with many columns, a step, a table that the first leads to directly
    and by the step, and long names."""
    columns = tuple((f"column_number_{number}", "value") for number in range(12))
    boxes = [
        Box("raw", f"source.table_{one}", (f"source.table_{one}",), columns) for one in range(raw)
    ]
    step = Box("step", "int_step", ("int_step", "int_before"))
    long = Box("published", f"core.{'a_very_long_name_' * 4}", ("long",), columns)
    measure = Box("measure", "measures_things", ("measures_things",), columns[:2])
    arrows = [Arrow(box.key, "int_step", "rows") for box in boxes]
    arrows += [
        Arrow("int_step", "long", "value"),
        Arrow("source.table_0", "measures_things", "value"),
        Arrow("long", "measures_things", "value"),
        Arrow("measures_things", "rate", "value"),
    ]
    kpi = Box("kpi", "rate", ("rate",))
    return Picture(KPI, (*boxes, step, long, measure, kpi), tuple(arrows))


Rectangle = tuple[float, float, float, float]


def rectangles(svg: str) -> Iterator[tuple[ElementTree.Element, Rectangle]]:
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        rect = next(group.iter(f"{SVG}rect"))
        left, top, width, height = (
            float(rect.attrib[name]) for name in ("x", "y", "width", "height")
        )
        yield group, (left, top, left + width, top + height)


@pytest.mark.parametrize("raw", [1, 4, 15])
def test_boxes_do_not_overlap_and_stand_inside(raw: int) -> None:
    svg = as_svg(a_picture(raw), "en")
    found = [place for _, place in rectangles(svg)]
    assert len(found) == raw + 4
    for one, other in combinations(found, 2):
        is_beside = one[2] < other[0] or other[2] < one[0]
        assert is_beside or one[3] < other[1] or other[3] < one[1]
    width, height = map(float, ElementTree.fromstring(svg).attrib["viewBox"].split()[2:])
    assert all(
        left > 0 and right < width and top > 0 and bottom < height
        for left, top, right, bottom in found
    )


def test_texts_stand_in_their_boxes() -> None:
    for group, (left, top, right, bottom) in rectangles(as_svg(a_picture(), "fr")):
        for text in group.iter(f"{SVG}text"):
            assert left < float(text.attrib["x"]) < right
            assert top < float(text.attrib["y"]) < bottom
            # as wide as they would be in an ordinary font
            assert float(text.attrib["x"]) + len(text.text) * TEXT_SIZE * 0.5 < right


def test_arrows_lead_to_the_right_and_pass_beside_boxes() -> None:
    drawn = a_picture()
    heights = {box.key: 60.0 for box in drawn.boxes}
    pairs = [(arrow.start, arrow.end) for arrow in drawn.arrows]
    layout = laid_out(heights, pairs, ["source.table_0"], gap=10)
    layer = {key: number for number, its in enumerate(layout.layers) for key in its}
    assert all(layer[start] < layer[end] for start, end in pairs)
    # from the first layer to the measures, by way of two layers
    way = layout.passages["source.table_0", "measures_things"]
    assert len(way) == layer["measures_things"] - layer["source.table_0"] - 1 == 2
    for number, height in enumerate(way, start=layer["source.table_0"] + 1):
        for key in layout.layers[number]:
            assert abs(layout.middles[key] - height) > heights[key] / 2


def test_arrows_that_need_not_cross_do_not() -> None:
    heights = dict.fromkeys("abcdef", 20.0)
    layout = laid_out(heights, [("a", "f"), ("b", "e"), ("c", "d")], [], gap=5)
    ends = [layout.middles[end] for end in "fed"]
    assert sorted(zip((layout.middles[start] for start in "abc"), ends, strict=True)) == sorted(
        zip(sorted(layout.middles[start] for start in "abc"), sorted(ends), strict=True)
    )


def test_a_picture_can_be_read_without_seeing_it() -> None:
    root = ElementTree.fromstring(as_svg(a_picture(), "en"))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == "What A rate of <things> & others is made from"
    assert title.attrib["id"] == root.attrib["aria-labelledby"]
    assert desc.attrib["id"] == root.attrib["aria-describedby"]
    assert "4 landing tables" in desc.text
    said = [next(group.iter(f"{SVG}title")).text for group in root.iter(f"{SVG}g")]
    assert any("int_before, int_step" in one for one in said)
    # what is cut or left out in the box
    assert any("a_very_long_name_" * 4 in one and "column_number_11" in one for one in said)


def test_no_text_is_smaller_than_eleven_pixels_and_colours_are_variables() -> None:
    svg = as_svg(a_picture(), "en")
    assert all(int(size) >= 11 for size in re.findall(r"font-size:(\d+)px", svg))
    drawn = svg.partition("</style>")[2]
    assert "#" not in re.sub(r"url\(#[\w-]+\)", "", drawn)
    assert "prefers-color-scheme:dark" in svg and "@media print" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_boxes_lead_where_the_page_says() -> None:
    svg = as_svg(
        a_picture(), "en", lambda box: f"{box.kind}/{box.name}" if box.kind != "step" else None
    )
    links = [link.attrib["href"] for link in ElementTree.fromstring(svg).iter(f"{SVG}a")]
    assert "raw/source.table_0" in links
    assert len(links) == 7
