"""The bench's own arithmetic and file: what a reader of docs/bench.json relies on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from bench import starter
from bench.__main__ import PARTS
from bench.figures import BOUNDS, Bound, figure, keep, percentile
from bench.ward import HOURS, arrivals
from tests.conftest import ROOT


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 0.95), percentile(values, 0.5), percentile([7.0], 0.95)) == (95.0, 50.0, 7.0)


def test_a_figure_is_the_median_of_its_rounds_with_their_spread() -> None:
    found = figure([3.0, 1.0, 2.0])
    assert (found.value, found.low, found.high, found.rounds) == (2.0, 1.0, 3.0, 3)


@pytest.mark.parametrize(
    ("bound", "value", "good"),
    [
        (Bound("x", "s", 20, 10), 20.0, True),
        (Bound("x", "s", 20, 10), 20.1, False),
        (Bound("x", "a second", 35, 60, True), 35.0, True),
        (Bound("x", "a second", 35, 60, True), 34.9, False),
        (Bound("x", "ms"), 1e9, None),
    ],
)
def test_a_bound_is_kept_or_not(bound: Bound, value: float, good: bool | None) -> None:
    assert figure([value]).good(bound) is good


def test_parts_that_are_measured_alone_leave_the_others_figures(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    keep(file, "turn", {"turn_median_ms": figure([50.0, 60.0])}, 0.1)
    keep(file, "memory", {"memory_mb": figure([1500.0])}, 7.0)
    keep(file, "turn", {"turn_median_ms": figure([40.0])}, 0.2)
    told = json.loads(file.read_text(encoding="utf-8"))
    assert list(told) == ["turn_median_ms", "memory_mb"]
    assert (told["turn_median_ms"]["value"], told["turn_median_ms"]["load_before"]) == (40.0, 0.2)
    assert told["memory_mb"]["good"] is True
    assert told["memory_mb"]["command"] == 'make bench PARTS="memory"'


def test_what_is_kept_names_a_part_that_exists_and_a_figure_that_is_known() -> None:
    file = ROOT / "docs" / "bench.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name, one in kept.items():
        assert name in BOUNDS
        assert one["command"].split('"')[1] in PARTS
        assert one["low"] <= one["value"] <= one["high"]


def test_people_come_when_offices_are_open() -> None:
    found = arrivals(2_000)
    assert found == sorted(found)
    assert all(0 <= at < 1 for at in found)
    by_hour = [sum(int(at * 24) == hour for at in found) for hour in range(24)]
    assert by_hour[9] > 10 * max(1, by_hour[3])
    assert abs(by_hour[9] / 2_000 - HOURS[9] / sum(HOURS)) < 0.03


def test_the_starter_bot_takes_rasas_defaults_and_answers_every_intent(tmp_path: Path) -> None:
    starter.write(tmp_path)
    read = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in tmp_path.rglob("*.yml")}
    assert read["config.yml"]["pipeline"] is None
    assert read["config.yml"]["policies"] is None
    intents = read["domain.yml"]["intents"]
    assert {block["intent"] for block in read["nlu.yml"]["nlu"]} == set(intents)
    assert all(len(block["examples"].splitlines()) >= 5 for block in read["nlu.yml"]["nlu"])
    steps = [step for part in ("stories", "rules") for one in read[f"{part}.yml"][part] for step in one["steps"]]
    assert {step["intent"] for step in steps if "intent" in step} == set(intents)
    assert {step["action"] for step in steps if "action" in step} == set(read["domain.yml"]["responses"])
