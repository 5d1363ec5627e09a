"""Charts say what the numbers say: gaps, intervals, breaks, and nothing where nothing is."""

import re
from xml.etree import ElementTree

import pytest

from orchestration.site.charts import Point, bars, bridge, line_chart, sparkline

SERIES = [Point(1.0, 0.8, 1.2), Point(None), Point(3.0, 2.5, 3.5), Point(2.0)]


def shapes(svg: str, kind: str) -> list[ElementTree.Element]:
    return [
        one for one in ElementTree.fromstring(svg).iter() if kind in one.get("class", "").split()
    ]


def points_of(path: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = re.findall(r"([\d.]+) ([\d.]+)", path.get("d", ""))
    return [(float(x), float(y)) for x, y in pairs]


def test_a_missing_value_is_a_gap_in_the_line() -> None:
    lines = [points_of(one) for one in shapes(sparkline(SERIES, None, "title"), "line")]
    assert [len(line) for line in lines] == [1, 2]


def test_more_is_drawn_higher_and_later_further_right() -> None:
    (x3, y3), (x4, y4) = points_of(shapes(sparkline(SERIES, None, "title"), "line")[1])
    assert x4 > x3
    assert y4 > y3  # 2 is less than 3, and a picture counts from its top


def test_a_band_stands_where_both_ends_are_known() -> None:
    (band,) = shapes(sparkline(SERIES, None, "title"), "band")
    assert band.get("d", "").count("M") == 2


def test_a_limit_is_in_the_picture_whatever_the_values() -> None:
    (limit,) = shapes(sparkline(SERIES, 10.0, "title"), "limit")
    assert float(re.findall(r"M[\d.]+ ([\d.]+)", limit.get("d", ""))[0]) == pytest.approx(5)


def test_nothing_is_drawn_of_nothing() -> None:
    assert sparkline([Point(None), Point(None)], 1.0, "title") == ""
    assert line_chart([Point(None)], [], str, "title") == ""
    assert bars([("a", None, "", "green")], "title") == ""
    assert bridge([], "title") == ""


def test_no_line_crosses_a_change_of_definition() -> None:
    series = [Point(1.0), Point(2.0), Point(3.0, breaks=True), Point(4.0)]
    svg = line_chart(series, [], str, "title")
    assert [len(points_of(one)) for one in shapes(svg, "line")] == [2, 2]
    assert len(shapes(svg, "break")) == 1


def test_a_point_that_can_still_change_is_hollow() -> None:
    svg = line_chart([Point(1.0), Point(2.0, is_open=True)], [], str, "title")
    assert [one.get("class") for one in shapes(svg, "dot")] == ["dot", "dot open"]


def test_axis_has_round_numbers_within_the_picture() -> None:
    svg = line_chart([Point(0.71), Point(0.88)], [("warn", 0.7, "limit")], str, "title")
    axis = [one.text for one in shapes(svg, "axis") if one.text]
    assert {"0.7", "0.75", "0.8", "0.85"} <= set(axis)


def test_a_constant_line_has_a_picture() -> None:
    assert shapes(line_chart([Point(5.0), Point(5.0)], [], str, "title"), "line")


def test_bars_start_at_zero_on_both_sides() -> None:
    svg = bars([("up", 2.0, "+2", "green"), ("down", -1.0, "-1", "red")], "title")
    up, down = shapes(svg, "bar")
    zero = float(up.get("x", ""))
    assert float(down.get("x", "")) + float(down.get("width", "")) == pytest.approx(zero, abs=0.2)
    assert float(up.get("width", "")) == pytest.approx(2 * float(down.get("width", "")), abs=0.3)


def test_a_bridge_goes_on_where_it_stood() -> None:
    svg = bridge([("cost", -100.0, -100.0, "-100"), ("saved", 60.0, -40.0, "+60")], "title")
    cost, saved = shapes(svg, "bar")
    assert float(cost.get("x", "")) == pytest.approx(float(saved.get("x", "")), abs=0.2)
    assert [one.get("class") for one in (cost, saved)] == ["bar bad", "bar good"]


def test_texts_are_escaped() -> None:
    svg = bars([("<script>", 1.0, "a & b", "green")], 'a "title"')
    assert "<script>" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == 'a "title"'
