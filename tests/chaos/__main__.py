"""``python -m tests.chaos``: the bounded run of ``make chaos``, its table and its JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.database import database
from tests.chaos.run import Plan, run
from tests.conftest import make_content_database
from tests.whole.conftest import build_house
from vietnamese.embedding import default_encoder


def main() -> None:
    """Run, print, write; the status tells whether all was answered exactly once."""
    options = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    options.add_argument("--size", type=int, default=2_000, help="messages over each platform")
    options.add_argument("--kills", type=int, default=20, help="faults")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    options.add_argument("--everything", action="store_true", help="also stopped and slow parts, locked and full disks")
    options.add_argument("--at-once", type=int, default=12, help="people who ask at the same time")
    options.add_argument("--json", type=Path, default=Path("results/chaos.json"))
    options.add_argument("--logs", type=Path, help="where to put what the processes wrote")
    given = options.parse_args()
    plan = Plan(given.size, given.kills, given.seed, given.database, given.everything, given.at_once)
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder, "content.db")
        make_content_database(content, default_encoder())
        house = build_house(Path(folder), content)
        with database(plan.database, house) as url:
            report = run(house, plan, url, lambda text: print(text, flush=True))
    report.write(given.json)
    if given.logs:
        given.logs.write_text(report.logs, encoding="utf-8")
    print(report.table(), flush=True)
    sys.exit(0 if report.perfect() else 1)


if __name__ == "__main__":
    main()
