"""Figures with what they were held against, where and when they were taken; kept in one JSON file."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Optional

import psutil


@dataclass(frozen=True)
class Bound:
    """What a figure has to reach, and what it should.

    Attributes:
        title: what is measured, in words.
        unit: of all numbers.
        must: the bound; 0 for a figure that is only told.
        aim: the better one.
        at_least: more is better.
    """

    title: str
    unit: str
    must: float = 0.0
    aim: float = 0.0
    at_least: bool = False


BOUNDS = {
    "turn_ratio_median": Bound("A turn, 1 client, median, against Rasa's starter bot", "times", 2.0, 1.2),
    "turn_ratio_p95": Bound("The same, 95th percentile", "times", 2.5, 1.5),
    "turn_median_ms": Bound("A turn, 1 client, median", "ms"),
    "turn_p95_ms": Bound("A turn, 1 client, 95th percentile", "ms"),
    "starter_median_ms": Bound("A turn of the starter bot, median", "ms"),
    "clients_p95_ms": Bound("A turn, 50 clients, 95th percentile", "ms", 1000, 500),
    "one_rasa_turns_s": Bound("Turns a second, one Rasa", "a second", 35, 60, True),
    "two_rasas_turns_s": Bound("Turns a second, two Rasas", "a second", 55, 90, True),
    "long_ratio": Bound("Turns 196 to 200 of one conversation against turns 5 to 9", "times", 1.3, 1.0),
    "memory_mb": Bound("Memory of the laptop's stack (PSS)", "MiB", 2048, 1331),
    "warm_start_s": Bound("From 'motcua run' to the first answer", "s", 20, 10),
    "training_s": Bound("Training", "s", 120, 45),
    "import_s": Bound("Import of the national records", "s", 30, 10),
    "repeat_import_s": Bound("The same import again", "s", 5, 2),
    "search_p95_ms": Bound("Search at a million keys, 95th percentile", "ms", 100, 30),
    "day_growth_pct": Bound("Growth of memory over a ward's day", "%", 5, 0),
    "day_turns": Bound("Turns of that day", "turns"),
    "turn_work_ms": Bound("Processor time of a turn, all processes", "ms"),
}
"""Everything that may stand in the file, by name: issue 8's table, and what explains it."""


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        value: the median of the rounds.
        low: the lowest round.
        high: the highest round.
        rounds: how often it was measured.
    """

    value: float
    low: float
    high: float
    rounds: int

    def good(self, bound: Bound) -> Optional[bool]:
        """Whether it reaches what it must; None where nothing is asked."""
        if not bound.must:
            return None
        return self.value >= bound.must if bound.at_least else self.value <= bound.must


def figure(rounds: Sequence[float]) -> Figure:
    """A figure of some rounds."""
    return Figure(round(median(rounds), 3), round(min(rounds), 3), round(max(rounds), 3), len(rounds))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    rank = math.ceil(round(share * len(ordered), 9))  # 0.95 * 100 is a little above 95
    return ordered[min(len(ordered), max(1, rank)) - 1]


def machine() -> str:
    """What it was measured on, without names of hosts."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = psutil.virtual_memory().total / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def keep(path: Path, part: str, found: dict[str, Figure], load: float) -> None:
    """Put a part's figures into the file; those of other parts stay.

    Args:
        path: the JSON file.
        part: whose they are.
        found: by name.
        load: of the machine before the part began: processes that wanted a core.
    """
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    taken = dt.datetime.now(dt.timezone.utc).date().isoformat()
    for name, one in found.items():
        bound = BOUNDS[name]
        told[name] = {
            **{key: value for key, value in asdict(bound).items() if key in ("title", "unit") or bound.must},
            **asdict(one),
            "good": one.good(bound),
            "command": f'make bench PARTS="{part}"',
            "machine": machine(),
            "taken": taken,
            "load_before": round(load, 1),
        }
    ordered = {name: told[name] for name in BOUNDS if name in told}
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
