"""A guide as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from knowledge.guides.draw import draw
from knowledge.guides.model import Guide, read_guides

SVG = "{http://www.w3.org/2000/svg}"
GUIDES = read_guides().guides


def shown(root: ET.Element) -> str:
    return " ".join(span.text or "" for span in root.iter(f"{SVG}tspan"))


def test_questions_options_procedures_and_cases_are_drawn(pigeons: Guide) -> None:
    text = shown(ET.fromstring(draw(pigeons, {"1.000001": "Nuôi chim <cảnh> & chim hót"})))
    for wanted in (
        "Bạn nuôi mấy con?",
        "Chuồng ở đâu?",
        "Ngoài vườn",
        "Nuôi chim <cảnh> & chim hót",
        "1.000001",
        "Trại lớn",
    ):
        assert wanted in text


@pytest.mark.parametrize("name", GUIDES)
def test_no_two_boxes_overlap_and_all_stand_within_the_picture(name: str) -> None:
    root = ET.fromstring(draw(GUIDES[name], {}))
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == GUIDES[name].title
    boxes = [
        tuple(float(box.attrib[key]) for key in ("x", "y", "width", "height"))
        for box in root.iter(f"{SVG}rect")
        if "x" in box.attrib
    ]
    assert len(boxes) > len(list(GUIDES[name].leaves()))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for at, (x, y, wide, high) in enumerate(boxes):
        assert x >= 0
        assert x + wide <= width
        assert y >= 0
        assert y + high <= height
        for x2, y2, _, high2 in boxes[:at]:
            assert x2 != x or y >= y2 + high2 or y2 >= y + high
