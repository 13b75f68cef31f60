"""The pictures say what the counts say."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from evaluation.drawing import draw_bounds, draw_by_style, draw_risk_coverage, draw_times, risk_coverage
from evaluation.figures import Pair, tally_by
from evaluation.items import Answer, Expected, Question


def pair(code: str, answered: str | None, confidence: float, style: str = "formal") -> Pair:
    question = Question("q", "?", Expected("fee", frozenset({code}), False), style)
    outcome = "answered" if answered else "asked_back"
    return question, Answer("q", outcome, answer=answered, codes=[answered or code], confidence=confidence, ms=50.0)


def test_risk_rises_only_where_a_wrong_answer_comes_in() -> None:
    pairs = [pair("1", "1", 0.9), pair("2", "3", 0.5), pair("4", "4", 0.7), pair("5", None, 0.2)]
    assert risk_coverage(pairs) == [(0.9, 0.25, 0.0), (0.7, 0.5, 0.0), (0.5, 0.75, 1 / 3)]


def test_pictures_are_well_formed_and_carry_their_figures() -> None:
    pairs = [pair("1", "1", 0.9), pair("2", "3", 0.5, "<&>")]
    for picture in (
        draw_risk_coverage(pairs),
        draw_by_style(tally_by(pairs, "style")),
        draw_times([10.0, 20.0, 30.0]),
    ):
        assert ET.fromstring(picture).attrib["role"] == "img"
    assert "formal: 1.000" in draw_by_style(tally_by(pairs, "style"))
    assert "3 turns" in draw_times([10.0, 20.0, 30.0])


def test_nothing_measured_still_draws() -> None:
    assert ET.fromstring(draw_risk_coverage([])) is not None
    assert ET.fromstring(draw_times([])) is not None


def test_what_must_be_reached_is_drawn_and_what_is_only_told_is_not() -> None:
    drawn = draw_bounds(
        {
            "quick": {"title": "A & B", "unit": "ms", "value": 500.0, "must": 1000},
            "slow": {"title": "Start", "unit": "s", "value": 40.0, "must": 20},
            "many": {"title": "Turns", "unit": "a second", "value": 70.0, "must": 35, "at_least": True},
            "told": {"title": "Only told", "unit": "ms", "value": 7.0},
        }
    )
    bars = [bar for bar in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect") if len(bar)]
    good, late, many = (float(bar.attrib["width"]) for bar in bars)
    assert good == many  # half of what may be used up
    assert late > 1.5 * good
    assert len({bar.attrib["fill"] for bar in bars}) == 2
    assert "A &amp; B: 500 / 1000 ms" in drawn
    assert "Only told" not in drawn
