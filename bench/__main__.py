"""``python -m bench``: measure the parts that are named, keep the figures in docs/bench.json, draw them.

make bench PARTS="turn clients"
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from bench import parts
from bench.figures import BOUNDS, keep
from bench.parts import Options, Part
from bench.ward import day
from evaluation.drawing import draw_bounds

FILE = Path("docs/bench.json")
PICTURE = Path("docs/pictures/bench.svg")
PARTS: dict[str, Part] = {
    "turn": parts.turn,
    "clients": parts.clients,
    "long": parts.long,
    "memory": parts.memory,
    "training": parts.training,
    "import": parts.imports,
    "search": parts.search,
    "day": day,
}


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Measure, tell, keep, draw."""
    default = Options()
    parser = argparse.ArgumentParser(description="Đo tốc độ và bộ nhớ, ghi vào docs/bench.json.")
    parser.add_argument(
        "parts", nargs="*", choices=[[], *PARTS], help=f"phần cần đo: {', '.join(PARTS)}; không ghi: tất cả"
    )
    parser.add_argument("--rounds", type=int, default=default.rounds, help="số lần đo mỗi con số")
    parser.add_argument("--turns", type=int, default=default.turns, help="số lượt hỏi của một người mỗi lần")
    parser.add_argument("--minutes", type=float, default=default.minutes, help="số phút cho một ngày của một phường")
    parser.add_argument("--json", type=Path, default=FILE)
    parser.add_argument("--picture", type=Path, default=PICTURE)
    given = parser.parse_args(arguments)
    options = Options(rounds=given.rounds, turns=given.turns, minutes=given.minutes)
    parts.national(options)
    for name in given.parts or PARTS:
        load = os.getloadavg()[0]
        print(f"{name}…", flush=True)
        found = PARTS[name](options)
        keep(given.json, name, found, load)
        for key, one in found.items():
            good = one.good(BOUNDS[key])
            verdict = "" if good is None else ("  đạt" if good else "  CHƯA ĐẠT")
            print(
                f"  {BOUNDS[key].title}: {one.value:g} {BOUNDS[key].unit} ({one.low:g}-{one.high:g}){verdict}",
                flush=True,
            )
    given.picture.write_text(draw_bounds(json.loads(given.json.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
