"""The parts of the bench: each measures something and returns its figures by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import starter
from bench.asking import TURNS, Talk, at_once, conversations, talk
from bench.figures import Figure, figure, percentile
from bench.processes import DATABASE, FOLDER, BenchFailed, environment, laptop, several
from bench.search_scale import measure_apart

RECORDS = ("data/tthc-2026-07.jsonl.gz", "facts/stale_records.tsv")
"""The national records and the doubts about them, below ../shared."""
CLIENTS = 50


@dataclass(frozen=True)
class Options:
    """How much is measured.

    Attributes:
        rounds: how often each figure is taken.
        turns: turns of one client in a round.
        minutes: of a ward's day.
        shared: where the national records are.
        redis: where two Rasa processes lock conversations.
        size: procedures of the large search.
    """

    rounds: int = 3
    turns: int = 60
    minutes: float = 20.0
    shared: Path = Path("../shared")
    redis: str = "redis://127.0.0.1:6379/9"
    size: int = 250_000


def command(*words: str, **settings: str) -> float:
    """Run ``motcua``; seconds that it took.

    Raises:
        BenchFailed: it failed.
    """
    started = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "motcua.cli", *words],
        env=environment(**settings), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        raise BenchFailed(f"motcua {words[0]}: {(told.stdout + told.stderr).strip()[-300:]}")
    return time.perf_counter() - started


def national(options: Options) -> None:
    """Make the database of the national knowledge, unless it is there."""
    if DATABASE.exists():
        return
    fresh = DATABASE.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings = {"MOTCUA_DATABASE_URL": f"sqlite:///{fresh}"}
    command("setup", **settings)
    command("import", "--yes", *(str(options.shared / name) for name in RECORDS), **settings)
    fresh.rename(DATABASE)


def _talks(count: int, skip: int = 0) -> list[list[str]]:
    return conversations(f"sqlite:///{DATABASE}", count, skip)


def turn(options: Options) -> dict[str, Figure]:
    """One client: a turn of ours, a turn of the starter bot, and so on."""
    rounds: list[tuple[list[float], list[float]]] = []
    each = options.turns // TURNS
    with laptop("turn") as stack, starter.running() as other:
        (page,) = stack.pages
        for texts in _talks(3):
            for _ in talk(page, texts):
                other.say()
        before = stack.work_s()
        for at in range(options.rounds):
            ours, theirs = [], []
            for texts in _talks(each, skip=3 + at * each):
                for seconds in talk(page, texts):
                    ours.append(seconds * 1000)
                    theirs.append(other.say() * 1000)
            rounds.append((ours, theirs))
        work = (stack.work_s() - before) * 1000 / (options.rounds * each * TURNS)
    return {
        "turn_ratio_median": figure([median(ours) / median(theirs) for ours, theirs in rounds]),
        "turn_ratio_p95": figure([percentile(ours, 0.95) / percentile(theirs, 0.95) for ours, theirs in rounds]),
        "turn_median_ms": figure([median(ours) for ours, _ in rounds]),
        "turn_p95_ms": figure([percentile(ours, 0.95) for ours, _ in rounds]),
        "starter_median_ms": figure([median(theirs) for _, theirs in rounds]),
        "turn_work_ms": figure([work]),
    }


def clients(options: Options) -> dict[str, Figure]:
    """Fifty people at once, and the turns a second that come of it; then two Rasa processes."""
    tails, speeds, double = [], [], []
    with several("one", 1, "") as stack:
        at_once(stack.pages, _talks(10), 2)
        for at in range(options.rounds):
            times, took = at_once(stack.pages, _talks(CLIENTS * 2, skip=10 + at * CLIENTS * 2), CLIENTS)
            tails.append(percentile(times, 0.95) * 1000)
            speeds.append(len(times) / took)
    with several("two", 2, options.redis) as stack:
        at_once(stack.pages, _talks(20), 4)
        for at in range(options.rounds):
            times, took = at_once(stack.pages, _talks(CLIENTS * 2, skip=20 + at * CLIENTS * 2), CLIENTS)
            double.append(len(times) / took)
    return {
        "clients_p95_ms": figure(tails),
        "one_rasa_turns_s": figure(speeds),
        "two_rasas_turns_s": figure(double),
    }


def long(options: Options) -> dict[str, Figure]:
    """One conversation of two hundred turns."""
    ratios = []
    with laptop("long") as stack:
        (page,) = stack.pages
        for texts in _talks(3):
            list(talk(page, texts))
        for at in range(options.rounds):
            texts = [text for one in _talks(200 // TURNS, skip=3 + at * 40) for text in one]
            times = list(talk(page, texts))
            # The same kinds of messages stand at both places: two questions and three details.
            ratios.append(median(times[-TURNS:]) / median(times[TURNS : 2 * TURNS]))
    return {"long_ratio": figure(ratios)}


def memory(options: Options) -> dict[str, Figure]:
    """The laptop's stack: how long until it answers, and what it holds after a hundred turns."""
    starts, held = [], []
    for _ in range(options.rounds):
        started = time.perf_counter()
        with laptop("memory") as stack:
            people = _talks(20)
            person = Talk(stack.pages[0])
            person.say(people[0][0])
            starts.append(time.perf_counter() - started)
            person.close()
            for texts in people:
                list(talk(stack.pages[0], texts))
            held.append(stack.memory_mb())
    return {"memory_mb": figure(held), "warm_start_s": figure(starts)}


def training(options: Options) -> dict[str, Figure]:
    """Training anew, into a folder of its own."""
    folder = FOLDER / "models"
    times = []
    for _ in range(min(options.rounds, 2)):
        shutil.rmtree(folder, ignore_errors=True)
        times.append(command("train", "--force", MOTCUA_MODELS=str(folder)))
    return {"training_s": figure(times)}


def imports(options: Options) -> dict[str, Figure]:
    """The national records into a database with our content, and once more."""
    fresh, first, again = FOLDER / "import.db", [], []
    made = f"sqlite:///{FOLDER}/content.db"
    command("setup", MOTCUA_DATABASE_URL=made)
    records = str(options.shared / RECORDS[0])
    for _ in range(options.rounds):
        shutil.copy(FOLDER / "content.db", fresh)
        settings = {"MOTCUA_DATABASE_URL": f"sqlite:///{fresh}"}
        first.append(command("import", "--yes", records, **settings))
        again.append(command("import", "--yes", records, **settings))
    return {"import_s": figure(first), "repeat_import_s": figure(again)}


def search(options: Options) -> dict[str, Figure]:
    """Search over made-up procedures with four names and keys each, a million in all."""
    os.environ["MOTCUA_DATABASE_URL"] = f"sqlite:///{DATABASE}"
    try:
        return {"search_p95_ms": figure([measure_apart(options.size, 200)["all_p95_ms"]])}
    finally:
        del os.environ["MOTCUA_DATABASE_URL"]


Part = Callable[[Options], dict[str, Figure]]
