"""Charts tell what they show to whoever doesn't see them, and take no mark-up from a label."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import charts

SVG = "{http://www.w3.org/2000/svg}"
values = st.floats(0, 1e9) | st.integers(0, 10**9)


@pytest.mark.parametrize("draw", [charts.bars, charts.columns])
@given(rows=st.lists(st.tuples(st.text(alphabet="aạ<>&\"' ", max_size=50), values), max_size=40))
def test_a_chart_is_well_formed_whatever_the_rows(draw: object, rows: list[tuple[str, float]]) -> None:
    assert callable(draw)
    picture = ET.fromstring(draw("Số <lượt>", "Nhiều & ít", rows))
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("Số <lượt>", "Nhiều & ít")
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    drawn = picture.findall(f"{SVG}rect")
    assert len(drawn) == len(rows)
    assert all(float(bar.get("width", 0)) >= 0 and float(bar.get("height", 0)) >= 0 for bar in drawn)
    assert not picture.findall(f".//{SVG}script")


def test_the_longest_bar_is_the_largest_value() -> None:
    picture = ET.fromstring(charts.bars("t", "d", [("a", 1), ("b", 4), ("c", 2)]))
    widths = [float(bar.get("width", 0)) for bar in picture.findall(f"{SVG}rect")]
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01)
    assert widths[1] == pytest.approx(2 * widths[2], rel=0.01)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (1234, "1.234"), (1_000_000, "1.000.000"), (0.5, "0,5"), (12.0, "12"), (1234.56, "1.234,6")],
)
def test_numbers_are_written_as_in_vietnam(value: float, written: str) -> None:
    assert charts.number(value) == written
